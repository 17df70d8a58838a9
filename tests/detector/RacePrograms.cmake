# chansan_race_program(NAME): testdata/race/NAME.cpp as two programs with each
# compiler, one with the line that makes it race and one without; both are run
# at one and at two processors.
find_program(CHANSAN_CLANG NAMES clang++-22 clang++ REQUIRED)
find_program(CHANSAN_GXX NAMES g++-12 g++ REQUIRED)

include(${PROJECT_SOURCE_DIR}/cmake/ChansanRaceFlags.cmake)
# g++ warns of fences, which we do support.
set(CHANSAN_RACE_COMPILE_GXX -Wno-tsan)

function(chansan_race_program name)
  foreach(verdict race norace)
    foreach(which CLANG GXX)
      string(TOLOWER ${which} lower)
      set(target ${verdict}_${name}_${lower})
      set(program ${CMAKE_CURRENT_BINARY_DIR}/programs/${target})
      set(source ${PROJECT_SOURCE_DIR}/testdata/race/${name}.cpp)
      set(racy $<$<STREQUAL:${verdict},race>:-DRACY>)
      add_custom_command(
        OUTPUT ${program}
        COMMAND
          ${CHANSAN_${which}} -std=c++20 -O1 -g -fno-omit-frame-pointer
          ${CHANSAN_RACE_COMPILE}
          ${CHANSAN_RACE_COMPILE_${which}} ${racy}
          -I${PROJECT_SOURCE_DIR}/runtime/include
          -c ${source} -o ${program}.o
        COMMAND
          ${CHANSAN_${which}} ${program}.o -o ${program}
          $<TARGET_FILE:csp_race> -lbacktrace -ldl -pthread
          ${CHANSAN_RACE_LINK}
        DEPENDS
          ${source} csp_race
          ${PROJECT_SOURCE_DIR}/runtime/include/csp/internal/instrumented.h
        COMMENT "Building ${target}"
        COMMAND_EXPAND_LISTS VERBATIM)
      set_property(GLOBAL APPEND PROPERTY CHANSAN_RACE_PROGRAMS ${program})
      add_test(
        NAME RaceProgram.${verdict}_${name}_${lower}
        COMMAND ${CMAKE_COMMAND} -DPROGRAM=${program} -DVERDICT=${verdict} -P
                ${CMAKE_CURRENT_SOURCE_DIR}/run_race_program.cmake)
    endforeach()
  endforeach()
endfunction()

# chansan_race_program(NAME): testdata/race/NAME.cpp as two programs with each
# compiler, one with the line that makes it race and one without; both are run
# at one and at two processors.
find_program(CHANSAN_CLANG NAMES clang++-22 clang++ REQUIRED)
find_program(CHANSAN_GXX NAMES g++-12 g++ REQUIRED)

set(CHANSAN_RACE_COMPILERS CLANG GXX
    CACHE STRING "What the programs of testdata/race are compiled with")

include(${PROJECT_SOURCE_DIR}/cmake/ChansanRaceFlags.cmake)
# What programs are compiled with: the pass too, where there is one.
set(pass_target)
if(TARGET chansan_pass)
  set(pass_target chansan_pass)
  set(CHANSAN_RACE_COMPILE_CLANG
      -fpass-plugin=$<TARGET_FILE:chansan_pass> ${CHANSAN_RACE_COMPILE_PASS})
endif()

# chansan_race_program(NAME [COMPILERS CLANG|GXX...] [PASS COUNT]
# [WARNING TEXT]): with PASS, the compiler pass must have something to count
# there; TEXT is the first line of the report instead of a race's.
function(chansan_race_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "PASS;WARNING" "COMPILERS")
  if(NOT arg_COMPILERS)
    set(arg_COMPILERS CLANG GXX)
  endif()
  if(arg_PASS)
    add_test(
      NAME RacePass.${name}
      COMMAND
        ${CMAKE_COMMAND} -DCOUNT=${arg_PASS} -P
        ${CMAKE_CURRENT_SOURCE_DIR}/run_pass_statistics.cmake --
        ${CHANSAN_CLANG} -std=c++20 -O1 ${CHANSAN_RACE_COMPILE}
        ${CHANSAN_RACE_COMPILE_CLANG} -mllvm -chansan-stats
        -I${PROJECT_SOURCE_DIR}/runtime/include
        -c ${PROJECT_SOURCE_DIR}/testdata/race/${name}.cpp -o /dev/null)
  endif()
  foreach(verdict race norace)
    foreach(which IN LISTS arg_COMPILERS)
      if(NOT which IN_LIST CHANSAN_RACE_COMPILERS)
        continue()
      endif()
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
          ${source} csp_race ${pass_target}
          ${PROJECT_SOURCE_DIR}/runtime/include/csp/internal/instrumented.h
        COMMENT "Building ${target}"
        COMMAND_EXPAND_LISTS VERBATIM)
      set_property(GLOBAL APPEND PROPERTY CHANSAN_RACE_PROGRAMS ${program})
      add_test(
        NAME RaceProgram.${verdict}_${name}_${lower}
        COMMAND ${CMAKE_COMMAND} -DPROGRAM=${program} -DVERDICT=${verdict}
                -DWARNING=${arg_WARNING} -P
                ${CMAKE_CURRENT_SOURCE_DIR}/run_race_program.cmake)
    endforeach()
  endforeach()
endfunction()

# testdata/race/loaded_library.cpp as a shared object that is not linked with
# the detector, loaded by loaded_program.cpp, which is.
function(chansan_race_library)
  set(folder ${PROJECT_SOURCE_DIR}/testdata/race)
  foreach(verdict race norace)
    foreach(which IN LISTS CHANSAN_RACE_COMPILERS)
      string(TOLOWER ${which} lower)
      set(program
          ${CMAKE_CURRENT_BINARY_DIR}/programs/${verdict}_loaded_${lower})
      set(racy $<$<STREQUAL:${verdict},race>:-DRACY>)
      set(flags -std=c++20 -O1 -g -fno-omit-frame-pointer
                ${CHANSAN_RACE_COMPILE} ${CHANSAN_RACE_COMPILE_${which}}
                -I${PROJECT_SOURCE_DIR}/runtime/include)
      add_custom_command(
        OUTPUT ${program}
        COMMAND ${CHANSAN_${which}} ${flags} ${racy} -fPIC
                -c ${folder}/loaded_library.cpp -o ${program}_library.o
        COMMAND ${CHANSAN_${which}} -shared ${program}_library.o
                -o ${program}_library.so
        COMMAND ${CHANSAN_${which}} ${flags}
                -DLIBRARY="${program}_library.so"
                -c ${folder}/loaded_program.cpp -o ${program}.o
        COMMAND ${CHANSAN_${which}} ${program}.o -o ${program}
                $<TARGET_FILE:csp_race> -lbacktrace -ldl -pthread
                ${CHANSAN_RACE_LINK}
        DEPENDS ${folder}/loaded_library.cpp ${folder}/loaded_program.cpp
                csp_race ${pass_target}
        COMMENT "Building ${verdict}_loaded_${lower}"
        COMMAND_EXPAND_LISTS VERBATIM)
      set_property(GLOBAL APPEND PROPERTY CHANSAN_RACE_PROGRAMS ${program})
      add_test(
        NAME RaceProgram.${verdict}_loaded_${lower}
        COMMAND ${CMAKE_COMMAND} -DPROGRAM=${program} -DVERDICT=${verdict} -P
                ${CMAKE_CURRENT_SOURCE_DIR}/run_race_program.cmake)
    endforeach()
  endforeach()
endfunction()

# chansan_race_scenarios(FILE...): testdata/race/scenarios/FILE.cpp as one
# program with each compiler; scenario_tests runs every scenario in them.
function(chansan_race_scenarios)
  set(folder ${PROJECT_SOURCE_DIR}/testdata/race/scenarios)
  set(programs)
  foreach(name ${ARGN})
    foreach(which CLANG GXX)
      string(TOLOWER ${which} lower)
      set(program ${CMAKE_CURRENT_BINARY_DIR}/scenarios/${name}_${lower})
      add_custom_command(
        OUTPUT ${program}
        COMMAND
          ${CHANSAN_${which}} -std=c++20 -O1 -g -fno-omit-frame-pointer
          ${CHANSAN_RACE_COMPILE} ${CHANSAN_RACE_COMPILE_${which}}
          -I${PROJECT_SOURCE_DIR}/runtime/include
          -c ${folder}/${name}.cpp -o ${program}.o
        COMMAND
          ${CHANSAN_${which}} ${program}.o -o ${program}
          $<TARGET_FILE:csp_race> -lbacktrace -ldl -pthread
          ${CHANSAN_RACE_LINK}
        DEPENDS
          ${folder}/${name}.cpp ${folder}/scenario.h csp_race ${pass_target}
          ${PROJECT_SOURCE_DIR}/runtime/include/csp/internal/instrumented.h
        COMMENT "Building the scenarios of ${name} with ${lower}"
        COMMAND_EXPAND_LISTS VERBATIM)
      list(APPEND programs ${program})
    endforeach()
    add_test(NAME Scenarios.${name}
             COMMAND scenario_tests --gtest_brief=1
                     --gtest_filter=All/ScenarioTest.HasItsVerdict/${name}__*)
  endforeach()
  list(JOIN ARGN "\n" list)
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/scenarios/list "${list}\n")
  add_custom_target(detector_scenarios ALL DEPENDS ${programs})
  add_executable(scenario_tests scenario_test.cpp)
  target_link_libraries(scenario_tests PRIVATE GTest::gtest_main)
  target_compile_definitions(
    scenario_tests
    PRIVATE CHANSAN_SCENARIO_FOLDER="${folder}"
            CHANSAN_SCENARIO_PROGRAMS="${CMAKE_CURRENT_BINARY_DIR}/scenarios"
            CHANSAN_SCENARIO_LIST="${CMAKE_CURRENT_BINARY_DIR}/scenarios/list")
  chansan_warnings(scenario_tests)
endfunction()

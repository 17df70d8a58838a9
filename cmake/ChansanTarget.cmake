# What linking csp::race does to a target: it is instrumented.
include(${CMAKE_CURRENT_LIST_DIR}/ChansanRaceFlags.cmake)
# As one word, so that CMake keeps the two together.
list(JOIN CHANSAN_RACE_COMPILE_CLANG " " chansan_race_clang)
target_compile_options(
  csp_race
  INTERFACE ${CHANSAN_RACE_COMPILE} -g -fno-omit-frame-pointer
            "$<$<CXX_COMPILER_ID:Clang>:SHELL:${chansan_race_clang}>")
# clang would link its own detector if -fsanitize=thread stood among the flags
# of the whole project.
target_link_options(
  csp_race INTERFACE ${CHANSAN_RACE_LINK}
  $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize-link-runtime>)

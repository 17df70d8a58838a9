# What linking csp::race does to a target: it is instrumented.
include(${CMAKE_CURRENT_LIST_DIR}/ChansanRaceFlags.cmake)
# As one word, so that CMake keeps the two together.
list(JOIN CHANSAN_RACE_COMPILE_CLANG " " chansan_race_clang)
list(JOIN CHANSAN_RACE_COMPILE_PASS " " chansan_race_pass)
set(chansan_clang $<CXX_COMPILER_ID:Clang>)
set(chansan_takes_pass 0)
if(TARGET chansan_pass)
  # A plugin is for one version of the compiler.
  set(chansan_version $<CXX_COMPILER_VERSION>)
  string(CONCAT chansan_takes_pass
                "$<AND:${chansan_clang},"
                "$<VERSION_GREATER_EQUAL:${chansan_version},22>,"
                "$<VERSION_LESS:${chansan_version},23>>")
  # Users of csp::race wait for it.
  add_dependencies(csp_race chansan_pass)
  set(chansan_installed_pass
      $<INSTALL_PREFIX>/${CMAKE_INSTALL_LIBDIR}/chansan/chansan_pass.so)
  foreach(where BUILD INSTALL)
    set(chansan_pass_file $<TARGET_FILE:chansan_pass>)
    if(where STREQUAL "INSTALL")
      set(chansan_pass_file ${chansan_installed_pass})
    endif()
    set(chansan_load "-fpass-plugin=${chansan_pass_file}")
    target_compile_options(
      csp_race
      INTERFACE
        "$<${where}_INTERFACE:$<${chansan_takes_pass}:${chansan_load}>>")
  endforeach()
endif()
set(chansan_plain_clang
    $<AND:${chansan_clang},$<NOT:${chansan_takes_pass}>>)
target_compile_options(
  csp_race
  INTERFACE ${CHANSAN_RACE_COMPILE} -g -fno-omit-frame-pointer
            "$<${chansan_plain_clang}:SHELL:${chansan_race_clang}>"
            "$<${chansan_takes_pass}:SHELL:${chansan_race_pass}>"
            "$<$<CXX_COMPILER_ID:GNU>:${CHANSAN_RACE_COMPILE_GXX}>")
# clang would link its own detector if -fsanitize=thread stood among the flags
# of the whole project.
target_link_options(
  csp_race INTERFACE ${CHANSAN_RACE_LINK}
  $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize-link-runtime>)

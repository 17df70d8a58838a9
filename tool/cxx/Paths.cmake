# Makes tool/cxx's paths.h: where `chansan cxx` finds the library, in the build
# tree and in an installation.
set(CHANSAN_CSP_TARGETS csp)
set(CHANSAN_RACE_TARGETS csp_race csp)

# The archives of TARGETS that there are, as paths and as file names.
function(chansan_archives targets paths names)
  set(path_list)
  set(name_list)
  foreach(target IN LISTS targets)
    if(TARGET ${target})
      list(APPEND path_list $<TARGET_FILE:${target}>)
      list(APPEND name_list $<TARGET_FILE_NAME:${target}>)
    endif()
  endforeach()
  set(${paths} "${path_list}" PARENT_SCOPE)
  set(${names} "${name_list}" PARENT_SCOPE)
endfunction()

chansan_archives("${CHANSAN_CSP_TARGETS}" CHANSAN_BUILD_CSP CHANSAN_CSP_FILES)
chansan_archives("${CHANSAN_RACE_TARGETS}" CHANSAN_BUILD_RACE
                 CHANSAN_RACE_FILES)
set(CHANSAN_BUILD_INCLUDE ${PROJECT_SOURCE_DIR}/runtime/include)
set(CHANSAN_BUILD_PASS)
if(TARGET chansan_pass)
  set(CHANSAN_BUILD_PASS $<TARGET_FILE:chansan_pass>)
endif()
set(CHANSAN_SYSTEM_LIBRARIES -lbacktrace -pthread -ldl)

file(RELATIVE_PATH CHANSAN_INSTALLED_INCLUDE ${CMAKE_INSTALL_FULL_BINDIR}
     ${CMAKE_INSTALL_FULL_INCLUDEDIR})
file(RELATIVE_PATH CHANSAN_INSTALLED_LIBRARY ${CMAKE_INSTALL_FULL_BINDIR}
     ${CMAKE_INSTALL_FULL_LIBDIR})

configure_file(${CMAKE_CURRENT_LIST_DIR}/paths.h.in
               ${CMAKE_CURRENT_BINARY_DIR}/paths.h.in @ONLY)
file(GENERATE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/generated/tool/cxx/paths.h
     INPUT ${CMAKE_CURRENT_BINARY_DIR}/paths.h.in)

# What is installed, and how other projects find it: the CMake package chansan,
# the pkg-config modules csp and csp-race.
include(CMakePackageConfigHelpers)

set(chansan_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/chansan)

set_target_properties(csp_race PROPERTIES EXPORT_NAME race)
install(
  TARGETS csp csp_race
  EXPORT chansan-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(
  EXPORT chansan-targets
  NAMESPACE csp::
  DESTINATION ${chansan_package_dir})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/runtime/include/csp
                  ${PROJECT_SOURCE_DIR}/runtime/include/chansan
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

if(TARGET chansan_pass)
  install(TARGETS chansan_pass
          LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/chansan)
endif()
if(TARGET chansan)
  # LLVM is where it was at the build.
  set_target_properties(chansan PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
  install(
    TARGETS chansan
    EXPORT chansan-tools
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(
    EXPORT chansan-tools
    NAMESPACE chansan::
    DESTINATION ${chansan_package_dir})
endif()

configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/chansan-config.cmake.in
  ${PROJECT_BINARY_DIR}/chansan-config.cmake
  INSTALL_DESTINATION ${chansan_package_dir})
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/chansan-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(
  FILES ${PROJECT_BINARY_DIR}/chansan-config.cmake
        ${PROJECT_BINARY_DIR}/chansan-config-version.cmake
        ${CMAKE_CURRENT_LIST_DIR}/ChansanFunctions.cmake
  DESTINATION ${chansan_package_dir})

# The modules find their files from where they lie themselves, so that the
# whole installation may be moved.
set(chansan_pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH CHANSAN_PKGCONFIG_PREFIX /${chansan_pkgconfig_dir} /)
string(REGEX REPLACE "/$" "" CHANSAN_PKGCONFIG_PREFIX
                     "${CHANSAN_PKGCONFIG_PREFIX}")
list(JOIN CHANSAN_RACE_COMPILE " " CHANSAN_PKGCONFIG_RACE_COMPILE)
list(JOIN CHANSAN_RACE_COMPILE_GXX " " CHANSAN_PKGCONFIG_GXX)
list(JOIN CHANSAN_RACE_LINK " " CHANSAN_PKGCONFIG_RACE_LINK)
set(CHANSAN_PKGCONFIG_PASS)
if(TARGET chansan_pass)
  list(JOIN CHANSAN_RACE_COMPILE_PASS " " CHANSAN_PKGCONFIG_PASS)
  string(PREPEND CHANSAN_PKGCONFIG_PASS
         "-fpass-plugin=\${libdir}/chansan/chansan_pass.so ")
endif()
foreach(module csp csp-race)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/${module}.pc.in
                 ${PROJECT_BINARY_DIR}/${module}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${module}.pc
          DESTINATION ${chansan_pkgconfig_dir})
endforeach()

install(
  DIRECTORY ${PROJECT_SOURCE_DIR}/docs/checks ${PROJECT_SOURCE_DIR}/docs/formats
  DESTINATION ${CMAKE_INSTALL_DOCDIR})

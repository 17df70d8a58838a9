# For projects that use chansan, installed or as a subdirectory.

# chansan_add_race_variant(TARGET [NO_TEST]): the executable TARGET.race, made
# of the same sources with the same settings, and instrumented. It is
# registered with CTest under its name unless NO_TEST is given; a race makes it
# fail with status 66.
#
# Libraries of the project that TARGET links are linked as they are: races
# inside of them are seen only if they link csp::race themselves.
function(chansan_add_race_variant target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "NO_TEST" "" "")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "chansan_add_race_variant: no such argument: "
                        "${arg_UNPARSED_ARGUMENTS}")
  endif()
  get_target_property(type ${target} TYPE)
  if(NOT type STREQUAL "EXECUTABLE")
    message(FATAL_ERROR "chansan_add_race_variant: ${target} is no executable; "
                        "link a library with csp::race instead")
  endif()
  set(variant ${target}.race)
  add_executable(${variant})
  chansan_absolute_sources(${target} sources)
  target_sources(${variant} PRIVATE ${sources})
  foreach(property INCLUDE_DIRECTORIES COMPILE_DEFINITIONS COMPILE_OPTIONS
                   COMPILE_FEATURES LINK_LIBRARIES LINK_OPTIONS
                   LINK_DIRECTORIES CXX_STANDARD CXX_STANDARD_REQUIRED
                   CXX_EXTENSIONS PRECOMPILE_HEADERS)
    get_target_property(value ${target} ${property})
    if(NOT value MATCHES "-NOTFOUND$")
      set_property(TARGET ${variant} PROPERTY ${property} "${value}")
    endif()
  endforeach()
  # First, so that the callbacks are found here.
  get_target_property(libraries ${target} LINK_LIBRARIES)
  if(NOT libraries)
    set(libraries)
  endif()
  set_property(TARGET ${variant} PROPERTY LINK_LIBRARIES csp::race
                                          ${libraries})
  if(NOT arg_NO_TEST)
    add_test(NAME ${variant} COMMAND ${variant})
  endif()
endfunction()

# chansan_check(TARGET): the target TARGET.check, which lints TARGET's sources
# and fails if there are findings.
function(chansan_check target)
  if(NOT TARGET chansan::chansan)
    message(FATAL_ERROR "chansan_check: this installation has no command "
                        "chansan; build it with CHANSAN_TOOL=ON")
  endif()
  chansan_absolute_sources(${target} sources)
  list(FILTER sources INCLUDE REGEX "\\.(cc|cpp|cxx|c\\+\\+|C|CPP)$")
  if(NOT sources)
    message(FATAL_ERROR "chansan_check: ${target} has no C++ sources")
  endif()
  set_property(TARGET ${target} PROPERTY EXPORT_COMPILE_COMMANDS ON)
  add_custom_target(
    ${target}.check
    COMMAND chansan::chansan check -p ${CMAKE_BINARY_DIR} ${sources}
    COMMENT "Linting ${target}"
    VERBATIM)
endfunction()

# The sources of `target`, from wherever they can be named.
function(chansan_absolute_sources target out)
  get_target_property(sources ${target} SOURCES)
  get_target_property(directory ${target} SOURCE_DIR)
  set(result)
  foreach(source IN LISTS sources)
    if(NOT source MATCHES "^\\$<" AND NOT IS_ABSOLUTE "${source}")
      # As CMake does: in the source folder, else made in the build folder.
      if(EXISTS "${directory}/${source}")
        set(source "${directory}/${source}")
      else()
        get_target_property(binary ${target} BINARY_DIR)
        set(source "${binary}/${source}")
      endif()
    endif()
    list(APPEND result "${source}")
  endforeach()
  set(${out} "${result}" PARENT_SCOPE)
endfunction()

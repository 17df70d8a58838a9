# chansan_warnings(TARGET): the warnings that all of our own code is built with.
function(chansan_warnings target)
  target_compile_options(
    ${target}
    PRIVATE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers
            $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
  if(CHANSAN_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# chansan_shared_constants(TARGET): for what ends up in libcsp-race.a, which is
# linked into one relocatable object. gcc's unique symbols, unlike weak ones,
# would then clash with the program's copies of the same inline variables.
function(chansan_shared_constants target)
  target_compile_options(${target}
                         PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
endfunction()

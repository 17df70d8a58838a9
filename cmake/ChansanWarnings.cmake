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

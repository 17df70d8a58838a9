# How a program is instrumented; `chansan cxx --race`, the target csp::race and
# the pkg-config module csp-race all take it from here.
#
# CHANSAN_RACE_COMPILE: both compilers. CHANSAN_RACE_COMPILE_CLANG and _GXX:
# besides.
# CHANSAN_RACE_LINK: both, at the link.
set(CHANSAN_RACE_COMPILE -fsanitize=thread -DCSP_RACE=1)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  # Neither pass instruments vectors wider than 16 bytes.
  list(APPEND CHANSAN_RACE_COMPILE -mprefer-vector-width=128)
endif()
# The parts of the C and C++ libraries that only a header can instrument. One
# word, so that nothing comes between.
list(APPEND CHANSAN_RACE_COMPILE -includecsp/internal/instrumented.h)
# `x++` is a read and a write at one place.
set(CHANSAN_RACE_COMPILE_CLANG -mllvm -tsan-compound-read-before-write)
# In its place where our compiler pass is used, which knows better when the
# read needs no check.
set(CHANSAN_RACE_COMPILE_PASS -mllvm -tsan-instrument-read-before-write)
# g++ expands small copies in place, and makes copies of loops, after it has
# instrumented what is there; of fences, which we do support, it warns.
set(CHANSAN_RACE_COMPILE_GXX -fno-builtin -fno-tree-loop-distribute-patterns
                             -Wno-tsan)
# Shared objects that are loaded later find the callbacks in the program.
set(CHANSAN_RACE_LINK -Wl,--export-dynamic)

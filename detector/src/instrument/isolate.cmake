# Makes OUT of the relocatable object IN: inline and template functions, which
# the program's files define too, become local to it.
#
# The program's own copies are instrumented, and the linker would keep one copy
# for all: then the runtime and the detector would call functions that tell
# the detector of the runtime's and the detector's own doings.
execute_process(
  COMMAND ${NM} --defined-only ${IN}
  OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
# W: a weak function. Weak objects (V, u) are state and types, which are shared.
string(REGEX MATCHALL "[^\n]* W [^\n]*" weak "${symbols}")
list(TRANSFORM weak REPLACE "^[^ ]* W " "")
list(JOIN weak "\n" names)
file(WRITE ${OUT}.symbols "${names}\n")
execute_process(
  COMMAND ${OBJCOPY} --localize-symbols=${OUT}.symbols ${IN} ${OUT}
  COMMAND_ERROR_IS_FATAL ANY)

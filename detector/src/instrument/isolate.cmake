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
# The plain copy of containers.cpp stands for the C++ library's functions here.
string(REGEX MATCHALL "[^\n]* T [^\n]*(_Rb_tree_|_List_node_base)[^\n]*"
       containers "${symbols}")
list(TRANSFORM containers REPLACE "^[^ ]* T " "")
list(APPEND weak ${containers})
list(JOIN weak "\n" names)
file(WRITE ${OUT}.symbols "${names}\n")
execute_process(
  COMMAND ${OBJCOPY} --localize-symbols=${OUT}.symbols ${IN} ${OUT}
  COMMAND_ERROR_IS_FATAL ANY)

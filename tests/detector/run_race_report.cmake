# What the report of PROGRAM, the racy twin of NAME, says by debug information:
# columns, inlined calls, which member of the variable it is and where that is
# declared.
execute_process(
  COMMAND ${CMAKE_COMMAND} -E env CHANSAN_OPTIONS= ${PROGRAM}
  RESULT_VARIABLE status
  ERROR_VARIABLE errors
  TIMEOUT 300)
if(NAME STREQUAL "thread_field")
  set(wanted
      "raise\\(\\)\n +[^\n]*thread_field.cpp:16:[0-9]+\n"
      "discount\\(\\)\n +[^\n]*thread_field.cpp:20:[0-9]+\n"
      "{lambda}\\(\\)\n +[^\n]*thread_field.cpp:27:[0-9]+\n"
      "global 'shop::shelves' of size 240, at offset 236, field 'shop::shelves.1..2..prices.3..cents' at [^\n]*.cpp:13"
  )
elseif(NAME STREQUAL "go_variable")
  set(wanted
      "is 'account' of size 16, at offset 8, field 'account.balance' in frame of transfer\\(\\) on stack of main goroutine at [^\n]*.cpp:13"
      "is 'fees' of size 24, at offset 8, field 'fees.1.' in frame of transfer\\(\\) on stack of main goroutine at [^\n]*.cpp:12"
  )
endif()
foreach(said ${wanted})
  if(NOT errors MATCHES "${said}")
    message(FATAL_ERROR "not in the report: ${said}\n${errors}")
  endif()
endforeach()
if(errors MATCHES "${NAME}.cpp:[0-9]+\n *\n?  ")
  message(FATAL_ERROR "a frame has no column:\n${errors}")
endif()

# What CHANSAN_OPTIONS does to a racy PROGRAM; LOG is the beginning of file names
# that are ours.
function(run options)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env CHANSAN_OPTIONS=${options} ${PROGRAM}
    RESULT_VARIABLE status
    OUTPUT_VARIABLE output
    ERROR_VARIABLE errors
    TIMEOUT 300)
  set(status ${status} PARENT_SCOPE)
  set(output "${output}" PARENT_SCOPE)
  set(errors "${errors}" PARENT_SCOPE)
endfunction()

function(expect condition)
  cmake_language(EVAL CODE "
    if(NOT (${condition}))
      message(FATAL_ERROR [[not so: ${condition}]] \" status=${status}\")
    endif()")
endfunction()

function(read_log result)
  file(GLOB logs ${LOG}.*)
  list(LENGTH logs count)
  if(NOT count EQUAL 1)
    message(FATAL_ERROR "expected one log, found: ${logs}")
  endif()
  file(READ ${logs} text)
  file(REMOVE ${logs})
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

run("exitcode=9")
expect([[status EQUAL 9]])
expect([[errors MATCHES "Found [1-9][0-9]* data race"]])

run("exitcode=0")
expect([[status EQUAL 0]])
expect([[errors MATCHES "WARNING: DATA RACE"]])

run("halt_on_error=1")
expect([[status EQUAL 66]])
expect([[errors MATCHES "Found 1 data race"]])

run("log_path=stdout")
expect([[errors STREQUAL ""]])
expect([[output MATCHES "WARNING: DATA RACE"]])

run("log_path=${LOG}")
expect([[status EQUAL 66]])
expect([[errors STREQUAL ""]])
read_log(text)
expect([[text MATCHES "WARNING: DATA RACE"]])

run("format=json:log_path=${LOG}")
expect([[status EQUAL 66]])
expect([[errors STREQUAL ""]])
read_log(text)
string(JSON id GET "${text}" findings 0 id)
string(JSON variable GET "${text}" findings 0 memory name)
string(JSON summary GET "${text}" summary text)
expect([[id STREQUAL "race"]])
expect([[variable STREQUAL "counter"]])
expect([[summary MATCHES "0 accesses dropped: exact for this run"]])

file(WRITE ${LOG}.rules "# known\nrace:no_such_function\nrace:counter\n")
run("suppressions=${LOG}.rules")
expect([[status EQUAL 0]])
expect([[errors STREQUAL ""]])
file(WRITE ${LOG}.rules "rage:counter\n")
run("suppressions=${LOG}.rules")
expect([[status EQUAL 2]])
expect([[errors MATCHES "not understood: rage:counter"]])
file(REMOVE ${LOG}.rules)

run("gen_suppressions=1")
expect([[status EQUAL 66]])
expect([[errors MATCHES "race:\\^[^\n]*\\$"]])

run("no_such_option=1")
expect([[status EQUAL 2]])
expect([[errors MATCHES "log_path"]])

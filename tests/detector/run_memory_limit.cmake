# Runs RACY and CLEAN, testdata/race/memory_limit.cpp, with memory_limit_mb.
set(limit_mb 16)
set(said "accesses dropped \\(memory_limit_mb=${limit_mb}\\): races on them may")

function(run program processors options)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env GOMAXPROCS=${processors}
            CHANSAN_OPTIONS=${options} ${program}
    RESULT_VARIABLE status
    OUTPUT_VARIABLE output
    ERROR_VARIABLE errors
    TIMEOUT 120)
  set(status ${status} PARENT_SCOPE)
  set(output "${output}" PARENT_SCOPE)
  set(errors "${errors}" PARENT_SCOPE)
endfunction()

function(expect what)
  if(NOT (${ARGN}))
    message(FATAL_ERROR "not so: ${what}; status ${status}\n${output}${errors}")
  endif()
endfunction()

foreach(processors 1 2)
  run(${RACY} ${processors} memory_limit_mb=${limit_mb})
  expect("the race is found" status EQUAL 66 AND errors MATCHES
                                                "WARNING: DATA RACE")
  expect("the loss is counted" errors MATCHES
                               "[1-9] data races. [1-9][0-9]* ${said}")
  # 64 MiB are the program's own; without a limit there would be 130 more.
  string(REGEX REPLACE "grew ([0-9]+).*" "\\1" grew "${output}")
  math(EXPR most "(64 + 2 * ${limit_mb} + 16) * 1024")
  expect("it grew by ${most} KB at most" grew LESS_EQUAL most)

  run(${CLEAN} ${processors} memory_limit_mb=${limit_mb})
  expect("no race is invented" status EQUAL 0 AND NOT errors MATCHES "WARNING")
  expect("that it is not exact is said" errors MATCHES
                                        "^0 data races. [1-9][0-9]* ${said}")
endforeach()

run(${CLEAN} 2 memory_limit_mb=${limit_mb}:format=json)
string(JSON dropped GET "${errors}" summary dropped)
string(JSON text GET "${errors}" summary text)
expect("JSON has the count" dropped GREATER 0 AND text MATCHES "${said}")

foreach(wrong x -1 16777217 "")
  run(${CLEAN} 1 memory_limit_mb=${wrong})
  expect("'${wrong}' is refused" status EQUAL 2 AND errors MATCHES
                                 "is not a number from 0 to 16777216")
endforeach()

# Runs PROGRAM and compares what it says with VERDICT: a race ends it with 66
# and a report, anything else is silence and 0. WARNING: another report's first
# line, which lock_order=0 silences.
foreach(processors 1 2)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env GOMAXPROCS=${processors}
            CHANSAN_OPTIONS= ${PROGRAM}
    RESULT_VARIABLE status
    OUTPUT_QUIET
    ERROR_VARIABLE errors
    TIMEOUT 300)
  if(VERDICT STREQUAL "race" AND WARNING)
    execute_process(
      COMMAND ${CMAKE_COMMAND} -E env GOMAXPROCS=${processors}
              CHANSAN_OPTIONS=lock_order=0 ${PROGRAM}
      RESULT_VARIABLE silenced
      OUTPUT_QUIET
      TIMEOUT 300)
    string(REGEX MATCHALL "WARNING: [A-Z ]+" warnings "${errors}")
    if(NOT status EQUAL 66 OR NOT warnings STREQUAL "WARNING: ${WARNING}"
       OR NOT silenced EQUAL 0)
      message(FATAL_ERROR "not one ${WARNING} at ${processors} processors: "
                          "status ${status}, ${silenced}\n${errors}")
    endif()
  elseif(VERDICT STREQUAL "race")
    if(NOT status EQUAL 66 OR NOT errors MATCHES "WARNING: DATA RACE"
       OR NOT errors MATCHES "0 accesses dropped: exact for this run")
      message(FATAL_ERROR "no race reported at ${processors} processors: "
                          "status ${status}\n${errors}")
    endif()
  elseif(NOT status EQUAL 0 OR NOT errors STREQUAL "")
    message(FATAL_ERROR "not silent at ${processors} processors: "
                        "status ${status}\n${errors}")
  endif()
endforeach()

# Runs PROGRAM and compares what it says with VERDICT: a race ends it with 66
# and a report, anything else is silence and 0.
foreach(processors 1 2)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env GOMAXPROCS=${processors}
            CHANSAN_OPTIONS= ${PROGRAM}
    RESULT_VARIABLE status
    OUTPUT_QUIET
    ERROR_VARIABLE errors
    TIMEOUT 60)
  if(VERDICT STREQUAL "race")
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

# Configures, builds and tests one preset without the command: cmake
# -DPRESET=NAME -DSOURCE=DIR -DBINARY=DIR -DCOMPILERS=CLANG|GXX [-DTARGET=NAME]
# [-DTESTS=REGEX] -P run_variant.cmake
cmake_policy(VERSION 3.25)

cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)

# It would wait a second at each program's end for other threads' reports.
set(ENV{TSAN_OPTIONS} "$ENV{TSAN_OPTIONS} atexit_sleep_ms=50")

function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${SOURCE}
                  RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${PRESET}: `${command}` failed with ${status}")
  endif()
endfunction()

run(${CMAKE_COMMAND} --preset ${PRESET} -B ${BINARY} -DCHANSAN_TOOL=OFF
    -DCHANSAN_RACE_COMPILERS=${COMPILERS})
if(NOT TARGET)
  set(TARGET all)
endif()
run(${CMAKE_COMMAND} --build ${BINARY} --target ${TARGET})
run(${CMAKE_CTEST_COMMAND} --test-dir ${BINARY} --output-on-failure
    --no-tests=error --parallel ${cores} --tests-regex "${TESTS}")

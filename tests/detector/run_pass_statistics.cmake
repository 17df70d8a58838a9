# Runs the command behind `--`, which prints what the compiler pass did: of what
# COUNT names there must be something.
set(command)
set(behind FALSE)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE ${last})
  if(behind)
    list(APPEND command ${CMAKE_ARGV${i}})
  elseif(CMAKE_ARGV${i} STREQUAL "--")
    set(behind TRUE)
  endif()
endforeach()
execute_process(
  COMMAND ${command}
  ERROR_VARIABLE statistics COMMAND_ERROR_IS_FATAL ANY)
if(NOT statistics MATCHES "[1-9][0-9]* ${COUNT}")
  message(FATAL_ERROR "nothing ${COUNT}: ${statistics}")
endif()

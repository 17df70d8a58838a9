/// Input and output on file descriptors that parks the goroutine, never its
/// OS thread.
///
/// Same arguments, results and meaning of errno as the system calls of these
/// names, never EAGAIN. A compiler may keep the address of errno across a
/// park, so each has an overload that puts the error into its last argument.
/// Descriptors may be blocking or not; they are left as they are.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>

#include <cerrno>
#include <cstddef>
#include <system_error>

#include "csp/internal/annotations.h"

namespace csp::internal {

template <class T>
[[gnu::always_inline]] inline T set_errno(T result,
                                          const std::error_code& error) {
  if (result < 0) errno = error.value();
  return result;
}

}  // namespace csp::internal

namespace csp::io {

CSP_ROLE("io")
ssize_t read(int fd, void* buffer, std::size_t size, std::error_code& error);
CSP_ROLE("io")
ssize_t write(int fd, const void* buffer, std::size_t size,
              std::error_code& error);
CSP_ROLE("io")
int accept(int fd, sockaddr* address, socklen_t* length,
           std::error_code& error);
CSP_ROLE("io")
int connect(int fd, const sockaddr* address, socklen_t length,
            std::error_code& error);
/// Blocks until a read would not block. Returns 0, or -1 and the error.
CSP_ROLE("io") int wait_readable(int fd, std::error_code& error);
/// Blocks until a write would not block. Returns 0, or -1 and the error.
CSP_ROLE("io") int wait_writable(int fd, std::error_code& error);

// With errno instead. It is set in the caller's own code: wherever the compiler
// has errno for it, the caller finds there what was set.

CSP_ROLE("io")
[[gnu::always_inline]] inline ssize_t read(int fd, void* buffer,
                                           std::size_t size) {
  std::error_code error;
  const ssize_t result = read(fd, buffer, size, error);
  return internal::set_errno(result, error);
}
CSP_ROLE("io")
[[gnu::always_inline]] inline ssize_t write(int fd, const void* buffer,
                                            std::size_t size) {
  std::error_code error;
  const ssize_t result = write(fd, buffer, size, error);
  return internal::set_errno(result, error);
}
CSP_ROLE("io")
[[gnu::always_inline]] inline int accept(int fd, sockaddr* address,
                                         socklen_t* length) {
  std::error_code error;
  const int result = accept(fd, address, length, error);
  return internal::set_errno(result, error);
}
CSP_ROLE("io")
[[gnu::always_inline]] inline int connect(int fd, const sockaddr* address,
                                          socklen_t length) {
  std::error_code error;
  const int result = connect(fd, address, length, error);
  return internal::set_errno(result, error);
}
CSP_ROLE("io") [[gnu::always_inline]] inline int wait_readable(int fd) {
  std::error_code error;
  const int result = wait_readable(fd, error);
  return internal::set_errno(result, error);
}
CSP_ROLE("io") [[gnu::always_inline]] inline int wait_writable(int fd) {
  std::error_code error;
  const int result = wait_writable(fd, error);
  return internal::set_errno(result, error);
}

}  // namespace csp::io

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

#include <cstddef>
#include <system_error>

#include "csp/internal/annotations.h"

namespace csp::io {

CSP_ROLE("io") ssize_t read(int fd, void* buffer, std::size_t size);
CSP_ROLE("io")
ssize_t read(int fd, void* buffer, std::size_t size, std::error_code& error);
CSP_ROLE("io") ssize_t write(int fd, const void* buffer, std::size_t size);
CSP_ROLE("io")
ssize_t write(int fd, const void* buffer, std::size_t size,
              std::error_code& error);
CSP_ROLE("io") int accept(int fd, sockaddr* address, socklen_t* length);
CSP_ROLE("io")
int accept(int fd, sockaddr* address, socklen_t* length,
           std::error_code& error);
CSP_ROLE("io") int connect(int fd, const sockaddr* address, socklen_t length);
CSP_ROLE("io")
int connect(int fd, const sockaddr* address, socklen_t length,
            std::error_code& error);
/// Blocks until a read would not block. Returns 0, or -1 and the error.
CSP_ROLE("io") int wait_readable(int fd);
CSP_ROLE("io") int wait_readable(int fd, std::error_code& error);
/// Blocks until a write would not block. Returns 0, or -1 and the error.
CSP_ROLE("io") int wait_writable(int fd);
CSP_ROLE("io") int wait_writable(int fd, std::error_code& error);

}  // namespace csp::io

// First the operation is tried without blocking; while it would block, the
// goroutine parks. Sockets take a flag for that. Other descriptors are asked
// whether they are ready; when they are, one read or write does not block
// for long, and those that are always ready (regular files) go through
// csp::blocking, since a disk may be slow.
#include "csp/io.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "csp/runtime.h"
#include "runtime/src/foreign.h"
#include "runtime/src/poller.h"
#include "runtime/src/scheduler.h"

namespace csp::io {

namespace {

using internal::Direction;

/// A result and the errno that goes with it; errno itself belongs to the OS
/// thread, which may change at every park.
struct Result {
  ssize_t value;
  int error;
};

// Not inlined: a compiler may keep errno's address across a park in the
// caller, when it has become another OS thread's.
[[gnu::noinline]] int last_error() { return errno; }

template <class Call>
[[gnu::noinline]] Result call(Call system_call) {
  for (;;) {
    const ssize_t value = system_call();
    if (value >= 0) return {value, 0};
    if (const int error = last_error(); error != EINTR) return {-1, error};
  }
}

bool would_block(const Result& result) {
  return result.value < 0 &&
         (result.error == EAGAIN || result.error == EWOULDBLOCK);
}

bool ready_now(int fd, Direction direction) {
  pollfd one{
      fd, static_cast<short>(direction == Direction::kRead ? POLLIN : POLLOUT),
      0};
  return ::poll(&one, 1, 0) != 0;
}

/// Waits on this OS thread.
int wait_here(int fd, Direction direction) {
  pollfd one{
      fd, static_cast<short>(direction == Direction::kRead ? POLLIN : POLLOUT),
      0};
  return call([&] { return ::poll(&one, 1, -1); }).error;
}

/// What waiting may fail with for reasons that are not the caller's.
bool lacks_resources(int error) {
  return error == EMFILE || error == ENFILE || error == ENOMEM ||
         error == ENOSPC;
}

/// 0 once `fd` is ready. A foreign thread just waits for it, and so does a
/// goroutine when there is no descriptor or memory left to park with.
int wait_for(int fd, Direction direction) {
  if (internal::this_goroutine()->foreign) return wait_here(fd, direction);
  const int error = internal::poller().wait_for(fd, direction);
  if (!lacks_resources(error)) return error;
  return blocking([&] { return wait_here(fd, direction); });
}

/// Whether a call without a byte to move, or in the wrong direction, has its
/// result at once, though the descriptor may never be ready for it.
bool never_waits(int flags, Direction direction, std::size_t size) {
  const int wrong = direction == Direction::kRead ? O_WRONLY : O_RDONLY;
  return flags < 0 || size == 0 || (flags & O_ACCMODE) == wrong;
}

/// `without_blocking` for sockets, `plain` for the rest.
template <class WithoutBlocking, class Plain>
Result transfer(int fd, Direction direction, std::size_t size,
                WithoutBlocking without_blocking, Plain plain) {
  for (;;) {
    Result result = call(without_blocking);
    if (!would_block(result)) {
      if (result.error != ENOTSOCK) return result;
      break;
    }
    if (const int error = wait_for(fd, direction)) return {-1, error};
  }
  const int flags = fcntl(fd, F_GETFL);
  if (never_waits(flags, direction, size)) return call(plain);
  const bool nonblocking = flags & O_NONBLOCK;
  bool ready = nonblocking || ready_now(fd, direction);
  for (;;) {
    if (!ready) {
      const int error = wait_for(fd, direction);
      if (error != 0 && error != EPERM) return {-1, error};
    }
    const Result result =
        nonblocking ? call(plain) : blocking([&] { return call(plain); });
    if (!would_block(result)) return result;
    ready = false;
  }
}

template <class T>
T finish(const Result& result, std::error_code& error) {
  error = std::error_code(result.error, std::system_category());
  return static_cast<T>(result.value);
}

Result do_read(int fd, void* buffer, std::size_t size) {
  if (size == 0) return call([=] { return ::read(fd, buffer, 0); });
  return transfer(
      fd, Direction::kRead, size,
      [=] { return ::recv(fd, buffer, size, MSG_DONTWAIT); },
      [=] { return ::read(fd, buffer, size); });
}

Result do_write(int fd, const void* buffer, std::size_t size) {
  return transfer(
      fd, Direction::kWrite, size,
      [=] { return ::send(fd, buffer, size, MSG_DONTWAIT); },
      [=] { return ::write(fd, buffer, size); });
}

bool listens(int fd) {
  int yes = 0;
  socklen_t size = sizeof yes;
  return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &size) == 0 && yes;
}

Result do_accept(int fd, sockaddr* address, socklen_t* length) {
  const socklen_t room = length ? *length : 0;
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return {-1, last_error()};
  const bool nonblocking = flags & O_NONBLOCK;
  const auto once = [&] {
    if (length) *length = room;
    return static_cast<ssize_t>(::accept(fd, address, length));
  };
  // A blocking listener is only asked when somebody is there; what does not
  // listen says so at once.
  bool ready = nonblocking || ready_now(fd, Direction::kRead) || !listens(fd);
  for (;;) {
    if (!ready) {
      if (const int error = wait_for(fd, Direction::kRead)) {
        return {-1, error};
      }
    }
    // Another goroutine may have taken the connection meanwhile.
    const Result result =
        nonblocking ? call(once) : blocking([&] { return call(once); });
    if (!would_block(result)) return result;
    ready = false;
  }
}

Result do_connect(int fd, const sockaddr* address, socklen_t length) {
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return {-1, last_error()};
  const bool restore = !(flags & O_NONBLOCK);
  if (restore) fcntl(fd, F_SETFL, flags | O_NONBLOCK);
  Result result{::connect(fd, address, length), 0};
  if (result.value < 0) result.error = last_error();
  if (result.error == EINPROGRESS || result.error == EINTR) {
    int error = wait_for(fd, Direction::kWrite);
    socklen_t size = sizeof error;
    if (error == 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) {
      error = last_error();
    }
    result = {error == 0 ? 0 : -1, error};
  }
  if (result.error == EAGAIN) {
    // A local socket whose listener's queue is full, and no poll() tells when
    // it no longer is.
    fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    result = blocking([&] {
      return call(
          [&] { return static_cast<ssize_t>(::connect(fd, address, length)); });
    });
    fcntl(fd, F_SETFL, flags);
  } else if (restore) {
    fcntl(fd, F_SETFL, flags);
  }
  return result;
}

Result do_wait(int fd, Direction direction) {
  // What was ready may have been taken by another goroutine meanwhile.
  while (!ready_now(fd, direction)) {
    const int error = wait_for(fd, direction);
    if (error == EPERM) return {0, 0};
    if (error != 0) return {-1, error};
  }
  return fcntl(fd, F_GETFD) < 0 ? Result{-1, last_error()} : Result{0, 0};
}

}  // namespace

ssize_t read(int fd, void* buffer, std::size_t size, std::error_code& error) {
  return finish<ssize_t>(do_read(fd, buffer, size), error);
}
ssize_t write(int fd, const void* buffer, std::size_t size,
              std::error_code& error) {
  return finish<ssize_t>(do_write(fd, buffer, size), error);
}
int accept(int fd, sockaddr* address, socklen_t* length,
           std::error_code& error) {
  return finish<int>(do_accept(fd, address, length), error);
}
int connect(int fd, const sockaddr* address, socklen_t length,
            std::error_code& error) {
  return finish<int>(do_connect(fd, address, length), error);
}
int wait_readable(int fd, std::error_code& error) {
  return finish<int>(do_wait(fd, Direction::kRead), error);
}
int wait_writable(int fd, std::error_code& error) {
  return finish<int>(do_wait(fd, Direction::kWrite), error);
}

}  // namespace csp::io

// File descriptors: the buffers that system calls read and write, and what
// bytes that travel through a pipe, a socket or a file order.
//
// As ThreadSanitizer has it: what was before a write is before a read that
// follows it. A pipe and a file are objects of their own; all sockets are one,
// because which of them are connected is not known here.
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>

#include "detector/src/instrument/intercept.h"

using namespace chansan::live;

namespace {

// Addresses that stand for what descriptors refer to.
constexpr std::size_t kObjects = std::size_t{1} << 14;
constinit char objects[kObjects];
constexpr std::size_t kSockets = 0;

constinit Real<int(int, struct stat*)> real_fstat("fstat");

const char* object_of(int descriptor) {
  struct stat status;
  if (real_fstat(descriptor, &status) != 0) return nullptr;
  if (S_ISSOCK(status.st_mode)) return &objects[kSockets];
  constexpr std::uint64_t kMultiplier = 0x9e3779b97f4a7c15u;
  std::uint64_t key = status.st_ino * kMultiplier + status.st_dev;
  // Event counters and their like share one inode.
  const bool anonymous = (status.st_mode & S_IFMT) == 0;
  if (anonymous) key += static_cast<std::uint64_t>(descriptor);
  return &objects[1 + key * kMultiplier % (kObjects - 1)];
}

void releases(int descriptor, void* pc) {
  if (!watching()) return;
  if (const char* object = object_of(descriptor)) {
    on_sync(EventKind::kReleaseMerge, object, pc);
  }
}

void acquires(int descriptor, void* pc) {
  if (!watching()) return;
  if (const char* object = object_of(descriptor)) {
    on_sync(EventKind::kAcquire, object, pc);
  }
}

ssize_t has_read(int descriptor, void* to, ssize_t size, void* pc) {
  if (size < 0) return size;
  const int error = errno;
  acquires(descriptor, pc);
  writes(to, static_cast<std::size_t>(size), pc);
  errno = error;
  return size;
}

void will_write(int descriptor, const void* from, std::size_t size, void* pc) {
  reads(from, size, pc);
  releases(descriptor, pc);
}

// The first `size` bytes of the buffers.
template <typename See>
void see_parts(const iovec* parts, std::size_t count, std::size_t size,
               See see) {
  for (std::size_t i = 0; i < count && size > 0; ++i) {
    const std::size_t part = parts[i].iov_len < size ? parts[i].iov_len : size;
    see(parts[i].iov_base, part);
    size -= part;
  }
}

ssize_t has_read_parts(int descriptor, const iovec* parts, std::size_t count,
                       ssize_t size, void* pc) {
  if (size < 0) return size;
  acquires(descriptor, pc);
  see_parts(parts, count, static_cast<std::size_t>(size),
            [pc](void* to, std::size_t part) { writes(to, part, pc); });
  return size;
}

void will_write_parts(int descriptor, const iovec* parts, std::size_t count,
                      void* pc) {
  see_parts(parts, count, SIZE_MAX,
            [pc](void* from, std::size_t part) { reads(from, part, pc); });
  releases(descriptor, pc);
}

constinit Real<ssize_t(int, void*, std::size_t)> real_read("read");
constinit Real<ssize_t(int, const void*, std::size_t)> real_write("write");
constinit Real<ssize_t(int, void*, std::size_t, off_t)> real_pread("pread");
constinit Real<ssize_t(int, const void*, std::size_t, off_t)> real_pwrite(
    "pwrite");
using Parts = ssize_t(int, const iovec*, int);
constinit Real<Parts> real_readv("readv");
constinit Real<Parts> real_writev("writev");
constinit Real<ssize_t(int, void*, std::size_t, int)> real_recv("recv");
constinit Real<ssize_t(int, const void*, std::size_t, int)> real_send("send");
constinit Real<ssize_t(int, void*, std::size_t, int, sockaddr*, socklen_t*)>
    real_recvfrom("recvfrom");
constinit Real<ssize_t(int, const void*, std::size_t, int, const sockaddr*,
                       socklen_t)>
    real_sendto("sendto");
constinit Real<ssize_t(int, msghdr*, int)> real_recvmsg("recvmsg");
constinit Real<ssize_t(int, const msghdr*, int)> real_sendmsg("sendmsg");
using Accept = int(int, sockaddr*, socklen_t*);
constinit Real<Accept> real_accept("accept");
constinit Real<int(int, sockaddr*, socklen_t*, int)> real_accept4("accept4");
constinit Real<int(int, const sockaddr*, socklen_t)> real_connect("connect");
constinit Real<int(int*)> real_pipe("pipe");
constinit Real<int(int*, int)> real_pipe2("pipe2");
constinit Real<int(int, int, int, int*)> real_socketpair("socketpair");
constinit Real<int(int, int, int, epoll_event*)> real_epoll_ctl("epoll_ctl");
constinit Real<int(int, epoll_event*, int, int)> real_epoll_wait("epoll_wait");
constinit Real<int(pollfd*, nfds_t, int)> real_poll("poll");
constinit Real<int(int, eventfd_t)> real_eventfd_write("eventfd_write");
constinit Real<int(int, eventfd_t*)> real_eventfd_read("eventfd_read");

}  // namespace

CSP_INTERCEPT(ssize_t, read, int descriptor, void* to, std::size_t size) {
  return has_read(descriptor, to, real_read(descriptor, to, size),
                  CSP_RETURN_ADDRESS);
}
CSP_INTERCEPT(ssize_t, __read_chk, int descriptor, void* to, std::size_t size,
              std::size_t) {
  return has_read(descriptor, to, real_read(descriptor, to, size),
                  CSP_RETURN_ADDRESS);
}
CSP_INTERCEPT(ssize_t, pread, int descriptor, void* to, std::size_t size,
              off_t offset) {
  return has_read(descriptor, to, real_pread(descriptor, to, size, offset),
                  CSP_RETURN_ADDRESS);
}
CSP_INTERCEPT(ssize_t, pread64, int descriptor, void* to, std::size_t size,
              off_t offset) {
  return has_read(descriptor, to, real_pread(descriptor, to, size, offset),
                  CSP_RETURN_ADDRESS);
}
CSP_INTERCEPT(ssize_t, readv, int descriptor, const iovec* parts, int count) {
  return has_read_parts(descriptor, parts, static_cast<std::size_t>(count),
                        real_readv(descriptor, parts, count),
                        CSP_RETURN_ADDRESS);
}
CSP_INTERCEPT(ssize_t, write, int descriptor, const void* from,
              std::size_t size) {
  will_write(descriptor, from, size, CSP_RETURN_ADDRESS);
  return real_write(descriptor, from, size);
}
CSP_INTERCEPT(ssize_t, pwrite, int descriptor, const void* from,
              std::size_t size, off_t offset) {
  will_write(descriptor, from, size, CSP_RETURN_ADDRESS);
  return real_pwrite(descriptor, from, size, offset);
}
CSP_INTERCEPT(ssize_t, pwrite64, int descriptor, const void* from,
              std::size_t size, off_t offset) {
  will_write(descriptor, from, size, CSP_RETURN_ADDRESS);
  return real_pwrite(descriptor, from, size, offset);
}
CSP_INTERCEPT(ssize_t, writev, int descriptor, const iovec* parts, int count) {
  will_write_parts(descriptor, parts, static_cast<std::size_t>(count),
                   CSP_RETURN_ADDRESS);
  return real_writev(descriptor, parts, count);
}

CSP_INTERCEPT(ssize_t, recv, int descriptor, void* to, std::size_t size,
              int flags) {
  return has_read(descriptor, to, real_recv(descriptor, to, size, flags),
                  CSP_RETURN_ADDRESS);
}
CSP_INTERCEPT(ssize_t, recvfrom, int descriptor, void* to, std::size_t size,
              int flags, sockaddr* from, socklen_t* from_size) {
  return has_read(descriptor, to,
                  real_recvfrom(descriptor, to, size, flags, from, from_size),
                  CSP_RETURN_ADDRESS);
}
CSP_INTERCEPT(ssize_t, recvmsg, int descriptor, msghdr* message, int flags) {
  const ssize_t size = real_recvmsg(descriptor, message, flags);
  return has_read_parts(descriptor, message->msg_iov, message->msg_iovlen, size,
                        CSP_RETURN_ADDRESS);
}
CSP_INTERCEPT(ssize_t, send, int descriptor, const void* from, std::size_t size,
              int flags) {
  will_write(descriptor, from, size, CSP_RETURN_ADDRESS);
  return real_send(descriptor, from, size, flags);
}
CSP_INTERCEPT(ssize_t, sendto, int descriptor, const void* from,
              std::size_t size, int flags, const sockaddr* to,
              socklen_t to_size) {
  will_write(descriptor, from, size, CSP_RETURN_ADDRESS);
  return real_sendto(descriptor, from, size, flags, to, to_size);
}
CSP_INTERCEPT(ssize_t, sendmsg, int descriptor, const msghdr* message,
              int flags) {
  will_write_parts(descriptor, message->msg_iov, message->msg_iovlen,
                   CSP_RETURN_ADDRESS);
  return real_sendmsg(descriptor, message, flags);
}

// What was before connect() is before the accept() that answers it.
CSP_INTERCEPT(int, connect, int descriptor, const sockaddr* to,
              socklen_t size) {
  will_write(descriptor, to, size, CSP_RETURN_ADDRESS);
  return real_connect(descriptor, to, size);
}
CSP_INTERCEPT(int, accept, int descriptor, sockaddr* from, socklen_t* size) {
  const int accepted = real_accept(descriptor, from, size);
  if (accepted >= 0) acquires(descriptor, CSP_RETURN_ADDRESS);
  return accepted;
}
CSP_INTERCEPT(int, accept4, int descriptor, sockaddr* from, socklen_t* size,
              int flags) {
  const int accepted = real_accept4(descriptor, from, size, flags);
  if (accepted >= 0) acquires(descriptor, CSP_RETURN_ADDRESS);
  return accepted;
}

CSP_INTERCEPT(int, pipe, int* ends) {
  writes(ends, 2 * sizeof *ends, CSP_RETURN_ADDRESS);
  return real_pipe(ends);
}
CSP_INTERCEPT(int, pipe2, int* ends, int flags) {
  writes(ends, 2 * sizeof *ends, CSP_RETURN_ADDRESS);
  return real_pipe2(ends, flags);
}
CSP_INTERCEPT(int, socketpair, int domain, int type, int protocol, int* ends) {
  writes(ends, 2 * sizeof *ends, CSP_RETURN_ADDRESS);
  return real_socketpair(domain, type, protocol, ends);
}

CSP_INTERCEPT(int, epoll_ctl, int epoll, int operation, int descriptor,
              epoll_event* event) {
  if (event != nullptr) reads(event, sizeof *event, CSP_RETURN_ADDRESS);
  releases(epoll, CSP_RETURN_ADDRESS);
  return real_epoll_ctl(epoll, operation, descriptor, event);
}
CSP_INTERCEPT(int, epoll_wait, int epoll, epoll_event* events, int max,
              int timeout_ms) {
  const int count = real_epoll_wait(epoll, events, max, timeout_ms);
  if (count > 0) {
    acquires(epoll, CSP_RETURN_ADDRESS);
    writes(events, static_cast<std::size_t>(count) * sizeof *events,
           CSP_RETURN_ADDRESS);
  }
  return count;
}
CSP_INTERCEPT(int, poll, pollfd* descriptors, nfds_t count, int timeout_ms) {
  const int ready = real_poll(descriptors, count, timeout_ms);
  for (nfds_t i = 0; ready > 0 && i < count; ++i) {
    writes(&descriptors[i].revents, sizeof descriptors[i].revents,
           CSP_RETURN_ADDRESS);
  }
  return ready;
}
CSP_INTERCEPT(int, eventfd_write, int descriptor, eventfd_t value) {
  releases(descriptor, CSP_RETURN_ADDRESS);
  return real_eventfd_write(descriptor, value);
}
CSP_INTERCEPT(int, eventfd_read, int descriptor, eventfd_t* value) {
  const int error = real_eventfd_read(descriptor, value);
  if (error == 0) {
    acquires(descriptor, CSP_RETURN_ADDRESS);
    writes(value, sizeof *value, CSP_RETURN_ADDRESS);
  }
  return error;
}

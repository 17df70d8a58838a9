// Loopback TCP: a server that echoes, and clients that wait for the echo.
#include <arpa/inet.h>
#include <csp/csp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "bench/runtime/csp_kernels.h"

namespace bench {

namespace {

constexpr std::size_t kMessageBytes = 64;
using Message = std::array<char, kMessageBytes>;

int check(int result, const char* what) {
  if (result < 0) {
    std::perror(what);
    std::exit(1);
  }
  return result;
}

void send_at_once(int fd) {
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

bool read_message(int fd, Message& message) {
  std::size_t have = 0;
  while (have < message.size()) {
    const ssize_t got =
        csp::io::read(fd, message.data() + have, message.size() - have);
    if (got <= 0) return false;
    have += static_cast<std::size_t>(got);
  }
  return true;
}

// Less than this is always taken whole by a socket that nothing is queued on.
void write_message(int fd, const Message& message) {
  csp::io::write(fd, message.data(), message.size());
}

void serve(int listener, int connections) {
  for (int i = 0; i < connections; ++i) {
    const int fd = check(csp::io::accept(listener, nullptr, nullptr), "accept");
    csp::go([fd] {
      send_at_once(fd);
      Message message;
      while (read_message(fd, message)) write_message(fd, message);
      close(fd);
    });
  }
}

int new_socket() {
  return check(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
               "socket");
}

/// Listens on a port of its own, which `address` has afterwards.
int new_listener(int connections, sockaddr_in& address) {
  const int listener = new_socket();
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  check(bind(listener, generic, size), "bind");
  check(listen(listener, connections), "listen");
  check(getsockname(listener, generic, &size), "getsockname");
  return listener;
}

template <int Connections>
void echo(int n) {
  sockaddr_in address{};
  const int listener = new_listener(Connections, address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const socklen_t size = sizeof address;
  csp::wait_group all;
  all.go([=] { serve(listener, Connections); });
  for (int c = 0; c < Connections; ++c) {
    all.go([=] {
      const int fd = new_socket();
      check(csp::io::connect(fd, generic, size), "connect");
      send_at_once(fd);
      Message message{};
      for (int i = 0; i < n / Connections; ++i) {
        write_message(fd, message);
        read_message(fd, message);
      }
      close(fd);
    });
  }
  all.wait();
  close(listener);
}

/// What the operating system alone takes: both ends in one thread, and nobody
/// waits or looks for anything.
void echo_bare(int n) {
  sockaddr_in address{};
  const int listener = new_listener(1, address);
  const int client =
      check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  check(connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address),
        "connect");
  const int server =
      check(csp::io::accept(listener, nullptr, nullptr), "accept");
  send_at_once(client);
  send_at_once(server);
  Message message{};
  for (int i = 0; i < n; ++i) {
    for (const auto& [from, to] :
         {std::pair(client, server), std::pair(server, client)}) {
      check(static_cast<int>(write(from, message.data(), message.size())),
            "write");
      check(static_cast<int>(read(to, message.data(), message.size())), "read");
    }
  }
  close(client);
  close(server);
  close(listener);
}

}  // namespace

void add_echo_kernels(Kernels& kernels) {
  kernels["echo_1"] = {20'000, echo<1>, Clock::kWall};
  kernels["echo_bare"] = {20'000, echo_bare, Clock::kWall};
  kernels["echo_64"] = {32'000, echo<64>, Clock::kWall};
}

}  // namespace bench

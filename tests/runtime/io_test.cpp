#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <string>

#include "tests/runtime/runtime_test.h"

namespace csp_test {
namespace {

class IoTest : public RuntimeTest {};

struct Pipe {
  int read_end = -1;
  int write_end = -1;
  Pipe() {
    int fds[2];
    if (pipe(fds) == 0) {
      read_end = fds[0];
      write_end = fds[1];
    }
  }
  ~Pipe() {
    close(read_end);
    if (write_end >= 0) close(write_end);
  }
};

TEST_F(IoTest, ReadOfAnEmptyPipeParksOnlyItsGoroutine) {
  gomaxprocs(1);
  Pipe pipe;
  auto got = make_chan<std::string>();
  go([&] {
    char buffer[16];
    const auto size = io::read(pipe.read_end, buffer, sizeof buffer);
    got << std::string(buffer, static_cast<std::size_t>(size));
  });
  yield();
  EXPECT_EQ(io::write(pipe.write_end, "hello", 5), 5);
  EXPECT_EQ(got.recv(), "hello");
}

TEST_F(IoTest, EndOfFileIsZeroAndErrorsAreTheSystemCalls) {
  Pipe pipe;
  close(std::exchange(pipe.write_end, -1));
  char byte;
  EXPECT_EQ(io::read(pipe.read_end, &byte, 1), 0);
  std::error_code error;
  EXPECT_EQ(io::read(-1, &byte, 1, error), -1);
  EXPECT_EQ(error, std::errc::bad_file_descriptor);
  EXPECT_EQ(io::write(-1, &byte, 1), -1);
  EXPECT_EQ(errno, EBADF);
}

TEST_F(IoTest, RegularFiles) {
  std::string name = ::testing::TempDir() + "csp_io_testXXXXXX";
  const int fd = mkstemp(name.data());
  ASSERT_GE(fd, 0);
  EXPECT_EQ(io::write(fd, "abc", 3), 3);
  lseek(fd, 0, SEEK_SET);
  char buffer[8];
  EXPECT_EQ(io::read(fd, buffer, sizeof buffer), 3);
  EXPECT_EQ(io::wait_readable(fd), 0);
  close(fd);
  unlink(name.c_str());
}

TEST_F(IoTest, WaitWritableOnAFullPipe) {
  Pipe pipe;
  fcntl(pipe.write_end, F_SETFL, O_NONBLOCK);
  std::string block(4096, 'x');
  while (::write(pipe.write_end, block.data(), block.size()) > 0) {
  }
  std::atomic<bool> writable{false};
  go([&] {
    EXPECT_EQ(io::wait_writable(pipe.write_end), 0);
    writable = true;
  });
  yield();
  EXPECT_FALSE(writable);
  for (int i = 0; i < 8; ++i) {
    io::read(pipe.read_end, block.data(), block.size());
  }
  run_until([&] { return writable.load(); });
}

TEST_F(IoTest, LoopbackEcho) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  socklen_t length = sizeof address;
  ASSERT_EQ(bind(listener, plain, length), 0);
  ASSERT_EQ(listen(listener, 16), 0);
  ASSERT_EQ(getsockname(listener, plain, &length), 0);
  constexpr int kClients = 8;
  go([&] {
    for (int i = 0; i < kClients; ++i) {
      const int connection = io::accept(listener, nullptr, nullptr);
      EXPECT_GE(connection, 0);
      go([connection] {
        char buffer[64];
        for (;;) {
          const auto size = io::read(connection, buffer, sizeof buffer);
          if (size <= 0) break;
          EXPECT_EQ(
              io::write(connection, buffer, static_cast<std::size_t>(size)),
              size);
        }
        close(connection);
      });
    }
  });
  wait_group clients;
  for (int i = 0; i < kClients; ++i) {
    clients.go([&, i] {
      const int fd = socket(AF_INET, SOCK_STREAM, 0);
      sockaddr_in to = address;
      EXPECT_EQ(io::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to),
                0);
      for (int round = 0; round < 20; ++round) {
        const std::string text =
            std::to_string(i) + ":" + std::to_string(round);
        EXPECT_EQ(io::write(fd, text.data(), text.size()),
                  static_cast<ssize_t>(text.size()));
        std::string echo(text.size(), '\0');
        std::size_t have = 0;
        while (have < echo.size()) {
          const auto size =
              io::read(fd, echo.data() + have, echo.size() - have);
          if (size <= 0) break;
          have += static_cast<std::size_t>(size);
        }
        EXPECT_EQ(echo, text);
      }
      close(fd);
    });
  }
  clients.wait();
  close(listener);
}

TEST_F(IoTest, WhatNeverWaitsAnswersAtOnce) {
  Pipe pipe;
  char byte = 'x';
  EXPECT_EQ(io::read(pipe.read_end, &byte, 0), 0);
  EXPECT_EQ(io::write(pipe.write_end, &byte, 0), 0);
  EXPECT_EQ(io::read(pipe.write_end, &byte, 1), -1);
  EXPECT_EQ(errno, EBADF);
  EXPECT_EQ(io::write(pipe.read_end, &byte, 1), -1);
  EXPECT_EQ(errno, EBADF);
  EXPECT_EQ(io::accept(pipe.read_end, nullptr, nullptr), -1);
  EXPECT_EQ(errno, ENOTSOCK);
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  EXPECT_EQ(io::read(pair[0], &byte, 0), 0);
  EXPECT_EQ(io::accept(pair[0], nullptr, nullptr), -1);
  EXPECT_EQ(errno, EINVAL);
  close(pair[0]);
  close(pair[1]);
}

TEST_F(IoTest, ConnectWaitsWhileALocalListenersQueueIsFull) {
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  // With no name of its own it is given an abstract one.
  ASSERT_EQ(bind(listener, plain, sizeof address.sun_family), 0);
  socklen_t length = sizeof address;
  ASSERT_EQ(getsockname(listener, plain, &length), 0);
  ASSERT_EQ(listen(listener, 0), 0);
  constexpr int kClients = 4;
  std::atomic<int> connected{0};
  wait_group clients;
  for (int i = 0; i < kClients; ++i) {
    clients.go([&, i] {
      const int flags = i % 2 ? SOCK_NONBLOCK : 0;
      const int fd = socket(AF_UNIX, SOCK_STREAM | flags, 0);
      EXPECT_EQ(io::connect(fd, plain, length), 0);
      EXPECT_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, flags ? O_NONBLOCK : 0);
      ++connected;
      close(fd);
    });
  }
  run_until([&] { return connected > 0; });
  for (int i = 0; i < kClients; ++i) {
    const int fd = io::accept(listener, nullptr, nullptr);
    EXPECT_GE(fd, 0);
    close(fd);
  }
  clients.wait();
  close(listener);
}

// Nobody sleeps in the poller for a processor that has just been there, though
// it may never come back.
TEST_F(IoTest, ABusyGoroutineHoldsUpNoDescriptor) {
  // On one processor nobody else could serve it.
  const int procs = gomaxprocs(std::max(gomaxprocs(), 2));
  for (int round = 0; round < 20; ++round) {
    Pipe first;
    Pipe second;
    std::atomic<bool> got{false};
    go([&] {
      char byte;
      got = io::read(second.read_end, &byte, 1) == 1;
    });
    go([&] { io::write(first.write_end, "x", 1); });
    char byte;
    io::read(first.read_end, &byte, 1);
    run_until_waiting(1, "IO wait");
    ASSERT_EQ(::write(second.write_end, &byte, 1), 1);
    while (!got) {
    }
  }
  gomaxprocs(procs);
}

TEST_F(IoTest, AGoroutineThatYieldsAloneHoldsUpNoDescriptor) {
  gomaxprocs(1);
  Pipe pipe;
  std::atomic<bool> got{false};
  go([&] {
    char byte;
    got = io::read(pipe.read_end, &byte, 1) == 1;
  });
  yield();
  EXPECT_EQ(io::write(pipe.write_end, "a", 1), 1);
  while (!got) yield();
}

TEST_F(IoTest, ConnectToNobodyIsRefused) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // A port that was bound a moment ago and is free again.
  const int other = socket(AF_INET, SOCK_STREAM, 0);
  socklen_t length = sizeof address;
  ASSERT_EQ(bind(other, reinterpret_cast<sockaddr*>(&address), length), 0);
  getsockname(other, reinterpret_cast<sockaddr*>(&address), &length);
  close(other);
  std::error_code error;
  EXPECT_EQ(
      io::connect(fd, reinterpret_cast<sockaddr*>(&address), length, error),
      -1);
  EXPECT_EQ(error, std::errc::connection_refused);
  close(fd);
}

}  // namespace
}  // namespace csp_test

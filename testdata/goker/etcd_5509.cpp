// The lock for reading is not given back on the error path.
#include <csp/csp.h>

#include <memory>
#include <mutex>

bool halted();

struct Client {
  csp::shared_mutex mu;
  int conn = 1;
  int acquire() {
    mu.lock_shared();  // want "chansan-lock-missing-unlock"
    if (halted()) {
#ifdef FIXED
      mu.unlock_shared();
#endif
      return -1;
    }
    const int found = conn;
    mu.unlock_shared();
    return found;
  }
  void close() {
    std::unique_lock lock(mu);
    conn = 0;
  }
};

int main() {
  Client client;
  auto done = csp::make_chan<csp::unit>();
  csp::go([&] {
    client.acquire();
    client.close();
    done.close();
  });
  done.recv();  // want "chansan-go-all-asleep"
}

// Sync() holds the lock for writing and asks itself for what it guards.
#include <csp/csp.h>

#include <memory>
#include <mutex>
#include <shared_mutex>

struct Endpoints {
  virtual ~Endpoints() = default;
  virtual int endpoints() = 0;
};

struct Keys {
  Endpoints* client = nullptr;
  int get() { return client->endpoints(); }
};

struct Cluster : Endpoints {
  csp::shared_mutex mu;
  Keys keys;
  int count = 1;
  int endpoints() override {
    std::shared_lock lock(mu);  // want "chansan-lock-double-acquire"
    return count;
  }
  void sync() {
#ifdef FIXED
    const int found = keys.get();
    std::unique_lock lock(mu);
    count = found;
#else
    std::unique_lock lock(mu);
    count = keys.get();
#endif
  }
};

int main() {
  Cluster cluster;
  cluster.keys.client = &cluster;
  cluster.sync();
}

// A pool whose workers wait for work is no leak when the function that made it
// has returned: whoever has the pool now can give it work, or end it.
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

class Pool {
 public:
  Pool() {
    for (int i = 0; i < 2; ++i)
      threads_.emplace_back([this] {
        while (next()) {
        }
      });
  }
  ~Pool() {
    {
      std::lock_guard<std::mutex> lock(mu_);
      stop_ = true;
    }
    more_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  void add(int job) {
    std::lock_guard<std::mutex> lock(mu_);
    jobs_.push_back(job);
    more_.notify_one();
  }

 private:
  bool next() {
    std::unique_lock<std::mutex> lock(mu_);
    more_.wait(lock, [this] { return !jobs_.empty() || stop_; });
    if (jobs_.empty()) return false;
    jobs_.pop_back();
    return true;
  }

  std::mutex mu_;
  std::condition_variable more_;
  std::vector<int> jobs_;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

Pool* made() { return new Pool(); }

std::shared_ptr<Pool> shared() { return std::make_shared<Pool>(); }

struct Owner {
  Owner() : pool(new Pool()) {}
  ~Owner();
  Pool* pool;
};

class Registry {
 public:
  static Registry& instance() {
    static Registry registry;
    return registry;
  }
  void set(std::shared_ptr<Pool> pool) {
    std::lock_guard<std::recursive_mutex> lock(mu_);
    pool_ = std::move(pool);
  }

 private:
  std::recursive_mutex mu_;
  std::shared_ptr<Pool> pool_;
};

void keep() { Registry::instance().set(std::make_shared<Pool>()); }

static std::unique_ptr<Pool> current;

void start() { current = std::make_unique<Pool>(); }

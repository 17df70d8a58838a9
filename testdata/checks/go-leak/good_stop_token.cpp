// A jthread's end asks its stop_token, which ends the wait for a condition.
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <queue>
class Logger {
 public:
  Logger() : thread_([this](std::stop_token st) { run(st); }) {}
  void log(std::string s) {
    {
      std::lock_guard g(m_);
      lines_.push(std::move(s));
    }
    cv_.notify_one();
  }
 private:
  void run(std::stop_token st) {
    while (true) {
      std::unique_lock l(m_);
      if (!cv_.wait(l, st, [this] { return !lines_.empty(); })) return;
      auto s = std::move(lines_.front());
      lines_.pop();
      l.unlock();
      (void)s.size();
    }
  }
  std::mutex m_;
  std::condition_variable_any cv_;
  std::queue<std::string> lines_;
  std::jthread thread_;
};
int main() {
  Logger l;
  l.log("a");
  l.log("b");
}

// The conditions of class types that lead to the second lock do not hold.
#include <csp/csp.h>

#include <memory>
#include <mutex>
#include <string>
#include <system_error>

class Log {
 public:
  void write() {
    std::lock_guard lock(mu_);
    std::error_code error;
    if (error) fail(error);
    error = std::make_error_code(std::errc::io_error);
    error.clear();
    if (error.value() != 0) fail(error);
    if (!last_.empty()) fail(error);
    if (next_ == nullptr) return;
    next_->fail({});
  }

  void fail(std::error_code error) {
    std::lock_guard lock(mu_);
    last_ = error ? "failed" : "";
  }

 private:
  csp::mutex mu_;
  std::string last_;
  std::shared_ptr<Log> next_;
};

int main() {
  Log log;
  log.write();
}

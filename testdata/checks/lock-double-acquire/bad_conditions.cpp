// Under conditions of class types: an error code, which pointer is meant, what
// is in a text.
#include <csp/csp.h>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <vector>

class Log {
 public:
  void write() {
    std::lock_guard lock(mu_);
    if (auto error = open()) fail(error);
  }

 private:
  std::error_code open() {
    if (std::getenv("FULL")) return std::make_error_code(std::errc::io_error);
    return {};
  }
  void fail(std::error_code error) {
    std::lock_guard lock(mu_);  // want "deadlock: this locks 'mu_' again"
    last_ = error;
  }
  csp::mutex mu_;
  std::error_code last_;
};

class Entry {
 public:
  void clear() {
    mu_.lock();
    tell();
    mu_.unlock();
  }

 private:
  void tell() {
    mu_.lock();  // want "deadlock: this locks 'mu_' again"
    mu_.unlock();
  }
  csp::mutex mu_;
};

class Table {
 public:
  void add(std::shared_ptr<Entry> entry) { entries_.push_back(entry); }
  void remove(const std::shared_ptr<Entry>& entry) {
    for (auto& one : entries_)
      if (one == entry) entry->clear();
  }

 private:
  std::vector<std::shared_ptr<Entry>> entries_;
};

int main() {
  Log log;
  log.write();
  Table table;
  auto entry = std::make_shared<Entry>();
  table.add(entry);
  table.remove(entry);
}

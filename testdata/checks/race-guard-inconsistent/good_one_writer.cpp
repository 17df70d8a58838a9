// One function writes, under the lock: it may read what it wrote itself before.
#include <array>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>
class Frames {
 public:
  void write(int v) {
    auto& back = buffers_[1 - front_];
    back.assign(16, v);
    std::lock_guard<std::mutex> g(m_);
    front_ = 1 - front_;
  }
  int read() {
    std::lock_guard<std::mutex> g(m_);
    return buffers_[front_].empty() ? 0 : buffers_[front_][0];
  }
 private:
  std::array<std::vector<int>, 2> buffers_;
  int front_ = 0;
  std::mutex m_;
};
int main() {
  Frames f;
  f.write(1);
  f.write(2);
  std::thread t([&] { f.read(); });
  t.join();
  return f.read();
}

#include <mutex>
#include <shared_mutex>

int main() {
  std::mutex m;
  std::unique_lock<std::mutex> guard(m);
  guard.unlock();
  std::shared_mutex s;
  {
    std::shared_lock read(s);
    std::shared_lock again(s, std::defer_lock);
    (void)again;
  }
  std::unique_lock write(s);
}

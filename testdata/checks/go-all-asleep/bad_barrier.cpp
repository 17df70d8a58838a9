// A barrier that expects one more than come.
#include <barrier>
#include <thread>

int main() {
  std::barrier<> meeting(3);
  std::thread worker([&] { meeting.arrive_and_wait(); });
  meeting.arrive_and_wait();  // want "waits at 'meeting', where 1 more"
  worker.join();
}

// Written after the promise is kept, after the arrival at a barrier.
#include <barrier>
#include <future>
#include <latch>
#include <thread>

static int result = 0;
static int part = 0;
static int whole = 0;

static void by_promise() {
  std::promise<int> promise;
  std::future<int> future = promise.get_future();
  std::jthread worker([&] {
    promise.set_value(1);
    result = 3;
  });
  future.get();
  result = 4;  // want "data race on 'result'"
}

static void by_barrier() {
  std::barrier meeting(2);
  std::jthread worker([&] {
    meeting.arrive_and_wait();
    part = 1;  // want "data race on 'part'"
  });
  meeting.arrive_and_wait();
  part = 2;
}

static void by_latch() {
  std::latch done(1);
  std::jthread worker([&] {
    done.count_down();
    whole = 1;
  });
  done.wait();
  whole = 2;  // want "data race on 'whole'"
}

int main() {
  by_promise();
  by_barrier();
  by_latch();
}

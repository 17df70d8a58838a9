// Written before the promise is kept, the task has run, or all have arrived.
#include <barrier>
#include <future>
#include <latch>
#include <memory>
#include <mutex>
#include <thread>

static int result = 0;
static int moved = 0;
static int task = 0;
static int part = 0;
static int counted = 0;
static int nested = 0;
static std::recursive_mutex again;

static void by_promise() {
  std::promise<int> promise;
  std::future<int> future = promise.get_future();
  std::jthread worker([kept = std::move(promise)]() mutable {
    result = 3;
    kept.set_value(1);
  });
  future.get();
  result = 4;
}

static void keep(std::promise<void> promise) {
  moved = 1;
  promise.set_value();
}

static void by_argument() {
  std::promise<void> promise;
  auto future = promise.get_future().share();
  std::jthread worker(keep, std::move(promise));
  future.wait();
  moved = 2;
}

static void by_task() {
  std::packaged_task<int(int)> work([](int number) { return task = number; });
  std::future<int> future = work.get_future();
  std::jthread worker(std::move(work), 4);
  task = future.get() + 1;
}

static void by_barrier() {
  std::barrier meeting(2);
  std::jthread worker([&] {
    part = 1;
    meeting.arrive_and_wait();
    meeting.arrive_and_wait();
    part = 3;
  });
  meeting.arrive_and_wait();
  part = 2;
  meeting.wait(meeting.arrive());
}

static void by_latch() {
  std::latch done(2);
  std::jthread worker([&] {
    counted = 1;
    done.count_down();
  });
  done.arrive_and_wait();
  counted = 2;
}

static void inner() {
  std::lock_guard guard(again);
  ++nested;
}

static void by_recursive_mutex() {
  const auto outer = [] {
    std::lock_guard guard(again);
    inner();
    ++nested;
  };
  std::jthread one(outer);
  std::jthread two(outer);
}

int main() {
  by_promise();
  by_argument();
  by_task();
  by_barrier();
  by_latch();
  by_recursive_mutex();
}

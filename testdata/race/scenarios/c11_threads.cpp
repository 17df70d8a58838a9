// The threads of C11.
#include <threads.h>

#include "scenario.h"

static int set_x(void*) {
  x = 1;
  return 7;
}
NORACE(c11_join_orders) {
  thrd_t thread;
  thrd_create(&thread, &set_x, nullptr);
  int result = 0;
  thrd_join(thread, &result);
  x = result;
  if (result != 7) std::abort();
}
RACE(c11_write_before_the_join) {
  thrd_t thread;
  thrd_create(&thread, &set_x, nullptr);
  x = 2;
  thrd_join(thread, nullptr);
}
static mtx_t mutex;
static void count() {
  mtx_lock(&mutex);
  ++x;
  mtx_unlock(&mutex);
}
NORACE(c11_mutex_protects) {
  mtx_init(&mutex, mtx_plain);
  threads(count, count);
}
RACE(c11_mutex_on_one_side) {
  mtx_init(&mutex, mtx_plain);
  threads(count, [] { ++x; });
}
static cnd_t condition;
NORACE(c11_condition_through_its_mutex) {
  mtx_init(&mutex, mtx_plain);
  cnd_init(&condition);
  threads(
      [] {
        mtx_lock(&mutex);
        x = 1;
        y = 1;
        cnd_signal(&condition);
        mtx_unlock(&mutex);
      },
      [] {
        mtx_lock(&mutex);
        while (y == 0) cnd_wait(&condition, &mutex);
        mtx_unlock(&mutex);
        x = 2;
      });
}
NORACE(c11_call_once_orders) {
  static once_flag once = ONCE_FLAG_INIT;
  const auto get = [] {
    call_once(&once, [] { x = 1; });
    use(x);
  };
  threads(get, get);
}

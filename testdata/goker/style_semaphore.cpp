// A slot is waited for with the lock held that frees it.
#include <csp/csp.h>
#include <mutex>
struct Pool {
  csp::semaphore slots{1};
  csp::mutex mu;
  int used = 0;
};
void work(Pool* p, csp::chan<csp::unit> done) {
#ifdef FIXED
  p->slots.acquire();
  p->mu.lock();
#else
  p->mu.lock();
  p->slots.acquire();
#endif
  ++p->used;
  p->mu.unlock();
  p->mu.lock();
  --p->used;
  p->slots.release();
  p->mu.unlock();
  done.send({});
}
int main() {
  Pool pool;
  auto done = csp::make_chan<csp::unit>();
  for (int i = 0; i < 2; ++i) csp::go(work, &pool, done);
  for (int i = 0; i < 2; ++i) done.recv();  // want "chansan-go-all-asleep"
}

// Lives: blocks, stacks, mappings. The end of a life is a write; the next life
// in the same place has no history.
#include <sys/mman.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "scenario.h"

static int* block;
static std::atomic<int*> shared;

RACE(use_after_delete) {
  block = new int(1);
  in_turn([] { delete block; }, [] { use(*block); });
}
RACE(use_after_free) {
  block = static_cast<int*>(std::malloc(100));
  in_turn([] { std::free(block); }, [] { block[20] = 1; });
}
RACE(use_after_delete_of_an_array) {
  block = new int[30]();
  in_turn([] { delete[] block; }, [] { use(block[29]); });
}
RACE(delete_after_an_unordered_write) {
  block = new int(1);
  threads(
      [] {
        *block = 2;
        first.step();
      },
      [] {
        first.wait();
        delete block;
      });
}
NORACE(delete_after_an_ordered_write) {
  block = new int(1);
  std::thread thread([] { *block = 2; });
  thread.join();
  delete block;
}
NORACE(blocks_that_are_recycled) {
  const auto work = [] {
    for (int i = 0; i < 200; ++i) {
      auto p = std::make_unique<int[]>(16);
      p[7] = i;
      keep(p[7]);
    }
  };
  threads(work, work, work);
}
NORACE(blocks_handed_over_and_freed_by_another) {
  static std::atomic<bool> taken;
  threads(
      [] {
        for (int i = 0; i < 100; ++i) {
          int* p = new int(i);
          shared.store(p, std::memory_order_release);
          while (!taken.exchange(false)) std::this_thread::yield();
        }
      },
      [] {
        for (int i = 0; i < 100; ++i) {
          int* p = nullptr;
          while (!(p = shared.exchange(nullptr, std::memory_order_acquire))) {
            std::this_thread::yield();
          }
          *p = 1;
          delete p;
          taken = true;
        }
      });
}
RACE(blocks_handed_over_without_order) {
  threads([] { shared.store(new int(1), std::memory_order_relaxed); },
          [] {
            int* p = nullptr;
            while (!(p = shared.load(std::memory_order_relaxed))) {
              std::this_thread::yield();
            }
            use(*p);
          });
}
NORACE(initialisation_is_ordered_by_the_start_of_a_thread) {
  block = new int[10];
  for (int i = 0; i < 10; ++i) block[i] = i;
  threads([] { use(block[3]); }, [] { use(block[3]); });
}
RACE(realloc_frees) {
  block = static_cast<int*>(std::malloc(16));
  in_turn([] { keep(std::realloc(block, 1000)); }, [] { use(block[0]); });
}
NORACE(realloc_keeps_what_was_there) {
  static int* grown;
  block = static_cast<int*>(std::malloc(16));
  block[0] = 5;
  std::thread thread([] {
    grown = static_cast<int*>(std::realloc(block, 100000));
    grown[1000] = grown[0];
  });
  thread.join();
  use(grown[0]);
  std::free(grown);
}
RACE(calloc_block) {
  block = static_cast<int*>(std::calloc(10, sizeof(int)));
  threads([] { block[2] = 1; }, [] { block[2] = 2; });
}
NORACE(calloc_has_no_history) {
  const auto work = [] {
    for (int i = 0; i < 100; ++i) {
      auto* p = static_cast<int*>(std::calloc(10, sizeof(int)));
      p[3] = i;
      keep(p[3]);
      std::free(p);
    }
  };
  threads(work, work);
}
RACE(aligned_block) {
  block = static_cast<int*>(std::aligned_alloc(64, 128));
  threads([] { block[20] = 1; }, [] { block[20] = 2; });
}
NORACE(aligned_blocks_recycled) {
  struct alignas(128) Wide {
    int part[32];
  };
  const auto work = [] {
    for (int i = 0; i < 50; ++i) {
      auto p = std::make_unique<Wide>();
      p->part[31] = i;
      keep(p->part[31]);
    }
  };
  threads(work, work);
}
RACE(posix_memalign_block_freed) {
  void* p = nullptr;
  keep(posix_memalign(&p, 64, 256));
  block = static_cast<int*>(p);
  in_turn([] { std::free(block); }, [] { use(block[40]); });
}
NORACE(nothrow_new) {
  const auto work = [] {
    for (int i = 0; i < 50; ++i) {
      int* p = new (std::nothrow) int(i);
      keep(*p);
      delete p;
    }
  };
  threads(work, work);
}
RACE(destructor_against_use) {
  struct Counter {
    int value = 1;
    ~Counter() {
      value = 0;
      keep(value);
    }
  };
  static auto* counter = new Counter;
  in_turn([] { delete counter; }, [] { use(counter->value); });
}
RACE(double_delete) {
  static auto* text = new std::string(100, 'a');
  threads(
      [] {
        use(text->size());
        first.step();
      },
      [] {
        first.wait();
        delete text;
      });
}
RACE(vector_storage_freed) {
  static std::vector<int> values(10);
  static int* inside = values.data();
  threads([] { std::vector<int>().swap(values); }, [] { use(inside[3]); });
}

NORACE(stacks_are_recycled) {
  for (int round = 0; round < 30; ++round) {
    std::thread thread([round] {
      volatile int local[200];
      for (int i = 0; i < 200; ++i) local[i] = round;
      keep(local);
    });
    thread.detach();
  }
  std::thread last([] {
    volatile int local[200];
    for (int i = 0; i < 200; ++i) local[i] = i;
    keep(local);
  });
  last.join();
}
RACE(stack_variable_of_another_thread) {
  int local = 0;
  std::thread thread([&] { local = 1; });
  local = 2;
  keep(local);
  thread.join();
}
NORACE(stack_variable_after_join) {
  int local = 0;
  std::thread thread([&] { local = 1; });
  thread.join();
  local = 2;
  keep(local);
}
NORACE(frames_of_recursion) {
  struct Tree {
    static int sum(int depth) {
      volatile int here = depth;
      return depth == 0 ? here : here + sum(depth - 1) + sum(depth - 1);
    }
  };
  threads([] { keep(Tree::sum(8)); }, [] { keep(Tree::sum(8)); });
}

static char* pages(std::size_t size) {
  return static_cast<char*>(mmap(nullptr, size, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}
RACE(mapped_memory) {
  static char* page = pages(4096);
  threads([] { page[7] = 1; }, [] { page[7] = 2; });
}
NORACE(mapped_memory_is_recycled) {
  const auto work = [] {
    for (int i = 0; i < 30; ++i) {
      char* page = pages(65536);
      page[100] = 1;
      keep(page[100]);
      munmap(page, 65536);
    }
  };
  threads(work, work);
}
NORACE(mapping_at_a_fixed_address_begins_anew) {
  static char* page = pages(4096);
  static std::atomic<bool> ready;
  threads(
      [] {
        page[3] = 1;
        ready.store(true, std::memory_order_relaxed);
      },
      [] {
        while (!ready.load(std::memory_order_relaxed)) {
          std::this_thread::yield();
        }
        mmap(page, 4096, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        page[3] = 2;
      });
}
NORACE(moved_mapping) {
  static char* page = pages(4096);
  page[0] = 1;
  std::thread thread([] {
    page = static_cast<char*>(mremap(page, 4096, 1 << 20, MREMAP_MAYMOVE));
    page[0] = 2;
  });
  thread.join();
  page[0] = 3;
  munmap(page, 1 << 20);
}

thread_local int own;
NORACE(thread_local_variables) {
  threads(
      [] {
        own = 1;
        keep(own);
      },
      [] {
        own = 2;
        keep(own);
      });
}
RACE(thread_local_variable_of_another_thread) {
  static int* theirs;
  threads(
      [] {
        theirs = &own;
        first.step();
        own = 1;
        keep(own);
        second.wait();
      },
      [] {
        first.wait();
        asm volatile("" : : : "memory");
        *theirs = 2;
        second.step();
      });
}
NORACE(thread_local_storage_is_recycled) {
  for (int i = 0; i < 30; ++i) {
    std::thread([] {
      own += 1;
      keep(own);
      ended.step();
    }).detach();
    ended.wait(i + 1);
  }
}
NORACE(thread_local_object_with_a_destructor) {
  struct Text {
    std::string text = std::string(100, 'a');
    ~Text() { text += 'b'; }
  };
  thread_local Text mine;
  threads([] { mine.text += 'c'; }, [] { mine.text += 'd'; });
}
RACE(shared_ptr_copies_order_nothing) {
  static const auto shared = std::make_shared<int>(0);
  in_turn(
      [] {
        auto copy = shared;
        x = 1;
        copy.reset();
      },
      [] {
        auto copy = shared;
        x = 2;
      });
}

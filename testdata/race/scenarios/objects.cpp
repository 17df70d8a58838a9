// Objects that the C++ library handles: nodes, hashed bytes, classes,
// exceptions, memory resources.
#include <cstdlib>
#include <exception>
#include <functional>
#include <map>
#include <memory_resource>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "scenario.h"

RACE(map_erase_two_children_key) {
  static std::map<int, int> m;
  for (int i = 0; i < 7; ++i) m[(i * 3) % 7] = i;
  in_turn([] { m.erase(3); }, [] { m.erase(5); });
}
NORACE(map_erase_all_orders) {
  auto f = [] {
    for (int seed = 1; seed < 20; ++seed) {
      std::map<int, int> m;
      unsigned s = seed;
      for (int i = 0; i < 60; ++i) {
        s = s * 1664525 + 1013904223;
        m[s >> 24] = i;
      }
      while (!m.empty()) {
        s = s * 1664525 + 1013904223;
        auto it = m.lower_bound(s >> 24);
        if (it == m.end()) it = m.begin();
        m.erase(it);
        int last = -1;
        for (auto& [k, v] : m) {
          if (k <= last) std::abort();
          last = k;
        }
      }
    }
  };
  threads(f, f);
}
RACE(hash_reads) {
  static std::string s(30, 'a');
  threads([] { keep(std::hash<std::string>()(s)); }, [] { s[3] = 'b'; });
}
RACE(pmr_unsynchronized_pool) {
  static std::pmr::unsynchronized_pool_resource r;
  in_turn([] { keep(r.allocate(64)); }, [] { keep(r.allocate(64)); });
}
NORACE(pmr_synchronized_pool) {
  static std::pmr::synchronized_pool_resource r;
  auto f = [] {
    for (int i = 0; i < 50; ++i) {
      std::pmr::string s(40 + i, 'a', &r);
      keep(s);
    }
  };
  threads(f, f);
}
NORACE(pmr_monotonic_each) {
  auto f = [] {
    char buf[1000];
    std::pmr::monotonic_buffer_resource r(buf, sizeof buf);
    std::pmr::vector<int> v(&r);
    for (int i = 0; i < 300; ++i) v.push_back(i);
  };
  threads(f, f);
}
NORACE(call_once_exc_many) {
  static std::once_flag o;
  static std::atomic<int> n{0};
  auto f = [] {
    for (;;) {
      try {
        std::call_once(o, [] {
          ++y;
          if (n++ < 3) throw 1;
          x = 1;
        });
        break;
      } catch (int) {
      }
    }
    use(x);
    use(y);
  };
  threads(f, f, f);
}
struct Thrown {
  int v;
};
RACE(exception_ptr_object_shared) {
  static std::exception_ptr p = std::make_exception_ptr(Thrown{1});
  auto f = [] {
    try {
      std::rethrow_exception(p);
    } catch (Thrown& e) {
      e.v = 2;
    }
  };
  threads(f, f);
}
NORACE(exception_ptr_read) {
  static std::exception_ptr p = std::make_exception_ptr(Thrown{1});
  auto f = [] {
    try {
      std::rethrow_exception(p);
    } catch (Thrown& e) {
      use(e.v);
    }
  };
  threads(f, f);
}
NORACE(nested_exceptions) {
  auto f = [] {
    try {
      try {
        throw std::runtime_error("a");
      } catch (...) {
        std::throw_with_nested(std::logic_error("b"));
      }
    } catch (const std::exception& e) {
      try {
        std::rethrow_if_nested(e);
      } catch (const std::exception& i) {
        keep(i);
      }
    }
  };
  threads(f, f, f);
}
NORACE(exception_through_join) {
  std::exception_ptr p;
  std::thread([&] {
    try {
      throw Thrown{3};
    } catch (...) {
      p = std::current_exception();
    }
  }).join();
  try {
    std::rethrow_exception(p);
  } catch (Thrown& e) {
    e.v = 1;
  }
}
struct Shape {
  virtual ~Shape() = default;
};
struct Round : Shape {};
static Shape* shape;
RACE(dynamic_cast_reads_the_class) {
  alignas(Round) static char place[sizeof(Round)];
  shape = new (place) Shape;
  in_turn([] { new (place) Round; }, [] { keep(dynamic_cast<Round*>(shape)); });
}
NORACE(dynamic_casts) {
  shape = new Round;
  auto f = [] { use(dynamic_cast<Round*>(shape) != nullptr); };
  threads(f, f);
}
RACE(find_compares_what_is_written) {
  static std::string s(100, 'a');
  threads([] { keep(s.find("ab")); }, [] { s[90] = 'b'; });
}
NORACE(find_and_compare) {
  static const std::string s(100, 'a');
  threads([] { keep(s.find("ab")); }, [] { keep(s.compare("aaa")); });
}

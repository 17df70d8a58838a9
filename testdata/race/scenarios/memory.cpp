// Every way to touch memory in C++: what overlaps races, what lies beside does
// not.
#include <cstdint>
#include <cstring>
#include <functional>
#include <new>

#include "scenario.h"

struct Pair {
  int left = 0;
  int right = 0;
};
struct Bits {
  unsigned low : 3;
  unsigned high : 5;
  unsigned : 0;
  unsigned apart : 4;
};
static Pair pair;
static Bits bits;
static int array[16];
static char bytes[64];
static double number;

RACE(int_writes) {
  threads([] { x = 1; }, [] { x = 2; });
}
RACE(int_read_and_write) {
  threads([] { use(x); }, [] { x = 2; });
}
NORACE(int_reads) {
  threads([] { use(x); }, [] { use(x); });
}
NORACE(two_ints) {
  threads([] { x = 1; }, [] { y = 2; });
}
RACE(increment) {
  threads([] { ++x; }, [] { use(x); });
}
RACE(compound_assignment) {
  threads([] { x += 2; }, [] { x *= 3; });
}
RACE(same_value_is_still_a_write) {
  threads([] { x = 0; }, [] { x = 0; });
}
NORACE(fields) {
  threads([] { pair.left = 1; }, [] { pair.right = 1; });
  keep(pair);
}
RACE(same_field) {
  threads(
      [] {
        pair.left = 1;
        keep(pair.left);
      },
      [] {
        pair.left = 2;
        keep(pair.left);
      });
}
RACE(whole_struct_against_a_field) {
  threads(
      [] {
        pair = Pair{1, 2};
        keep(pair.left);
      },
      [] {
        pair.right = 2;
        keep(pair.right);
      });
}
RACE(struct_copy_reads_every_field) {
  threads(
      [] {
        Pair copy = pair;
        keep(copy);
      },
      [] {
        pair.right = 2;
        keep(pair.right);
      });
}
NORACE(elements) {
  threads([] { array[3] = 1; }, [] { array[4] = 1; });
}
RACE(same_element) {
  threads([] { array[3] = 1; }, [] { array[3] = 2; });
  keep(array);
}
RACE(array_through_indices_that_are_equal_at_run_time) {
  static volatile int i = 3, j = 3;
  threads([] { array[i] = 1; }, [] { array[j] = 2; });
  keep(array);
}
NORACE(bytes_of_one_word) {
  threads([] { bytes[0] = 1; }, [] { bytes[1] = 1; }, [] { bytes[2] = 1; },
          [] { bytes[7] = 1; });
  keep(bytes);
}
RACE(same_byte_of_one_word) {
  threads([] { bytes[5] = 1; }, [] { bytes[5] = 1; });
  keep(bytes);
}
RACE(partial_overlap) {
  threads(
      [] {
        std::uint32_t value = 1;
        std::memcpy(bytes, &value, 4);
      },
      [] {
        std::uint32_t value = 2;
        std::memcpy(bytes + 3, &value, 4);
      });
  keep(bytes);
}
NORACE(touching_without_overlap) {
  threads(
      [] {
        std::uint32_t value = 1;
        std::memcpy(bytes + 1, &value, 4);
      },
      [] {
        std::uint32_t value = 2;
        std::memcpy(bytes + 5, &value, 4);
      });
  keep(bytes);
}
RACE(overlap_across_a_word_boundary) {
  threads(
      [] {
        std::uint64_t value = 1;
        std::memcpy(bytes + 5, &value, 8);
      },
      [] { bytes[12] = 1; });
  keep(bytes);
}
RACE(byte_inside_a_wide_write) {
  alignas(8) static std::uint64_t word;
  threads(
      [] {
        word = ~0ull;
        keep(word);
      },
      [] {
        reinterpret_cast<char*>(&word)[6] = 1;
        keep(word);
      });
}
RACE(bit_fields_of_one_memory_location) {
  threads([] { bits.low = 1; }, [] { bits.high = 1; });
  keep(bits);
}
NORACE(bit_fields_of_two_memory_locations) {
  threads([] { bits.low = 1; }, [] { bits.apart = 1; });
  keep(bits);
}
RACE(union_members_share_their_memory) {
  static union {
    int i;
    float f;
  } u;
  threads(
      [] {
        u.i = 1;
        keep(u);
      },
      [] {
        u.f = 1;
        keep(u);
      });
}
RACE(double_writes) {
  threads([] { number = 1.5; }, [] { number = 2.5; });
  keep(number);
}
RACE(wide_integer) {
  __extension__ static unsigned __int128 wide;
  threads(
      [] {
        wide = 1;
        keep(wide);
      },
      [] {
        wide = 2;
        keep(wide);
      });
}
RACE(boolean_flag) {
  static bool ready;
  threads(
      [] {
        ready = true;
        keep(ready);
      },
      [] { use(ready); });
}
RACE(volatile_is_not_atomic) {
  static volatile int v;
  threads([] { v = 1; }, [] { keep(int(v)); });
}
RACE(pointer_itself) {
  static int* p = &x;
  threads(
      [] {
        p = &y;
        keep(p);
      },
      [] { keep(p == &x ? 1 : 0); });
}
RACE(behind_a_pointer) {
  static int value;
  int* p = &value;
  int* q = &value;
  threads([=] { *p = 1; }, [=] { *q = 2; });
  keep(value);
}
RACE(reference) {
  static int value;
  int& r = value;
  threads([&] { r = 1; }, [&] { r = 2; });
  keep(value);
}
RACE(through_a_call) {
  const auto write = [](int& place, int value) { place = value; };
  threads([=] { write(x, 1); }, [=] { write(x, 2); });
}
RACE(short_circuit_reads_when_needed) {
  static bool condition = true;
  threads([] { keep(condition && x == 1 ? 1 : 0); }, [] { x = 1; });
}
NORACE(short_circuit_does_not_read_otherwise) {
  static volatile bool condition = false;
  threads([] { keep(condition && x == 1 ? 1 : 0); }, [] { x = 1; });
}
RACE(switch_reads) {
  threads(
      [] {
        switch (x) {
          case 0:
            y = 1;
            break;
          default:
            z = 1;
        }
      },
      [] { x = 1; });
}
RACE(loop_condition) {
  threads(
      [] {
        for (int i = 0; i <= x && i < 3; ++i) keep(i);
      },
      [] { x = 1; });
}
RACE(conditional_write) {
  static volatile bool condition = true;
  threads(
      [] {
        if (condition) x = 1;
      },
      [] { x = 2; });
}
RACE(reading_a_constructor_argument) {
  threads(
      [] {
        Pair copy{x, 0};
        keep(copy);
      },
      [] { x = 1; });
}
RACE(returned_reference) {
  static int value;
  const auto at = []() -> int& { return value; };
  threads([=] { at() = 1; }, [=] { at() = 2; });
  keep(value);
}
RACE(function_pointer) {
  static void (*function)() = [] {};
  in_turn([] { function = [] { keep(1); }; }, [] { function(); });
}
RACE(std_function_variable) {
  static std::function<void()> function = [] {};
  in_turn([] { function = [] { keep(1); }; }, [] { function(); });
}

struct Shape {
  virtual ~Shape() { keep(area()); }
  virtual int area() const { return 1; }
};
struct Square : Shape {
  int side = 2;
  int area() const override { return side * side; }
};
NORACE(virtual_calls) {
  static Square square;
  Shape* shape = &square;
  threads([=] { keep(shape->area()); }, [=] { keep(shape->area()); });
}
RACE(virtual_call_during_construction) {
  alignas(Square) static unsigned char place[sizeof(Square)];
  new (place) Square;
  in_turn([] { new (place) Square; },
          [] { keep(reinterpret_cast<Shape*>(place)->area()); });
}
RACE(virtual_call_during_destruction) {
  static auto* shape = new Square;
  in_turn(
      [] {
        static_cast<Shape*>(shape)->~Shape();
        keep(shape);
      },
      [] { keep(static_cast<Shape*>(shape)->area()); });
}
RACE(member_of_a_derived_object) {
  static Square square;
  threads(
      [] {
        square.side = 3;
        keep(square);
      },
      [] { keep(static_cast<Shape*>(&square)->area()); });
}

// Strings and containers of the C++ library.
#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <list>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "scenario.h"

struct Small {
  char part[8] = {};
};
static Small small;
static std::string text;
static std::vector<int> vector(8);
static std::map<int, int> map;
static std::unordered_map<int, int> hash;

RACE(string_assignment_and_read) {
  text = "before";
  in_turn([] { text = "a text that is longer than what fits inside"; },
          [] { keep(text.size()); });
}
RACE(string_append) {
  in_turn([] { text += 'a'; }, [] { text += 'b'; });
}
NORACE(string_reads) {
  text = "constant";
  threads([] { keep(text.size()); }, [] { keep(text.find('s')); },
          [] { keep(std::string(text)); });
}
RACE(string_characters) {
  text = "characters";
  in_turn([] { text[3] = 'x'; }, [] { keep(std::string(text)); });
}
NORACE(string_copies_are_independent) {
  text = "a text that is longer than what fits inside";
  std::string copy = text;
  threads(
      [copy]() mutable {
        copy[0] = 'b';
        keep(copy);
      },
      [] { text[0] = 'c'; });
}
RACE(string_compared_while_written) {
  text = "characters";
  in_turn([] { text[3] = 'x'; }, [] { keep(text == "charakters"); });
}
RACE(vector_push_back) {
  in_turn([] { vector.push_back(1); }, [] { vector.push_back(2); });
}
RACE(vector_size_while_growing) {
  in_turn([] { vector.push_back(1); }, [] { keep(vector.size()); });
}
NORACE(vector_elements) {
  threads([] { vector[1] = 1; }, [] { vector[2] = 1; });
}
RACE(vector_element_while_growing) {
  in_turn(
      [] {
        vector.resize(1000);
      },
      [] { keep(vector[1]); });
}
RACE(vector_of_bool_shares_words) {
  static std::vector<bool> flags(8);
  in_turn([] { flags[1] = true; }, [] { flags[2] = true; });
}
RACE(vector_iteration_while_written) {
  in_turn([] { vector[5] = 1; },
          [] { keep(std::accumulate(vector.begin(), vector.end(), 0)); });
}
RACE(vector_swap) {
  static std::vector<int> others(3);
  in_turn([] { std::swap(vector, others); }, [] { keep(vector.size()); });
}
RACE(vector_clear) {
  in_turn([] { vector.clear(); }, [] { keep(vector.empty()); });
}
RACE(map_insertion) {
  in_turn([] { map[1] = 1; }, [] { map[2] = 2; });
}
RACE(map_lookup_while_inserting) {
  in_turn([] { map[1] = 1; }, [] { keep(map.count(2)); });
}
NORACE(map_lookups) {
  map[1] = 1;
  threads([] { keep(map.at(1)); }, [] { keep(map.find(2) == map.end()); });
}
NORACE(map_values_of_different_keys) {
  map[1] = map[2] = 0;
  threads([] { map.at(1) = 1; }, [] { map.at(2) = 2; });
}
RACE(map_value_of_the_same_key) {
  map[1] = 0;
  in_turn([] { map.at(1) = 1; }, [] { map.at(1) = 2; });
}
RACE(map_erase_while_iterating) {
  for (int i = 0; i < 10; ++i) map[i] = i;
  in_turn([] { map.erase(9); },
          [] {
            for (auto& e : map) keep(e.second);
          });
}
RACE(hash_insertion) {
  in_turn([] { hash[1] = 1; }, [] { hash[2] = 2; });
}
RACE(hash_lookup_while_inserting) {
  in_turn([] { hash[1] = 1; }, [] { keep(hash.count(1)); });
}
NORACE(hash_lookups) {
  hash[1] = 1;
  threads([] { keep(hash.at(1)); }, [] { keep(hash.count(7)); });
}
RACE(deque_ends) {
  static std::deque<int> deque;
  in_turn([] { deque.push_back(1); }, [] { deque.push_front(2); });
}
RACE(list_splice) {
  static std::list<int> list{1, 2, 3};
  in_turn([] { list.push_back(1); }, [] { list.pop_front(); });
}
RACE(optional_value) {
  static std::optional<int> optional;
  in_turn(
      [] {
        optional = 1;
        keep(optional);
      },
      [] { keep(optional.has_value() ? 1 : 0); });
}
RACE(variant_value) {
  static std::variant<int, double> variant;
  in_turn(
      [] {
        variant = 1.5;
        keep(variant);
      },
      [] { keep(variant.index()); });
}
RACE(tuple_part) {
  static std::tuple<int, int> tuple;
  in_turn(
      [] {
        std::get<1>(tuple) = 1;
        keep(tuple);
      },
      [] {
        std::get<1>(tuple) = 2;
        keep(tuple);
      });
}
NORACE(tuple_parts) {
  static std::tuple<int, int> tuple;
  threads(
      [] {
        std::get<0>(tuple) = 1;
        keep(std::get<0>(tuple));
      },
      [] {
        std::get<1>(tuple) = 2;
        keep(std::get<1>(tuple));
      });
}
RACE(small_array_copy) {
  in_turn(
      [] {
        Small copy = small;
        keep(copy);
      },
      [] {
        small.part[7] = 1;
        keep(small.part[7]);
      });
}
RACE(std_array_fill) {
  static std::array<int, 32> values;
  in_turn(
      [] {
        values.fill(1);
        keep(values);
      },
      [] {
        values[31] = 2;
        keep(values[31]);
      });
}
RACE(vectorised_loop) {
  static float sums[256];
  in_turn(
      [] {
        for (float& s : sums) s += 1;
        keep(sums);
      },
      [] {
        sums[200] = 1;
        keep(sums[200]);
      });
}
RACE(std_copy) {
  static int to[64], from[64];
  in_turn(
      [] {
        std::copy(from, from + 64, to);
        keep(to);
      },
      [] {
        from[63] = 1;
        keep(from[63]);
      });
}
RACE(std_fill) {
  static char page[4096];
  in_turn(
      [] {
        std::fill(page, page + 4096, 'a');
        keep(page);
      },
      [] { use(page[4095]); });
}
RACE(string_stream_of_bytes_in_a_large_copy) {
  static char from[100000], to[100000];
  in_turn(
      [] {
        std::memcpy(to, from, sizeof to);
        keep(to);
      },
      [] {
        from[99999] = 1;
        keep(from[99999]);
      });
}
NORACE(halves_of_a_large_array) {
  static char page[8192];
  threads([] { std::memset(page, 1, 4096); },
          [] { std::memset(page + 4096, 2, 4096); });
  keep(page);
}

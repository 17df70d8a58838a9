// Streams of the C++ library.
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "scenario.h"

RACE(ostringstream_written_by_two) {
  static std::ostringstream stream;
  in_turn([] { stream << 1; }, [] { stream << 2; });
}
RACE(ostringstream_strings_written_by_two) {
  static std::ostringstream stream;
  in_turn([] { stream << "one"; }, [] { stream << std::string("two"); });
}
NORACE(ostringstream_of_each) {
  const auto print = [] {
    std::ostringstream stream;
    stream << 1 << "one" << 2.5;
    keep(stream.str());
  };
  threads(print, print);
}
RACE(istringstream_read_by_two) {
  static std::istringstream stream("1 2 3 4");
  const auto read = [] {
    int value = 0;
    stream >> value;
    keep(value);
  };
  in_turn(read, read);
}
RACE(file_stream_written_by_two) {
  static std::ofstream stream("/dev/null");
  in_turn([] { stream << 1; }, [] { stream << "two"; });
}
NORACE(cout_written_by_two) {
  const auto print = [] {
    for (int i = 0; i < 10; ++i) std::cout << "line " << i << std::endl;
  };
  threads(print, print);
}
RACE(ostringstream_read_while_written) {
  static std::ostringstream stream;
  in_turn([] { stream << "one"; }, [] { keep(stream.str().size()); });
}
RACE(flags_of_a_stream) {
  static std::ostringstream stream;
  in_turn([] { stream << std::hex; }, [] { stream << std::dec; });
}
RACE(cout_orders_nothing) {
  in_turn(
      [] {
        x = 1;
        std::cout << "one" << std::endl;
      },
      [] {
        std::cout << "two" << std::endl;
        x = 2;
      });
}

// Kernels whose cost under a detector is that of plain accesses and calls.
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "bench/race/kernel.h"

namespace chansan::bench {

namespace {

// Knuth's MMIX generator: the same numbers in every language.
class Random {
 public:
  std::uint64_t next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return state_ >> 33;
  }

 private:
  std::uint64_t state_ = 1;
};

std::uint64_t matrix_multiply() {
  constexpr std::size_t kSide = 320;
  std::vector<double> a(kSide * kSide);
  std::vector<double> b(kSide * kSide);
  std::vector<double> c(kSide * kSide);
  Random random;
  for (double& x : a) x = static_cast<double>(random.next() % 10);
  for (double& x : b) x = static_cast<double>(random.next() % 10);
  for (std::size_t i = 0; i < kSide; ++i) {
    for (std::size_t j = 0; j < kSide; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < kSide; ++k) {
        sum += a[i * kSide + k] * b[k * kSide + j];
      }
      c[i * kSide + j] = sum;
    }
  }
  double sum = 0;
  for (const double x : c) sum += x;
  return static_cast<std::uint64_t>(sum);
}

std::uint64_t sort() {
  constexpr std::size_t kCount = 1000000;
  std::vector<std::uint64_t> values(kCount);
  Random random;
  for (auto& value : values) value = random.next();
  std::sort(values.begin(), values.end());
  return values[kCount / 2];
}

std::uint64_t hash_map() {
  constexpr int kOperations = 2000000;
  std::unordered_map<std::uint64_t, std::uint64_t> map;
  Random random;
  for (int i = 0; i < kOperations; ++i) map[random.next() % 100000] += 1;
  std::uint64_t most = 0;
  for (const auto& [key, count] : map) most = std::max(most, count);
  return most;
}

std::uint64_t strings() {
  constexpr int kLines = 400000;
  std::uint64_t length = 0;
  std::vector<std::string> kept(64);
  for (int i = 0; i < kLines; ++i) {
    std::string line = "line number " + std::to_string(i);
    line += ", and some more of it";
    length += line.size() + line.find("more");
    kept[static_cast<std::size_t>(i) % kept.size()] = line;
  }
  return length;
}

class Shape {
 public:
  virtual ~Shape() = default;
  virtual std::uint64_t area() const = 0;
};
class Square final : public Shape {
 public:
  explicit Square(std::uint64_t side) : side_(side) {}
  std::uint64_t area() const override { return side_ * side_; }

 private:
  std::uint64_t side_;
};
class Rectangle final : public Shape {
 public:
  Rectangle(std::uint64_t width, std::uint64_t height)
      : width_(width), height_(height) {}
  std::uint64_t area() const override { return width_ * height_; }

 private:
  std::uint64_t width_;
  std::uint64_t height_;
};

std::uint64_t virtual_calls() {
  std::vector<std::unique_ptr<Shape>> shapes;
  Random random;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t size = random.next() % 100;
    if (random.next() % 2 == 0) {
      shapes.push_back(std::make_unique<Square>(size));
    } else {
      shapes.push_back(std::make_unique<Rectangle>(size, size + 1));
    }
  }
  std::uint64_t sum = 0;
  for (int round = 0; round < 20000; ++round) {
    for (const auto& shape : shapes) sum += shape->area();
  }
  return sum;
}

[[gnu::noinline]] std::uint64_t fibonacci(std::uint64_t n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

std::uint64_t recursion() { return fibonacci(35); }

// 256 MiB written once and read once: what a detector keeps of it.
std::uint64_t large_data() {
  std::vector<std::uint64_t> data(std::size_t{32} << 20);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = i;
  std::uint64_t sum = 0;
  for (const std::uint64_t value : data) sum += value;
  return sum;
}

constexpr std::array kKernels{
    Kernel{"matrix", &matrix_multiply}, Kernel{"sort", &sort},
    Kernel{"hash-map", &hash_map},      Kernel{"strings", &strings},
    Kernel{"virtual", &virtual_calls},  Kernel{"recursion", &recursion},
    Kernel{"large-data", &large_data},
};

}  // namespace

std::span<const Kernel> memory_kernels() { return kKernels; }

}  // namespace chansan::bench

// The functions of the C library that ours stand in front of.
#pragma once

#include <dlfcn.h>

#include <atomic>

namespace chansan::live {

/// The next definition of a function after ours, looked up when first needed.
template <typename Function>
class Real {
 public:
  constexpr explicit Real(const char* name, const char* version = nullptr)
      : name_(name), version_(version) {}

  template <typename... Args>
  auto operator()(Args... args) {
    return get()(args...);
  }

  Function* get() {
    Function* known = function_.load(std::memory_order_relaxed);
    if (known != nullptr) [[likely]] {
      return known;
    }
    void* found = nullptr;
    // The unversioned look-up may find an old version with another layout.
    if (version_ != nullptr) found = dlvsym(RTLD_NEXT, name_, version_);
    if (found == nullptr) found = dlsym(RTLD_NEXT, name_);
    known = reinterpret_cast<Function*>(found);
    function_.store(known, std::memory_order_relaxed);
    return known;
  }

 private:
  const char* const name_;
  const char* const version_;
  std::atomic<Function*> function_{nullptr};
};

}  // namespace chansan::live

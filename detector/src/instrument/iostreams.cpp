// What the streams of the C++ library do to their buffers, which the library
// does where nothing is instrumented. Each function that reads or writes a
// stream begins with a sentry: it stands for the access that follows.
//
// Only string and file buffers are looked at. Those of std::cout and its like
// are other types, and may be used by all at once; what a buffer of the
// program's own does is instrumented.
#include <fstream>
#include <istream>
#include <ostream>
#include <sstream>
#include <streambuf>
#include <typeinfo>

#include "detector/src/instrument/intercept.h"

using namespace chansan::live;

namespace {

constinit Real<void(void*, std::ostream*)> real_output_sentry(
    "_ZNSo6sentryC1ERSo");
constinit Real<void(void*, std::istream*, bool)> real_input_sentry(
    "_ZNSi6sentryC1ERSib");

// Where the places in the buffer are that the next access moves.
class Places : public std::streambuf {
 public:
  static const void* next_input(const std::streambuf& buffer) {
    return &(buffer.*&Places::_M_in_cur);
  }
  static const void* next_output(const std::streambuf& buffer) {
    return &(buffer.*&Places::_M_out_cur);
  }
};

const std::streambuf* watched_buffer(const std::ios& stream) {
  if (!watching()) return nullptr;
  const std::streambuf* buffer = stream.rdbuf();
  if (buffer == nullptr) return nullptr;
  const std::type_info& type = typeid(*buffer);
  const bool own =
      type == typeid(std::stringbuf) || type == typeid(std::filebuf);
  return own ? buffer : nullptr;
}

// Frames of the library are between the program's function and us, and are no
// list: found by unwinding, unless the access is known.
void moves(const void* place) {
  Goroutine& goroutine = *os_thread.checked;
  const auto address = reinterpret_cast<std::uintptr_t>(place);
  if (detector().is_repeated(goroutine, address, sizeof(char*),
                             Manner::kWrite)) {
    return;
  }
  access_slow(address, sizeof(char*), Manner::kWrite,
              unwound_calling_pc(goroutine));
}

}  // namespace

CSP_INTERCEPT(void, _ZNSo6sentryC1ERSo, void* self, std::ostream& stream) {
  if (const std::streambuf* buffer = watched_buffer(stream)) {
    moves(Places::next_output(*buffer));
  }
  real_output_sentry(self, &stream);
}

CSP_INTERCEPT(void, _ZNSi6sentryC1ERSib, void* self, std::istream& stream,
              bool keeps_space) {
  if (const std::streambuf* buffer = watched_buffer(stream)) {
    moves(Places::next_input(*buffer));
  }
  real_input_sentry(self, &stream, keeps_space);
}

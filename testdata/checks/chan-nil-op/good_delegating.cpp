// The members' initializers run in the constructor that another one calls, and
// a goroutine that a constructor starts is of the object itself.
#include <csp/csp.h>

#include <memory>

class Stream {
 public:
  Stream() : Stream(1) {}
  explicit Stream(int first) : first_(first) {
    csp::go([this] { values_ << first_; });
  }
  int next() { return *values_.recv(); }

 private:
  int first_;
  csp::chan<int> values_ = csp::make_chan<int>();
};

class Reader {
 public:
  Reader() : stream_(2) {}
  int next() { return stream_.next(); }

 private:
  Stream stream_;
};

class Named : public Stream {
 public:
  Named() : Stream(3) {}
};

int main() {
  Stream stream;
  Reader reader;
  Named named;
  std::unique_ptr<Stream> heap(new Stream(4));
  return stream.next() + reader.next() + named.next() + heap->next();
}

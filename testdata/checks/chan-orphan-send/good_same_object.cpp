// Who receives does it through another name of the object.
#include <csp/csp.h>

#include <functional>
#include <memory>
#include <utility>

class Source {
 public:
  virtual ~Source() = default;
  virtual void drain() = 0;
};

class Poller : public Source, public std::enable_shared_from_this<Poller> {
 public:
  csp::chan<int> values = csp::make_chan<int>();

  void start() {
    csp::go([self = shared_from_this()] { self->values.recv(); });
  }
  void drain() override { values.recv(); }
};

void own() {
  auto poller = std::make_shared<Poller>();
  poller->start();
  poller->values << 1;
}

void weak() {
  auto poller = std::make_shared<Poller>();
  csp::go([weak = poller->weak_from_this()] {
    if (auto self = weak.lock()) self->values.recv();
  });
  poller->values << 1;
}

void cast() {
  std::shared_ptr<Source> source = std::make_shared<Poller>();
  auto poller = std::static_pointer_cast<Poller>(source);
  csp::go([source] { source->drain(); });
  poller->values << 1;
}

// The constructor makes a std::function of the literal, and a Source of the
// handler.
class Handler : public Source {
 public:
  explicit Handler(std::function<void()> run) : run_(std::move(run)) {}
  void drain() override { run_(); }

 private:
  std::function<void()> run_;
};

class Controller {
 public:
  explicit Controller(std::unique_ptr<Source> source)
      : source_(std::move(source)) {}
  void run() { source_->drain(); }

 private:
  std::unique_ptr<Source> source_;
};

int main() {
  own();
  weak();
  cast();
  csp::wait_group group;
  group.add(1);
  Controller controller(
      std::make_unique<Handler>([&group] { group.done(); }));
  csp::go([&controller] { controller.run(); });
  group.wait();
}

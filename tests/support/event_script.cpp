#include "tests/support/event_script.h"

#include <array>
#include <charconv>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace chansan::tests {

namespace {

// What stands after the verb.
enum class Form {
  kNone,
  kGoroutine,
  kPlace,
  kObject,
  kOrder,
  kPlaceOrder,
  kPlaceTwoOrders,
  kObjectNumber,
  kSlot,
  kGoroutineObject,
  kTimerSlot,
  kPermits,
};

struct Verb {
  std::string_view name;
  EventKind kind;
  Form form;
  std::uint8_t flags = 0;
  std::int64_t value = 0;
};

constexpr std::array kVerbs{
    Verb{"go", EventKind::kGoCreate, Form::kGoroutine},
    Verb{"thread", EventKind::kGoCreate, Form::kGoroutine,
         csp::seam::kJoinable},
    Verb{"start", EventKind::kGoStart, Form::kNone},
    Verb{"end", EventKind::kGoEnd, Form::kNone},
    Verb{"join", EventKind::kJoin, Form::kGoroutine},
    Verb{"detach", EventKind::kJoin, Form::kGoroutine, csp::seam::kDetached},
    Verb{"read", EventKind::kRead, Form::kPlace},
    Verb{"write", EventKind::kWrite, Form::kPlace},
    Verb{"alloc", EventKind::kAlloc, Form::kPlace},
    Verb{"free", EventKind::kFree, Form::kPlace},
    Verb{"load", EventKind::kAtomicLoad, Form::kPlaceOrder},
    Verb{"store", EventKind::kAtomicStore, Form::kPlaceOrder},
    Verb{"rmw", EventKind::kAtomicRmw, Form::kPlaceOrder},
    Verb{"cas-failed", EventKind::kAtomicFailed, Form::kPlaceTwoOrders},
    Verb{"fence", EventKind::kFence, Form::kOrder},
    Verb{"make", EventKind::kChanMake, Form::kObjectNumber},
    Verb{"begin-send", EventKind::kChanSendBegin, Form::kObject},
    Verb{"send", EventKind::kChanSend, Form::kSlot},
    Verb{"recv", EventKind::kChanRecv, Form::kSlot},
    Verb{"rendezvous", EventKind::kChanRendezvous, Form::kGoroutineObject},
    Verb{"close", EventKind::kChanClose, Form::kObject},
    Verb{"recv-closed", EventKind::kChanRecvClosed, Form::kObject},
    Verb{"timer-send", EventKind::kChanTimerSend, Form::kTimerSlot},
    Verb{"destroy", EventKind::kChanDestroy, Form::kObject},
    Verb{"lock", EventKind::kLock, Form::kObject},
    Verb{"try-lock", EventKind::kLock, Form::kObject, csp::seam::kTried},
    Verb{"unlock", EventKind::kUnlock, Form::kObject},
    Verb{"rlock", EventKind::kRLock, Form::kObject},
    Verb{"try-rlock", EventKind::kRLock, Form::kObject, csp::seam::kTried},
    Verb{"rlock-passing", EventKind::kRLock, Form::kObject,
         csp::seam::kPassesWriters},
    Verb{"runlock", EventKind::kRUnlock, Form::kObject},
    Verb{"lock-free", EventKind::kLockFree, Form::kObject},
    Verb{"add", EventKind::kWgAdd, Form::kObject, 0, 1},
    Verb{"add-from-zero", EventKind::kWgAdd, Form::kObject,
         csp::seam::kFromZero, 1},
    Verb{"done", EventKind::kWgAdd, Form::kObject, 0, -1},
    Verb{"begin-wait", EventKind::kWgWaitBegin, Form::kObject},
    Verb{"begin-first-wait", EventKind::kWgWaitBegin, Form::kObject,
         csp::seam::kFirstWaiter},
    Verb{"wait", EventKind::kWgWait, Form::kObject},
    Verb{"once-done", EventKind::kOnceDone, Form::kObject},
    Verb{"once-return", EventKind::kOnceReturn, Form::kObject},
    Verb{"give", EventKind::kPermitsGiven, Form::kPermits},
    Verb{"take", EventKind::kPermitsTaken, Form::kPermits},
    Verb{"release", EventKind::kRelease, Form::kObject},
    Verb{"merge", EventKind::kReleaseMerge, Form::kObject},
    Verb{"acquire", EventKind::kAcquire, Form::kObject},
};

constexpr std::array<std::string_view, 6> kOrders{
    "relaxed", "consume", "acquire", "release", "acq_rel", "seq_cst"};

struct Ring {
  std::uint64_t capacity = 0;
  std::uint64_t sends = 0;
  std::uint64_t receives = 0;
};

class Parser {
 public:
  std::vector<Event> parse(std::string_view text) {
    std::istringstream lines{std::string(text)};
    std::vector<Event> events;
    for (std::string line; std::getline(lines, line);) {
      ++line_;
      words_.str(line.substr(0, line.find('#')));
      words_.clear();
      std::string first;
      if (!(words_ >> first)) continue;
      events.push_back(parse_step(first));
      std::string rest;
      if (words_ >> rest) fail("what is '" + rest + "' for?");
    }
    return events;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error("line " + std::to_string(line_) + ": " + what);
  }

  std::uint64_t number(std::string_view text) const {
    int base = 10;
    if (text.starts_with("0x")) {
      text.remove_prefix(2);
      base = 16;
    }
    std::uint64_t value = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || end != text.data() + text.size()) {
      fail("'" + std::string(text) + "' is not a number");
    }
    return value;
  }

  std::string word(std::string_view what) {
    std::string word;
    if (!(words_ >> word)) fail("needs " + std::string(what));
    return word;
  }

  std::uint64_t address(const std::string& name) {
    if (name.starts_with("0x")) return number(name);
    constexpr std::uint64_t kFirst = 0x10000;
    constexpr std::uint64_t kApart = 0x100;
    const auto [place, is_new] =
        names_.try_emplace(name, kFirst + kApart * names_.size());
    return place->second;
  }

  void place(Event& event) {
    std::string name = word("a place");
    event.size = 4;
    if (const auto colon = name.find(':'); colon != std::string::npos) {
      event.size = number(std::string_view(name).substr(colon + 1));
      name.resize(colon);
    }
    std::uint64_t offset = 0;
    if (const auto plus = name.find('+'); plus != std::string::npos) {
      offset = number(std::string_view(name).substr(plus + 1));
      name.resize(plus);
    }
    event.object = address(name) + offset;
  }

  MemoryOrder order() {
    const std::string name = word("a memory order");
    for (std::size_t i = 0; i < kOrders.size(); ++i) {
      if (kOrders[i] == name) return static_cast<MemoryOrder>(i);
    }
    fail("'" + name + "' is not a memory order");
  }

  void slot(Event& event) {
    Ring& ring = rings_[event.object];
    if (ring.capacity == 0) fail("an unbuffered channel has no slots");
    std::uint64_t& count =
        event.kind == EventKind::kChanRecv ? ring.receives : ring.sends;
    event.index = static_cast<std::uint32_t>(count++ % ring.capacity);
    if (ring.receives > ring.sends) fail("nothing was sent yet");
    if (ring.sends > ring.receives + ring.capacity) fail("the channel is full");
  }

  Event parse_step(const std::string& goroutine) {
    const std::string name = word("a verb");
    for (const Verb& verb : kVerbs) {
      if (verb.name != name) continue;
      Event event{.kind = verb.kind, .flags = verb.flags};
      event.goroutine = number(goroutine);
      event.value = verb.value;
      event.pc = line_;
      arguments(event, verb.form);
      return event;
    }
    fail("'" + name + "' is not a verb");
  }

  void arguments(Event& event, Form form) {
    switch (form) {
      case Form::kNone:
        return;
      case Form::kGoroutine:
        event.other = number(word("a goroutine"));
        return;
      case Form::kGoroutineObject:
        event.other = number(word("a goroutine"));
        event.object = address(word("an object"));
        return;
      case Form::kOrder:
        event.order = order();
        return;
      case Form::kPlace:
      case Form::kPlaceOrder:
      case Form::kPlaceTwoOrders:
        place(event);
        if (form != Form::kPlace) event.order = order();
        if (form == Form::kPlaceTwoOrders) event.failure_order = order();
        return;
      default:
        event.object = address(word("an object"));
    }
    if (form == Form::kSlot) slot(event);
    if (form == Form::kTimerSlot) {
      slot(event);
      event.value = static_cast<std::int64_t>(address(word("a timer")));
    }
    if (form == Form::kPermits) {
      event.value = static_cast<std::int64_t>(number(word("a number")));
      event.size = number(word("how many there were before"));
    }
    if (form == Form::kObjectNumber) {
      event.size = number(word("a capacity"));
      rings_[event.object] = {event.size, 0, 0};
    }
  }

  std::istringstream words_;
  std::uint64_t line_ = 0;
  std::map<std::string, std::uint64_t> names_;
  std::map<std::uint64_t, Ring> rings_;
};

std::string hex(std::uint64_t value) {
  std::ostringstream out;
  out << "0x" << std::hex << value;
  return out.str();
}

const Verb& verb_of(const Event& event) {
  for (const Verb& verb : kVerbs) {
    if (verb.kind != event.kind) continue;
    if (event.kind == EventKind::kWgAdd && verb.value != event.value) continue;
    if (verb.flags == event.flags) return verb;
  }
  throw std::logic_error("an event that no verb says");
}

}  // namespace

std::vector<Event> parse_script(std::string_view text) {
  return Parser().parse(text);
}

std::vector<Event> parse_script_file(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  std::ostringstream text;
  text << in.rdbuf();
  return parse_script(text.str());
}

std::string to_script(const std::vector<Event>& events) {
  std::ostringstream out;
  for (const Event& event : events) {
    const Verb& verb = verb_of(event);
    out << event.goroutine << ' ' << verb.name;
    switch (verb.form) {
      case Form::kNone:
      case Form::kOrder:
        break;
      case Form::kGoroutine:
        out << ' ' << event.other;
        break;
      case Form::kGoroutineObject:
        out << ' ' << event.other << ' ' << hex(event.object);
        break;
      case Form::kPlace:
      case Form::kPlaceOrder:
      case Form::kPlaceTwoOrders:
        out << ' ' << hex(event.object) << ':' << event.size;
        break;
      default:
        out << ' ' << hex(event.object);
    }
    const auto order = [&](MemoryOrder which) {
      out << ' ' << kOrders[static_cast<std::size_t>(which)];
    };
    if (verb.form == Form::kOrder || verb.form == Form::kPlaceOrder ||
        verb.form == Form::kPlaceTwoOrders) {
      order(event.order);
    }
    if (verb.form == Form::kPlaceTwoOrders) order(event.failure_order);
    if (verb.form == Form::kObjectNumber) out << ' ' << event.size;
    if (verb.form == Form::kPermits) {
      out << ' ' << event.value << ' ' << event.size;
    }
    if (verb.form == Form::kTimerSlot) {
      out << ' ' << hex(static_cast<std::uint64_t>(event.value));
    }
    out << '\n';
  }
  return out.str();
}

}  // namespace chansan::tests

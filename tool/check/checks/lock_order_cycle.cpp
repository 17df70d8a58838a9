// lock-order-cycle: locks that are taken in different orders.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "tool/check/check.h"
#include "tool/check/checks/sections.h"
#include "tool/check/checks/stuck.h"

namespace chansan::check {
namespace {

using Key = const clang::ValueDecl*;

// B taken with A held, and all that was held.
struct Edge {
  const Call* taken = nullptr;
  const Call* first = nullptr;
  std::set<Key> held;
};

// A lock is known by its variable or member, whosever it is.
Key key_of(const Call& call) {
  const Place place = call.place();
  return place.empty() ? nullptr : place.back();
}

// Members of one name are told apart by their classes.
std::string quoted(Key key, Key other) {
  const auto* owner = llvm::dyn_cast<clang::RecordDecl>(key->getDeclContext());
  const bool alike = key->getNameAsString() == other->getNameAsString();
  const std::string scope =
      alike && owner ? owner->getNameAsString() + "::" : "";
  return "'" + scope + key->getNameAsString() + "'";
}

class Order {
 public:
  explicit Order(const Facts& facts) : facts_(facts) {
    for (const Body& body : facts.bodies()) add(body);
  }
  std::map<std::pair<Key, Key>, Edge> edges;

 private:
  void add(const Body& body) {
    const auto sections = sections_of(body, facts_);
    for (const Section& outer : sections) {
      const Key a = key_of(*outer.lock);
      if (!a) continue;
      std::set<Key> held = {a};
      for (const Section& other : sections)
        if (other.covers(outer.lock->expr, facts_))
          held.insert(key_of(*other.lock));
      for (const Section& inner : sections)
        if (outer.covers(inner.lock->expr, facts_))
          note(outer, *inner.lock, held);
      for (const clang::Expr* call : body.others)
        if (outer.covers(call, facts_)) enter(call, outer, held, 3);
    }
  }

  void enter(const clang::Expr* call, const Section& outer,
             const std::set<Key>& held, int depth) {
    const Body* body =
        facts_.body_of(llvm::cast<clang::CallExpr>(call)->getDirectCallee());
    if (!body || depth == 0) return;
    for (const Section& inner : sections_of(*body, facts_))
      note(outer, *inner.lock, held);
    for (const clang::Expr* other : body->others)
      enter(other, outer, held, depth - 1);
  }

  void note(const Section& outer, const Call& inner,
            const std::set<Key>& held) {
    const Key a = key_of(*outer.lock);
    const Key b = key_of(inner);
    // Who has it already waits for nobody.
    if (!b || a == b || held.contains(b)) return;
    edges.try_emplace({a, b}, Edge{&inner, outer.lock, held});
  }

  const Facts& facts_;
};

class LockOrderCycle final : public ModelCheck {
 public:
  using ModelCheck::ModelCheck;

 private:
  void judge(const Outcomes& outcomes) override {
    std::set<model::SiteId> told;
    for (const model::Stuck& stuck : outcomes.stuck) {
      for (const model::Waiting& waiting : stuck.waiting)
        if (const Facts* unit = facts())
          shown_.insert(unit->line(analysis().location(waiting.site)));
      const bool whole = stuck.is_main && !stuck.leak && !stuck.partial;
      if (shape_of(stuck, outcomes) != Shape::kLockOrder) continue;
      if (whole && is_enabled("go-all-asleep")) continue;
      const model::Waiting& first = *std::ranges::find_if(
          stuck.waiting, [](const model::Waiting& w) { return w.owner != 0; });
      if (told.insert(first.site).second)
        report(analysis().location(first.site),
               stuck_message(stuck, first) +
                   "; take the locks in one order everywhere",
               stuck_story(stuck, analysis()));
    }
  }

  void judge_source(const Facts& facts) override {
    const Order order(facts);
    for (const auto& [keys, edge] : order.edges) {
      const auto back = order.edges.find({keys.second, keys.first});
      // Told once, at the later of the two places.
      if (back == order.edges.end() ||
          !facts.before(back->second.taken->expr, edge.taken->expr))
        continue;
      tell(keys, edge, back->second, facts);
    }
    judge_three(order, facts);
  }

  // a with b held, b with c, c with a.
  void judge_three(const Order& order, const Facts& facts) {
    for (const auto& [ab, first] : order.edges)
      for (const auto& [bc, second] : order.edges) {
        if (bc.first != ab.second || bc.second == ab.first) continue;
        const auto third = order.edges.find({bc.second, ab.first});
        if (third == order.edges.end()) continue;
        const Edge& last = third->second;
        // Told once, at the last of the three places; pairs are told as such.
        if (!facts.before(first.taken->expr, last.taken->expr) ||
            !facts.before(second.taken->expr, last.taken->expr) ||
            order.edges.contains({ab.second, ab.first}) ||
            order.edges.contains({bc.second, bc.first}) ||
            order.edges.contains({ab.first, bc.second}))
          continue;
        tell_three({ab.first, ab.second, bc.second}, first, second, last,
                   facts);
      }
  }

  void tell_three(const std::array<Key, 3>& keys, const Edge& first,
                  const Edge& second, const Edge& last, const Facts& facts) {
    for (const Key key : keys)
      if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(key);
          variable && variable->hasLocalStorage())
        return;
    // A lock that all hold, or that two of them hold, keeps them apart.
    const auto gated = [&](const Edge& one, const Edge& other) {
      return std::ranges::any_of(one.held, [&](const Key gate) {
        return std::ranges::find(keys, gate) == keys.end() &&
               other.held.contains(gate);
      });
    };
    if (gated(first, second) || gated(second, last) || gated(first, last))
      return;
    for (const Edge* one : {&first, &second, &last})
      if (shown_.contains(facts.line(one->taken->at()))) return;
    const std::string a = quoted(keys[0], keys[1]);
    const std::string b = quoted(keys[1], keys[2]);
    const std::string c = quoted(keys[2], keys[0]);
    report(last.taken->at(),
           a + " is locked with " + c + " held, " + b + " elsewhere with " + a +
               ", and " + c + " with " + b +
               ": three goroutines can wait for each other",
           {{last.first->at(), 0, c + " is locked here"},
            {first.taken->at(), 0, b + " is locked here with " + a + " held"},
            {second.taken->at(), 0, "and " + c + " here with " + b + " held"}});
  }

  void tell(const std::pair<Key, Key>& keys, const Edge& edge, const Edge& back,
            const Facts& facts) {
    // Between locals of one function no two goroutines can be.
    for (const Key key : {keys.first, keys.second})
      if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(key))
        if (variable->hasLocalStorage()) return;
    // A lock that both hold lets only one of them in.
    for (const Key gate : edge.held)
      if (gate != keys.first && gate != keys.second && back.held.contains(gate))
        return;
    for (const Edge* one : {&edge, &back})
      if (shown_.contains(facts.line(one->taken->at()))) return;
    const std::string first = quoted(keys.first, keys.second);
    const std::string second = quoted(keys.second, keys.first);
    report(edge.taken->at(),
           second + " is locked with " + first +
               " held, and elsewhere the other way round: two goroutines can "
               "wait for each other",
           {{edge.first->at(), 0, first + " is locked here"},
            {back.first->at(), 0, "elsewhere " + second + " is locked first"},
            {back.taken->at(), 0, "and then " + first}});
  }

  // The lines of what an exploration has shown: they need no second report.
  std::set<unsigned> shown_;
};

}  // namespace

CHANSAN_REGISTER_CHECK(lock_order_cycle, LockOrderCycle)

}  // namespace chansan::check

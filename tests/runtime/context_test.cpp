#include <string>

#include "tests/runtime/runtime_test.h"

namespace csp_test {
namespace {

class ContextTest : public RuntimeTest {};

TEST_F(ContextTest, BackgroundIsNeverDone) {
  const context root = context::background();
  EXPECT_FALSE(root.done());
  EXPECT_FALSE(root.err());
  EXPECT_FALSE(root.deadline());
}

TEST_F(ContextTest, DefaultMadeOnesAreTheBackgroundAndCancelNothing) {
  context root;
  cancel_function cancel;
  cancel();
  EXPECT_FALSE(root.done());
  EXPECT_FALSE(root.err());
  std::tie(root, cancel) = with_cancel(root);
  cancel();
  EXPECT_EQ(root.err(), context_errc::canceled);
}

TEST_F(ContextTest, CancelReachesChildrenNotParents) {
  auto [parent, cancel_parent] = with_cancel(context::background());
  auto [child, cancel_child] = with_cancel(parent);
  auto [grandchild, cancel_grandchild] = with_cancel(with_value(child, 1, 2));
  cancel_child();
  EXPECT_FALSE(parent.err());
  EXPECT_EQ(child.err(), context_errc::canceled);
  EXPECT_EQ(grandchild.err(), std::errc::operation_canceled);
  EXPECT_EQ(grandchild.err().message(), "context canceled");
  EXPECT_EQ(grandchild.done().recv(), std::nullopt);
  cancel_child();  // idempotent
  cancel_parent();
  EXPECT_TRUE(parent.err());
  auto [late, cancel_late] = with_cancel(parent);
  EXPECT_EQ(late.err(), context_errc::canceled);
}

TEST_F(ContextTest, TimeoutIsDeadlineExceeded) {
  auto [ctx, cancel] = with_timeout(context::background(), 1ms);
  EXPECT_TRUE(ctx.deadline());
  ctx.done().recv();
  EXPECT_EQ(ctx.err(), context_errc::deadline_exceeded);
  EXPECT_EQ(ctx.err(), std::errc::timed_out);
  EXPECT_EQ(ctx.err().message(), "context deadline exceeded");
  cancel();
  EXPECT_EQ(ctx.err(), context_errc::deadline_exceeded);
}

TEST_F(ContextTest, PastDeadlineIsDoneAtOnce) {
  auto [ctx, cancel] = with_deadline(context::background(),
                                     std::chrono::steady_clock::now() - 1s);
  EXPECT_EQ(ctx.err(), context_errc::deadline_exceeded);
}

TEST_F(ContextTest, TheParentsEarlierDeadlineWins) {
  auto [parent, cancel_parent] = with_timeout(context::background(), 1h);
  auto [child, cancel_child] = with_timeout(parent, 2h);
  EXPECT_EQ(child.deadline(), parent.deadline());
  auto [sooner, cancel_sooner] = with_timeout(parent, 1min);
  EXPECT_LT(*sooner.deadline(), *parent.deadline());
}

TEST_F(ContextTest, ValuesByTextAndByType) {
  enum class Key { kA, kB };
  const context ctx = with_value(
      with_value(with_value(context::background(), "name", "chansan"), Key::kA,
                 5),
      std::string("name2"), std::string("x"));
  ASSERT_NE(ctx.value<std::string>("name"), nullptr);
  EXPECT_EQ(*ctx.value<std::string>(std::string_view("name")), "chansan");
  EXPECT_EQ(*ctx.value<int>(Key::kA), 5);
  EXPECT_EQ(ctx.value<long>(Key::kA), nullptr);
  EXPECT_EQ(ctx.value<int>(Key::kB), nullptr);
  EXPECT_EQ(ctx.value<int>(0), nullptr);  // an int is not a Key
  const context shadow = with_value(ctx, "name", std::string("inner"));
  EXPECT_EQ(*shadow.value<std::string>("name"), "inner");
}

TEST_F(ContextTest, WorkersStopWhenCanceled) {
  auto [ctx, cancel] = with_cancel(context::background());
  wait_group all;
  for (int i = 0; i < 20; ++i) {
    all.go([ctx = ctx] { select(recv_case(ctx.done())); });
  }
  yield();
  cancel();
  all.wait();
}

}  // namespace
}  // namespace csp_test

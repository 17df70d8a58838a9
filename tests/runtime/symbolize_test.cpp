#include "runtime/src/symbolize.h"

#include <gtest/gtest.h>

namespace csp_test {
namespace {

using csp::internal::function_name;

TEST(SymbolizeTest, AFunctionsNameHasNeitherParametersNorReturnType) {
  EXPECT_EQ(function_name("f(int, char (*)(int)) const"), "f");
  EXPECT_EQ(function_name("void app::f<int>(int)"), "app::f<int>");
  EXPECT_EQ(function_name("(anonymous namespace)::f(int)"),
            "(anonymous namespace)::f");
  EXPECT_EQ(function_name("A::operator()(int) const &"), "A::operator()");
  EXPECT_EQ(function_name("A::operator<(A const&) const"), "A::operator<");
  EXPECT_EQ(function_name("A::operator bool() const"), "A::operator bool");
}

TEST(SymbolizeTest, ALambdasNameIsThatOfWhereItStands) {
  EXPECT_EQ(function_name("main::$_0::operator()() const"), "main::{lambda}");
  EXPECT_EQ(function_name("main::{lambda(int)#2}::operator()(int) const"),
            "main::{lambda}");
  EXPECT_EQ(function_name("f(int)::'lambda'(char)::operator()(char) const"),
            "f::{lambda}");
  EXPECT_EQ(function_name("A::f(std::function<void (int)>) const::"
                          "{lambda(int)#1}::operator()(int) const::"
                          "{lambda()#1}::operator()() const"),
            "A::f::{lambda}::{lambda}");
  EXPECT_EQ(function_name("A::operator()(int) const::{lambda()#1}::"
                          "operator()() const"),
            "A::operator()::{lambda}");
}

}  // namespace
}  // namespace csp_test

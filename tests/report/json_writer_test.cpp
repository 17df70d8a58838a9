#include "detector/src/report/json_writer.h"

#include <gtest/gtest.h>

namespace chansan {
namespace {

TEST(JsonQuotedTest, EscapesWhatJsonForbids) {
  EXPECT_EQ(json_quoted("a\"b\\c\n\t\r\x01"), R"("a\"b\\c\n\t\r\u0001")");
}

TEST(JsonQuotedTest, KeepsUtf8) {
  EXPECT_EQ(json_quoted("\u00e9\u4e16\U0001F600"),
            "\"\u00e9\u4e16\U0001F600\"");
}

TEST(JsonQuotedTest, ReplacesEachByteThatIsNotUtf8) {
  const std::string bad = "\"\xEF\xBF\xBD\"";
  EXPECT_EQ(json_quoted("\xff"), bad);
  EXPECT_EQ(json_quoted("\xc3"), bad);  // cut off
  EXPECT_EQ(json_quoted("\xc0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(json_quoted("\xed\xa0\x80").size(), 11u);      // a surrogate
  EXPECT_EQ(json_quoted("\xf4\x90\x80\x80").size(), 14u);  // past U+10FFFF
}

TEST(JsonWriterTest, PlacesCommasBetweenMembersAndElements) {
  JsonWriter json;
  json.begin_object();
  json.member("a", std::uint64_t{1});
  json.key("b");
  json.begin_array();
  json.value(true);
  json.begin_object();
  json.end_object();
  json.value(std::string_view("x"));
  json.end_array();
  json.member("c", false);
  json.end_object();
  EXPECT_EQ(json.text(), R"({"a":1,"b":[true,{},"x"],"c":false})");
}

}  // namespace
}  // namespace chansan

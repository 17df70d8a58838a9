// Files in testdata/.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace chansan::testing {

inline std::string testdata(const std::string& name) {
  std::ifstream file(std::string(CHANSAN_TESTDATA_DIR) + "/" + name,
                     std::ios::binary);
  EXPECT_TRUE(file) << "no testdata/" << name;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace chansan::testing

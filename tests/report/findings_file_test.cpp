#include "chansan/findings_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "chansan/report.h"
#include "tests/report/samples.h"

namespace chansan::testing {
namespace {

const Summary kOpenSummary{"run", "./program", 0, "still running"};
const Summary kFinalSummary{"run", "./program", 0, ""};

std::vector<Finding> first_findings(std::size_t count) {
  std::vector<Finding> findings;
  for (std::size_t i = 0; i < count; ++i) {
    findings.push_back(samples()[i].finding);
  }
  return findings;
}

std::string contents(int descriptor) {
  std::string text(1 << 20, '\0');
  const ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
  text.resize(static_cast<std::size_t>(size));
  return text;
}

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

TEST(FindingsFileTest, IsAWholeDocumentAfterEachFinding) {
  const File file(std::tmpfile(), &std::fclose);
  const int descriptor = ::fileno(file.get());
  FindingsFile document(descriptor, kOpenSummary);
  for (std::size_t i = 0; i < samples().size(); ++i) {
    ASSERT_FALSE(document.add(samples()[i].finding));
    EXPECT_EQ(contents(descriptor),
              to_json(first_findings(i + 1), kOpenSummary));
  }
}

TEST(FindingsFileTest, FinishWithAShorterSummaryLeavesNoTail) {
  const File file(std::tmpfile(), &std::fclose);
  const int descriptor = ::fileno(file.get());
  FindingsFile document(descriptor, kOpenSummary);
  ASSERT_FALSE(document.add(samples()[0].finding));
  ASSERT_FALSE(document.finish(kFinalSummary));
  EXPECT_EQ(contents(descriptor), to_json(first_findings(1), kFinalSummary));
}

TEST(FindingsFileTest, WithoutFindingsIsAnEmptyDocument) {
  const File file(std::tmpfile(), &std::fclose);
  FindingsFile document(::fileno(file.get()));
  ASSERT_FALSE(document.finish(kFinalSummary));
  EXPECT_EQ(contents(::fileno(file.get())), to_json({}, kFinalSummary));
}

TEST(FindingsFileTest, IntoAPipeIsWholeAfterFinish) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  FindingsFile document(ends[1], kOpenSummary);
  ASSERT_FALSE(document.add(samples()[0].finding));
  ASSERT_FALSE(document.add(samples()[1].finding));
  ASSERT_FALSE(document.finish(kFinalSummary));
  ::close(ends[1]);
  std::string text(1 << 16, '\0');
  text.resize(
      static_cast<std::size_t>(::read(ends[0], text.data(), text.size())));
  ::close(ends[0]);
  EXPECT_EQ(text, to_json(first_findings(2), kFinalSummary));
}

TEST(FindingsFileTest, ReturnsTheErrorOfTheWrite) {
  FindingsFile document(-1);
  EXPECT_EQ(document.add(samples()[0].finding), std::errc::bad_file_descriptor);
}

}  // namespace
}  // namespace chansan::testing

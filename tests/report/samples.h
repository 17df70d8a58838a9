// One finding of each form, with every field that the form shows.
#pragma once

#include <string>
#include <vector>

#include "chansan/finding.h"

namespace chansan::testing {

struct Sample {
  std::string name;  // of its golden files in testdata/reports/
  Finding finding;
};

const std::vector<Sample>& samples();

}  // namespace chansan::testing

// The real detector, fed with events, its races noted by spot.
#pragma once

#include <cstdint>
#include <vector>

#include "detector/src/race/detector.h"
#include "tests/support/verdict.h"

namespace chansan::tests {

class ScriptedDetector final : private race::RaceListener {
 public:
  explicit ScriptedDetector(race::ChainId chains_max = race::kChainsMax)
      : detector_(*this, chains_max) {}

  void consume(const csp::seam::Event& event) {
    ++events_;
    detector_.consume(event);
  }
  const Verdict& verdict() const { return verdict_; }
  const std::vector<race::Race>& races() const { return races_; }
  race::RaceDetector& detector() { return detector_; }

 private:
  void on_race(const race::Race& race) override {
    races_.push_back(race);
    if (race.on_object) {
      verdict_.try_emplace({true, race.granule}, events_);
      return;
    }
    for (std::uint64_t byte = 0; byte < race::kGranuleBytes; ++byte) {
      if ((race.overlap >> byte & 1) == 0) continue;
      verdict_.try_emplace({false, race.granule + byte}, events_);
    }
  }

  std::size_t events_ = 0;
  Verdict verdict_;
  std::vector<race::Race> races_;
  race::RaceDetector detector_;
};

}  // namespace chansan::tests

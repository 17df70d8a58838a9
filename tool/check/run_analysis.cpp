#include "tool/check/run_analysis.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <thread>

#include "tool/check/cache.h"
#include "tool/check/explained.h"
#include "tool/check/progress.h"
#include "tool/check/whole_program.h"

namespace chansan::check {
namespace {

// Calls `work` with every number below `count`, on `threads` threads.
template <class Work>
void in_parallel(std::size_t count, unsigned threads, const Work& work) {
  std::atomic<std::size_t> next = 0;
  const auto loop = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < std::min<std::size_t>(threads, count); ++i)
    others.emplace_back(loop);
  loop();
}

class Run {
 public:
  Run(const Options& options, const Database& database,
      const std::vector<std::string>& files)
      : options_(options),
        database_(database),
        files_(files),
        settings_(options.engine),
        cache_(options.cache ? options.cache_directory : ""),
        threads_(options.jobs
                     ? options.jobs
                     : std::max(1u, std::thread::hardware_concurrency())),
        results_(files.size()) {
    settings_.linked = true;
  }

  std::vector<FileResult> run() {
    find_keys();
    Progress progress(files_.size());
    in_parallel(files_.size(), threads_, [&](std::size_t i) {
      analyse_one(i);
      progress.advance(files_[i]);
    });
    results_.push_back(link());
    return std::move(results_);
  }

 private:
  // The rest of what a result depends on, the same for all files of a
  // directory: which checks are on.
  const std::string& setting_of(const std::string& file) {
    const std::string directory = file.substr(0, file.find_last_of('/'));
    const auto [entry, is_new] = settings_text_.try_emplace(directory);
    if (is_new) {
      for (const std::string& name : enabled_checks(file, settings_))
        entry->second += name + ",";
      entry->second += settings_.roles;
    }
    return entry->second;
  }

  void find_keys() {
    std::error_code error;
    const std::string here = std::filesystem::current_path(error);
    for (const std::string& file : files_) {
      std::vector<std::string> texts = {here, file, setting_of(file)};
      for (const auto& command : database_.commands->getCompileCommands(file)) {
        texts.push_back(command.Directory);
        texts.insert(texts.end(), command.CommandLine.begin(),
                     command.CommandLine.end());
      }
      keys_.push_back(cache_.key(texts));
    }
  }

  void analyse_one(std::size_t i) {
    if (auto known = cache_.find(keys_[i])) {
      results_[i] = std::move(*known);
      return;
    }
    const std::int64_t started = now_ns();
    results_[i] = analyse(database_, files_[i], settings_);
    cache_.store(keys_[i], results_[i], started);
  }

  bool all_compiled() const {
    return std::ranges::all_of(results_, [](const FileResult& result) {
      return result.errors.empty();
    });
  }

  FileResult link() {
    const bool whole = options_.files.empty() && all_compiled();
    std::vector<std::string> texts = {whole ? "whole program" : "some files"};
    for (std::size_t i = 0; i < files_.size(); ++i) {
      texts.push_back(keys_[i]);
      texts.push_back(results_[i].model_hash);
    }
    const std::string key = cache_.key(texts);
    // What was given up is only known to who did it.
    if (!options_.stats)
      if (auto known = cache_.find(key)) return std::move(*known);
    std::vector<model::UnitModel> units(files_.size());
    in_parallel(files_.size(), threads_, [&](std::size_t i) {
      if (auto unit = model::deserialize(results_[i].model))
        units[i] = std::move(*unit);
      results_[i].model = {};
      results_[i].holder.reset();
    });
    LinkSettings link;
    link.scope = whole ? model::Scope::kWhole : model::Scope::kSome;
    link.threads = threads_;
    link.file = files_.front();
    const std::int64_t started = now_ns();
    FileResult result = analyse_linked(std::move(units), link, settings_);
    if (all_compiled()) cache_.store(key, result, started);
    return result;
  }

  const Options& options_;
  const Database& database_;
  const std::vector<std::string>& files_;
  EngineSettings settings_;
  Cache cache_;
  const unsigned threads_;
  std::vector<FileResult> results_;
  std::vector<std::string> keys_;
  std::map<std::string, std::string> settings_text_;  // by directory
};

}  // namespace

std::vector<FileResult> run_analysis(const Options& options,
                                     const Database& database,
                                     const std::vector<std::string>& files) {
  std::vector<FileResult> results = Run(options, database, files).run();
  drop_explained(results);
  return results;
}

}  // namespace chansan::check

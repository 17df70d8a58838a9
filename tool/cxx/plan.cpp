#include "tool/cxx/plan.h"

#include <algorithm>
#include <string_view>

namespace chansan::cxx {
namespace {

// At the link it means the compiler's own detector.
constexpr std::string_view kInstrument = "-fsanitize=thread";

void append(CommandLine& command, std::span<const std::string> words) {
  command.insert(command.end(), words.begin(), words.end());
}

// What is added where something is compiled.
CommandLine compile_options(const Arguments& arguments,
                            const Compiler& compiler, const Layout& layout,
                            Variant variant) {
  CommandLine options;
  if (!arguments.standard && !arguments.not_cxx) {
    options.push_back("-std=c++20");
  }
  // Reports name lines, and walk frames.
  if (!arguments.debug) options.push_back("-g");
  options.push_back("-fno-omit-frame-pointer");
  if (!layout.include.empty()) append(options, {{"-isystem", layout.include}});
  if (variant == Variant::kPlain) return options;
  append(options, layout.race_compile);
  if (compiler.family != Family::kClang) {
    append(options, layout.race_compile_gxx);
  } else if (layout.pass.empty()) {
    append(options, layout.race_compile_clang);
  } else {
    options.push_back("-fpass-plugin=" + layout.pass);
    append(options, layout.race_compile_pass);
  }
  return options;
}

// What must come after the user's own options. g++ instruments late, when the
// objects of -flto have forgotten that they are to be: nothing would be found,
// and nothing said.
CommandLine last_word(const Compiler& compiler, Variant variant) {
  const bool forgets =
      variant == Variant::kRace && compiler.family == Family::kGcc;
  return forgets ? CommandLine{"-fno-lto"} : CommandLine{};
}

// What is added where something is linked. A shared object takes the runtime
// from the program that loads it: two copies would be two schedulers.
CommandLine link_options(const Arguments& arguments, const Compiler& compiler,
                         const Layout& layout, Variant variant) {
  CommandLine options;
  const bool race = variant == Variant::kRace;
  if (race && compiler.family == Family::kClang && !arguments.sanitizer) {
    options.push_back("-fno-sanitize-link-runtime");
  }
  if (arguments.shared || arguments.partial) return options;
  const auto language = [](const Word& word) {
    return word.kind == WordKind::kLanguage;
  };
  // Under -x the archives would be taken for sources.
  if (std::any_of(arguments.words.begin(), arguments.words.end(), language)) {
    append(options, {{"-x", "none"}});
  }
  append(options, race ? layout.race : layout.csp);
  return options;
}

// Where g++ puts the dependencies of `source` when it compiles and links in
// one command: beside the output, named after both.
std::string dependency_file(const Arguments& arguments,
                            const std::string& source) {
  std::string name = source.substr(source.rfind('/') + 1);
  name = name.substr(0, name.rfind('.'));
  const std::string output = arguments.output.empty() ? "a" : arguments.output;
  return output + "-" + name + ".d";
}

bool writes_dependencies(const Arguments& arguments, bool& names_file) {
  bool writes = false;
  for (const Word& word : arguments.words) {
    if (word.kind != WordKind::kDependency) continue;
    const std::string& text = word.words.front();
    writes |= text == "-MD" || text == "-MMD";
    names_file |= text.starts_with("-MF");
  }
  return writes;
}

// The command that translates the source at `index` alone.
CommandLine compile_one(const Arguments& arguments, std::size_t index,
                        const Compiler& compiler, const CommandLine& options,
                        const std::string& object) {
  CommandLine command = {compiler.command};
  append(command, options);
  for (std::size_t i = 0; i < arguments.words.size(); ++i) {
    const Word& word = arguments.words[i];
    const bool other = word.kind == WordKind::kLinkInput ||
                       word.kind == WordKind::kOutput ||
                       (word.kind == WordKind::kSource && i != index) ||
                       // The language in force at the source is the last one
                       // before it.
                       (word.kind == WordKind::kLanguage && i > index);
    if (!other) append(command, word.words);
  }
  bool names_file = false;
  if (writes_dependencies(arguments, names_file) && !names_file) {
    append(
        command,
        {{"-MF", dependency_file(arguments, arguments.words[index].words[0])}});
  }
  append(command, last_word(compiler, Variant::kRace));
  append(command, {{"-c", "-o", object}});
  return command;
}

Plan split_plan(const Arguments& arguments, const Compiler& compiler,
                const Layout& layout, Variant variant,
                const std::string& scratch) {
  Plan plan;
  const CommandLine options =
      compile_options(arguments, compiler, layout, variant);
  plan.last = {compiler.command};
  for (std::size_t i = 0; i < arguments.words.size(); ++i) {
    const Word& word = arguments.words[i];
    if (word.kind == WordKind::kSource) {
      const std::string object = scratch + "/" + std::to_string(i) + ".o";
      plan.compiles.push_back(
          compile_one(arguments, i, compiler, options, object));
      plan.temporaries.push_back(object);
      plan.last.push_back(object);
    } else if (word.kind != WordKind::kLanguage &&
               word.kind != WordKind::kDependency &&
               word.words.front() != kInstrument) {
      append(plan.last, word.words);
    }
  }
  if (!arguments.shared && !arguments.partial) append(plan.last, layout.race);
  return plan;
}

}  // namespace

bool splits(const Arguments& arguments, const Compiler& compiler,
            Variant variant) {
  return variant == Variant::kRace && arguments.links && arguments.sources &&
         (compiler.family == Family::kGcc || arguments.sanitizer);
}

Plan make_plan(std::span<const std::string> words, const Arguments& arguments,
               const Compiler& compiler, const Layout& layout, Variant variant,
               const std::string& scratch) {
  if (splits(arguments, compiler, variant)) {
    return split_plan(arguments, compiler, layout, variant, scratch);
  }
  Plan plan;
  plan.last = {compiler.command};
  // Before the user's own, so that the user's have the last word.
  if (arguments.sources) {
    append(plan.last, compile_options(arguments, compiler, layout, variant));
  }
  const bool drop = variant == Variant::kRace && arguments.links;
  for (const std::string& word : words) {
    if (!(drop && word == kInstrument)) plan.last.push_back(word);
  }
  if (arguments.sources) {
    append(plan.last, last_word(compiler, variant));
  }
  if (arguments.links) {
    append(plan.last, link_options(arguments, compiler, layout, variant));
  }
  return plan;
}

}  // namespace chansan::cxx

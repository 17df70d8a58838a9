#include "tool/cxx/arguments.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace chansan::cxx {
namespace {

using namespace std::string_view_literals;

// Options of clang and gcc whose value is the next word. Those that also take
// it in the same word (-I, -o, ...) are here for when they stand alone.
constexpr std::array kTakesNext = {"-o"sv,
                                   "-x"sv,
                                   "-I"sv,
                                   "-L"sv,
                                   "-l"sv,
                                   "-D"sv,
                                   "-U"sv,
                                   "-F"sv,
                                   "-B"sv,
                                   "-T"sv,
                                   "-u"sv,
                                   "-z"sv,
                                   "-e"sv,
                                   "-A"sv,
                                   "-G"sv,
                                   "-include"sv,
                                   "-imacros"sv,
                                   "-isystem"sv,
                                   "-iquote"sv,
                                   "-idirafter"sv,
                                   "-iprefix"sv,
                                   "-iwithprefix"sv,
                                   "-isysroot"sv,
                                   "-imultilib"sv,
                                   "-iframework"sv,
                                   "-ivfsoverlay"sv,
                                   "-cxx-isystem"sv,
                                   "-iwithprefixbefore"sv,
                                   "-include-pch"sv,
                                   "-MF"sv,
                                   "-MT"sv,
                                   "-MQ"sv,
                                   "-MJ"sv,
                                   "-Xlinker"sv,
                                   "-Xclang"sv,
                                   "-Xassembler"sv,
                                   "-Xanalyzer"sv,
                                   "-Xpreprocessor"sv,
                                   "-Xarch_host"sv,
                                   "-Xarch_device"sv,
                                   "-target"sv,
                                   "--target"sv,
                                   "-arch"sv,
                                   "-mllvm"sv,
                                   "-aux-info"sv,
                                   "-dumpbase"sv,
                                   "-dumpdir"sv,
                                   "-dumpbase-ext"sv,
                                   "-wrapper"sv,
                                   "--param"sv,
                                   "-framework"sv,
                                   "-rpath"sv,
                                   "--sysroot"sv,
                                   "--include"sv,
                                   "--output"sv,
                                   "--language"sv,
                                   "--define-macro"sv,
                                   "--undefine-macro"sv,
                                   "--include-directory"sv,
                                   "--library-path"sv,
                                   "-working-directory"sv,
                                   "-fmodule-file"sv,
                                   "-gcc-toolchain"sv};

// Options after which nothing is linked.
constexpr std::array kStopsBeforeLink = {
    "-c"sv,           "-E"sv,         "-S"sv,
    "-M"sv,           "-MM"sv,        "--compile"sv,
    "--preprocess"sv, "--assemble"sv, "-fsyntax-only"sv,
    "--precompile"sv, "--analyze"sv,  "-emit-ast"sv};

constexpr std::array kSourceSuffixes = {
    "c"sv, "i"sv,  "ii"sv, "cc"sv, "cp"sv,   "cxx"sv, "cpp"sv, "CPP"sv, "c++"sv,
    "C"sv, "CC"sv, "s"sv,  "S"sv,  "cppm"sv, "ixx"sv, "ccm"sv, "sx"sv,  "m"sv};

constexpr std::array kHeaderSuffixes = {
    "h"sv, "H"sv, "hh"sv, "hp"sv, "hpp"sv, "HPP"sv, "hxx"sv, "h++"sv, "tcc"sv};

template <typename List>
bool among(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::string_view suffix_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash != path.npos) path.remove_prefix(slash + 1);
  const std::size_t dot = path.rfind('.');
  return dot == path.npos ? std::string_view() : path.substr(dot + 1);
}

bool is_dependency_option(std::string_view word) {
  // -M and -MM are steps of their own; the rest say what compiling writes.
  return word.starts_with("-M") && word != "-M" && word != "-MM";
}

WordKind kind_of_option(std::string_view word) {
  if (word == "--output" || word.starts_with("-o")) {
    return WordKind::kOutput;
  }
  if (word == "--language" || word.starts_with("-x")) {
    return WordKind::kLanguage;
  }
  return is_dependency_option(word) ? WordKind::kDependency : WordKind::kOption;
}

void note_option(Arguments& arguments, const Word& word) {
  const std::string& text = word.words.front();
  if (word.kind == WordKind::kOutput) arguments.output = word.value();
  if (among(kStopsBeforeLink, text)) arguments.links = false;
  if (text == "-shared" || text == "--shared") arguments.shared = true;
  if (text == "-r") arguments.partial = true;
  if (text == "-###") arguments.dry = true;
  if (text.starts_with("-fsanitize=") && text != "-fsanitize=thread") {
    arguments.sanitizer = true;
  }
  if (text.starts_with("-g") && !text.starts_with("-gcc-")) {
    arguments.debug = true;
  }
  if (text.starts_with("-std") || text.starts_with("--std")) {
    arguments.standard = true;
  }
}

// Keeps in mind the language of -x, under which every file is a source.
class InputKinds {
 public:
  void set_language(const std::string& language) {
    language_ = language == "none" ? "" : language;
  }

  WordKind kind_of(std::string_view path) {
    const bool by_language = !language_.empty();
    const bool header = by_language ? language_.find("header") != language_.npos
                                    : among(kHeaderSuffixes, suffix_of(path));
    if (header) headers_ = true;
    const bool source =
        header || by_language || among(kSourceSuffixes, suffix_of(path));
    return source ? WordKind::kSource : WordKind::kLinkInput;
  }

  bool headers() const { return headers_; }
  bool not_cxx() const {
    return !language_.empty() && language_.find("c++") == language_.npos;
  }

 private:
  std::string language_;
  bool headers_ = false;
};

}  // namespace

std::string Word::value() const {
  return words.size() > 1 ? words[1] : words[0].substr(2);
}

Arguments understand(std::span<const std::string> words) {
  Arguments arguments;
  arguments.links = true;
  InputKinds kinds;
  for (std::size_t i = 0; i < words.size(); ++i) {
    Word word{WordKind::kOption, {words[i]}};
    const bool option = words[i].size() > 1 && words[i][0] == '-';
    if (!option) {
      word.kind = kinds.kind_of(words[i]);
      arguments.inputs = true;
      arguments.sources |= word.kind == WordKind::kSource;
    } else {
      word.kind = kind_of_option(words[i]);
      if (among(kTakesNext, words[i]) && i + 1 < words.size()) {
        word.words.push_back(words[++i]);
      }
      if (word.kind == WordKind::kLanguage) {
        kinds.set_language(word.value());
        arguments.not_cxx |= kinds.not_cxx();
      }
      // `-l NAME` alone is something to link, too.
      arguments.inputs |= words[i].starts_with("-l");
      note_option(arguments, word);
    }
    arguments.words.push_back(std::move(word));
  }
  // A header is precompiled; so is nothing when nothing is given.
  arguments.links &= arguments.inputs && !kinds.headers();
  return arguments;
}

}  // namespace chansan::cxx

// What kind of deadlock or leak a knot is, in a word, a sentence and a hint.
#pragma once

#include <string>

#include "detector/src/waits/graph.h"
#include "detector/src/waits/words.h"

namespace chansan::waits {

/// "lock cycle", "channel and lock", "no receiver left", ...: the list is in
/// docs/diagnosis.md.
std::string class_of(const Graph& graph);

/// Who waits for what, and why nobody can help: a sentence without its full
/// stop.
std::string sentence_of(const Graph& graph, const Words& words);

/// How such a knot is undone; empty: no shape that is known.
std::string hint_of(const Graph& graph, const Words& words);

}  // namespace chansan::waits

// fork() in a program with goroutines.
//
// As of OS threads, the child has only the one that forked: it goes on, and
// may start others, use channels, timers and descriptors, exec, exit. The
// other goroutines do not exist there; what they hold stays held, and what
// they wait for may be given to them and is lost.
#pragma once

#include <atomic>

namespace csp::internal {

void install_fork_handlers();

/// In a child: what other goroutines were at the fork is taken out of the
/// way, before the first one could be resumed. Not in the handler, so that a
/// child that only calls exec does not touch a million stacks.
void finish_fork();

/// Whether finish_fork() is still to be called.
extern std::atomic<bool> fork_unfinished;

/// Whether this is a child whose goroutines have all ended.
bool forked_child_has_ended();

}  // namespace csp::internal

/// Everything of the library csp: Go's goroutines and channels for C++.
#pragma once

#include "csp/chan.h"
#include "csp/context.h"
#include "csp/errors.h"
#include "csp/go.h"
#include "csp/io.h"
#include "csp/race.h"
#include "csp/runtime.h"
#include "csp/select.h"
#include "csp/sync.h"
#include "csp/time.h"

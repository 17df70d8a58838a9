// The caller's, or one made from it.
#include <csp/csp.h>

void fetch(csp::context);

void handle(csp::context ctx) { fetch(ctx); }

// A package variable is set by each new client.
#include <csp/csp.h>

int decoder_max = 0;

void new_client() {
#ifndef FIXED
  decoder_max = 16;  // want "chansan-race-shared-global"
#endif
}

int main() {
#ifdef FIXED
  decoder_max = 16;
#endif
  csp::wait_group wg;
  for (int i = 0; i < 2; ++i) wg.go([] { new_client(); });
  wg.wait();
}

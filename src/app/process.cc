#include "app/process.h"

#include <sys/resource.h>
#include <sys/stat.h>

namespace sluice::app {

void set_process_limits() {
  umask(S_IRWXG | S_IRWXO);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
}

}  // namespace sluice::app

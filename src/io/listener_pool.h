#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "io/listen.h"

namespace sluice::io {

/// The listening sockets of the process, by the addresses that were asked for. When a configuration
/// is replaced, what listens on the same address gets another descriptor of the same sockets, so
/// that no connection is refused in between, and connections that nobody has accepted yet wait for
/// the new one. Thread-safe.
class ListenerPool {
 public:
  /// As io::listen(), but for addresses that the generation before has.
  Result<std::vector<Listener>> listen(std::string_view host_port);

  /// Makes sure that whoever listens on the address later in this generation has it: binds it,
  /// unless the generation before has. Once for each listener. What nobody asked for is closed by
  /// commit().
  Status reserve(std::string_view host_port);

  /// What is listened on from now on is a new generation.
  void begin();
  /// The new generation has taken over: closes what it did not ask for. The generation before has
  /// descriptors of its own, and closes them itself.
  void commit();
  /// There is no new generation after all: closes what only it asked for.
  void rollback();
  /// Closes everything: nobody is to take over.
  void clear();

 private:
  struct Entry {
    std::vector<Listener> sockets;
    uint64_t made = 0;      // by which generation
    uint64_t reserved = 0;  // for which
    uint64_t used = 0;      // by which, the last
  };

  std::mutex mutex_;
  uint64_t generation_ = 1;
  std::multimap<std::string, Entry, std::less<>> entries_;
};

}  // namespace sluice::io

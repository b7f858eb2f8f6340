#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "gen/options.h"
#include "gen/schedule.h"
#include "gen/tally.h"

namespace sluice::bench {

/// What a connection says about itself after it did something.
enum class Health { Good, Closed /* by agreement */, Lost };

/// One connection's protocol; the socket belongs to the caller. After anything but Good it is of no
/// further use.
class Connection {
 public:
  virtual ~Connection() = default;

  /// Starts what the schedule allows and writes until the socket is full.
  virtual Health send() = 0;
  virtual Health receive(std::string_view bytes) = 0;
  /// The socket was full; send() again once it can take more.
  virtual bool blocked() const = 0;
  /// Whether another request could start.
  virtual bool room() const = 0;
  /// Settles what is open: it will not be answered.
  virtual void abandon() = 0;
};

std::unique_ptr<Connection> make_http1_connection(const Options& options, Schedule& schedule,
                                                  Tally& tally, int fd);
std::unique_ptr<Connection> make_http2_connection(const Options& options, Schedule& schedule,
                                                  Tally& tally, int fd);

}  // namespace sluice::bench

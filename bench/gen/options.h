#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sluice::bench {

enum class Protocol { Grpc, Http };

struct Options {
  std::string target = "127.0.0.1:4317";  // IPv4 address and port
  Protocol protocol = Protocol::Grpc;
  std::string path;                                     // of the signal, for this protocol
  std::string content_type = "application/x-protobuf";  // over HTTP
  std::string encoding = "identity";  // what the bodies are compressed with already
  std::vector<std::string>
      bodies;  // used in turn; with gRPC's five bytes in front where the protocol is gRPC
  uint64_t records_per_request = 1000;
  uint64_t requests = 1000;
  int connections = 4;
  int in_flight = 4;              // requests open at once on each connection; 1 over HTTP/1.1
  double records_per_second = 0;  // 0: as fast as they are taken
  double timeout_seconds = 600;
  bool retry = true;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// Reads the command line and the file of bodies. On a mistake says what is wrong on standard error
/// and exits with 2.
Options parse_options(int argc, char** argv);

}  // namespace sluice::bench

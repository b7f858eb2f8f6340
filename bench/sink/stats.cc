#include "sink/stats.h"

#include <sstream>

namespace sluice::bench {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + '"';
}

std::string object(const std::map<std::string, uint64_t>& counts) {
  std::string out = "{";
  for (const auto& [name, count] : counts) {
    if (out.size() > 1) out += ',';
    out += quoted(name) + ':' + std::to_string(count);
  }
  return out + '}';
}

}  // namespace

std::string Stats::json() const {
  std::ostringstream out;
  out << "{\"requests\":" << requests << ",\"inserts\":" << inserts << ",\"rows\":" << rows
      << ",\"blocks\":" << blocks << ",\"bytes_wire\":" << bytes_wire
      << ",\"bytes_raw\":" << bytes_raw << ",\"bad\":" << bad
      << ",\"tables\":" << object(rows_by_table) << ",\"odd\":" << object(odd) << "}\n";
  return out.str();
}

}  // namespace sluice::bench

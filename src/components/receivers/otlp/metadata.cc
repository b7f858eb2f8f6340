#include "components/receivers/otlp/metadata.h"

namespace sluice::components::otlp_receiver {
namespace {

std::string_view lower(std::string_view name, Arena& arena) {
  auto* text = static_cast<char*>(arena.allocate(name.size(), 1));
  for (size_t i = 0; i < name.size(); ++i)
    text[i] = name[i] >= 'A' && name[i] <= 'Z' ? static_cast<char>(name[i] + 32) : name[i];
  return {text, name.size()};
}

otlp::Metadata::Entry& entry_of(otlp::Metadata::Entries& entries, std::string_view name,
                                Arena& arena) {
  for (otlp::Metadata::Entry& entry : entries) {
    if (entry.name == name) return entry;
  }
  otlp::Metadata::Entry& entry = entries.emplace_back(arena);
  entry.name = name;
  return entry;
}

otlp::Metadata::Entries headers_of(const http::Request& request, Arena& arena) {
  otlp::Metadata::Entries entries;
  for (size_t i = 0; i < request.headers.size(); ++i) {
    const std::string_view name = lower(request.headers.name(i), arena);
    entry_of(entries, name, arena).values.push_back(arena, arena.copy(request.headers.value(i)));
  }
  return entries;
}

}  // namespace

void keep_metadata(const http::Request& request, Transport transport, bool include_headers,
                   const pipeline::ServerAuth::Attributes& auth, pipeline::Batch& batch) {
  Arena& arena = *batch.arena;
  auto* metadata = arena.create<otlp::Metadata>();
  std::string_view address = request.peer;
  address = address.substr(0, address.rfind(':'));
  if (!address.empty() && address.front() == '[') address = address.substr(1, address.size() - 2);
  metadata->client_address = arena.copy(address);
  for (const auto& [name, value] : auth)
    metadata->auth.push_back(arena, {arena.copy(name), arena.copy(value)});
  const bool is_grpc = transport == Transport::Grpc;
  if (include_headers || is_grpc) {
    const otlp::Metadata::Entries headers = headers_of(request, arena);
    if (include_headers) metadata->entries = headers;
    if (is_grpc) metadata->grpc = headers;
  }
  batch.metadata = metadata;
}

}  // namespace sluice::components::otlp_receiver

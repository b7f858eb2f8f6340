#include "components/receivers/otlp/metadata.h"

#include <gtest/gtest.h>

namespace sluice::components::otlp_receiver {
namespace {

pipeline::Batch batch_of(Transport transport, bool include_headers) {
  http::Request request;
  request.peer = "[::1]:51234";
  request.headers.add("X-Tenant", "a");
  request.headers.add("x-tenant", "b");
  pipeline::Batch batch;
  keep_metadata(request, transport, include_headers, {}, batch);
  return batch;
}

TEST(Metadata, HasTheHeadersOfWhoAskedForThem) {
  const pipeline::Batch batch = batch_of(Transport::Http, true);
  EXPECT_EQ(batch.metadata->client_address, "::1");
  const otlp::Metadata::Entry* entry = batch.metadata->find("x-tenant");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->values.size(), 2u);
  EXPECT_EQ(batch.metadata->grpc.size(), 0u);
  EXPECT_EQ(batch_of(Transport::Http, false).metadata->entries.size(), 0u);
}

TEST(Metadata, CallsOfGrpcKeepTheirsInAnyCase) {
  for (const bool include_headers : {false, true}) {
    const pipeline::Batch batch = batch_of(Transport::Grpc, include_headers);
    EXPECT_NE(otlp::Metadata::find(batch.metadata->grpc, "x-tenant"), nullptr);
    EXPECT_EQ(batch.metadata->find("x-tenant") != nullptr, include_headers);
  }
}

}  // namespace
}  // namespace sluice::components::otlp_receiver

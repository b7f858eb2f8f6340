#include "io/listen.h"

#include <gtest/gtest.h>

namespace sluice::io {
namespace {

std::string port_of(const Listener& listener) {
  return listener.address.substr(listener.address.rfind(':') + 1);
}

TEST(Listen, PicksAFreePort) {
  const auto listeners = listen("127.0.0.1:0");
  ASSERT_TRUE(listeners.ok()) << listeners.status().to_string();
  ASSERT_EQ(listeners->size(), 1u);
  EXPECT_EQ(listeners->front().address.substr(0, 10), "127.0.0.1:");
  EXPECT_NE(port_of(listeners->front()), "0");
}

TEST(Listen, LocalhostIsBothFamiliesOnOnePort) {
  const auto listeners = listen("localhost:0");
  ASSERT_TRUE(listeners.ok()) << listeners.status().to_string();
  EXPECT_EQ(listeners->front().address.substr(0, 10), "127.0.0.1:");
  if (listeners->size() == 2) {  // one only where the machine has no IPv6
    EXPECT_EQ(listeners->back().address, "[::1]:" + port_of(listeners->front()));
  }
}

TEST(Listen, TakenAddressSaysWhatToDo) {
  const auto first = listen("127.0.0.1:0");
  ASSERT_TRUE(first.ok());
  const auto second = listen(first->front().address);
  EXPECT_EQ(second.status().code(), Code::AlreadyExists);
  EXPECT_NE(second.status().message().find("choose another port"), std::string::npos);
}

TEST(Listen, AddressesThatCannotBothBeHad) {
  const std::tuple<const char*, const char*, bool> cases[] = {
      {"localhost:1", "localhost:1", true},  {"localhost:1", "localhost:2", false},
      {"127.0.0.1:1", "localhost:1", true},  {"[::1]:1", "localhost:1", true},
      {"127.0.0.2:1", "localhost:1", false}, {"0.0.0.0:1", "localhost:1", true},
      {"0.0.0.0:1", "10.0.0.1:1", true},     {":1", "[::1]:1", true},
      {"[::]:1", "localhost:1", true},       {"0.0.0.0:1", "[::]:1", false},
      {"[::]:1", "127.0.0.1:1", false},      {":1", "0.0.0.0:1", true},
      {"[0:0::1]:1", "[::1]:1", true},       {"db.example:1", "db.example:01", true},
      {"0.0.0.0:1", "db.example:1", false},  {"localhost:0", "localhost:0", false},
      {"nonsense", "nonsense", false},
  };
  for (const auto& [one, other, clash] : cases) {
    EXPECT_EQ(addresses_clash(one, other), clash) << one << " " << other;
    EXPECT_EQ(addresses_clash(other, one), clash) << other << " " << one;
  }
}

TEST(Listen, AnAddressIsTakenApartAndPutTogether) {
  for (const auto& [address, host, port] :
       {std::tuple("[::1]:4317", "::1", "4317"), {"a:0", "a", "0"}, {":80", "", "80"}}) {
    const auto got = split_host_port(address);
    ASSERT_TRUE(got.ok()) << address;
    EXPECT_EQ(got->host, host);
    EXPECT_EQ(got->port, port);
    EXPECT_EQ(host_in_address(got->host) + ":" + got->port, address);
  }
  EXPECT_EQ(host_in_address("[::1]"), "[::1]");
}

TEST(Listen, BadAddresses) {
  for (const char* bad : {"", "4317", "localhost", "localhost:", "localhost:x", "localhost:70000",
                          "localhost:-1", "::1:4317", "a:b:4317", "localhost:123456"}) {
    const auto listeners = listen(bad);
    EXPECT_EQ(listeners.status().code(), Code::InvalidArgument) << bad;
    EXPECT_NE(listeners.status().message().find("HOST:PORT"), std::string::npos) << bad;
  }
  EXPECT_EQ(listen("192.0.2.1:0").status().code(), Code::NotFound)
      << "not an address of this machine";
}

}  // namespace
}  // namespace sluice::io

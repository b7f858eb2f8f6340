#include "io/listener_pool.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/fd.h"

namespace sluice::io {
namespace {

/// Whether somebody listens there.
bool connects(const std::string& address) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  const Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
}

struct ListenerPoolTest : testing::Test {
  std::vector<Listener> listen(const std::string& address) {
    auto listeners = pool.listen(address);
    EXPECT_TRUE(listeners.ok()) << listeners.status().message();
    return listeners.ok() ? std::move(listeners).value() : std::vector<Listener>();
  }
  ListenerPool pool;
};

TEST_F(ListenerPoolTest, ANewGenerationGetsTheSameSocket) {
  std::vector<Listener> old = listen("127.0.0.1:0");
  const std::string address = old.at(0).address;
  pool.begin();
  const std::vector<Listener> taken_over = listen("127.0.0.1:0");
  EXPECT_EQ(taken_over.at(0).address, address);
  old.clear();
  pool.commit();
  EXPECT_TRUE(connects(address));
}

TEST_F(ListenerPoolTest, OneGenerationCannotListenTwice) {
  const std::vector<Listener> first = listen("127.0.0.1:0");
  const std::vector<Listener> second = listen("127.0.0.1:0");
  EXPECT_NE(first.at(0).address, second.at(0).address);
  EXPECT_EQ(pool.listen(first.at(0).address).status().code(), Code::AlreadyExists);
}

TEST_F(ListenerPoolTest, WhatIsReservedIsHadOnceAndElseClosed) {
  std::string address = listen("127.0.0.1:0").at(0).address;
  pool.begin();
  pool.commit();
  ASSERT_TRUE(pool.reserve(address).ok());
  EXPECT_TRUE(connects(address));
  EXPECT_EQ(pool.reserve(address).code(), Code::AlreadyExists);
  EXPECT_EQ(listen(address).at(0).address, address);
  EXPECT_EQ(pool.listen(address).status().code(), Code::AlreadyExists);
  pool.commit();
  EXPECT_TRUE(connects(address));

  pool.clear();
  ASSERT_TRUE(pool.reserve(address).ok());
  pool.commit();
  EXPECT_FALSE(connects(address)) << "nobody wanted it";
}

TEST_F(ListenerPoolTest, WhatTheGenerationBeforeHasIsReservedForTheNextOneOnce) {
  const std::vector<Listener> old = listen("127.0.0.1:0");
  const std::string address = old.at(0).address;
  pool.begin();
  EXPECT_TRUE(pool.reserve("127.0.0.1:0").ok());
  EXPECT_TRUE(pool.reserve("127.0.0.1:0").ok()) << "a second one, on a port of its own";
  EXPECT_EQ(pool.reserve(address).code(), Code::AlreadyExists) << "it is known by another name";
  const std::vector<Listener> first = listen("127.0.0.1:0");
  const std::vector<Listener> second = listen("127.0.0.1:0");
  EXPECT_EQ(first.at(0).address, address);
  EXPECT_NE(second.at(0).address, address);
}

TEST_F(ListenerPoolTest, WhatIsNotAskedForAgainIsClosed) {
  std::vector<Listener> old = listen("127.0.0.1:0");
  const std::string address = old.at(0).address;
  pool.begin();
  pool.commit();
  EXPECT_TRUE(connects(address)) << "the old one is still there";
  old.clear();
  EXPECT_FALSE(connects(address));
}

TEST_F(ListenerPoolTest, AGenerationThatFailsLeavesTheOldOne) {
  const std::vector<Listener> old = listen("127.0.0.1:0");
  pool.begin();
  std::string fresh;
  {
    const std::vector<Listener> same = listen("127.0.0.1:0");
    const std::vector<Listener> other = listen("localhost:0");
    fresh = other.at(0).address;
    EXPECT_TRUE(connects(fresh));
  }
  pool.rollback();
  EXPECT_FALSE(connects(fresh));
  EXPECT_TRUE(connects(old.at(0).address));
  pool.begin();
  EXPECT_EQ(listen("127.0.0.1:0").at(0).address, old.at(0).address);
}

}  // namespace
}  // namespace sluice::io

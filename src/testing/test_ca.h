#pragma once

// Certificates for tests, made when they are needed.

#include <memory>
#include <string>

namespace sluice::testing {

/// A certificate and its key, in PEM.
struct Identity {
  std::string certificate;
  std::string key;
};

/// An authority of its own, valid for an hour.
class TestCa {
 public:
  explicit TestCa(const std::string& name = "a test's authority");
  ~TestCa();
  TestCa(const TestCa&) = delete;
  TestCa& operator=(const TestCa&) = delete;

  const std::string& certificate() const;  ///< in PEM

  /// `names` are subject alternative names as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1".
  /// It is valid from an hour ago until `seconds` from now.
  Identity issue(const std::string& names = "DNS:localhost,IP:127.0.0.1", long seconds = 3600);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Writes a text to a file of the test's own and returns its path.
std::string write_file(const std::string& name, const std::string& text);

}  // namespace sluice::testing

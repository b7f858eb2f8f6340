#pragma once

// Requests that every HTTP/1.1 server of ours must refuse, each with one answer and the end of the
// connection.

#include <string>
#include <vector>

#include "http/limits.h"

namespace sluice::testing {

struct BadRequest {
  const char* what;
  std::string bytes;
  int status;  ///< of the answer
};

/// `limits`: the server's own.
inline std::vector<BadRequest> bad_requests(const http::HeadLimits& limits) {
  const std::string host = "Host: a\r\n";
  const auto post = [&](const std::string& fields, const std::string& body) {
    return "POST / HTTP/1.1\r\n" + host + fields + "\r\n" + body;
  };
  return {
      {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"length and chunked",
       post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"chunked and length",
       post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), 400},
      {"two lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"), 400},
      {"two equal lengths", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400},
      {"a list of lengths", post("Content-Length: 3, 3\r\n", "abc"), 400},
      {"negative length", post("Content-Length: -1\r\n", ""), 400},
      {"signed length", post("Content-Length: +1\r\n", "a"), 400},
      {"hexadecimal length", post("Content-Length: 0x1\r\n", "a"), 400},
      {"length past 2^64", post("Content-Length: 99999999999999999999\r\n", ""), 400},
      {"empty length", post("Content-Length:\r\n", ""), 400},
      {"xchunked", post("Transfer-Encoding: xchunked\r\n", ""), 400},
      {"xchunked before another request",
       "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n"
       "GET /second HTTP/1.1\r\nHost: a\r\n\r\n",
       400},
      {"chunked twice", post("Transfer-Encoding: chunked, chunked\r\n", ""), 400},
      {"gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", ""), 400},
      {"identity, then chunked",
       post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"two transfer encodings",
       post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", ""), 400},
      {"chunked in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"chunk size is no number", post("Transfer-Encoding: chunked\r\n", "zz\r\n"), 400},
      {"chunk size with a sign", post("Transfer-Encoding: chunked\r\n", "-1\r\n"), 400},
      {"chunk size too long", post("Transfer-Encoding: chunked\r\n", "1000000000000000\r\n"), 400},
      {"chunk without CR LF", post("Transfer-Encoding: chunked\r\n", "1\r\naXX"), 400},
      {"chunk with bare LF", post("Transfer-Encoding: chunked\r\n", "1\nab"), 400},
      {"chunk extension of 1 MiB",
       post("Transfer-Encoding: chunked\r\n", "1;" + std::string(1 << 20, 'x')), 400},
      {"trailer of 1 MiB",
       post("Transfer-Encoding: chunked\r\n", "0\r\nX: " + std::string(1 << 20, 'x')), 400},
      {"folded field", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", 400},
      {"NUL in a value", std::string("GET / HTTP/1.1\r\nHost: a\r\nX: 1\0002\r\n\r\n", 35), 400},
      {"CR in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r2\r\n\r\n", 400},
      {"space before the colon", "GET / HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n", 400},
      {"no colon", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400},
      {"no name", "GET / HTTP/1.1\r\nHost: a\r\n: 1\r\n\r\n", 400},
      {"bare LF", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"two empty lines before", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"no version", "GET /\r\nHost: a\r\n\r\n", 400},
      {"one word", "hello\r\n\r\n", 400},
      {"space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"no path", "GET v1/logs HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"query without a path", "GET http://a?x=/b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"version 2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"version 0.9", "GET / HTTP/0.9\r\n\r\n", 505},
      {"expectation", post("Expect: 200-ok\r\n", ""), 417},
      {"target over the limit",
       "GET /" + std::string(limits.target_bytes, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
      {"endless target", "GET /" + std::string(limits.target_bytes + 100, 'a'), 414},
      {"field of 1 MiB",
       "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(1 << 20, 'a') + "\r\n\r\n", 431},
      {"endless field", "GET / HTTP/1.1\r\nX: " + std::string(1 << 20, 'a'), 431},
      {"10 000 fields",
       [&] {
         std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n";
         for (int i = 0; i < 10000; ++i) bytes += "a: b\r\n";
         return bytes + "\r\n";
       }(),
       431},
  };
}

}  // namespace sluice::testing

#include "config/mask.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace sluice::config {
namespace {

constexpr std::string_view kPassword = "password";

void mask_range(std::string& text, size_t begin, size_t end) {
  if (begin < end) text.replace(begin, end - begin, kMask);
}

/// Of SCHEME://USER:PASSWORD@HOST/PATH?password=PASSWORD&…, from its end on.
void mask_url(std::string& url) {
  const size_t question = std::min(url.find('?'), url.size());
  for (size_t end = url.size(); end > question;) {
    const size_t separator = url.find_last_of("?&", end - 1);
    const size_t equals = url.find('=', separator);
    if (equals < end && url.compare(separator + 1, equals - separator - 1, kPassword) == 0)
      mask_range(url, equals + 1, end);
    end = separator;
  }
  const size_t scheme = url.find("://");
  const size_t authority = scheme == std::string::npos ? 0 : scheme + 3;
  const size_t at = url.substr(0, url.find_first_of("/?", authority)).rfind('@');
  const size_t colon = url.find(':', authority);
  if (at != std::string::npos && colon < at) mask_range(url, colon + 1, at);
}

}  // namespace

void mask(Node& secret) {
  if (secret.is_string() && !secret.text.empty()) secret.text = kMask;
  for (Node& item : secret.items) mask(item);
  for (Node::Member& member : secret.members) mask(member.second);
}

void mask_passwords(Node& node) {
  if (node.is_string()) mask_url(node.text);
  for (Node& item : node.items) mask_passwords(item);
  for (auto& [name, value] : node.members) name == kPassword ? mask(value) : mask_passwords(value);
}

}  // namespace sluice::config

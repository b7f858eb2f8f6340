#include "wire/go_url.h"

#include <arpa/inet.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/take.h"
#include "wire/hex.h"

namespace sluice::wire {
namespace {

/// The part of a URL that a text stands in decides which characters are escaped.
enum class Mode : uint8_t { Path, User, Host, Zone, Query, Fragment };

using ascii::is_digit;
using ascii::is_letter;
bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

bool should_escape(char c, Mode mode) {
  if (is_letter(c) || is_digit(c) || is_one_of(c, "-_.~")) return false;
  const bool is_host = mode == Mode::Host || mode == Mode::Zone;
  if (is_host && is_one_of(c, "!$&'()*+,;=:[]<>\"")) return false;
  if (is_one_of(c, "$&+,/:;=?@")) {
    switch (mode) {
      case Mode::Path: return c == '?';
      case Mode::User: return is_one_of(c, "@/?:");
      case Mode::Fragment: return false;
      default: return true;
    }
  }
  return !(mode == Mode::Fragment && is_one_of(c, "!()*"));
}

std::string escape(std::string_view text, Mode mode) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (!should_escape(c, mode)) {
      out += c;
    } else if (c == ' ' && mode == Mode::Query) {
      out += '+';
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

/// Whether the escape of this byte may stand in a host or the zone of its address.
bool may_be_escaped(uint8_t byte, Mode mode) {
  if (mode == Mode::Host) return byte >= 0x80 || byte == '%';
  if (mode != Mode::Zone) return true;
  return byte == '%' || byte == ' ' || !should_escape(static_cast<char>(byte), Mode::Host);
}

bool unescape(std::string_view text, Mode mode, std::string& out) {
  out.clear();
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      uint8_t byte = 0;
      if (i + 2 >= text.size() || !wire::decode_hex(text.substr(i + 1, 2), &byte)) return false;
      if (!may_be_escaped(byte, mode)) return false;
      out += static_cast<char>(byte);
      i += 2;
    } else if (c == '+' && mode == Mode::Query) {
      out += ' ';
    } else {
      const bool is_host = mode == Mode::Host || mode == Mode::Zone;
      if (is_host && static_cast<unsigned char>(c) < 0x80 && should_escape(c, mode)) return false;
      out += c;
    }
  }
  return true;
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
}

bool is_optional_port(std::string_view text) {
  return text.empty() ||
         (text.front() == ':' && std::all_of(text.begin() + 1, text.end(), is_digit));
}

bool first_segment_has_colon(std::string_view path) {
  return path.substr(0, path.find('/')).find(':') != std::string_view::npos;
}

/// False where a scheme is missing before a colon at the beginning.
bool read_scheme(std::string_view& rest, std::string& scheme) {
  for (size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (is_letter(c)) continue;
    if (is_digit(c) || is_one_of(c, "+-.")) {
      if (i == 0) return true;
      continue;
    }
    if (c != ':') return true;
    if (i == 0) return false;
    scheme = rest.substr(0, i);
    for (char& letter : scheme)
      letter = static_cast<char>(is_letter(letter) ? letter | 0x20 : letter);
    rest.remove_prefix(i + 1);
    return true;
  }
  return true;
}

/// `[2001:db8::1%25eth0]:80`. REQUIRES: begins with a bracket.
bool read_bracketed_host(std::string_view text, std::string& host) {
  const size_t end = text.rfind(']');
  if (end == std::string_view::npos || !is_optional_port(text.substr(end + 1))) return false;
  const size_t zone = text.substr(0, end).find("%25");
  std::string address;
  std::string name;
  std::string rest;
  if (!unescape(text.substr(0, std::min(zone, end)), Mode::Host, address)) return false;
  if (zone != std::string_view::npos && !unescape(text.substr(zone, end - zone), Mode::Zone, name))
    return false;
  if (!unescape(text.substr(end), Mode::Host, rest)) return false;
  in6_addr ignored;
  if (inet_pton(AF_INET6, address.c_str() + 1, &ignored) != 1) return false;
  host = address + name + rest;
  return true;
}

bool read_host(std::string_view text, std::string& host) {
  if (!text.empty() && text.front() == '[') return read_bracketed_host(text, host);
  if (text.find('[') != std::string_view::npos) return false;
  const size_t colon = text.find(':');
  if (colon != std::string_view::npos && !is_optional_port(text.substr(colon))) return false;
  return unescape(text, Mode::Host, host);
}

bool is_user_info(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || is_one_of(c, "-._:~!$&'()*+,;=%@");
  });
}

bool read_authority(std::string_view text, GoUrl& url) {
  const size_t at = text.rfind('@');
  if (!read_host(at == std::string_view::npos ? text : text.substr(at + 1), url.host)) return false;
  if (at == std::string_view::npos) return true;
  std::string_view info = text.substr(0, at);
  if (!is_user_info(info)) return false;
  url.has_user = true;
  const bool has_password = info.find(':') != std::string_view::npos;
  if (!unescape(take_until(info, ":"), Mode::User, url.user)) return false;
  return !has_password || unescape(info, Mode::User, url.password.emplace());
}

/// Sets a text, and how it was written where that differs from how it would be written.
bool set_with_raw(std::string_view written, Mode mode, std::string& text, std::string& raw) {
  if (!unescape(written, mode, text)) return false;
  if (escape(text, mode) != written) raw = written;
  return true;
}

/// Whether all that ought to be escaped is.
bool is_escaped(std::string_view text, Mode mode) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return is_one_of(c, "!$&'()*+,;=:@[]%") || !should_escape(c, mode);
  });
}

std::string written(const std::string& text, const std::string& raw, Mode mode) {
  std::string check;
  if (!raw.empty() && is_escaped(raw, mode) && unescape(raw, mode, check) && check == text)
    return raw;
  return text == "*" && mode == Mode::Path ? text : escape(text, mode);
}

}  // namespace

Result<GoUrl> GoUrl::parse(std::string_view text) {
  GoUrl url;
  const bool has_fragment = text.find('#') != std::string_view::npos;
  std::string_view fragment = text;
  std::string_view rest = take_until(fragment, "#");
  if (has_control_character(rest)) return invalid_argument("a URL has no control characters");
  if (!read_scheme(rest, url.scheme)) return invalid_argument("the scheme is missing");
  if (!rest.empty() && rest.back() == '?' && std::count(rest.begin(), rest.end(), '?') == 1) {
    url.forces_query = true;
    rest.remove_suffix(1);
  } else {
    std::string_view query = rest;
    rest = take_until(query, "?");
    url.raw_query = query;
  }
  const bool absolute = !rest.empty() && rest.front() == '/';
  if (!absolute && !url.scheme.empty()) {
    url.opaque = rest;
    rest = {};
  } else if (!absolute && first_segment_has_colon(rest)) {
    return invalid_argument("the first part of a path has no colon");
  }
  const bool has_authority =
      rest.substr(0, 2) == "//" && (!url.scheme.empty() || rest.substr(0, 3) != "///");
  if (has_authority) {
    const std::string_view authority = rest.substr(2, rest.substr(2).find('/'));
    rest.remove_prefix(2 + authority.size());
    if (!read_authority(authority, url)) return invalid_argument("the host or user is wrong");
  } else if (!url.scheme.empty() && absolute) {
    url.omits_host = true;
  }
  if (!set_with_raw(rest, Mode::Path, url.path, url.raw_path))
    return invalid_argument("the path has a wrong escape");
  if (has_fragment && !set_with_raw(fragment, Mode::Fragment, url.fragment, url.raw_fragment))
    return invalid_argument("the fragment has a wrong escape");
  return url;
}

std::string GoUrl::user_info() const {
  std::string out = escape(user, Mode::User);
  if (password) out += ":" + escape(*password, Mode::User);
  return out;
}

std::string GoUrl::port() const {
  const size_t colon = host.rfind(':');
  if (colon == std::string::npos || !is_optional_port(std::string_view(host).substr(colon)))
    return {};
  return host.substr(colon + 1);
}

std::string GoUrl::host_name() const {
  std::string name = host;
  const size_t colon = name.rfind(':');
  if (colon != std::string::npos && is_optional_port(std::string_view(name).substr(colon)))
    name.resize(colon);
  if (name.size() >= 2 && name.front() == '[' && name.back() == ']')
    return name.substr(1, name.size() - 2);
  return name;
}

std::string GoUrl::to_string() const {
  std::string out;
  if (!scheme.empty()) out += scheme + ":";
  if (!opaque.empty()) {
    out += opaque;
  } else {
    const bool hides_host = omits_host && host.empty() && !has_user;
    if ((!scheme.empty() || !host.empty() || has_user) && !hides_host) {
      if (!host.empty() || !path.empty() || has_user) out += "//";
      if (has_user) out += user_info() + "@";
      out += escape(host, Mode::Host);
    }
    const std::string as_written = written(path, raw_path, Mode::Path);
    if (!as_written.empty() && as_written.front() != '/' && !host.empty()) out += '/';
    if (out.empty() && first_segment_has_colon(as_written)) out += "./";
    out += as_written;
  }
  if (forces_query || !raw_query.empty()) out += "?" + raw_query;
  if (!fragment.empty()) out += "#" + written(fragment, raw_fragment, Mode::Fragment);
  return out;
}

Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    std::string_view value = take_until(query, "&");
    if (value.find(';') != std::string_view::npos)
      return invalid_argument("a query has no semicolons");
    if (value.empty()) continue;
    const std::string_view name = take_until(value, "=");
    auto& parameter = parameters.emplace_back();
    if (!unescape(name, Mode::Query, parameter.first) ||
        !unescape(value, Mode::Query, parameter.second))
      return invalid_argument("the query has a wrong escape");
  }
  return parameters;
}

}  // namespace sluice::wire

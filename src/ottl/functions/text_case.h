#pragma once

#include <string>
#include <string_view>

namespace sluice::ottl {

/// Each character by Unicode's simple mappings, as Go's strings.ToUpper.
std::string to_upper(std::string_view text);

/// "HTTPServer2Go" is "http_server_2_go": words begin where the kind of ASCII character changes.
std::string to_snake(std::string_view text);

/// "my_metric name" is "MyMetricName": ASCII letters and digits only, words begin behind "_", "-",
/// "." and blanks.
std::string to_camel(std::string_view text);

}  // namespace sluice::ottl

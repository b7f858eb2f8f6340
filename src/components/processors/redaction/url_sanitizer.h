#pragma once

#include <string>
#include <string_view>

namespace sluice::components::redaction_processor {

/// The path of a URL, or "GET /path", with * for each part that is no word: parts with digits and
/// signs (one as the second character is let through, for /v1), and letters that are not likely to
/// follow each other. A query and a fragment go, and what follows ten parts.
std::string sanitized_path(std::string_view path);

/// Whether letters follow each other as they do in English: the mean probability of each letter (or
/// space) after the one before it is above a threshold. What is neither is skipped.
bool reads_like_words(std::string_view text);

}  // namespace sluice::components::redaction_processor

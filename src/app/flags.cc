#include "app/flags.h"

#include <algorithm>

#include "base/nearest.h"

namespace sluice::app {
namespace {

constexpr size_t kHelpColumn = 34;  // where the sentences start
constexpr size_t kHelpLineWidth = 100;

const Flag* find_flag(const std::vector<Flag>& flags, std::string_view name) {
  for (const Flag& flag : flags) {
    if (flag.info.name == name || (!flag.info.alias.empty() && flag.info.alias == name)) {
      return &flag;
    }
  }
  return nullptr;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    if (end != 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

Status unknown_option(std::string_view name, const std::vector<Flag>& flags) {
  std::vector<std::string_view> names;
  for (const Flag& flag : flags) {
    if (!flag.info.hidden) names.push_back(flag.info.name);
  }
  std::string message = "there is no option --" + std::string(name);
  const std::string nearest = nearest_name(name, names);
  if (!nearest.empty()) message += "; did you mean --" + nearest + "?";
  return invalid_argument(std::move(message));
}

/// Appends `text` from the help column on, broken between words.
void append_wrapped(std::string& out, std::string_view text) {
  size_t column = kHelpColumn;
  bool first = true;
  for (std::string_view word : split(text, ' ')) {
    if (!first && column + 1 + word.size() > kHelpLineWidth) {
      out += '\n';
      out.append(kHelpColumn, ' ');
      column = kHelpColumn;
      first = true;
    }
    if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    first = false;
  }
  out += '\n';
}

std::string help_sentence(const Flag& flag) {
  std::string text(flag.info.help);
  const bool is_switch = flag.info.unit.empty();
  const std::string value =
      flag.default_text.empty() ? std::string(flag.info.unset) : flag.default_text;
  if (!is_switch && !value.empty()) text += " [" + value + "]";
  if (!flag.info.env.empty()) {
    text += " (environment:";
    for (std::string_view name : split(flag.info.env, ' ')) text += " " + std::string(name);
    text += ")";
  }
  return text;
}

Status set_flag(const Flag& flag, std::string_view shown_name, std::string_view value) {
  Status status = flag.set(value);
  if (status.ok()) return status;
  return invalid_argument(std::string(shown_name) + " \"" + std::string(value) +
                          "\" is not understood: " + status.message());
}

}  // namespace

Status apply_environment(const std::vector<Flag>& flags, const Environment& get,
                         const Arguments& arguments) {
  for (const Flag& flag : flags) {
    if (arguments.has(flag.info.name)) continue;
    for (std::string_view name : split(flag.info.env, ' ')) {
      const std::string variable(name);
      const char* value = get(variable.c_str());
      // Set but empty is how container files say "not set".
      if (value == nullptr || *value == '\0') continue;
      SLUICE_RETURN_IF_ERROR(set_flag(flag, "environment variable " + variable, value));
      break;
    }
  }
  return {};
}

bool reads_variable(const Flag& flag, std::string_view variable) {
  const std::vector<std::string_view> names = split(flag.info.env, ' ');
  return std::find(names.begin(), names.end(), variable) != names.end();
}

bool Arguments::has(std::string_view name) const {
  return std::find(given.begin(), given.end(), name) != given.end();
}

Result<Arguments> parse_arguments(const std::vector<std::string>& words,
                                  const std::vector<Flag>& flags) {
  Arguments arguments;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--") {
      arguments.positional.insert(arguments.positional.end(),
                                  words.begin() + static_cast<ptrdiff_t>(i) + 1, words.end());
      break;
    }
    if (word == "--help" || word == "-h") {
      arguments.help = true;
      continue;
    }
    if (word.size() < 2 || word[0] != '-') {
      arguments.positional.emplace_back(word);
      continue;
    }
    if (word.substr(0, 2) != "--") {
      return invalid_argument("options start with two dashes: " + std::string(word));
    }
    const size_t equals = word.find('=');
    const std::string_view shown = word.substr(0, equals);
    const std::string_view name = shown.substr(2);
    const Flag* flag = find_flag(flags, name);
    if (flag == nullptr) return unknown_option(name, flags);
    std::string_view value;
    if (equals != std::string_view::npos) {
      value = word.substr(equals + 1);
    } else if (!flag->info.unit.empty()) {
      // A value that begins with dashes can still be given as --name=--value.
      if (i + 1 == words.size() || words[i + 1].substr(0, 2) == "--") {
        return invalid_argument(std::string(shown) + " needs a value: " + std::string(shown) + " " +
                                std::string(flag->info.unit));
      }
      value = words[++i];
    }
    arguments.given.push_back(flag->info.name);
    SLUICE_RETURN_IF_ERROR(set_flag(*flag, shown, value));
  }
  return arguments;
}

std::string render_help(const std::vector<Flag>& flags) {
  std::string out;
  for (const Flag& flag : flags) {
    if (flag.info.hidden) continue;
    std::string left = "  --" + std::string(flag.info.name);
    if (!flag.info.unit.empty()) left += " " + std::string(flag.info.unit);
    if (left.size() + 2 > kHelpColumn) {
      left += '\n';
      left.append(kHelpColumn, ' ');
    } else {
      left.resize(kHelpColumn, ' ');
    }
    out += left;
    append_wrapped(out, help_sentence(flag));
  }
  return out;
}

}  // namespace sluice::app

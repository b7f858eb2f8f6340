#include "app/cli.h"

#include <csignal>
#include <cstdio>

#include "app/bench/bench.h"
#include "app/components_command.h"
#include "app/options.h"
#include "app/print_config.h"
#include "app/query.h"
#include "app/run.h"
#include "app/service.h"
#include "base/nearest.h"

namespace sluice::app {
namespace {

int run_serve(const std::vector<std::string>& words, const Environment& environment);
int run_gateway(const std::vector<std::string>& words, const Environment& environment);
int run_server(const std::vector<std::string>& words, const Environment& environment);
int run_version(const std::vector<std::string>& words, const Environment& environment);

struct Entry {
  std::string_view name;
  std::string_view summary;
  int (*run)(const std::vector<std::string>& words, const Environment& environment);
};

constexpr Entry kCommands[] = {
    {"serve", "OpenTelemetry in, rows in a ClickHouse of its own, ClickHouse's HTTP interface out",
     run_serve},
    {"gateway", "OpenTelemetry in, rows into a ClickHouse elsewhere", run_gateway},
    {"server", "only the ClickHouse: the database in a directory behind its HTTP interface",
     run_server},
    {"run", "the pipelines of a configuration in the OpenTelemetry Collector's YAML", run_run},
    {"validate", "say what is wrong with such a configuration", run_validate},
    {"components", "list what such a configuration may name", run_components},
    {"query", "run one statement and print its result", run_query},
    {"schema", "print the statements that make ClickStack's tables", run_schema},
    {"bench", "send generated telemetry, and count whether all of it is stored", bench::run_bench},
    {"version", "print the version", run_version},
};

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::string help() {
  std::string out = "Sluice " SLUICE_VERSION
                    ": ClickStack's ingestion, an OpenTelemetry gateway with ClickHouse inside\n\n"
                    "sluice COMMAND [options]\n\n";
  for (const Entry& entry : kCommands) {
    out += "  " + std::string(entry.name);
    out.append(11 - entry.name.size(), ' ');
    out += std::string(entry.summary) + "\n";
  }
  return out + "\n`sluice COMMAND --help` lists a command's options. To begin: sluice serve\n";
}

std::string unknown_command(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Entry& entry : kCommands) names.push_back(entry.name);
  std::string message = "there is no command " + std::string(name);
  const std::string nearest = nearest_name(name, names);
  if (!nearest.empty()) message += "; did you mean " + nearest + "?";
  return message + " (sluice --help lists them)";
}

/// What serve, gateway and server have in common: read the options, check them, print or run.
int run_with_options(Command command, std::string_view name, std::string_view intro,
                     const std::vector<std::string>& words, const Environment& environment) {
  Options options;
  const std::vector<Flag> flags = option_table(options, command);
  int exit_code = kExitOk;
  const auto arguments = read_options(name, intro, flags, words, environment, exit_code);
  if (!arguments) return exit_code;
  if (!arguments->positional.empty()) {
    return fail("what is \"" + arguments->positional.front() + "\" for? (sluice " +
                    std::string(name) + " --help lists the options)",
                kExitUsage);
  }
  bind_listeners(options, *arguments);
  Status status = load_password(options);
  if (status.ok()) status = check_options(options, command);
  if (!status.ok()) return fail(status.message(), kExitUsage);
  if (options.print_config && command == kServer) {
    print(print_config(flags));
    return kExitOk;
  }
  warn_of_secrets(*arguments);
  return command == kServer ? run_database(options) : run_service(options, command, environment);
}

int run_serve(const std::vector<std::string>& words, const Environment& environment) {
  static constexpr std::string_view kIntro =
      "sluice serve [options]\n\n"
      "Takes OpenTelemetry in and keeps it in a ClickHouse of its own.\n";
  return run_with_options(kServe, "serve", kIntro, words, environment);
}

int run_gateway(const std::vector<std::string>& words, const Environment& environment) {
  static constexpr std::string_view kIntro =
      "sluice gateway --clickhouse-endpoint http://HOST:8123 [options]\n\n"
      "Takes OpenTelemetry in and writes it to a ClickHouse elsewhere.\n";
  return run_with_options(kGateway, "gateway", kIntro, words, environment);
}

int run_server(const std::vector<std::string>& words, const Environment& environment) {
  static constexpr std::string_view kIntro =
      "sluice server [options]\n\n"
      "Serves the ClickHouse database of a directory over HTTP.\n";
  return run_with_options(kServer, "server", kIntro, words, environment);
}

int run_version(const std::vector<std::string>& /*words*/, const Environment& /*environment*/) {
  print("sluice " SLUICE_VERSION "\n");
  return kExitOk;
}

}  // namespace

int fail(const std::string& message, int exit_code) {
  std::fprintf(stderr, "sluice: %s\n", message.c_str());
  return exit_code;
}

void warn_of_secrets(const Arguments& arguments) {
  if (arguments.has("password")) {
    log::warn(
        "every user of this machine can see --password; use --password-file or SLUICE_PASSWORD");
  }
  if (arguments.has("otlp-auth-token"))
    log::warn("every user of this machine can see --otlp-auth-token; use OTLP_AUTH_TOKEN");
}

std::optional<Arguments> read_options(std::string_view command, std::string_view intro,
                                      const std::vector<Flag>& flags,
                                      const std::vector<std::string>& words,
                                      const Environment& environment, int& exit_code) {
  // Help first: it must not fail over a bad environment.
  auto arguments = parse_arguments(words, flags);
  if (arguments.ok() && arguments->help) {
    std::string text(intro);
    print(text + "\n" + render_help(flags));
    exit_code = kExitOk;
    return std::nullopt;
  }
  Status status = arguments.status();
  if (status.ok()) status = apply_environment(flags, environment, *arguments);
  if (!status.ok()) {
    exit_code =
        fail(status.message() + " (sluice " + std::string(command) + " --help lists the options)",
             kExitUsage);
    return std::nullopt;
  }
  return std::move(arguments).value();
}

int run_cli(const std::vector<std::string>& words, const Environment& environment) {
  std::signal(SIGPIPE, SIG_IGN);  // a peer that goes away is an error of that connection
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    print(help());
    return kExitOk;
  }
  if (words[0] == "--version") return run_version({}, environment);
  for (const Entry& entry : kCommands) {
    if (words[0] == entry.name) {
      return entry.run({words.begin() + 1, words.end()}, environment);
    }
  }
  return fail(unknown_command(words[0]), kExitUsage);
}

}  // namespace sluice::app

#include "components/exporters/file/file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/read_file.h"
#include "components/exporters/file/rotation.h"
#include "otlp/decode.h"
#include "testing/rig.h"
#include "wire/compression.h"

namespace sluice::components {
namespace {

using testing::Lanes;

/// A file exporter on a lane, from its start to its end.
class FileRig {
 public:
  explicit FileRig(const std::string& options, bool is_trial = false) {
    host_.is_trial = is_trial;
    const auto factory = file_exporter_factory();
    config::Diagnostics diagnostics;
    const auto read =
        factory->read(config::parse_yaml(options, "").value(), {diagnostics, "file", {}});
    EXPECT_EQ(diagnostics.to_string(), "");
    auto made = factory->exporter(read, {"file", ""}, host_);
    problem_ = made.status().message();
    if (!made.ok() || is_trial) return;
    exporter_ = std::move(made).value();
    EXPECT_TRUE(exporter_->start().ok());
  }
  ~FileRig() {
    if (exporter_ == nullptr) return;
    std::promise<void> done;
    exporter_->stop([&] { done.set_value(); });
    done.get_future().wait();
  }

  const std::string& problem() const { return problem_; }
  void send_nothing() { send({}); }
  /// Log records, as testing/record_text.h has them.
  pipeline::Outcome send(std::string_view records) {
    pipeline::Batch batch;
    batch.logs = batch.arena->create<otlp::LogsRequest>();
    if (!records.empty()) testing::of_text(records, *batch.arena, *batch.logs);
    pipeline::Outcome outcome;
    batch.ack = pipeline::Ack([&](pipeline::Outcome&& o) { outcome = std::move(o); });
    lanes_.run(0, [&] { exporter_->stage(0).consume(std::move(batch)); });
    return outcome;
  }

 private:
  Lanes lanes_{1};
  Budget budget_{1 << 20};
  metrics::Registry metrics_;
  pipeline::Host host_{lanes_.loops(), budget_, metrics_};
  std::string problem_;
  std::unique_ptr<pipeline::Exporter> exporter_;
};

std::string folder() {
  std::string path = ::testing::TempDir() + "file_test_XXXXXX";
  EXPECT_NE(mkdtemp(path.data()), nullptr);
  return path;
}

size_t lines(const std::string& path) {
  const std::string text = read_file(path).value();
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(File, ARequestIsALine) {
  const std::string path = folder() + "/out";
  {
    FileRig rig("{path: " + path + "}");
    rig.send_nothing();
    rig.send_nothing();
  }
  EXPECT_EQ(lines(path), 2u);
}

TEST(File, WhatItHasWrittenItselfStaysWhenItIsMadeAgain) {
  const std::string path = folder() + "/out";
  for (int i = 0; i < 2; ++i) FileRig("{path: " + path + "}").send_nothing();
  EXPECT_EQ(lines(path), 2u);
}

TEST(File, MakesItsFolderIfItIsToldTo) {
  const std::string path = folder() + "/a/b/out";
  EXPECT_NE(FileRig("{path: " + path + "}").problem().find("No such file"), std::string::npos);
  FileRig("{path: " + path + ", create_directory: true}").send_nothing();
  EXPECT_EQ(lines(path), 1u);
}

/// The messages of a file, each with its length in four bytes before it.
std::vector<std::string> messages(const std::string& path) {
  const std::string text = read_file(path).value();
  std::vector<std::string> out;
  for (size_t at = 0; at + 4 <= text.size();) {
    size_t length = 0;
    for (size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<uint8_t>(text[at + i]);
    out.push_back(text.substr(at + 4, length));
    at += 4 + length;
  }
  return out;
}

std::string of_protobuf(std::string_view bytes) {
  Arena arena;
  otlp::LogsRequest request;
  EXPECT_TRUE(otlp::decode_protobuf(bytes, arena, request).ok());
  return testing::to_text(request);
}

std::string unpacked(std::string_view bytes) {
  Buffer out;
  EXPECT_TRUE(wire::decompress(wire::Encoding::Zstd, bytes, 1 << 20, out).ok());
  return std::string(out.view());
}

TEST(File, ProtobufHasItsLengthBeforeIt) {
  const std::string path = folder() + "/out";
  {
    FileRig rig("{path: " + path + ", format: proto}");
    rig.send("[{body: a}]");
    rig.send("[{body: b}, {body: c}]");
  }
  const auto got = messages(path);
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(of_protobuf(got[0]), "- {body: a}\n");
  EXPECT_EQ(of_protobuf(got[1]), "- {body: b}\n- {body: c}\n");
}

TEST(File, CompressedRequestsHaveTheirLengthsBeforeThemToo) {
  for (const bool is_proto : {false, true}) {
    const std::string path = folder() + "/out";
    {
      FileRig rig("{path: " + path +
                  ", compression: zstd, format: " + (is_proto ? "proto" : "json") + "}");
      rig.send("[{body: a}]");
      rig.send("[{body: b}]");
    }
    const auto got = messages(path);
    ASSERT_EQ(got.size(), 2u);
    if (is_proto) {
      EXPECT_EQ(of_protobuf(unpacked(got[1])), "- {body: b}\n");
    } else {
      EXPECT_NE(unpacked(got[1]).find(R"("body":{"stringValue":"b"})"), std::string::npos);
    }
  }
}

size_t files_in(const std::string& path) {
  const std::filesystem::directory_iterator files(path);
  return static_cast<size_t>(std::distance(begin(files), end(files)));
}

TEST(File, AFileThatIsFullBecomesABackup) {
  const std::string in = folder();
  const std::string path = in + "/out.json";
  const std::string big = "[{body: " + std::string(600 << 10, 'x') + "}]";
  {
    FileRig rig("{path: " + path + ", rotation: {max_megabytes: 1, max_backups: 2}}");
    for (int i = 0; i < 5; ++i) rig.send(big);
  }
  EXPECT_EQ(lines(path), 1u) << "two do not fit into one";
  EXPECT_EQ(files_in(in), 3u) << "and two backups";
  const auto backups = file_exporter::backups_of(path);
  ASSERT_EQ(backups.size(), 2u);
  EXPECT_EQ(lines(backups[0]), 1u) << "no request is in two files";
  EXPECT_GT(backups[0], backups[1]) << "the newest first";
}

TEST(File, AFileThatIsRotatedGoesOnAfterAStart) {
  const std::string path = folder() + "/out.json";
  std::ofstream(path) << "from before\n";
  {
    FileRig rig("{path: " + path + ", rotation: {}}");
    rig.send("[{body: x}]");
    EXPECT_EQ(lines(path), 2u) << "nothing waits";
  }
  EXPECT_EQ(lines(path), 2u);
}

TEST(File, RotationMakesTheFolder) {
  const std::string path = folder() + "/made/out.json";
  { FileRig rig("{path: " + path + ", rotation: }"); }
  EXPECT_TRUE(std::filesystem::exists(path));
}

/// A record of a resource with this value.
std::string record(const std::string& segment, const std::string& body) {
  return "{resource: {fileexporter.path_segment: \"" + segment + "\"}, body: " + body + "}";
}

TEST(File, GroupsHaveTheirFiles) {
  for (const char* format : {"json", "proto"}) {
    const std::string in = folder();
    {
      FileRig rig("{path: '" + in + "/new/*.log', group_by: {enabled: true}, format: " + format +
                  "}");
      EXPECT_TRUE(std::filesystem::exists(in + "/new"));
      const auto outcome = rig.send("[" + record("one", "a") + "," + record(".././two/two", "b") +
                                    "," + record("one", "c") + "]");
      EXPECT_TRUE(outcome.status.ok());
      EXPECT_EQ(outcome.rejected, 0u);
      rig.send("[" + record("one", "d") + "]");
    }
    const std::string one = read_file(in + "/new/one.log").value();
    const std::string two = read_file(in + "/new/two/two.log").value();
    if (format == std::string("json")) {
      EXPECT_EQ(lines(in + "/new/one.log"), 2u);
      EXPECT_EQ(lines(in + "/new/two/two.log"), 1u);
      EXPECT_NE(one.find(R"("stringValue":"c")"), std::string::npos);
      EXPECT_EQ(one.find(R"("stringValue":"b")"), std::string::npos);
    } else {
      const auto got = messages(in + "/new/one.log");
      ASSERT_EQ(got.size(), 2u);
      EXPECT_EQ(of_protobuf(got[0]),
                "- {resource: {fileexporter.path_segment: one}, body: a}\n"
                "- {resource: {fileexporter.path_segment: one}, body: c}\n");
    }
  }
}

TEST(File, AGroupThatWasClosedForAnotherGoesOn) {
  const std::string in = folder();
  constexpr int kRounds = 50;
  {
    FileRig rig("{path: '" + in +
                "/*', group_by: {enabled: true, max_open_files: 2, "
                "resource_attribute: fileexporter.path_segment}}");
    for (int i = 0; i < kRounds; ++i) {
      rig.send("[" + record("a", "x") + "," + record("b", "x") + "," + record("c", "x") + "]");
    }
  }
  for (const char* name : {"/a", "/b", "/c"}) EXPECT_EQ(lines(in + name), size_t{kRounds});
}

TEST(File, GroupsWithoutANameAreRejectedByThemselves) {
  const std::string in = folder();
  FileRig rig("{path: '" + in + "/*.log', group_by: {enabled: true}}");
  const auto outcome =
      rig.send("[{body: a}, {resource: {fileexporter.path_segment: 1}, body: b}, " +
               record("one", "c") + "]");
  EXPECT_TRUE(outcome.status.ok());
  EXPECT_EQ(outcome.rejected, 2u);
  EXPECT_NE(outcome.reason.find("fileexporter.path_segment"), std::string::npos);
  for (const std::string& wrong :
       {std::string("a\\0b"), std::string(5000, 'x'), std::string("one.log/a")}) {
    rig.send("[" + record("one", "c") + "]");
    const auto rejected = rig.send("[" + record(wrong, "c") + "]");
    EXPECT_TRUE(rejected.status.ok()) << "a sender that tries again would never get rid of it";
    EXPECT_EQ(rejected.rejected, 1u);
    EXPECT_LT(rejected.reason.size(), 400u);
  }
  EXPECT_EQ(files_in(in), 1u);
}

TEST(File, RefusesWhatCannotBeWritten) {
  FileRig rig("{path: /dev/full, append: true}");
  const std::string big = "[{body: " + std::string(700 << 10, 'x') + "}]";
  EXPECT_TRUE(rig.send(big).status.ok());
  EXPECT_TRUE(rig.send(big).status.ok()) << "it is in the buffer";
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(rig.send(big).status.retryable()) << "which does not grow";
}

TEST(File, WarnsOfGroupingWithoutEffect) {
  const std::pair<const char*, const char*> cases[] = {
      {"{path: 'a/*', rotation: {}, group_by: {enabled: true}}", "file::rotation"},
      {"{path: a, group_by: {max_open_files: 3}}", "file::group_by::max_open_files"},
      {"{path: a, group_by: {resource_attribute: b}}", "file::group_by::resource_attribute"},
  };
  for (const auto& [options, expected] : cases) {
    config::Diagnostics diagnostics;
    file_exporter_factory()->read(config::parse_yaml(options, "").value(),
                                  {diagnostics, "file", {}});
    EXPECT_TRUE(diagnostics.ok()) << diagnostics.to_string();
    ASSERT_EQ(diagnostics.warnings().size(), 1u) << options;
    EXPECT_EQ(diagnostics.warnings()[0].path, expected);
  }
}

TEST(File, RefusesWhatCannotWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"{path: a, append: true, rotation: {}}", "append: append and rotation exclude"},
      {"{path: a, append: true, rotation: }", "append: append and rotation exclude"},
      {"{path: a, directory_permissions: '0700'}", "needs create_directory"},
      {"{path: a, create_directory: true, directory_permissions: abc}", "octal"},
      {"{path: a, create_directory: true, directory_permissions: '01777'}", "octal"},
      {"{path: a, create_directory: true, directory_permissions: 700}", "directory_permissions"},
      {"{path: a, compression_params: {effort: 1}}", "effort"},
      {"{path: a, compression: gzip}", "compression"},
      {"{path: a, flush_interval: -1s}", "flush_interval"},
      {"{path: a, group_by: {enabled: true}}", "file::path: expected exactly one *"},
      {"{path: 'a/*/*', group_by: {enabled: true}}", "exactly one *"},
      {"{path: '*/a', group_by: {enabled: true}}", "a directory before the *"},
      {"{path: 'a/*', group_by: {enabled: true, resource_attribute: ''}}",
       "file::group_by::resource_attribute: expected the name of an attribute"},
      {"{path: 'a/*', group_by: {enabled: true, max_open_files: 0}}", "max_open_files"},
  };
  for (const auto& [options, expected] : cases) {
    config::Diagnostics diagnostics;
    file_exporter_factory()->read(config::parse_yaml(options, "").value(),
                                  {diagnostics, "file", {}});
    EXPECT_NE(diagnostics.to_string().find(expected), std::string::npos) << options;
  }
}

TEST(File, ATrialTellsWhatIsWrongAndMakesNothing) {
  const std::string path = folder();
  EXPECT_NE(FileRig("{path: " + path + "}", true).problem().find("directory"), std::string::npos);
  EXPECT_NE(FileRig("{path: " + path + "/a/out}", true).problem().find("No such file"),
            std::string::npos);
  for (const char* options : {"/a/out, create_directory: true}", "/out}"}) {
    EXPECT_EQ(FileRig("{path: " + path + options, true).problem(), "");
  }
  EXPECT_NE(access((path + "/a").c_str(), F_OK), 0);
  EXPECT_NE(access((path + "/out").c_str(), F_OK), 0);
  EXPECT_EQ(FileRig("{path: '" + path + "/b/*', group_by: {enabled: true}}", true).problem(), "");
  EXPECT_NE(access((path + "/b").c_str(), F_OK), 0);
  EXPECT_NE(FileRig("{path: '/dev/null/*', group_by: {enabled: true}}").problem(), "");
}

}  // namespace
}  // namespace sluice::components

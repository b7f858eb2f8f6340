#include "components/exporters/file/file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

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
  void send(std::string_view records) {
    pipeline::Batch batch;
    batch.logs = batch.arena->create<otlp::LogsRequest>();
    if (!records.empty()) testing::of_text(records, *batch.arena, *batch.logs);
    batch.ack = pipeline::Ack([](pipeline::Outcome&&) {});
    lanes_.run(0, [&] { exporter_->stage(0).consume(std::move(batch)); });
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

TEST(File, RefusesWhatCannotWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"{path: a, append: true, rotation: {}}", "append: append and rotation exclude"},
      {"{path: a, append: true, compression: zstd}", "append: append and compression exclude"},
      {"{path: a, compression: gzip}", "compression"},
      {"{path: a, flush_interval: 0}", "flush_interval"},
      {"{path: a, group_by: {enabled: true}}", "group_by"},
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
}

}  // namespace
}  // namespace sluice::components

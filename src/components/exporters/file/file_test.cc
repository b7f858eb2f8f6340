#include "components/exporters/file/file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/read_file.h"
#include "testing/rig.h"

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
  void send_nothing() {
    pipeline::Batch batch;
    batch.logs = batch.arena->create<otlp::LogsRequest>();
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

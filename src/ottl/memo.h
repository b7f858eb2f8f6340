#pragma once

// Many rules about records are functions of a few small values: which severity a word stands for,
// which team a service belongs to. Of a run of such statements the result is remembered by the
// values that they read, so that most records cost a look-up and not a walk through the rules.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "ottl/ast.h"
#include "ottl/compiler.h"
#include "ottl/expr.h"

namespace sluice::ottl {

class Memo {
 public:
  static constexpr size_t kInputsMax = 16;
  static constexpr size_t kTextBytesMax = 64;  ///< longer texts are not remembered
  static constexpr uint32_t kEntriesMax = 1024;
  /// After so many records that had to be computed although remembering was tried, it is given up
  /// where it did not help.
  static constexpr uint64_t kTrial = 4096;

  /// For statements of which every one is eligible(); nothing where there are too many values.
  static std::unique_ptr<Memo> make(const std::vector<const ast::Statement*>& statements,
                                    Compiler& compiler);
  /// Whether a statement is a set() of a small value that depends on small values only.
  static bool eligible(const ast::Statement& statement, Compiler& compiler);

  enum class Found : uint8_t {
    Applied,  ///< the record is as the statements would leave it
    New,      ///< the statements must run, and learn() be called after they did without an error
    Off,      ///< the statements must run
  };
  Found apply(Frame& frame);
  void learn(Frame& frame);

 private:
  struct Entry {
    uint64_t hash;
    std::array<Value, kInputsMax> before;  // of those that `present` says
    std::array<Value, kInputsMax> after;   // of those that `changed` says
    uint32_t present;                      // bit i: there was an input i
    uint32_t changed;
  };

  /// Attributes of one map, which are looked for in one pass.
  struct Lookups {
    Attributes& (*map)(Frame&);
    uint64_t sizes = 0;  // bit n: a key of n bytes, or of more for n = 63
    std::vector<std::pair<std::string_view, size_t>> keys;  // with the input's number
  };

  void note(size_t input, const Value& value);
  void read_attributes(const Lookups& lookups, Frame& frame);
  bool read(Frame& frame);
  const Entry* find() const;
  Value kept(const Value& value);

  std::vector<TargetPtr> inputs_;         // all that is read or written
  uint32_t written_ = 0;                  // bit i: input i may be written
  uint32_t alone_ = 0;                    // bit i: input i is read by itself
  std::vector<Lookups> lookups_;          // of the others
  std::array<Value, kInputsMax> values_;  // of the record at hand, as `present_` says
  uint32_t present_ = 0;                  // bit i: there is an input i
  uint64_t hash_ = 0;
  Arena arena_;  // the entries' texts, which records may hold: nothing is ever taken out
  std::vector<Entry> entries_;
  std::vector<uint32_t> slots_;  // by hash: an entry's number plus one
  uint64_t tried_ = 0;
  uint64_t found_ = 0;
};

}  // namespace sluice::ottl

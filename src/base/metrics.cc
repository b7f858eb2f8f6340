#include "base/metrics.h"

#include <charconv>
#include <cmath>
#include <map>
#include <mutex>
#include <variant>

#include "base/check.h"

namespace sluice::metrics {
namespace {

using Callback = std::function<double()>;
using Instrument = std::variant<std::unique_ptr<Counter>, std::unique_ptr<Gauge>,
                                std::unique_ptr<Histogram>, Callback>;

enum class Type : uint8_t { Counter, Gauge, Histogram };

std::string_view type_name(Type type) {
  switch (type) {
    case Type::Counter: return "counter";
    case Type::Gauge: return "gauge";
    case Type::Histogram: return "histogram";
  }
  return "untyped";
}

/// The format's escapes: backslash and line feed everywhere, the double quote in label values only.
void append_escaped(std::string& out, std::string_view text, bool quote) {
  for (char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quote) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
}

/// `a="1",b="2"`, in the order given: the key of an instrument in its family and its text in the
/// output.
std::string render_labels(const Labels& labels) {
  std::string out;
  for (const auto& [name, value] : labels) {
    if (!out.empty()) out += ',';
    out += name;
    out += "=\"";
    append_escaped(out, value, true);
    out += '"';
  }
  return out;
}

/// The name as the page has it.
std::string_view shown_name(std::string_view name, Type type, CollectorTotals totals) {
  constexpr std::string_view kPrefix = "otelcol_";
  constexpr std::string_view kSuffix = "_total";
  const bool bare = totals == CollectorTotals::Bare && type == Type::Counter &&
                    name.substr(0, kPrefix.size()) == kPrefix;
  if (bare && name.size() > kSuffix.size() &&
      name.substr(name.size() - kSuffix.size()) == kSuffix) {
    name.remove_suffix(kSuffix.size());
  }
  return name;
}

std::string render_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value);
  return {text, end};
}

void append_sample(std::string& out, std::string_view name, std::string_view labels,
                   std::string_view value) {
  out += name;
  if (!labels.empty()) {
    out += '{';
    out += labels;
    out += '}';
  }
  out += ' ';
  out += value;
  out += '\n';
}

std::string with_label(const std::string& labels, std::string_view name, std::string_view value) {
  std::string out = labels;
  if (!out.empty()) out += ',';
  out += name;
  out += "=\"";
  out += value;
  out += '"';
  return out;
}

}  // namespace

void Histogram::observe(double value) {
  size_t bucket = 0;
  while (bucket < bounds_.size() && value > bounds_[bucket]) ++bucket;
  buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
  count_.fetch_add(1, std::memory_order_relaxed);
  if (value > 0)
    sum_millionths_.fetch_add(static_cast<uint64_t>(value * 1e6), std::memory_order_relaxed);
}

struct Registry::Impl {
  struct Family {
    Type type;
    std::string help;
    std::map<std::string, Instrument> by_labels;
  };

  /// What render() needs of one instrument. Instruments are never removed, so the pointers stay
  /// good without the lock.
  struct Sample {
    std::string labels;
    const Counter* counter = nullptr;
    const Gauge* gauge = nullptr;
    const Histogram* histogram = nullptr;
    Callback callback;
  };

  template <typename T, typename... Made>
  T& get(std::string_view name, std::string_view help, const Labels& labels, Type type,
         Made... made) {
    const std::lock_guard lock(mutex);
    Instrument& slot = find(name, help, labels, type, std::unique_ptr<T>());
    auto* owned = std::get_if<std::unique_ptr<T>>(&slot);
    SLUICE_CHECK(owned != nullptr);
    if (*owned == nullptr) *owned = std::make_unique<T>(made...);
    return **owned;
  }

  /// The instrument's slot, made of `fresh` where there was none. One name has one type.
  Instrument& find(std::string_view name, std::string_view help, const Labels& labels, Type type,
                   Instrument fresh) {
    auto [family, added] =
        families.try_emplace(std::string(name), Family{type, std::string(help), {}});
    SLUICE_CHECK(family->second.type == type);
    return family->second.by_labels.try_emplace(render_labels(labels), std::move(fresh))
        .first->second;
  }

  void set_callback(std::string_view name, std::string_view help, const Labels& labels, Type type,
                    Callback read) {
    const std::lock_guard lock(mutex);
    Instrument& slot = find(name, help, labels, type, Callback());
    SLUICE_CHECK(std::holds_alternative<Callback>(slot));
    slot = std::move(read);
  }

  static Sample sample_of(const std::string& labels, const Instrument& instrument) {
    Sample sample;
    sample.labels = labels;
    if (const auto* counter = std::get_if<std::unique_ptr<Counter>>(&instrument)) {
      sample.counter = counter->get();
    } else if (const auto* gauge = std::get_if<std::unique_ptr<Gauge>>(&instrument)) {
      sample.gauge = gauge->get();
    } else if (const auto* histogram = std::get_if<std::unique_ptr<Histogram>>(&instrument)) {
      sample.histogram = histogram->get();
    } else {
      sample.callback = std::get<Callback>(instrument);
    }
    return sample;
  }

  static void append_histogram(std::string& out, const std::string& name, const std::string& labels,
                               const Histogram& histogram) {
    uint64_t cumulative = 0;
    const std::span<const double> bounds = histogram.bounds_;
    for (size_t i = 0; i <= bounds.size(); ++i) {
      cumulative += histogram.buckets_[i].load(std::memory_order_relaxed);
      const std::string bound = i < bounds.size() ? render_number(bounds[i]) : "+Inf";
      append_sample(out, name + "_bucket", with_label(labels, "le", bound),
                    std::to_string(cumulative));
    }
    const auto sum =
        static_cast<double>(histogram.sum_millionths_.load(std::memory_order_relaxed)) / 1e6;
    append_sample(out, name + "_sum", labels, render_number(sum));
    // The +Inf bucket and the count must agree, also while another thread observes.
    append_sample(out, name + "_count", labels, std::to_string(cumulative));
  }

  static void append_one(std::string& out, const std::string& name, const Sample& sample) {
    if (sample.counter != nullptr) {
      append_sample(out, name, sample.labels, std::to_string(sample.counter->value()));
    } else if (sample.gauge != nullptr) {
      append_sample(out, name, sample.labels, std::to_string(sample.gauge->value()));
    } else if (sample.histogram != nullptr) {
      append_histogram(out, name, sample.labels, *sample.histogram);
    } else {
      append_sample(out, name, sample.labels, render_number(sample.callback()));
    }
  }

  std::mutex mutex;
  std::map<std::string, Family, std::less<>> families;
};

Registry::Registry() : impl_(std::make_unique<Impl>()) {}
Registry::~Registry() = default;

Counter& Registry::counter(std::string_view name, std::string_view help, const Labels& labels) {
  return impl_->get<Counter>(name, help, labels, Type::Counter);
}

Gauge& Registry::gauge(std::string_view name, std::string_view help, const Labels& labels) {
  return impl_->get<Gauge>(name, help, labels, Type::Gauge);
}

Histogram& Registry::histogram(std::string_view name, std::string_view help, const Labels& labels,
                               std::span<const double> bounds) {
  return impl_->get<Histogram>(name, help, labels, Type::Histogram, bounds);
}

void Registry::gauge_callback(std::string_view name, std::string_view help, const Labels& labels,
                              std::function<double()> read) {
  impl_->set_callback(name, help, labels, Type::Gauge, std::move(read));
}

void Registry::counter_callback(std::string_view name, std::string_view help, const Labels& labels,
                                std::function<double()> read) {
  impl_->set_callback(name, help, labels, Type::Counter, std::move(read));
}

std::string Registry::render(CollectorTotals totals) const {
  struct FamilyCopy {
    std::string name;
    std::string help;
    Type type;
    std::vector<Impl::Sample> samples;
  };
  std::vector<FamilyCopy> families;
  {
    const std::lock_guard lock(impl_->mutex);
    for (const auto& [name, family] : impl_->families) {
      FamilyCopy& copy = families.emplace_back(FamilyCopy{
          std::string(shown_name(name, family.type, totals)), family.help, family.type, {}});
      for (const auto& [labels, instrument] : family.by_labels) {
        copy.samples.push_back(Impl::sample_of(labels, instrument));
      }
    }
  }
  // Callbacks run without the lock: they may take locks of their own whose holders make metrics.
  std::string out;
  for (const FamilyCopy& family : families) {
    out += "# HELP " + family.name + " ";
    append_escaped(out, family.help, false);
    out += "\n# TYPE " + family.name + " ";
    out += type_name(family.type);
    out += '\n';
    for (const Impl::Sample& sample : family.samples) Impl::append_one(out, family.name, sample);
  }
  return out;
}

}  // namespace sluice::metrics

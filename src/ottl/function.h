#pragma once

// How the arguments of OTTL functions are converted, by the type of the C++ parameter:
//
//   std::string_view   text, nothing else         Text          anything as text, perhaps nil
//   int64_t            a whole number             IntLike       number, bool or text as one
//   double             a number with a point      DoubleLike
//   bool               true or false              BoolLike
//   Time, Duration     these                      BytesLike     anything as bytes
//   MapArg, ListArg    these                      Value         anything
//   Sequence           anything, of list literals those whose elements are Plain
//   Plain              what a list of the language may hold (Compiler::plain())
//   Args<T>            a list literal of T        const Target* a path to assign to
//   Setting<T>         a literal that is checked when the statement is compiled
//   Prepared<P>        text that P::make() turns into something: once, if it is a literal
//   FunctionName       a converter given by name  std::optional<T>  a parameter with a default
//
// A literal is converted when the statement is compiled, and refused there if it cannot be.
// What a converter returns is a Value, or a Fresh one: made for this call, shared with nobody.

#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "ottl/compiler.h"
#include "ottl/regex.h"

namespace sluice::ottl {

struct Text {
  std::string_view view;
  bool nil = true;
};
struct IntLike {
  int64_t value = 0;
  bool nil = true;
};
struct DoubleLike {
  double value = 0;
  bool nil = true;
};
struct BoolLike {
  bool value = false;
  bool nil = true;
};
struct BytesLike {
  std::string_view view;
  bool nil = true;
};
struct Duration {
  int64_t nanos = 0;
};
struct MapArg {
  Value value;
  bool fresh = false;  ///< nobody else has it or what is in it: it can be kept without a copy
};
struct ListArg {
  Value value;
};
struct Sequence {
  Value value;
};
struct Plain {
  Value value;
};
struct Fresh {
  Value value;
};

/// False, and an error in the frame.
bool wrong_kind(Frame& frame, std::string_view expected, const Value& found);
// Conversions at evaluation; false and an error in the frame where there is none.
inline bool convert(Frame& frame, const Value& value, std::string_view& out) {
  if (value.kind != Kind::String) return wrong_kind(frame, "string", value);
  out = value.view();
  return true;
}
bool convert(Frame& frame, const Value& value, int64_t& out);
bool convert(Frame& frame, const Value& value, double& out);
bool convert(Frame& frame, const Value& value, bool& out);
bool convert(Frame& frame, const Value& value, Text& out);
bool convert(Frame& frame, const Value& value, IntLike& out);
bool convert(Frame& frame, const Value& value, DoubleLike& out);
bool convert(Frame& frame, const Value& value, BoolLike& out);
bool convert(Frame& frame, const Value& value, BytesLike& out);
bool convert(Frame& frame, const Value& value, Time& out);
bool convert(Frame& frame, const Value& value, Duration& out);
bool convert(Frame& frame, const Value& value, MapArg& out);
bool convert(Frame& frame, const Value& value, ListArg& out);
inline bool convert(Frame&, const Value& value, Value& out) {
  out = value;
  return true;
}
inline bool convert(Frame&, const Value& value, Sequence& out) {
  out.value = value;
  return true;
}

template <typename T>
struct Args {
  ArenaVector<T> values;
  T* begin() { return values.begin(); }
  T* end() { return values.end(); }
  uint32_t size() const { return values.size(); }
};

/// T: std::string, int64_t, double, bool, std::vector<std::string>, std::vector<double>, or a class
/// with `static Result<T> make(std::string_view)`.
template <typename T>
struct Setting {
  const T* value = nullptr;
  const T& operator*() const { return *value; }
  const T* operator->() const { return value; }
};

template <typename P>
struct Prepared {
  const P* value = nullptr;
  const P& operator*() const { return *value; }
  const P* operator->() const { return value; }
};

/// A converter with one parameter, called with a text.
struct FunctionName {
  const Expr* call = nullptr;
  Value* argument = nullptr;
  Value operator()(Frame& frame, Value value) const {
    *argument = value;
    return call->eval(frame);
  }
};

/// How one parameter type is bound and read.
template <typename T>
struct Param {
  using Bound = ExprPtr;
  static Status bind(Compiler& compiler, const ast::Value& argument, Bound& out) {
    auto expr = compiler.value(argument);
    if (!expr.ok()) return expr.status();
    out = std::move(*expr);
    if constexpr (std::is_same_v<T, ListArg> || std::is_same_v<T, Sequence>) {
      const bool is_literal = out->constant() != nullptr;
      if (argument.kind == ast::Value::Kind::List) out = compiler.plain(argument).value();
      if (std::is_same_v<T, ListArg> && is_literal && out->constant() == nullptr)
        return compiler.error(argument.at, "a list with literal maps cannot stand here");
    }
    const Value* literal = out->constant();
    if (literal == nullptr) return {};
    Frame frame = compiler.literal_frame();
    T ignored{};
    if (convert(frame, *literal, ignored)) return {};
    return compiler.error(argument.at, frame.error);
  }
  static bool get(Frame& frame, const Bound& bound, T& out) {
    const Value value = bound->eval(frame);
    if constexpr (std::is_same_v<T, MapArg>) out.fresh = bound->is_fresh();
    return !frame.failed() && convert(frame, value, out);
  }
};

template <>
struct Param<Plain> {
  using Bound = ExprPtr;
  static Status bind(Compiler& compiler, const ast::Value& argument, Bound& out) {
    auto expr = compiler.plain(argument);
    if (!expr.ok()) return expr.status();
    out = std::move(*expr);
    return {};
  }
  static bool get(Frame& frame, const Bound& bound, Plain& out) {
    out.value = bound->eval(frame);
    return !frame.failed();
  }
};

template <>
struct Param<const Target*> {
  using Bound = TargetPtr;
  static Status bind(Compiler& compiler, const ast::Value& argument, Bound& out) {
    if (argument.kind != ast::Value::Kind::Path)
      return compiler.error(argument.at, "this must be a path");
    auto path = compiler.path(*argument.path);
    if (!path.ok()) return path.status();
    out = std::move(*path);
    return {};
  }
  static bool get(Frame&, const Bound& bound, const Target*& out) {
    out = bound.get();
    return true;
  }
};

template <typename T>
struct Param<Args<T>> {
  using Bound = std::vector<typename Param<T>::Bound>;
  static Status bind(Compiler& compiler, const ast::Value& argument, Bound& out) {
    if (argument.kind != ast::Value::Kind::List)
      return compiler.error(argument.at, "this must be a list");
    for (const ast::Value& item : argument.items)
      SLUICE_RETURN_IF_ERROR(Param<T>::bind(compiler, item, out.emplace_back()));
    return {};
  }
  static bool get(Frame& frame, Bound& bound, Args<T>& out) {
    out.values.reserve(*frame.arena, static_cast<uint32_t>(bound.size()));
    for (auto& element : bound) {
      T value{};
      if (!Param<T>::get(frame, element, value)) return false;
      out.values.push_back(*frame.arena, value);
    }
    return true;
  }
};

// Literals as they stand in the text.
Status read_setting(Compiler& compiler, const ast::Value& argument, std::string& out);
Status read_setting(Compiler& compiler, const ast::Value& argument, int64_t& out);
Status read_setting(Compiler& compiler, const ast::Value& argument, double& out);
Status read_setting(Compiler& compiler, const ast::Value& argument, bool& out);
Status read_setting(Compiler& compiler, const ast::Value& argument, std::vector<std::string>& out);
Status read_setting(Compiler& compiler, const ast::Value& argument, std::vector<double>& out);

template <typename T>
concept MadeFromText = requires(std::string_view text) {
  { T::make(text) } -> std::same_as<Result<T>>;
};

template <typename T>
struct Param<Setting<T>> {
  using Bound = std::optional<T>;
  static Status bind(Compiler& compiler, const ast::Value& argument, Bound& out) {
    if constexpr (MadeFromText<T>) {
      std::string text;
      SLUICE_RETURN_IF_ERROR(read_setting(compiler, argument, text));
      auto made = T::make(text);
      if (!made.ok()) return compiler.error(argument.at, made.status().message());
      out.emplace(std::move(*made));
      return {};
    } else {
      return read_setting(compiler, argument, out.emplace());
    }
  }
  static bool get(Frame&, const Bound& bound, Setting<T>& out) {
    out.value = &*bound;
    return true;
  }
};

template <typename P>
struct Param<Prepared<P>> {
  struct Bound {
    ExprPtr text;
    std::optional<P> made;  // of the literal, or of the last text
    std::string made_of;
    bool fixed = false;
  };
  static Status bind(Compiler& compiler, const ast::Value& argument, Bound& out) {
    SLUICE_RETURN_IF_ERROR(Param<std::string_view>::bind(compiler, argument, out.text));
    if (out.text->constant() == nullptr) return {};
    auto made = P::make(out.text->constant()->view());
    if (!made.ok()) return compiler.error(argument.at, made.status().message());
    out.made.emplace(std::move(*made));
    out.fixed = true;
    return {};
  }
  static bool get(Frame& frame, Bound& bound, Prepared<P>& out) {
    if (!bound.fixed) {
      std::string_view text;
      if (!Param<std::string_view>::get(frame, bound.text, text)) return false;
      if (!bound.made || bound.made_of != text) {
        auto made = P::make(text);
        if (!made.ok()) {
          frame.fail(made.status().message());
          return false;
        }
        bound.made.emplace(std::move(*made));
        bound.made_of = text;
      }
    }
    out.value = &*bound.made;
    return true;
  }
};

template <>
struct Param<FunctionName> {
  struct Bound {
    std::unique_ptr<Value> argument;
    ExprPtr call;
  };
  static Status bind(Compiler& compiler, const ast::Value& argument, Bound& out);
  static bool get(Frame&, const Bound& bound, FunctionName& out) {
    out = {bound.call.get(), bound.argument.get()};
    return true;
  }
};

template <typename T>
struct Param<std::optional<T>> {
  using Bound = std::optional<typename Param<T>::Bound>;
  static Status bind(Compiler& compiler, const ast::Value& argument, Bound& out) {
    return Param<T>::bind(compiler, argument, out.emplace());
  }
  template <typename B>
  static bool get(Frame& frame, B& bound, std::optional<T>& out) {
    if (!bound) return true;
    return Param<T>::get(frame, *bound, out.emplace());
  }
};

namespace detail {

template <typename F>
struct Signature : Signature<decltype(&F::operator())> {};
template <typename R, typename... Ts>
struct Signature<R (*)(Frame&, Ts...)> {
  using Returned = R;
  using Values = std::tuple<std::decay_t<Ts>...>;
  using Bounds = std::tuple<typename Param<std::decay_t<Ts>>::Bound...>;
  static constexpr size_t kCount = sizeof...(Ts);
};

template <typename C, typename R, typename... Ts>
struct Signature<R (C::*)(Frame&, Ts...) const> : Signature<R (*)(Frame&, Ts...)> {};

template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <typename Tuple, size_t... I>
constexpr size_t required_count(std::index_sequence<I...>) {
  return ((kIsOptional<std::tuple_element_t<I, Tuple>> ? size_t{0} : size_t{1}) + ... + size_t{0});
}

/// A call whose arguments are bound. A callable that returns void is an editor.
template <typename F>
class Call final : public Expr {
  using Types = Signature<F>;

 public:
  explicit Call(F function) : function_(std::move(function)) {}

  Status bind(Compiler& compiler, const Arguments& arguments) {
    return bind(compiler, arguments, std::make_index_sequence<Types::kCount>());
  }
  Value eval(Frame& frame) const override {
    return eval(frame, std::make_index_sequence<Types::kCount>());
  }
  bool is_fresh() const override { return std::is_same_v<typename Types::Returned, Fresh>; }
  const typename Types::Bounds& bounds() const { return bounds_; }

 private:
  template <size_t... I>
  Status bind(Compiler& compiler, const Arguments& arguments, std::index_sequence<I...>) {
    Status status;
    static_cast<void>(((status = bind_one<I>(compiler, arguments[I])).ok() && ...));
    return status;
  }
  template <size_t I>
  Status bind_one(Compiler& compiler, const ast::Value* argument) {
    if (argument == nullptr) return {};
    using T = std::tuple_element_t<I, typename Types::Values>;
    return Param<T>::bind(compiler, *argument, std::get<I>(bounds_));
  }
  template <size_t... I>
  Value eval(Frame& frame, std::index_sequence<I...>) const {
    typename Types::Values values{};
    const bool ready = (Param<std::tuple_element_t<I, typename Types::Values>>::get(
                            frame, std::get<I>(bounds_), std::get<I>(values)) &&
                        ...);
    if (!ready) return {};
    if constexpr (std::is_void_v<decltype(function_(frame, std::get<I>(values)...))>) {
      function_(frame, std::get<I>(values)...);
      return {};
    } else if constexpr (std::is_same_v<typename Types::Returned, Fresh>) {
      return function_(frame, std::get<I>(values)...).value;
    } else {
      return function_(frame, std::get<I>(values)...);
    }
  }

  F function_;
  mutable typename Types::Bounds bounds_;  // prepared arguments are kept between evaluations
};

}  // namespace detail

template <typename F, typename Check>
Function& Library::add(std::string name, std::vector<std::string> parameters, F function,
                       Check check) {
  using Types = detail::Signature<F>;
  SLUICE_CHECK(parameters.size() == Types::kCount);
  Function made;
  made.name = name;
  made.parameters = std::move(parameters);
  made.required =
      detail::required_count<typename Types::Values>(std::make_index_sequence<Types::kCount>());
  made.bind = [function, check](Compiler& compiler, const Arguments& arguments) -> Result<ExprPtr> {
    auto call = std::make_unique<detail::Call<F>>(function);
    SLUICE_RETURN_IF_ERROR(call->bind(compiler, arguments));
    SLUICE_RETURN_IF_ERROR(check(call->bounds()));
    return ExprPtr(std::move(call));
  };
  return functions_[std::move(name)] = std::move(made);
}

template <typename F>
Function& Library::add(std::string name, std::vector<std::string> parameters, F function) {
  return add(std::move(name), std::move(parameters), std::move(function),
             [](const auto&) { return Status(); });
}

}  // namespace sluice::ottl

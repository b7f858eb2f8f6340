#include "ottl/flat_json.h"

#include <algorithm>
#include <utility>

namespace sluice::ottl {
namespace {

/// Exactly these parameters are given, in this order.
bool has_parameters(const ast::Call& call, std::initializer_list<std::string_view> names) {
  return std::equal(call.arguments.begin(), call.arguments.end(), names.begin(), names.end(),
                    [](const ast::Argument& argument, std::string_view name) {
                      return argument.name.empty() || argument.name == name;
                    });
}

/// The path, if the argument is one without keys.
const ast::Path* plain_path(const ast::Argument& argument) {
  const ast::Path* path = argument.value->path.get();
  if (argument.value->kind != ast::Value::Kind::Path || path == nullptr) return nullptr;
  const bool has_keys = std::any_of(path->fields.begin(), path->fields.end(),
                                    [](const ast::Field& field) { return !field.keys.empty(); });
  return has_keys ? nullptr : path;
}

/// The path of which the argument is ParseJSON().
const ast::Path* parsed_path(const ast::Argument& argument) {
  const ast::Call* call = argument.value->call.get();
  if (argument.value->kind != ast::Value::Kind::Converter || call == nullptr ||
      call->name != "ParseJSON" || !call->keys.empty() || !has_parameters(*call, {"target"}))
    return nullptr;
  return call->arguments[0].value->path.get();
}

}  // namespace

std::unique_ptr<FlatJson> FlatJson::make(const ast::Statement& merge, const ast::Statement& flatten,
                                         Compiler& compiler) {
  if (merge.editor.name != "merge_maps" || flatten.editor.name != "flatten" ||
      flatten.where != nullptr)
    return nullptr;
  if (!has_parameters(merge.editor, {"target", "source", "strategy"}) ||
      !has_parameters(flatten.editor, {"target"}))
    return nullptr;
  const ast::Path* merged = plain_path(merge.editor.arguments[0]);
  const ast::Path* text = parsed_path(merge.editor.arguments[1]);
  const ast::Value& strategy = *merge.editor.arguments[2].value;
  const ast::Path* flattened = plain_path(flatten.editor.arguments[0]);
  if (merged == nullptr || text == nullptr || flattened == nullptr ||
      strategy.kind != ast::Value::Kind::String || strategy.text != "upsert" ||
      merged->text() != flattened->text())
    return nullptr;
  auto flat = std::make_unique<FlatJson>();
  flat->attributes_ = compiler.path(*merged).value();
  flat->text_ = compiler.path(*text).value();
  return flat;
}

bool FlatJson::apply(Frame& frame) {
  Attributes* attributes = attributes_->attributes(frame);
  if (attributes == nullptr) return false;
  const Value text = text_->eval(frame);
  if (frame.failed()) frame.error = {};  // the editor will say it again
  return text.kind == Kind::String && flattener_.append(text.view(), *frame.arena, *attributes);
}

}  // namespace sluice::ottl

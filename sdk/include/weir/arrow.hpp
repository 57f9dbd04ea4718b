// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A Batch as the two structs of the Arrow C Data Interface, and back. Authors do not need this.

#include <array>
#include <charconv>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "abi.h"
#include "batch.hpp"

namespace weir {

/// A weir_batch that releases itself.
class OwnedBatch {
 public:
  OwnedBatch() { raw_.size = sizeof raw_; }
  /// Takes what `from` owns and leaves it released.
  explicit OwnedBatch(weir_batch& from) : OwnedBatch() {
    raw_.port = from.port;
    // A plugin of ABI 1.0 or 1.1 gave a smaller struct.
    if (from.size >= offsetof(weir_batch, token) + sizeof from.token) raw_.token = from.token;
    raw_.schema = std::exchange(from.schema, {});
    raw_.array = std::exchange(from.array, {});
  }
  OwnedBatch(const OwnedBatch&) = delete;
  OwnedBatch& operator=(const OwnedBatch&) = delete;
  OwnedBatch(OwnedBatch&& other) noexcept : OwnedBatch(other.raw_) {}
  OwnedBatch& operator=(OwnedBatch&& other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~OwnedBatch() {
    if (raw_.schema.release != nullptr) raw_.schema.release(&raw_.schema);
    if (raw_.array.release != nullptr) raw_.array.release(&raw_.array);
  }

  [[nodiscard]] weir_batch* get() { return &raw_; }
  [[nodiscard]] const weir_batch& raw() const { return raw_; }

 private:
  weir_batch raw_{};
};

namespace detail {

inline void append_i32(std::string& out, std::size_t value) {
  const auto narrow = static_cast<std::int32_t>(value);
  std::array<char, sizeof narrow> bytes{};
  std::memcpy(bytes.data(), &narrow, sizeof narrow);
  out.append(bytes.data(), bytes.size());
}

/// Arrow's metadata: int32 count, then length-prefixed keys and values.
inline std::string encode_metadata(const std::map<std::string, std::string>& pairs) {
  if (pairs.empty()) return {};
  std::string out;
  append_i32(out, pairs.size());
  for (const auto& [key, value] : pairs) {
    append_i32(out, key.size());
    out += key;
    append_i32(out, value.size());
    out += value;
  }
  return out;
}

/// The format gives no total length, so the sizes can only be checked for sign and a sane bound.
inline std::map<std::string, std::string> decode_metadata(const char* bytes) {
  std::map<std::string, std::string> pairs;
  if (bytes == nullptr) return pairs;
  const auto next = [&bytes](std::int32_t most, const char* what) {
    std::int32_t value = 0;
    std::memcpy(&value, bytes, sizeof value);
    bytes += sizeof value;
    if (value < 0 || value > most) throw Error(std::string("malformed column metadata: ") + what);
    return static_cast<std::size_t>(value);
  };
  constexpr std::int32_t most_text = 1 << 20;
  const std::size_t count = next(1024, "more than 1024 entries");
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t key_size = next(most_text, "a key of more than 1 MiB");
    std::string key(bytes, key_size);
    bytes += key_size;
    const std::size_t value_size = next(most_text, "a value of more than 1 MiB");
    pairs.insert_or_assign(std::move(key), std::string(bytes, value_size));
    bytes += value_size;
  }
  return pairs;
}

inline std::string number_text(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

inline double take_number(std::map<std::string, std::string>& pairs, const char* key,
                          double otherwise) {
  const auto at = pairs.find(key);
  if (at == pairs.end()) return otherwise;
  double value = 0;
  const char* end = at->second.data() + at->second.size();
  const auto [stop, error] = std::from_chars(at->second.data(), end, value);
  if (error != std::errc{} || stop != end || !std::isfinite(value)) {
    throw Error(std::string("malformed column metadata: ") + key + " = '" + at->second +
                "' is no number");
  }
  pairs.erase(at);
  return value;
}

inline std::string take_text(std::map<std::string, std::string>& pairs, const char* key) {
  auto node = pairs.extract(key);
  return node.empty() ? std::string{} : std::move(node.mapped());
}

[[nodiscard]] inline const char* format_of(Type type) {
  constexpr std::array<const char*, 5> formats{"tsn:UTC", "g", "l", "b", "u"};
  return formats[static_cast<std::size_t>(type)];
}

inline ColumnInfo import_info(const ArrowSchema& schema) {
  ColumnInfo info;
  info.name = schema.name == nullptr ? "" : schema.name;
  if (info.name.empty()) throw Error("malformed batch: a column has no name");
  const std::string_view format = schema.format == nullptr ? "" : schema.format;
  if (format == "tsn:UTC") {
    info.type = Type::timestamp;
  } else if (format == "g") {
    info.type = Type::float64;
  } else if (format == "l") {
    info.type = Type::int64;
  } else if (format == "b") {
    info.type = Type::boolean;
  } else if (format == "u") {
    info.type = Type::utf8;
  } else {
    throw Error("malformed batch: column '" + info.name + "' has format '" + std::string(format) +
                "'; known are tsn:UTC, g, l, b, u");
  }
  if (schema.dictionary != nullptr || schema.n_children != 0) {
    throw Error("malformed batch: column '" + info.name + "' is nested or has a dictionary");
  }
  info.metadata = decode_metadata(schema.metadata);
  const std::string role = take_text(info.metadata, "weir.role");
  if (role == "time") {
    info.role = Role::time;
  } else if (role == "tag") {
    info.role = Role::tag;
  } else if (role == "field" || role.empty()) {
    info.role = role.empty() && info.type == Type::timestamp ? Role::time : Role::field;
  } else {
    throw Error("malformed batch: column '" + info.name + "' has role '" + role +
                "'; known are time, tag, field");
  }
  info.unit = take_text(info.metadata, "weir.unit");
  info.scale = take_number(info.metadata, "weir.scale", 1);
  info.offset = take_number(info.metadata, "weir.offset", 0);
  return info;
}

inline void check_offsets(const Column::Buffers& buffers, const std::string& name) {
  const std::int32_t* at = buffers.offsets + buffers.first;
  if (at[0] < 0) throw Error("malformed batch: column '" + name + "' has a negative text offset");
  for (std::size_t row = 0; row < buffers.length; ++row) {
    if (at[row + 1] < at[row]) {
      throw Error("malformed batch: column '" + name + "', row " + std::to_string(row) +
                  ": text offsets go back");
    }
  }
}

/// Of a "+s" array, which may have a validity bitmap of its own.
inline bool has_null_rows(const ArrowArray& array) {
  if (array.null_count >= 0) return array.null_count > 0;
  if (array.n_buffers < 1 || array.buffers == nullptr || array.buffers[0] == nullptr) return false;
  const auto* validity = static_cast<const std::uint8_t*>(array.buffers[0]);
  for (std::int64_t row = 0; row < array.length; ++row) {
    if (!bit(validity, static_cast<std::size_t>(array.offset + row))) return true;
  }
  return false;
}

inline Column::Buffers import_buffers(const ArrowArray& array, const ColumnInfo& info,
                                      std::size_t skip, std::size_t rows,
                                      const std::shared_ptr<const void>& owner) {
  const auto malformed = [&info](const char* what) {
    return Error("malformed batch: column '" + info.name + "' " + what);
  };
  if (array.release == nullptr) throw malformed("has been released");
  if (array.length < 0 || array.offset < 0) throw malformed("has a negative length or offset");
  if (static_cast<std::size_t>(array.length) < skip + rows)
    throw malformed("is shorter than the batch");
  if (array.n_buffers != (info.type == Type::utf8 ? 3 : 2) || array.buffers == nullptr) {
    throw malformed("has a wrong number of buffers");
  }
  Column::Buffers buffers;
  buffers.owner = owner;
  buffers.first = static_cast<std::size_t>(array.offset) + skip;
  buffers.length = rows;
  buffers.validity =
      array.null_count == 0 ? nullptr : static_cast<const std::uint8_t*>(array.buffers[0]);
  if (buffers.validity == nullptr && array.null_count > 0)
    throw malformed("counts nulls but has no validity bitmap");
  static constexpr std::array<std::int32_t, 1> no_offsets{};
  if (info.type != Type::utf8) {
    buffers.values = array.buffers[1];
    if (rows > 0 && buffers.values == nullptr) throw malformed("has no values");
    return buffers;
  }
  buffers.offsets = static_cast<const std::int32_t*>(array.buffers[1]);
  buffers.values = array.buffers[2];
  if (rows == 0) {
    buffers.offsets = no_offsets.data();
    buffers.first = 0;
    return buffers;
  }
  if (buffers.offsets == nullptr) throw malformed("has no text offsets");
  check_offsets(buffers, info.name);
  if (buffers.values == nullptr && buffers.offsets[buffers.first + rows] != 0)
    throw malformed("has no text");
  return buffers;
}

/// What an exported schema or array points to; freed by its release.
struct ExportedSchema {
  std::string name;
  std::string metadata;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> pointers;
};
struct ExportedArray {
  std::shared_ptr<const void> owner;
  std::array<const void*, 3> buffers{};
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> pointers;
};

template <class Struct, class Private>
void release_exported(Struct* exported) {
  auto* own = static_cast<Private*>(exported->private_data);
  for (Struct& child : own->children) {
    if (child.release != nullptr) child.release(&child);
  }
  delete own;
  exported->release = nullptr;
}

inline void export_schema(const ColumnInfo& info, ArrowSchema& out) {
  auto own = std::make_unique<ExportedSchema>();
  own->name = info.name;
  std::map<std::string, std::string> pairs = info.metadata;
  constexpr std::array<const char*, 3> roles{"time", "tag", "field"};
  pairs["weir.role"] = roles[static_cast<std::size_t>(info.role)];
  if (!info.unit.empty()) pairs["weir.unit"] = info.unit;
  if (info.scale != 1) pairs["weir.scale"] = number_text(info.scale);
  if (info.offset != 0) pairs["weir.offset"] = number_text(info.offset);
  own->metadata = encode_metadata(pairs);
  out = {};
  out.format = format_of(info.type);
  out.flags = info.role == Role::time ? 0 : ARROW_FLAG_NULLABLE;
  out.name = own->name.c_str();
  out.metadata = own->metadata.data();
  out.release = release_exported<ArrowSchema, ExportedSchema>;
  out.private_data = own.release();
}

inline void export_array(const Column& column, ArrowArray& out) {
  auto own = std::make_unique<ExportedArray>();
  const Column::Buffers& from = column.buffers();
  own->owner = from.owner;
  const bool text = column.type() == Type::utf8;
  own->buffers = {from.validity, text ? from.offsets : from.values, text ? from.values : nullptr};
  out = {};
  out.length = static_cast<std::int64_t>(from.length);
  out.offset = static_cast<std::int64_t>(from.first);
  out.null_count = from.validity == nullptr ? 0 : -1;
  out.n_buffers = text ? 3 : 2;
  out.buffers = own->buffers.data();
  out.release = release_exported<ArrowArray, ExportedArray>;
  out.private_data = own.release();
}

template <class Struct, class Private>
void attach_children(Struct& parent, std::unique_ptr<Private> own) {
  for (Struct& child : own->children) own->pointers.push_back(&child);
  parent.n_children = static_cast<std::int64_t>(own->children.size());
  parent.children = own->pointers.data();
  parent.release = release_exported<Struct, Private>;
  parent.private_data = own.release();
}

}  // namespace detail

/// Moves a batch into C structs. `port` as in weir_batch.
[[nodiscard]] inline OwnedBatch export_batch(const Batch& batch, std::uint32_t port) {
  auto schema = std::make_unique<detail::ExportedSchema>();
  auto array = std::make_unique<detail::ExportedArray>();
  schema->name = batch.measurement();
  schema->children.resize(batch.columns().size());
  array->children.resize(batch.columns().size());
  for (std::size_t i = 0; i < batch.columns().size(); ++i) {
    detail::export_schema(batch.columns()[i].info(), schema->children[i]);
    detail::export_array(batch.columns()[i], array->children[i]);
  }
  OwnedBatch out;
  weir_batch& raw = *out.get();
  raw.port = port;
  raw.schema.format = "+s";
  raw.schema.name = schema->name.c_str();
  detail::attach_children(raw.schema, std::move(schema));
  raw.array.length = static_cast<std::int64_t>(batch.rows());
  raw.array.n_buffers = 1;
  raw.array.buffers = array->buffers.data();
  detail::attach_children(raw.array, std::move(array));
  return out;
}

/// Takes a batch over from C structs and checks all that can be checked without reading the values
/// (except text offsets, which are read). Throws Error on a malformed one; it is released either
/// way.
[[nodiscard]] inline Batch import_batch(OwnedBatch from) {
  auto owner = std::make_shared<OwnedBatch>(std::move(from));
  const ArrowSchema& schema = owner->raw().schema;
  const ArrowArray& array = owner->raw().array;
  if (schema.release == nullptr || array.release == nullptr)
    throw Error("malformed batch: it has been released");
  if (schema.format == nullptr || std::string_view(schema.format) != "+s") {
    throw Error("malformed batch: the top format is not +s");
  }
  if (schema.name == nullptr || *schema.name == '\0')
    throw Error("malformed batch: no measurement name");
  if (schema.n_children != array.n_children || schema.n_children < 1 || schema.n_children > 65536 ||
      schema.children == nullptr || array.children == nullptr) {
    throw Error("malformed batch: schema and array differ in their columns, or have none");
  }
  if (array.length < 0 || array.offset < 0)
    throw Error("malformed batch: negative length or offset");
  if (detail::has_null_rows(array)) throw Error("malformed batch: whole rows are null");
  std::vector<Column> columns;
  columns.reserve(static_cast<std::size_t>(schema.n_children));
  for (std::int64_t i = 0; i < schema.n_children; ++i) {
    if (schema.children[i] == nullptr || array.children[i] == nullptr) {
      throw Error("malformed batch: column " + std::to_string(i) + " is missing");
    }
    auto info = std::make_shared<const ColumnInfo>(detail::import_info(*schema.children[i]));
    auto buffers =
        detail::import_buffers(*array.children[i], *info, static_cast<std::size_t>(array.offset),
                               static_cast<std::size_t>(array.length), owner);
    columns.emplace_back(std::move(info), std::move(buffers));
  }
  return {schema.name, std::move(columns)};
}

}  // namespace weir

// SPDX-License-Identifier: Apache-2.0
#include "core/wire/batch_bytes.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "weir/error.hpp"

namespace weir::core {
namespace {

static_assert(std::endian::native == std::endian::little, "buffers are copied as they lie");

constexpr std::uint32_t magic = 0x54414257;  // "WBAT"
constexpr std::uint16_t version = 1;
constexpr std::uint32_t max_columns = 65536;  // as import_batch takes
constexpr std::size_t alignment = 8;
constexpr std::size_t header_size = 32;
constexpr std::size_t column_size = 40;

constexpr std::size_t padded(std::size_t size) {
  return (size + alignment - 1) / alignment * alignment;
}
constexpr std::size_t bitmap_size(std::size_t rows) { return rows / 8 + (rows % 8 != 0 ? 1 : 0); }

/// The part of a text column's bytes that its rows use.
std::pair<std::int32_t, std::size_t> text_range(const Column& column) {
  const Column::Buffers& from = column.buffers();
  if (from.length == 0 || from.offsets == nullptr) return {0, 0};
  const std::int32_t* at = from.offsets + from.first;
  return {at[0], static_cast<std::size_t>(at[from.length] - at[0])};
}

std::size_t values_size(Type type, std::size_t rows) {
  return type == Type::boolean ? bitmap_size(rows) : rows * sizeof(double);
}

// ---- to bytes ----

class Writer {
 public:
  explicit Writer(std::span<std::byte> to) : to_(to) {}

  template <class Value>
  void put(Value value) {
    put_bytes(&value, sizeof value);
  }
  void put_size(std::size_t size) { put(static_cast<std::uint32_t>(size)); }
  void put_text(std::string_view text) { put_bytes(text.data(), text.size()); }
  void put_bytes(const void* from, std::size_t size) {
    if (size > 0) std::memcpy(take(size), from, size);
  }
  void pad() {
    const std::size_t size = padded(at_) - at_;
    std::memset(take(size), 0, size);
  }
  [[nodiscard]] std::byte* take(std::size_t size) {
    std::byte* place = to_.data() + at_;
    if (size > to_.size() - at_) throw Error("a batch does not fit into the bytes given for it");
    at_ += size;
    return place;
  }

 private:
  std::span<std::byte> to_;
  std::size_t at_ = 0;
};

/// Bits [first, first + count), from bit 0 on, what lies behind them zero.
void put_bits(Writer& out, const void* bits, std::size_t first, std::size_t count) {
  const std::size_t size = bitmap_size(count);
  if (size == 0) return;
  auto* to = reinterpret_cast<std::uint8_t*>(out.take(size));
  const auto* from = static_cast<const std::uint8_t*>(bits) + first / 8;
  const auto shift = static_cast<unsigned>(first % 8);
  if (shift == 0) {
    std::memcpy(to, from, size);
  } else {
    const std::size_t last = (first % 8 + count - 1) / 8;  // of the bytes that may be read
    for (std::size_t i = 0; i < size; ++i) {
      const unsigned high = i + 1 <= last ? from[i + 1] : 0U;
      to[i] = static_cast<std::uint8_t>((from[i] >> shift) | (high << (8 - shift)));
    }
  }
  if (count % 8 != 0)
    to[size - 1] = static_cast<std::uint8_t>(to[size - 1] & ((1U << count % 8) - 1));
}

void put_offsets(Writer& out, const Column& column) {
  const Column::Buffers& from = column.buffers();
  const std::size_t size = (from.length + 1) * sizeof(std::int32_t);
  std::byte* to = out.take(size);
  const std::int32_t base = text_range(column).first;
  if (from.length == 0 || base == 0) {
    constexpr std::int32_t zero = 0;
    std::memcpy(to, from.length == 0 ? &zero : from.offsets + from.first, size);
    return;
  }
  for (std::size_t i = 0; i <= from.length; ++i) {
    const std::int32_t offset = from.offsets[from.first + i] - base;
    std::memcpy(to + i * sizeof offset, &offset, sizeof offset);
  }
}

void put_info(Writer& out, const Column& column) {
  const ColumnInfo& info = column.info();
  out.put(static_cast<std::uint8_t>(info.type));
  out.put(static_cast<std::uint8_t>(info.role));
  out.put(static_cast<std::uint8_t>(column.buffers().validity != nullptr ? 1 : 0));
  out.put(std::uint8_t{0});
  out.put_size(info.name.size());
  out.put_size(info.unit.size());
  out.put_size(info.metadata.size());
  out.put(info.scale);
  out.put(info.offset);
  out.put(std::uint64_t{info.type == Type::utf8 ? text_range(column).second : 0});
  out.put_text(info.name);
  out.put_text(info.unit);
  for (const auto& [key, value] : info.metadata) {
    out.put_size(key.size());
    out.put_size(value.size());
    out.put_text(key);
    out.put_text(value);
  }
}

void put_buffers(Writer& out, const Column& column) {
  const Column::Buffers& from = column.buffers();
  if (from.validity != nullptr) {
    put_bits(out, from.validity, from.first, from.length);
    out.pad();
  }
  switch (column.type()) {
    case Type::boolean:
      put_bits(out, from.values, from.first, from.length);
      break;
    case Type::utf8: {
      put_offsets(out, column);
      out.pad();
      const auto [begin, size] = text_range(column);
      if (size > 0) out.put_bytes(static_cast<const char*>(from.values) + begin, size);
      break;
    }
    default:
      if (from.length > 0) {
        out.put_bytes(static_cast<const double*>(from.values) + from.first,
                      from.length * sizeof(double));
      }
      break;
  }
  out.pad();
}

std::size_t info_size(const ColumnInfo& info) {
  std::size_t size = column_size + info.name.size() + info.unit.size();
  for (const auto& [key, value] : info.metadata) size += 8 + key.size() + value.size();
  return size;
}

std::size_t buffers_size(const Column& column) {
  const std::size_t rows = column.size();
  const std::size_t validity = column.buffers().validity != nullptr ? padded(bitmap_size(rows)) : 0;
  if (column.type() != Type::utf8) return validity + padded(values_size(column.type(), rows));
  return validity + padded((rows + 1) * sizeof(std::int32_t)) + padded(text_range(column).second);
}

// ---- from bytes ----

class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <class Value>
  [[nodiscard]] Value get(const char* what) {
    Value value{};
    std::memcpy(&value, take(sizeof value, what), sizeof value);
    return value;
  }
  [[nodiscard]] std::string text(std::size_t size, const char* what) {
    const auto* from = reinterpret_cast<const char*>(take(size, what));
    return {from, size};
  }
  [[nodiscard]] const std::byte* take(std::size_t size, const char* what) {
    if (size > bytes_.size() - at_) {
      throw Error("damaged batch: at byte " + std::to_string(at_) + " " + what + " needs " +
                  std::to_string(size) + " bytes, " + std::to_string(bytes_.size() - at_) +
                  " are left");
    }
    const std::byte* place = bytes_.data() + at_;
    at_ += size;
    return place;
  }
  [[nodiscard]] const std::byte* take_padded(std::size_t size, const char* what) {
    const std::byte* place = take(size, what);
    align(what);
    return place;
  }
  void align(const char* what) { (void)take(padded(at_) - at_, what); }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
};

[[noreturn]] void damaged(const std::string& what) { throw Error("damaged batch: " + what); }

struct ReadInfo {
  std::shared_ptr<const ColumnInfo> info;
  bool nulls = false;
  std::uint64_t text = 0;
};

std::string read_name(Reader& in, std::size_t size) { return in.text(size, "a column's name"); }

ReadInfo read_info(Reader& in) {
  ReadInfo read;
  ColumnInfo info;
  const auto type = in.get<std::uint8_t>("a column's type");
  const auto role = in.get<std::uint8_t>("a column's role");
  const auto nulls = in.get<std::uint8_t>("a column's flags");
  const auto zero = in.get<std::uint8_t>("a column's flags");
  if (type > static_cast<std::uint8_t>(Type::utf8) ||
      role > static_cast<std::uint8_t>(Role::field) || nulls > 1 || zero != 0) {
    damaged("a column has type " + std::to_string(type) + ", role " + std::to_string(role) +
            ", flags " + std::to_string(nulls) + "; that is none that is known");
  }
  const auto name = in.get<std::uint32_t>("a column's name");
  const auto unit = in.get<std::uint32_t>("a column's unit");
  const auto entries = in.get<std::uint32_t>("a column's metadata");
  info.type = static_cast<Type>(type);
  info.role = static_cast<Role>(role);
  info.scale = in.get<double>("a column's scale");
  info.offset = in.get<double>("a column's offset");
  read.nulls = nulls == 1;
  read.text = in.get<std::uint64_t>("a column's text");
  info.name = read_name(in, name);
  info.unit = in.text(unit, "a column's unit");
  if (!std::isfinite(info.scale) || !std::isfinite(info.offset))
    damaged("the scale of a column is no number");
  if (read.text != 0 && info.type != Type::utf8) damaged("a column without text counts text");
  for (std::uint32_t i = 0; i < entries; ++i) {
    const auto key_size = in.get<std::uint32_t>("a column's metadata");
    const auto value_size = in.get<std::uint32_t>("a column's metadata");
    std::string key = in.text(key_size, "a column's metadata");
    info.metadata.insert_or_assign(std::move(key), in.text(value_size, "a column's metadata"));
  }
  read.info = std::make_shared<const ColumnInfo>(std::move(info));
  return read;
}

/// All rows' texts lie one after the other, from the first byte to the last.
void check_offsets(const std::int32_t* offsets, std::size_t rows, std::uint64_t text) {
  // One pass without a branch for each row; which row it is does not matter, for all is refused.
  std::int32_t backward = 0;
  for (std::size_t row = 0; row < rows; ++row)
    backward |= static_cast<std::int32_t>(offsets[row + 1] < offsets[row]);
  if (offsets[0] != 0 || backward != 0 || static_cast<std::uint64_t>(offsets[rows]) != text)
    damaged("the offsets of a text column do not fit its text");
}

Column read_buffers(Reader& in, const ReadInfo& read, std::size_t rows,
                    const std::shared_ptr<const void>& owner) {
  Column::Buffers buffers;
  buffers.owner = owner;
  buffers.length = rows;
  if (read.nulls) {
    buffers.validity = reinterpret_cast<const std::uint8_t*>(
        in.take_padded(bitmap_size(rows), "a column's nulls"));
  }
  if (read.info->type == Type::utf8) {
    buffers.offsets = reinterpret_cast<const std::int32_t*>(
        in.take_padded((rows + 1) * sizeof(std::int32_t), "a column's text offsets"));
    check_offsets(buffers.offsets, rows, read.text);
    buffers.values = in.take_padded(static_cast<std::size_t>(read.text), "a column's text");
  } else {
    buffers.values = in.take_padded(values_size(read.info->type, rows), "a column's values");
  }
  return {read.info, std::move(buffers)};
}

/// Size and count that the bytes can hold, before anything is multiplied or allocated.
std::uint32_t read_header(Reader& in, std::size_t size, std::size_t& rows) {
  if (in.get<std::uint32_t>("the magic") != magic) damaged("it does not begin with WBAT");
  const auto found = in.get<std::uint16_t>("the version");
  if (found != version)
    throw Error("a batch is stored in version " + std::to_string(found) +
                "; this weir reads version " + std::to_string(version) +
                ": use the weir that wrote it");
  if (in.get<std::uint16_t>("the header") != 0) damaged("its header is not as it was written");
  const auto whole = in.get<std::uint64_t>("the size");
  if (whole != size)
    damaged("it says that it has " + std::to_string(whole) + " bytes, there are " +
            std::to_string(size));
  const auto count = in.get<std::uint64_t>("the rows");
  const auto columns = in.get<std::uint32_t>("the columns");
  if (columns > max_columns || columns > size / column_size || (columns == 0 && count != 0) ||
      count / 8 > size) {
    damaged("it cannot hold " + std::to_string(count) + " rows of " + std::to_string(columns) +
            " columns");
  }
  rows = static_cast<std::size_t>(count);
  return columns;
}

}  // namespace

std::size_t encoded_size(const Batch& batch) {
  std::size_t size = header_size + batch.measurement().size();
  for (const Column& column : batch.columns()) size += info_size(column.info());
  size = padded(size);
  for (const Column& column : batch.columns()) size += buffers_size(column);
  return size;
}

void encode_into(const Batch& batch, std::span<std::byte> to) {
  Writer out(to);
  out.put(magic);
  out.put(version);
  out.put(std::uint16_t{0});
  out.put(std::uint64_t{to.size()});
  out.put(std::uint64_t{batch.rows()});
  out.put_size(batch.columns().size());
  out.put_size(batch.measurement().size());
  out.put_text(batch.measurement());
  for (const Column& column : batch.columns()) put_info(out, column);
  out.pad();
  for (const Column& column : batch.columns()) put_buffers(out, column);
}

std::vector<std::byte> encode(const Batch& batch) {
  std::vector<std::byte> bytes(encoded_size(batch));
  encode_into(batch, bytes);
  return bytes;
}

Batch decode(std::span<const std::byte> bytes) {
  // Of 64-bit words, so that every buffer is aligned.
  auto copy =
      std::make_shared<std::vector<std::uint64_t>>(padded(bytes.size()) / sizeof(std::uint64_t));
  if (!bytes.empty()) std::memcpy(copy->data(), bytes.data(), bytes.size());
  const auto* begin = reinterpret_cast<const std::byte*>(copy->data());
  return decode_in_place({begin, bytes.size()}, std::move(copy));
}

Batch decode_in_place(std::span<const std::byte> bytes, std::shared_ptr<const void> owner) {
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignment != 0)
    throw Error("the bytes of a batch do not begin at a multiple of 8");
  Reader in(bytes);
  std::size_t rows = 0;
  const std::uint32_t count = read_header(in, bytes.size(), rows);
  std::string measurement = in.text(in.get<std::uint32_t>("the measurement"), "the measurement");
  std::vector<ReadInfo> infos;
  infos.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) infos.push_back(read_info(in));
  in.align("the columns");
  std::vector<Column> columns;
  columns.reserve(count);
  for (const ReadInfo& info : infos) columns.push_back(read_buffers(in, info, rows, owner));
  if (in.left() != 0) damaged(std::to_string(in.left()) + " bytes are left over");
  if (columns.empty()) return {};
  return {std::move(measurement), std::move(columns)};
}

}  // namespace weir::core

// SPDX-License-Identifier: Apache-2.0
#include "core/isolation/model_protocol.hpp"

#include <cstring>
#include <limits>

#include "core/isolation/packing.hpp"

namespace weir::core::isolation {
namespace {

/// Of a table; no more than can be asked of Reader::array.
std::uint64_t cells(std::uint64_t rows, std::uint32_t columns) {
  if (columns != 0 && rows > std::numeric_limits<std::uint64_t>::max() / columns)
    throw Error("malformed message: a table is too large");
  return rows * columns;
}

template <class Number>
const Number* array(Reader& in, std::uint64_t count) {
  return in.array<Number>(count).data();
}

template <class Stream, class Set>
void pass_head(Stream& stream, Set& set) {
  stream.pass(set.rows, set.train_count, set.validation_count, set.segment_count, set.step,
              set.seed, set.season, set.features, set.target_count, set.sequence_length,
              set.horizon);
}

template <class Stream, class Window>
void pass_window_head(Stream& stream, Window& window) {
  stream.pass(window.rows, window.step, window.features, window.sequence_length, window.horizon,
              window.target_count);
}

template <class Stream, class Epoch>
void pass_epoch(Stream& stream, Epoch& epoch) {
  stream.pass(epoch.epoch, epoch.epochs, epoch.loss, epoch.validation_loss, epoch.best_loss);
}

}  // namespace

// What takes eight bytes a number comes first, so that each array lies at its place.
Bytes encode(const CallRequest& head, const weir_training_set& set) {
  Writer out(encode(head), (set.rows * (set.features + 1) + set.train_count + set.validation_count +
                            set.segment_count) *
                               sizeof(double));
  pass_head(out, set);
  out.put_array(set.values, set.rows * set.features);
  out.put_array(set.times, set.rows);
  out.put_array(set.scale, set.features);
  out.put_array(set.offset, set.features);
  out.put_array(set.train, set.train_count);
  out.put_array(set.validation, set.validation_count);
  out.put_array(set.segments, set.segment_count);
  out.put_array(set.targets, set.target_count);
  for (std::uint32_t i = 0; i < set.features; ++i) out.put_text(set.feature_names[i]);
  return out.take();
}

TrainingSetInPlace::TrainingSetInPlace(View bytes) {
  Reader in(bytes);
  set_.size = sizeof set_;
  pass_head(in, set_);
  set_.values = array<double>(in, cells(set_.rows, set_.features));
  set_.times = array<std::int64_t>(in, set_.rows);
  set_.scale = array<double>(in, set_.features);
  set_.offset = array<double>(in, set_.features);
  set_.train = array<std::uint64_t>(in, set_.train_count);
  set_.validation = array<std::uint64_t>(in, set_.validation_count);
  set_.segments = array<std::uint64_t>(in, set_.segment_count);
  set_.targets = array<std::uint32_t>(in, set_.target_count);
  for (std::uint32_t i = 0; i < set_.features; ++i) names_.push_back(in.text());
  for (const std::string& name : names_) name_pointers_.push_back(name.c_str());
  set_.feature_names = name_pointers_.data();
  in.end();
}

Bytes encode(const CallRequest& head, const weir_window& window) {
  Writer out(encode(head), window.rows * (window.features + 1) * sizeof(double));
  pass_window_head(out, window);
  out.put_array(window.values, window.rows * window.features);
  out.put_array(window.times, window.rows);
  return out.take();
}

weir_window decode_window(View bytes) {
  Reader in(bytes);
  weir_window window{};
  window.size = sizeof window;
  pass_window_head(in, window);
  window.values = array<double>(in, cells(window.rows, window.features));
  window.times = array<std::int64_t>(in, window.rows);
  in.end();
  return window;
}

std::string forecast_bytes(const std::vector<double>& forecast) {
  return {reinterpret_cast<const char*>(forecast.data()), forecast.size() * sizeof(double)};
}

std::vector<double> decode_forecast(std::string_view bytes, std::size_t count) {
  if (bytes.size() != count * sizeof(double))
    throw Error("malformed message: a forecast has another length");
  std::vector<double> forecast(count);
  if (count > 0) std::memcpy(forecast.data(), bytes.data(), bytes.size());
  return forecast;
}

Bytes encode(const weir_epoch& epoch) {
  Writer out;
  pass_epoch(out, epoch);
  return out.take();
}

weir_epoch decode_epoch(View bytes) {
  Reader in(bytes);
  weir_epoch epoch{};
  epoch.size = sizeof epoch;
  pass_epoch(in, epoch);
  in.end();
  return epoch;
}

Bytes encode_go_on(bool go_on) {
  Writer out;
  out.put(static_cast<std::uint8_t>(go_on ? 1 : 0));
  return out.take();
}

bool decode_go_on(View bytes) {
  Reader in(bytes);
  const bool go_on = in.boolean();
  in.end();
  return go_on;
}

Bytes encode(const FindModelRequest& request) {
  Writer out;
  out.put_text(request.plugin);
  out.put_text(request.options);
  return out.take();
}

FindModelRequest decode_find_model(View bytes) {
  Reader in(bytes);
  FindModelRequest request;
  request.plugin = in.text();
  request.options = in.text();
  in.end();
  return request;
}

}  // namespace weir::core::isolation

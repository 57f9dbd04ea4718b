// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/forecast/model_node.hpp"
#include "fake_models.hpp"
#include "weir/testing.hpp"

namespace weir::core::fakes {

/// A host and an emitter that keep what they are told.
class ModelNodeTest : public ::testing::Test, public Emitter {
 protected:
  ModelNodeTest() {
    host_.size = sizeof host_;
    host_.self = this;
    host_.now = [](void* self) -> std::int64_t { return static_cast<ModelNodeTest*>(self)->now_; };
    host_.monotonic = host_.now;
    host_.stopping = [](void*) -> std::int32_t { return 0; };
    host_.query = [](void*, const char*) -> const void* { return nullptr; };
    host_.log = [](void* self, std::int32_t, const char* text, std::size_t length) {
      static_cast<ModelNodeTest*>(self)->logs_.emplace_back(text, length);
    };
    host_.count = [](void*, const char*, std::uint64_t) {};
    node_.name = "lstm";
    node_.type = detail::Adapter<fakes::Ramp>::type();
    set("target", OptionValue::List{{std::string("v")}});
    set("sequence_length", std::int64_t{4});
    set("horizon", std::int64_t{3});
  }

  void set(const std::string& name, decltype(OptionValue::value) value) {
    std::erase_if(node_.options, [&](const auto& option) { return option.name == name; });
    node_.options.push_back({name, OptionValue{std::move(value)}});
  }
  std::unique_ptr<NodeInstance> open() {
    auto made = create_model_node(node_, host_, {}, {});
    made->open();
    return made;
  }
  static Batch ramp(std::int64_t first, std::int64_t rows) {
    BatchBuilder builder("grid");
    builder.add({.name = "v",
                 .unit = "ms",
                 .metadata = {{"weir.field", "rtt"}, {"weir.tags", "target=a"}}});
    for (std::int64_t row = first; row < first + rows; ++row) {
      builder.row(row * 1'000'000'000).set(BatchBuilder::Key{1}, static_cast<double>(row));
    }
    return builder.build();
  }
  void emit(std::uint32_t port, Batch batch) override {
    emitted_[port].push_back(std::move(batch));
  }
  void wake_at(Timestamp) override {}

  [[nodiscard]] bool logged(const std::string& part) const {
    return std::any_of(logs_.begin(), logs_.end(), [&](const std::string& line) {
      return line.find(part) != std::string::npos;
    });
  }

  std::int64_t now_ = 1'000'000'000'000;
  weir_host host_{};
  GraphNode node_;
  std::map<std::uint32_t, std::vector<Batch>> emitted_;
  std::vector<std::string> logs_;
};

}  // namespace weir::core::fakes

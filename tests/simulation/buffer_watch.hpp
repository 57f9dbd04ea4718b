// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The two nodes of a disk buffer, each with somebody who writes down what it does.

#include <functional>
#include <memory>

#include "core/plugin/node_instance.hpp"
#include "tests/simulation/buffer_ledger.hpp"

namespace weir::simulation {

/// `last_number`: of the record that was appended last. `power_is_off`: the disk's.
[[nodiscard]] std::unique_ptr<core::NodeInstance> watch_writer(
    std::unique_ptr<core::NodeInstance> writer, BufferLedger& ledger,
    std::function<std::uint64_t()> last_number, std::function<bool()> power_is_off);

/// `given`: told of each batch that it gives.
[[nodiscard]] std::unique_ptr<core::NodeInstance> watch_reader(
    std::unique_ptr<core::NodeInstance> reader, BufferLedger& ledger,
    std::function<void(const Batch&)> given);

}  // namespace weir::simulation

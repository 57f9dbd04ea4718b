// SPDX-License-Identifier: Apache-2.0
#include "gzip.hpp"

#include <libdeflate.h>

#include <new>
#include <vector>
#include <weir/error.hpp>

namespace weir::influx_sink {

struct Gzip::Parts {
  struct Free {
    void operator()(libdeflate_compressor* gone) const { libdeflate_free_compressor(gone); }
  };
  std::unique_ptr<libdeflate_compressor, Free> compressor{libdeflate_alloc_compressor(1)};
  std::vector<char> out;
};

Gzip::Gzip() : parts_(std::make_unique<Parts>()) {
  if (parts_->compressor == nullptr) throw std::bad_alloc();
}
Gzip::Gzip(Gzip&&) noexcept = default;
Gzip& Gzip::operator=(Gzip&&) noexcept = default;
Gzip::~Gzip() = default;

std::string_view Gzip::compress(std::string_view text) {
  const std::size_t most = libdeflate_gzip_compress_bound(parts_->compressor.get(), text.size());
  if (parts_->out.size() < most) parts_->out.resize(most);
  const std::size_t size = libdeflate_gzip_compress(parts_->compressor.get(), text.data(),
                                                    text.size(), parts_->out.data(), most);
  if (size == 0) throw Error("gzip failed on " + std::to_string(text.size()) + " bytes");
  return {parts_->out.data(), size};
}

}  // namespace weir::influx_sink

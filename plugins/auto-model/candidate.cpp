// SPDX-License-Identifier: Apache-2.0
#include "candidate.hpp"

namespace weir::auto_model {

std::unique_ptr<OtherModel> loaded(const Context& context, const std::string& plugin,
                                   const std::string& settings, std::string_view bytes) {
  auto model = std::make_unique<OtherModel>(context, plugin, settings);
  model->load(bytes);
  return model;
}

Relay::Relay(const Context& context, Progress& progress, Duration time_limit, std::size_t models)
    : context_(&context), progress_(&progress), time_limit_(time_limit), models_left_(models) {
  raw_.size = sizeof raw_;
  raw_.self = this;
  raw_.report = [](void* self, const weir_epoch* epoch) -> std::int32_t {
    return static_cast<Relay*>(self)->report(*epoch);
  };
}

void Relay::next() {
  before_ += now_;
  now_ = 0;
  out_of_time_ = false;
  begin_ = context_->monotonic();
  if (models_left_ > 0) --models_left_;
}

std::int32_t Relay::report(const weir_epoch& epoch) {
  now_ = epoch.epoch;
  weir_epoch all = epoch;
  all.size = sizeof all;
  all.epoch = before_ + epoch.epoch;
  // Every model to come takes at least one.
  all.epochs = before_ + epoch.epochs + models_left_;
  if (progress_->raw().report(progress_->raw().self, &all) == 0) stopped_ = true;
  out_of_time_ = context_->monotonic() - begin_ > time_limit_;
  return stopped_ || out_of_time_ ? 0 : 1;
}

}  // namespace weir::auto_model

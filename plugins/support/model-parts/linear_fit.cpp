// SPDX-License-Identifier: Apache-2.0
#include "linear_fit.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>

namespace weir::model_parts {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct LinearProblem::Standardised {
  MatrixXd x;        // samples x (width + 1); the last column is 1, for the intercept
  VectorXd mean;     // of the inputs
  VectorXd inverse;  // 1 / deviation; 0 where the input never changes
  MatrixXd gram;     // x' x / samples
};

namespace {

// Below this part of the mean residual a sample counts no more than one at it: the weights of the
// reweighted squares stay bounded.
constexpr double smallest_residual = 0.05;
constexpr int reweightings = 12;

MatrixXd gram_of(const MatrixXd& x) {
  MatrixXd gram = MatrixXd::Zero(x.cols(), x.cols());
  gram.selfadjointView<Eigen::Lower>().rankUpdate(x.transpose(),
                                                  1.0 / static_cast<double>(x.rows()));
  return gram;
}

// The intercept is not penalised, but for a touch that keeps the factorisation regular.
VectorXd solve(MatrixXd gram, const VectorXd& moments, double penalty) {
  const Eigen::Index width = gram.rows() - 1;
  gram.diagonal().head(width).array() += std::max(penalty, 1e-9);
  gram(width, width) += 1e-12;
  return gram.selfadjointView<Eigen::Lower>().ldlt().solve(moments);
}

}  // namespace

LinearProblem::LinearProblem(std::span<const double> inputs, std::size_t width)
    : parts_(std::make_unique<Standardised>()) {
  const auto columns = static_cast<Eigen::Index>(width);
  const auto samples = width == 0 ? 0 : static_cast<Eigen::Index>(inputs.size() / width);
  const Eigen::Map<const RowMajor> given(inputs.data(), samples, columns);
  parts_->mean = given.colwise().mean();
  parts_->x.resize(samples, columns + 1);
  parts_->x.leftCols(columns) = given.rowwise() - parts_->mean.transpose();
  parts_->x.col(columns).setOnes();
  parts_->inverse.resize(columns);
  for (Eigen::Index j = 0; j < columns; ++j) {
    const double deviation =
        std::sqrt(parts_->x.col(j).squaredNorm() / static_cast<double>(samples));
    const bool changes = deviation > 1e-12 * (1 + std::abs(parts_->mean(j)));
    parts_->inverse(j) = changes ? 1 / deviation : 0;
    parts_->x.col(j) *= parts_->inverse(j);
  }
  parts_->gram = gram_of(parts_->x);
}

LinearProblem::~LinearProblem() = default;

namespace {

LinearFit unstandardised(const VectorXd& solution, const VectorXd& mean, const VectorXd& inverse) {
  LinearFit fit;
  const Eigen::Index width = mean.size();
  fit.intercept = solution(width);
  for (Eigen::Index j = 0; j < width; ++j) {
    fit.weights.push_back(solution(j) * inverse(j));
    fit.intercept -= fit.weights.back() * mean(j);
  }
  return fit;
}

}  // namespace

LinearFit LinearProblem::least_squares(std::span<const double> truths, double penalty) const {
  const Eigen::Map<const VectorXd> y(truths.data(), static_cast<Eigen::Index>(truths.size()));
  const VectorXd moments = parts_->x.transpose() * y / static_cast<double>(truths.size());
  return unstandardised(solve(parts_->gram, moments, penalty), parts_->mean, parts_->inverse);
}

LinearFit LinearProblem::least_absolute(std::span<const double> truths, double penalty) const {
  const auto samples = static_cast<Eigen::Index>(truths.size());
  const Eigen::Map<const VectorXd> y(truths.data(), samples);
  const MatrixXd& x = parts_->x;
  VectorXd solution =
      solve(parts_->gram, x.transpose() * y / static_cast<double>(samples), penalty);
  MatrixXd weighted(x.rows(), x.cols());
  double before = std::numeric_limits<double>::infinity();
  for (int i = 0; i < reweightings; ++i) {
    const VectorXd residual = (y - x * solution).cwiseAbs();
    const double mean = residual.mean();
    if (!(mean > 0) || mean > before * (1 - 1e-4)) break;
    before = mean;
    VectorXd weight = residual.cwiseMax(smallest_residual * mean).cwiseInverse();
    weight /= weight.mean();  // so that the penalty means the same
    weighted = weight.cwiseSqrt().asDiagonal() * x;
    const VectorXd moments = x.transpose() * weight.cwiseProduct(y) / static_cast<double>(samples);
    solution = solve(gram_of(weighted), moments, penalty);
  }
  return unstandardised(solution, parts_->mean, parts_->inverse);
}

}  // namespace weir::model_parts

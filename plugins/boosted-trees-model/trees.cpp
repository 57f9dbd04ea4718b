// SPDX-License-Identifier: Apache-2.0
#include "trees.hpp"

namespace weir::boosted_trees_model {

void Trees::put(model_parts::BytesWriter& to) const {
  to.put(base);
  to.put_list(roots);
  to.put_size(nodes.size());
  for (const TreeNode& node : nodes) {
    to.put(node.input);
    to.put(node.number);
    to.put(node.left);
    to.put(node.right);
    to.put(static_cast<std::uint8_t>(node.missing_left ? 1 : 0));
  }
}

Trees Trees::take(model_parts::BytesReader& from, std::size_t width) {
  Trees trees;
  trees.base = from.take<float>();
  trees.roots = from.take_list<std::uint32_t>();
  const std::size_t count = from.take_size(std::uint32_t{0} - 1U);
  for (std::size_t i = 0; i < count; ++i) {
    TreeNode node;
    node.input = from.take<std::int32_t>();
    node.number = from.take<float>();
    node.left = from.take<std::uint32_t>();
    node.right = from.take<std::uint32_t>();
    node.missing_left = from.take<std::uint8_t>() != 0;
    if (node.input >= 0) {
      if (static_cast<std::size_t>(node.input) >= width)
        from.refuse("look at an input that is not there");
      if (node.left <= i || node.left >= count || node.right <= i || node.right >= count)
        from.refuse("hold a tree that does not end");
    }
    trees.nodes.push_back(node);
  }
  for (const std::uint32_t root : trees.roots) {
    if (root >= count) from.refuse("name a tree that is not there");
  }
  return trees;
}

}  // namespace weir::boosted_trees_model

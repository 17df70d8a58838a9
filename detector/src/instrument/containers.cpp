// The parts of std::map, std::set and std::list that lie in the C++ library,
// where nothing is instrumented: balancing a tree, walking it, linking a list.
// This file is compiled as the program is, for detection, and stands in front
// of the library's, so that each link that they read or write is seen.
//
// The trees are red-black: see Cormen, Leiserson, Rivest, Stein,
// "Introduction to Algorithms", chapter 13. The header's parent is the root,
// its left and right are the first and the last node, and the root's parent is
// the header.
#include <algorithm>
#include <list>
#include <map>

namespace std {

namespace {

using Node = _Rb_tree_node_base;

// The link that leads to `node` from above.
Node*& link_to(Node* node, Node& header) {
  if (header._M_parent == node) return header._M_parent;
  Node* parent = node->_M_parent;
  return parent->_M_left == node ? parent->_M_left : parent->_M_right;
}

// The child on `side` rises above its parent, `node`; the order is kept.
void rotate(Node* node, Node* _Rb_tree_node_base::* side, Node& header) {
  const auto other = side == &Node::_M_left ? &Node::_M_right : &Node::_M_left;
  Node* risen = node->*side;
  node->*side = risen->*other;
  if (risen->*other != nullptr) (risen->*other)->_M_parent = node;
  risen->_M_parent = node->_M_parent;
  link_to(node, header) = risen;
  risen->*other = node;
  node->_M_parent = risen;
}

bool is_black(const Node* node) {
  return node == nullptr || node->_M_color == _S_black;
}

// `node` is red and its parent may be red too.
void balance_after_insert(Node* node, Node& header) {
  while (node != header._M_parent && node->_M_parent->_M_color == _S_red) {
    Node* parent = node->_M_parent;
    Node* above = parent->_M_parent;
    const bool left = parent == above->_M_left;
    const auto side = left ? &Node::_M_left : &Node::_M_right;
    const auto other = left ? &Node::_M_right : &Node::_M_left;
    if (!is_black(above->*other)) {
      parent->_M_color = _S_black;
      (above->*other)->_M_color = _S_black;
      above->_M_color = _S_red;
      node = above;
      continue;
    }
    if (node == parent->*other) {
      rotate(parent, other, header);
      swap(node, parent);
    }
    parent->_M_color = _S_black;
    above->_M_color = _S_red;
    rotate(above, side, header);
  }
  if (header._M_parent->_M_color != _S_black) {
    header._M_parent->_M_color = _S_black;
  }
}

// The paths through `node`, which may be null and is below `parent`, have one
// black node too few.
void balance_after_erase(Node* node, Node* parent, Node& header) {
  while (node != header._M_parent && is_black(node)) {
    const bool left = node == parent->_M_left;
    const auto side = left ? &Node::_M_left : &Node::_M_right;
    const auto other = left ? &Node::_M_right : &Node::_M_left;
    Node* sibling = parent->*other;
    if (!is_black(sibling)) {
      sibling->_M_color = _S_black;
      parent->_M_color = _S_red;
      rotate(parent, other, header);
      sibling = parent->*other;
    }
    if (is_black(sibling->*side) && is_black(sibling->*other)) {
      sibling->_M_color = _S_red;
      node = parent;
      parent = node->_M_parent;
      continue;
    }
    if (is_black(sibling->*other)) {
      (sibling->*side)->_M_color = _S_black;
      sibling->_M_color = _S_red;
      rotate(sibling, side, header);
      sibling = parent->*other;
    }
    sibling->_M_color = parent->_M_color;
    parent->_M_color = _S_black;
    (sibling->*other)->_M_color = _S_black;
    rotate(parent, other, header);
    break;
  }
  if (node != nullptr) node->_M_color = _S_black;
}

// The next node on `other` side of `node`, in order.
Node* step(Node* node, Node* _Rb_tree_node_base::* side,
           Node* _Rb_tree_node_base::* other) {
  if (node->*side != nullptr) {
    node = node->*side;
    while (node->*other != nullptr) node = node->*other;
    return node;
  }
  Node* parent = node->_M_parent;
  while (node == parent->*side) {
    node = parent;
    parent = parent->_M_parent;
  }
  // From the last node one comes to the header, whose own link leads back if
  // the root is the last.
  return node->*side != parent ? parent : node;
}

// Takes `node`, which has at most one child, out of the tree. *Returns* the
// child.
Node* take_out(Node* node, Node& header) {
  Node* child = node->_M_left != nullptr ? node->_M_left : node->_M_right;
  if (child != nullptr) child->_M_parent = node->_M_parent;
  link_to(node, header) = child;
  if (header._M_left == node) {
    header._M_left =
        child == nullptr ? node->_M_parent : Node::_S_minimum(child);
  }
  if (header._M_right == node) {
    header._M_right =
        child == nullptr ? node->_M_parent : Node::_S_maximum(child);
  }
  return child;
}

// Puts `heir`, which is in no tree, where `node` is, with its colour.
void replace(Node* node, Node* heir, Node& header) {
  link_to(node, header) = heir;
  heir->_M_parent = node->_M_parent;
  heir->_M_left = node->_M_left;
  heir->_M_right = node->_M_right;
  if (heir->_M_left != nullptr) heir->_M_left->_M_parent = heir;
  if (heir->_M_right != nullptr) heir->_M_right->_M_parent = heir;
  swap(heir->_M_color, node->_M_color);
}

}  // namespace

Node* _Rb_tree_increment(Node* node) throw() {
  return step(node, &Node::_M_right, &Node::_M_left);
}
const Node* _Rb_tree_increment(const Node* node) throw() {
  return _Rb_tree_increment(const_cast<Node*>(node));
}
Node* _Rb_tree_decrement(Node* node) throw() {
  // The header, told by its colour and its place above the root.
  if (node->_M_color == _S_red && node->_M_parent->_M_parent == node) {
    return node->_M_right;
  }
  return step(node, &Node::_M_left, &Node::_M_right);
}
const Node* _Rb_tree_decrement(const Node* node) throw() {
  return _Rb_tree_decrement(const_cast<Node*>(node));
}

void _Rb_tree_insert_and_rebalance(const bool left, Node* node, Node* parent,
                                   Node& header) throw() {
  node->_M_parent = parent;
  node->_M_left = nullptr;
  node->_M_right = nullptr;
  node->_M_color = _S_red;
  if (parent == &header) {
    header._M_parent = header._M_left = header._M_right = node;
  } else if (left) {
    parent->_M_left = node;
    if (header._M_left == parent) header._M_left = node;
  } else {
    parent->_M_right = node;
    if (header._M_right == parent) header._M_right = node;
  }
  balance_after_insert(node, header);
}

Node* _Rb_tree_rebalance_for_erase(Node* const node, Node& header) throw() {
  const bool two = node->_M_left != nullptr && node->_M_right != nullptr;
  Node* leaves = two ? Node::_S_minimum(node->_M_right) : node;
  Node* parent = leaves->_M_parent;
  Node* child = take_out(leaves, header);
  if (two) {
    if (parent == node) parent = leaves;
    replace(node, leaves, header);
    // It was the last, right below `node`, and is so in its place.
    if (header._M_right == node) header._M_right = leaves;
  }
  if (node->_M_color == _S_black) balance_after_erase(child, parent, header);
  return node;
}

namespace __detail {

void _List_node_base::_M_hook(_List_node_base* const position) noexcept {
  _M_next = position;
  _M_prev = position->_M_prev;
  position->_M_prev->_M_next = this;
  position->_M_prev = this;
}

void _List_node_base::_M_unhook() noexcept {
  _M_next->_M_prev = _M_prev;
  _M_prev->_M_next = _M_next;
}

void _List_node_base::_M_transfer(_List_node_base* const first,
                                  _List_node_base* const last) noexcept {
  if (this == last || first == last) return;
  _List_node_base* const moved_last = last->_M_prev;
  first->_M_prev->_M_next = last;
  last->_M_prev = first->_M_prev;
  moved_last->_M_next = this;
  first->_M_prev = _M_prev;
  _M_prev->_M_next = first;
  _M_prev = moved_last;
}

void _List_node_base::_M_reverse() noexcept {
  _List_node_base* node = this;
  do {
    std::swap(node->_M_next, node->_M_prev);
    node = node->_M_prev;
  } while (node != this);
}

void _List_node_base::swap(_List_node_base& a, _List_node_base& b) noexcept {
  const bool a_empty = a._M_next == &a;
  const bool b_empty = b._M_next == &b;
  std::swap(a._M_next, b._M_next);
  std::swap(a._M_prev, b._M_prev);
  if (b_empty) {
    a._M_next = a._M_prev = &a;
  } else {
    a._M_next->_M_prev = a._M_prev->_M_next = &a;
  }
  if (a_empty) {
    b._M_next = b._M_prev = &b;
  } else {
    b._M_next->_M_prev = b._M_prev->_M_next = &b;
  }
}

}  // namespace __detail
}  // namespace std

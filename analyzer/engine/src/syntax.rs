//! The syntax tree in the shape of CPython 3.13's `ast`, laid over the parser's own: the same
//! nodes, the same order of children, the same positions.

mod joined;
mod node;
mod span;

pub(crate) use joined::{Piece, Pieces};
pub(crate) use node::Node;
pub(crate) use span::{Span, class_name};

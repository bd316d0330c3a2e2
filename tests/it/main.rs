//! Behaviour of the whole program, on a local cloud.

mod contract;
mod support;

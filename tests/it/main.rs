//! Behaviour of the whole program, on a local cloud.

mod bucket;
mod contract;
mod floors;
mod support;

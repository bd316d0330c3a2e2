//! Behaviour of the whole program, on a local cloud.

mod bucket;
mod contract;
mod data;
mod floors;
mod network;
mod support;

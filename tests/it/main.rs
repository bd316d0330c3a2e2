//! Behaviour of the whole program, on a local cloud.

mod bucket;
mod contract;
mod crash;
mod data;
mod doctor;
mod edge;
mod floors;
mod network;
mod program;
mod stack;
mod support;

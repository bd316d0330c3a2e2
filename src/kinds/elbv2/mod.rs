//! Kinds of Elastic Load Balancing, version 2.

mod estate;
mod group_stickiness;
mod tagging;

pub mod action;
pub mod listener;
pub mod load_balancer;
pub mod rule;
pub mod target_group;

//! The local cloud as a whole: gateway, faults, additions and lifetime, over raw HTTP.

mod additions;
mod background;
mod client;
mod control;
mod faults;
mod plane;
mod provision;
mod wire;

//! What stands between the network and the handlers, and (in `pages`) what a browser shows.

pub mod body;
pub mod client;
pub mod csrf;
pub mod layers;
pub mod pages;
pub mod rate;
pub mod shared;

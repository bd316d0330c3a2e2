//! The service as its users meet it: the real program, on a real socket of this machine.

mod api;
mod aws;
mod bodies;
mod durability;
mod forms;
mod operations;
mod site;
mod two_instances;

//! Behaviour of the whole program, on a local cloud.

mod beginning;
mod behaviour;
mod bucket;
mod calls;
mod contract;
mod crash;
mod data;
mod doctor;
mod edge;
mod floors;
mod interrupt;
mod known;
mod lock;
mod network;
mod pace;
mod pipeline;
mod program;
mod readback;
mod release;
mod removal;
mod running;
mod secrets;
mod shipped;
mod stack;
mod state;
mod support;

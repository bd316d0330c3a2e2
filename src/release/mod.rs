//! New versions of a workload go live: `deploy`, `switch`, `rollback`, `refresh`.
//!
//! A release is a list of idempotent steps ([`course`], or [`rolling`] where there
//! is one group only), written down before the first of them ([`record`]), carried out one
//! after the other ([`run`]) and watched from outside through the load balancer ([`probe`]). What a step does to AWS is in
//! [`act`]; what it looks at first, in [`sight`]. Whatever fails, the same record says how to go on and how to go back.

pub mod act;
pub mod announcement;
mod bake;
pub mod baseline;
mod beside;
mod carry_out;
pub mod claim;
mod counters;
pub mod counts;
pub mod course;
mod ends;
pub mod evidence;
pub mod facts;
pub mod front;
pub mod judge;
mod last_words;
pub mod log;
pub mod preflight;
pub mod probe;
pub mod quota;
pub mod record;
pub mod refresh;
pub mod report;
mod resume;
pub mod rolling;
pub mod run;
#[cfg(test)]
mod sample;
pub mod schema;
mod settle;
pub mod sight;
pub mod site;
pub mod standing;
pub mod stated;
pub mod step;
pub mod wanted;

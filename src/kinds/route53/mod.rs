//! Kinds of Amazon Route 53.

mod change;
mod names;

pub mod lookup;
pub mod record;
pub mod zone;

pub use names::{DnsName, RecordValue};

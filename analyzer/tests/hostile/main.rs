//! What people may send who mean no good.

mod archives;
mod http;
mod zip;

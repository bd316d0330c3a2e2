//! Python source → security findings and quality figures, equal to Bandit's and Radon's. Pure:
//! no file, no clock, no network.

mod encoding;
pub mod parse;
pub mod report;
pub mod source;

//! Python source → security findings and quality figures, equal to Bandit's and Radon's. Pure:
//! no file, no clock, no network.

pub mod report;

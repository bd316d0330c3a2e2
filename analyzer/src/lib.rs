//! CodeDetect, the workload: a web service and a command line over [`codedetect_engine`].

pub mod export;
pub mod worker;

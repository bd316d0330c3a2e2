//! Any bytes have a report: no panic, no overflow of the stack, and each analysis gives its
//! figures or says why it does not.

#![no_main]

use codedetect_engine::analyze;
use codedetect_engine::report::Analysis;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let report = analyze("input.py", bytes);
    let failed = |analysis| report.errors.iter().any(|error| error.analysis == analysis);
    assert_ne!(report.raw.is_some(), failed(Analysis::Raw));
    assert_ne!(report.halstead.is_some(), failed(Analysis::Halstead));
    assert_ne!(report.maintainability.is_some(), failed(Analysis::Maintainability));
    assert!(report.scores.security <= 100);
    assert!((0.0..=10.0).contains(&report.scores.quality));
});

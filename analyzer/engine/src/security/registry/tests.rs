//! What is demanded of every check.

use super::*;

/// What Bandit 1.9.4 runs by default.
const DEFAULT: [&str; 75] = [
    "B101", "B102", "B103", "B104", "B105", "B106", "B107", "B108", "B110", "B112", "B113", "B201",
    "B202", "B301", "B302", "B303", "B304", "B305", "B306", "B307", "B308", "B310", "B311", "B312",
    "B313", "B314", "B315", "B316", "B317", "B318", "B319", "B321", "B323", "B324", "B401", "B402",
    "B403", "B404", "B405", "B406", "B407", "B408", "B409", "B411", "B412", "B413", "B415", "B501",
    "B502", "B503", "B504", "B505", "B506", "B507", "B508", "B509", "B601", "B602", "B603", "B604",
    "B605", "B606", "B607", "B608", "B609", "B610", "B611", "B612", "B613", "B614", "B615", "B701",
    "B702", "B703", "B704",
];

fn found(source: &str) -> Vec<crate::report::Finding> {
    let report = crate::analyze("example.py", source.as_bytes());
    assert_eq!(report.errors, [], "{source}");
    report.findings
}

#[test]
fn the_checks_are_those_of_bandit_sorted_and_unique() {
    let ids: Vec<&str> = ALL.iter().map(|check| check.id).collect();
    assert_eq!(ids, DEFAULT);
    let mut names: Vec<&str> = ALL.iter().map(|check| check.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), ALL.len());
    assert!(ALL.len() <= MOST);
}

#[test]
fn the_first_sentence_sums_up() {
    for check in ALL {
        let summary = check.summary();
        assert!(
            summary.ends_with('.') && !summary.contains('`'),
            "{summary}"
        );
        assert!(check.docs.replace('`', "").starts_with(&summary));
    }
}

#[test]
fn every_check_is_documented() {
    for check in ALL {
        assert!(
            check.docs.len() > 50 && check.docs.ends_with('.'),
            "{}",
            check.id
        );
        assert!(!check.docs.contains("  "), "{}", check.id);
        assert!(check.cwe > 0, "{}", check.id);
        assert!(
            !check.severities.is_empty() && !check.confidences.is_empty(),
            "{}",
            check.id
        );
    }
}

#[test]
fn every_check_fires_on_its_examples_and_not_on_the_others() {
    for check in ALL {
        assert!(
            !check.fires.is_empty() && !check.silent.is_empty(),
            "{}",
            check.id
        );
        for source in check.fires {
            let findings = found(source);
            let own: Vec<_> = findings
                .iter()
                .filter(|finding| finding.test_id == check.id)
                .collect();
            assert!(!own.is_empty(), "{} does not fire: {source}", check.id);
            for finding in own {
                assert_eq!(finding.cwe, check.cwe, "{}", check.id);
                assert_eq!(finding.test_name, check.test_name(), "{}", check.id);
                assert!(check.severities.contains(&finding.severity), "{}", check.id);
                assert!(
                    check.confidences.contains(&finding.confidence),
                    "{}",
                    check.id
                );
            }
        }
        for source in check.silent {
            let fires = found(source)
                .iter()
                .any(|finding| finding.test_id == check.id);
            assert!(!fires, "{} fires: {source}", check.id);
        }
    }
}

#[test]
fn the_examples_show_every_severity_and_confidence() {
    for check in ALL {
        let findings: Vec<_> = check
            .fires
            .iter()
            .flat_map(|source| found(source))
            .collect();
        let own = || {
            findings
                .iter()
                .filter(|finding| finding.test_id == check.id)
        };
        for severity in check.severities {
            assert!(
                own().any(|finding| finding.severity == *severity),
                "{} {severity:?}",
                check.id
            );
        }
        for rank in check.confidences {
            assert!(
                own().any(|finding| finding.confidence == *rank),
                "{} {rank:?}",
                check.id
            );
        }
    }
}

#[test]
fn no_name_is_on_the_blacklist_of_calls_twice() {
    let mut names: Vec<&str> = Vec::new();
    for check in ALL {
        if let Run::CallOf {
            names: of_check, ..
        }
        | Run::ImportOf {
            names: of_check, ..
        } = check.run
        {
            names.extend(of_check);
        }
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

//! Findings as comma-separated values (RFC 4180), a line each, for a spreadsheet.

use codedetect_engine::report::{Rank, Report};

/// The first line.
pub const COLUMNS: [&str; 11] = [
    "file",
    "line",
    "end_line",
    "column",
    "end_column",
    "severity",
    "confidence",
    "test_id",
    "test_name",
    "cwe",
    "text",
];

/// Why nothing was written.
pub type Error = ::csv::Error;

/// All findings of a report, and for a file that could not be analysed a line whose severity is
/// `ERROR`.
pub fn csv(report: &Report) -> Result<String, Error> {
    let mut out = ::csv::WriterBuilder::new()
        .terminator(::csv::Terminator::CRLF)
        .from_writer(Vec::new());
    out.write_record(COLUMNS)?;
    for file in &report.files {
        let path = inert(&file.path);
        for finding in &file.findings {
            out.write_record([
                path.as_str(),
                &finding.line.to_string(),
                &finding.end_line.to_string(),
                &finding.col.to_string(),
                &finding.end_col.to_string(),
                word(finding.severity),
                word(finding.confidence),
                &inert(&finding.test_id),
                &inert(&finding.test_name),
                &cwe(finding.cwe),
                &inert(&finding.text),
            ])?;
        }
        for error in super::reasons(file) {
            let line = error.line.map(|line| line.to_string()).unwrap_or_default();
            let reason = inert(&error.reason);
            out.write_record([
                path.as_str(),
                &line,
                &line,
                "",
                "",
                "ERROR",
                "",
                "",
                "",
                "",
                &reason,
            ])?;
        }
    }
    let bytes = out
        .into_inner()
        .map_err(|error| Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Text that no spreadsheet takes for a formula: what begins like one gets an apostrophe before
/// it, which spreadsheets do not show.
fn inert(text: &str) -> String {
    let begins_like_a_formula = text
        .trim_start_matches([' ', '\u{a0}'])
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if begins_like_a_formula {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn cwe(number: u32) -> String {
    match number {
        0 => String::new(),
        number => number.to_string(),
    }
}

/// A rank as Bandit writes it.
pub fn word(rank: Rank) -> &'static str {
    match rank {
        Rank::Undefined => "UNDEFINED",
        Rank::Low => "LOW",
        Rank::Medium => "MEDIUM",
        Rank::High => "HIGH",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::sample;

    #[test]
    fn a_finding_is_a_line() {
        let text = csv(&sample::report()).unwrap();
        let mut lines = text.split("\r\n");
        assert_eq!(lines.next().unwrap(), COLUMNS.join(","));
        assert_eq!(
            lines.next().unwrap(),
            "src/app.py,2,2,4,20,HIGH,MEDIUM,B602,subprocess_popen_with_shell_equals_true,78,\
             \"shell=True, a \"\"risk\"\"\""
        );
        assert!(text.ends_with("\r\n"));
    }

    #[test]
    fn a_file_that_does_not_parse_has_a_line_that_says_so() {
        let text = csv(&sample::report()).unwrap();
        assert!(
            text.contains("bad.py,3,3,,,ERROR,,,,,invalid syntax\r\n"),
            "{text}"
        );
    }

    #[test]
    fn what_comes_out_is_read_back_by_a_reader_of_csv() {
        let mut report = sample::report();
        report.files[0].path = "a,\"b\"\r\nc.py".to_owned();
        let text = csv(&report).unwrap();
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let first = reader.records().next().unwrap().unwrap();
        assert_eq!(&first[0], "a,\"b\"\r\nc.py");
        assert_eq!(first.len(), COLUMNS.len());
    }

    #[test]
    fn no_cell_of_text_begins_like_a_formula() {
        for bad in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1",
        ] {
            let mut report = sample::report();
            report.files[0].path = bad.to_owned();
            report.files[0].findings[0].text = bad.to_owned();
            report.files[1].errors[0].reason = bad.to_owned();
            let text = csv(&report).unwrap();
            let mut reader = ::csv::Reader::from_reader(text.as_bytes());
            let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
            let row = |test: &str| rows.iter().find(|row| &row[7] == test).unwrap();
            assert_eq!(&row("B602")[0], format!("'{bad}"));
            assert_eq!(&row("B602")[10], format!("'{bad}"));
            assert_eq!(&row("")[10], format!("'{bad}"));
        }
        assert_eq!(inert("src/-x.py"), "src/-x.py");
    }
}

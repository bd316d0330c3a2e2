//! Where a finding is, as SARIF says it.

use codedetect_engine::report::Finding;

use super::document::Region;
use crate::export::Lines;

/// Where a finding is. Columns are given where they fall into the lines that are given: Bandit's
/// range of lines and its columns come from different nodes now and then.
pub(super) fn of(finding: &Finding, lines: Option<&Lines<'_>>) -> Region {
    let start = finding.line.max(1);
    let end = finding.end_line.max(start);
    let start_column = lines.and_then(|lines| lines.column(start, finding.col));
    let end_column = lines
        .and_then(|lines| lines.column(end, finding.end_col))
        .filter(|&column| end > start || start_column.is_some_and(|start| start < column));
    Region {
        start_line: start,
        start_column,
        end_line: Some(end),
        end_column: start_column.and(end_column),
    }
}

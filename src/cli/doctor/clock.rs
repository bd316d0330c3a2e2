//! Whether this machine's clock is AWS's.

use super::found;
use super::subject::Subject;
use crate::aws::AwsError;
use crate::view::doctor::{Check, Verdict};

/// AWS refuses a signature that is more than five minutes off ("Signature Version 4,
/// troubleshooting"); a minute off is worth saying.
const REFUSED: i64 = 300;
const WORTH_SAYING: i64 = 60;

pub(super) async fn check(subject: &Subject<'_>) -> Result<Vec<Check>, AwsError> {
    Ok(vec![judge(
        subject.session.place.cloud.meter().clock_ahead(),
    )])
}

fn judge(ahead: Option<i64>) -> Check {
    let remedy = Some("set the clock by NTP");
    match ahead {
        None => found("clock", Verdict::Skipped, "no answer told the time", None),
        Some(ahead) => {
            let side = if ahead < 0 { "behind" } else { "ahead of" };
            let says = format!("{} s {side} AWS's", ahead.abs());
            match ahead.abs() {
                0..WORTH_SAYING => found("clock", Verdict::Ok, says, None),
                WORTH_SAYING..REFUSED => found("clock", Verdict::Warning, says, remedy),
                _ => found("clock", Verdict::Failed, says, remedy),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_minutes_off_fails_and_seconds_off_pass() {
        assert_eq!(judge(Some(-2)).verdict, Verdict::Ok);
        assert_eq!(judge(Some(90)).verdict, Verdict::Warning);
        assert_eq!(judge(Some(-600)).verdict, Verdict::Failed);
        assert_eq!(judge(None).verdict, Verdict::Skipped);
    }
}

//! Scheduled actions of Auto Scaling groups: moto keeps them and never carries them out.

use std::time::{SystemTime, UNIX_EPOCH};

use super::read::Eyes;
use crate::xml::{members, text};

/// The version of Auto Scaling's API.
const AUTOSCALING: &str = "2011-01-01";

/// An action whose time has come.
#[derive(Debug, PartialEq)]
struct Due {
    group: String,
    name: String,
    /// The parameters that it sets.
    sizes: Vec<(&'static str, String)>,
}

/// Carries out what is due, once.
pub(crate) async fn carry_out(eyes: &Eyes<'_>) {
    let Some(answer) = eyes
        .ask("autoscaling", AUTOSCALING, "DescribeScheduledActions", &[])
        .await
    else {
        return;
    };
    for due in due(&answer, now()) {
        let mut form = vec![("AutoScalingGroupName", due.group.as_str())];
        form.extend(
            due.sizes
                .iter()
                .map(|(name, value)| (*name, value.as_str())),
        );
        let done = eyes
            .ask("autoscaling", AUTOSCALING, "UpdateAutoScalingGroup", &form)
            .await;
        if done.is_some() {
            let form = [
                ("AutoScalingGroupName", due.group.as_str()),
                ("ScheduledActionName", due.name.as_str()),
            ];
            eyes.ask("autoscaling", AUTOSCALING, "DeleteScheduledAction", &form)
                .await;
        }
    }
}

fn due(answer: &str, now: u64) -> Vec<Due> {
    members(answer, "ScheduledUpdateGroupActions")
        .filter(|one| {
            text(one, "StartTime")
                .and_then(|at| seconds(&at))
                .is_some_and(|at| at <= now)
        })
        .filter_map(|one| {
            let sizes = ["MinSize", "MaxSize", "DesiredCapacity"]
                .into_iter()
                .filter_map(|name| Some((name, text(one, name)?)))
                .filter(|(_, value)| !value.is_empty())
                .collect();
            Some(Due {
                group: text(one, "AutoScalingGroupName")?,
                name: text(one, "ScheduledActionName")?,
                sizes,
            })
        })
        .collect()
}

/// Seconds since 1970 of `2026-01-01T00:00:00Z`, fractions and all; the same algorithm as every civil calendar's.
pub(crate) fn seconds(at: &str) -> Option<u64> {
    let number = |range: std::ops::Range<usize>| at.get(range)?.parse::<u64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    // Years begin in March, so that the day of a leap year is the last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year.checked_sub(1)?, month + 9)
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
    let since = days.checked_sub(719_469)?;
    Some(((since * 24 + hour) * 60 + minute) * 60 + second)
}

/// Now, in seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_aws_writes_them() {
        assert_eq!(seconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(seconds("2000-02-29T12:00:00Z"), Some(951_825_600));
        assert_eq!(seconds("2026-11-25T18:49:03.564000Z"), Some(1_795_632_543));
        assert_eq!(seconds("soon"), None);
    }

    #[test]
    fn an_action_is_due_when_its_time_has_come() {
        let answer = "<R><ScheduledUpdateGroupActions><member><AutoScalingGroupName>blue</AutoScalingGroupName>\
            <ScheduledActionName>end</ScheduledActionName><StartTime>2026-01-01T00:00:00Z</StartTime><MinSize>0</MinSize>\
            <DesiredCapacity>0</DesiredCapacity></member></ScheduledUpdateGroupActions></R>";
        let at = 1_767_225_600;
        assert_eq!(due(answer, at - 1), []);
        let found = due(answer, at);
        assert_eq!(found[0].group, "blue");
        assert_eq!(
            found[0].sizes,
            [
                ("MinSize", "0".to_owned()),
                ("DesiredCapacity", "0".to_owned())
            ]
        );
    }
}

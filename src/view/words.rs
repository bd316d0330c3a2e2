//! How durations, counts, amounts and types read.

use std::time::Duration;

use crate::units::Usd;

/// A span of time, as exact as a person wants it: `0.4s`, `35s`, `2m05s`, `1h02m`.
pub(super) fn span_of(took: Duration) -> String {
    let seconds = took.as_secs();
    match seconds {
        0..=9 => format!("{:.1}s", took.as_secs_f64()),
        10..=59 => format!("{seconds}s"),
        60..=3599 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3600, seconds / 60 % 60),
    }
}

/// A span of time that is only a rule of thumb: `30s`, `2m`.
pub(super) fn about(usually: Duration) -> String {
    let seconds = usually.as_secs();
    match seconds {
        0..=89 => format!("{}s", seconds.max(1)),
        90..=5399 => format!("{}m", (seconds + 30) / 60),
        _ => format!("{}h", (seconds + 1800) / 3600),
    }
}

/// A number of things: `1 step`, `3 steps`, `2 copies`.
pub(super) fn count(n: usize, thing: &str) -> String {
    if n == 1 {
        return format!("1 {thing}");
    }
    let (plain, ending) = match thing.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => (stem, "ies"),
        _ if thing.ends_with('s') || thing.ends_with('x') => (thing, "es"),
        _ => (thing, "s"),
    };
    format!("{n} {plain}{ending}")
}

/// An amount a month.
pub(super) fn monthly(amount: Usd) -> String {
    format!("{amount} USD/month")
}

/// What is added to or taken from an amount a month.
pub(super) fn monthly_change(amount: Usd) -> String {
    format!("{} USD/month", signed(amount))
}

/// An amount with its sign.
pub(super) fn signed(amount: Usd) -> String {
    let sign = if amount > Usd::ZERO { "+" } else { "" };
    format!("{sign}{amount}")
}

/// A resource type in words: `ec2:vpc` → `VPC`.
pub(super) fn kind(type_name: &str) -> String {
    let known = KINDS.iter().find(|(name, _)| *name == type_name);
    if let Some((_, words)) = known {
        return (*words).to_owned();
    }
    let name = type_name
        .split_once(':')
        .map_or(type_name, |(_, name)| name);
    let words: Vec<_> = name
        .split(['-', '_'])
        .map(|word| match ABBREVIATIONS.contains(&word) {
            true => word.to_uppercase(),
            false => word.to_owned(),
        })
        .collect();
    words.join(" ")
}

/// Words of type names that are written in capitals.
const ABBREVIATIONS: &[&str] = &["acl", "db", "dns", "nat", "oidc", "vpc"];

/// Types whose words are not simply their name's.
const KINDS: &[(&str, &str)] = &[
    ("acm:issued", "certificate issued"),
    ("autoscaling:group", "Auto Scaling group"),
    ("autoscaling:policy", "scaling policy"),
    ("cloudtrail:trail", "audit trail"),
    ("ec2:elastic-ip", "Elastic IP address"),
    ("rds:instance", "database"),
    ("rds:subnet-group", "database subnet group"),
    ("route53:record", "DNS record"),
    ("route53:zone", "DNS zone"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_as_exact_as_a_person_wants_them() {
        let ms = |n| span_of(Duration::from_millis(n));
        assert_eq!(
            [
                ms(0),
                ms(440),
                ms(9_940),
                ms(35_900),
                ms(125_000),
                ms(3_725_000)
            ],
            ["0.0s", "0.4s", "9.9s", "35s", "2m05s", "1h02m"]
        );
        assert_eq!(about(Duration::from_millis(500)), "1s");
        assert_eq!(about(Duration::from_secs(110)), "2m");
        assert_eq!(about(Duration::from_secs(5400)), "2h");
    }

    #[test]
    fn things_are_counted_in_english() {
        assert_eq!(count(1, "copy"), "1 copy");
        assert_eq!(count(0, "step"), "0 steps");
        assert_eq!(count(2, "copy"), "2 copies");
        assert_eq!(count(2, "gateway"), "2 gateways");
        assert_eq!(count(3, "address"), "3 addresses");
    }

    #[test]
    fn types_read_as_words() {
        assert_eq!(kind("ec2:vpc"), "VPC");
        assert_eq!(kind("elbv2:target-group"), "target group");
        assert_eq!(kind("ec2:network-acl"), "network ACL");
        assert_eq!(kind("odd"), "odd");
    }

    #[test]
    fn what_a_step_adds_has_its_sign() {
        assert_eq!(monthly_change(Usd::from_dollars(3)), "+3 USD/month");
        assert_eq!(monthly_change(Usd::from_dollars(-3)), "-3 USD/month");
        assert_eq!(monthly(Usd::from_micros(57_310_000)), "57.31 USD/month");
    }
}

use super::{Check, Context};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::stack::document::{Bucket, Document};
use crate::stack::interpolate::{Piece, Template, Value};
use crate::units::Duration;

pub(super) const CHECK: Check = Check {
    topic: "buckets",
    codes: &[Code::IllegalBucketName, Code::LifecycleOrder],
    run,
};

fn run(context: &Context<'_>, found: &mut Diagnostics) {
    for (name, bucket) in &context.document.buckets {
        let path = ["buckets", name.as_str()];
        if let Some(written) = &bucket.name
            && let Some(full) = known(written, context.document)
            && let Some(reason) = fault(&full)
        {
            found.push(
                Diagnostic::new(
                    Code::IllegalBucketName,
                    format!("S3 does not take the name `{full}`: {reason}"),
                )
                .at_option(context.at(&[path[0], path[1], "name"]))
                .help("leave `name` out to have one made that is legal and unique"),
            );
        }
        lifecycle(context, path, bucket, found);
    }
}

fn lifecycle(
    context: &Context<'_>,
    [section, name]: [&str; 2],
    bucket: &Bucket,
    found: &mut Diagnostics,
) {
    let least = Duration::from_days(30);
    if let Some(colder) = bucket.to_infrequent_access {
        let place = context.at(&[section, name, "to_infrequent_access"]);
        if colder < least {
            found.push(
                Diagnostic::new(Code::LifecycleOrder, format!("objects move to infrequent access after {least} at the earliest, not {colder}"))
                    .at_option(place),
            );
        }
        if let Some(end) = bucket.expire.filter(|end| *end <= colder) {
            found.push(
                Diagnostic::new(
                    Code::LifecycleOrder,
                    format!("objects are removed after {end}, before they move after {colder}"),
                )
                .at_option(context.at(&[section, name, "expire"]))
                .also(place, "moved here")
                .help("let `expire` be longer than `to_infrequent_access`"),
            );
        }
    }
}

/// The name, if it is made of nothing that only AWS knows. The account's number stands for any.
fn known(name: &Template, document: &Document) -> Option<String> {
    let piece = |piece: &Piece| match piece {
        Piece::Literal(text) => Some(text.clone()),
        Piece::Value(Value::Stack, _) => Some(document.stack.to_string()),
        Piece::Value(Value::Environment, _) => Some(document.environment.to_string()),
        Piece::Value(Value::Region, _) => Some(document.region.to_string()),
        Piece::Value(Value::Account, _) => Some("0".repeat(12)),
        Piece::Value(Value::Of(..), _) => None,
    };
    name.pieces().iter().map(piece).collect()
}

/// Why S3 would refuse a name. Source: "General purpose bucket naming rules" of the S3 user guide.
fn fault(name: &str) -> Option<&'static str> {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !(3..=63).contains(&name.len()) {
        Some("it has 3 to 63 characters")
    } else if !name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.')
    {
        Some("it has only small letters, digits, hyphens and dots")
    } else if !edge(name.chars().next()) || !edge(name.chars().next_back()) || name.contains("..") {
        Some("it begins and ends with a letter or digit, and has no two dots together")
    } else if name.parse::<std::net::Ipv4Addr>().is_ok() {
        Some("it looks like an IP address")
    } else if ["xn--", "sthree-", "amzn-s3-demo-"]
        .iter()
        .any(|start| name.starts_with(start))
    {
        Some("AWS keeps that beginning to itself")
    } else if ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"]
        .iter()
        .any(|end| name.ends_with(end))
    {
        Some("AWS keeps that ending to itself")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn the_rules_of_s3() {
        for name in ["abc", "my-bucket.example", &"a".repeat(63)] {
            assert_eq!(fault(name), None, "{name}");
        }
        for name in [
            "ab",
            &"a".repeat(64),
            "My",
            "a_b_c",
            "-abc",
            "abc-",
            "a..b",
            "192.0.2.1",
            "xn--abc",
            "abc--x-s3",
        ] {
            assert!(fault(name).is_some(), "{name}");
        }
    }
}

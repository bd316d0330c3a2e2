use proptest::prelude::*;

use super::*;

#[test]
fn pieces() {
    let template = Template::parse("s3://${buckets.uploads.name}/é-$${x}-${stack}$").unwrap();
    let shown: Vec<_> = template
        .pieces()
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => format!("'{text}'"),
            Piece::Value(value, range) => format!("{value}@{}", range.start),
        })
        .collect();
    assert_eq!(
        shown,
        [
            "'s3://'",
            "buckets.uploads.name@5",
            "'/é-${x}-'",
            "stack@38",
            "'$'"
        ]
    );
    assert_eq!(
        Template::parse("plain $5").unwrap().literal().as_deref(),
        Some("plain $5")
    );
    assert_eq!(template.literal(), None);
}

#[test]
fn errors_say_where_and_what_was_meant() {
    for (text, code, help) in [
        ("a ${buckets.uploads", Code::MalformedReference, "write `}`"),
        ("${}", Code::MalformedReference, "write it like"),
        (
            "${buckets uploads}",
            Code::MalformedReference,
            "write it like",
        ),
        (
            "${bucket.uploads.name}",
            Code::UnknownReference,
            "`buckets`",
        ),
        ("${regoin}", Code::UnknownReference, "`region`"),
        (
            "${buckets.uploads}",
            Code::MalformedReference,
            "${buckets.uploads.arn}",
        ),
        ("${buckets.uploads.nam}", Code::UnknownAttribute, "`name`"),
        (
            "${databases.main.password}",
            Code::UnknownAttribute,
            "it has arn, host",
        ),
        ("${alerts}", Code::MalformedReference, "${alerts.arn}"),
        ("${stack.name}", Code::UnknownAttribute, "write `${stack}`"),
        ("${region.x.y}", Code::UnknownAttribute, "write `${region}`"),
        ("é${regoin}", Code::UnknownReference, "`region`"),
    ] {
        let error = Template::parse(text).unwrap_err();
        assert_eq!(error.code, code, "{text}");
        assert!(error.help.contains(help), "{text}: {}", error.help);
        assert!(
            text.get(error.range.clone())
                .is_some_and(|part| part.starts_with("${")),
            "{text}"
        );
    }
}

proptest! {
    #[test]
    fn every_reference_is_read_whatever_stands_before_it(
        parts in prop::collection::vec(
            prop::sample::select(vec!["é", "日", "🦀", "a", "$", "{", "}", "$${", "${stack}", "${files.x.id}"]),
            0..12,
        ),
    ) {
        let text = parts.concat();
        if let Ok(template) = Template::parse(&text) {
            // Only `$${` leaves a `${` in a literal.
            let written: String = template.pieces().iter().map(|piece| match piece {
                Piece::Literal(text) => text.replace("${", "$${"),
                Piece::Value(value, _) => format!("${{{value}}}"),
            }).collect();
            prop_assert_eq!(written, text);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[${}a-zé.]{0,40}") {
        if let Ok(template) = Template::parse(&text) {
            prop_assert_eq!(template.to_string(), text);
        }
    }
}

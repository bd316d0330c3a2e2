use serde_json::{Value, json};

use super::*;

const FILE: &str = "
stack: demo
environment: prod
alerts: { email: [ a@example.com, b@example.com ], billing: [ 10 ] }
mounts: { /mnt/v1.2: files.shared }
environments:
  staging:
    alerts: { email: [ c@example.com ], billing: null, extra: { x: 1, y: null } }
    gone: null
";

fn merged(change: impl FnOnce(&mut Node, &mut Diagnostics)) -> (Value, Diagnostics) {
    let mut found = Diagnostics::new();
    let mut root = parse(FILE, 0, &mut found).unwrap();
    change(&mut root, &mut found);
    (root.to_value(), found)
}

#[test]
fn an_overlay_merges_mappings_replaces_the_rest_and_removes() {
    let (value, found) = merged(|root, found| take(root, "staging", found));
    assert!(found.is_empty(), "{found}");
    assert_eq!(
        value["alerts"],
        json!({ "email": ["c@example.com"], "extra": { "x": 1 } })
    );
    assert_eq!(
        (&value["environment"], value.get("gone")),
        (&json!("staging"), None)
    );
}

#[test]
fn places_point_into_the_overlay() {
    let mut found = Diagnostics::new();
    let mut root = parse(FILE, 0, &mut found).unwrap();
    take(&mut root, "staging", &mut found);
    let place = root.locate(&steps(&root, "alerts.email.0")).unwrap();
    assert_eq!(
        (&FILE[place.start..place.end], place.line),
        ("c@example.com", 8)
    );
}

#[test]
fn unknown_environments_are_refused_with_the_nearest() {
    let (_, found) = merged(|root, found| take(root, "stagin", found));
    let item = found.iter().next().unwrap();
    assert_eq!(
        (item.code, item.help.as_deref()),
        (Code::UnknownEnvironment, Some("did you mean `staging`?"))
    );
    assert!(merged(|root, found| take(root, "prod", found)).1.is_empty());
}

#[test]
fn set_changes_adds_and_removes() {
    let text = |text: &str| SourceText::new("--set", text);
    for (set_text, path, expected) in [
        ("stack=other", "/stack", json!("other")),
        ("alerts.billing=[1, 2]", "/alerts/billing", json!([1, 2])),
        ("alerts.email.1=x", "/alerts/email/1", json!("x")),
        ("new.deep.key={a: 5%}", "/new/deep/key/a", json!("5%")),
        ("mounts./mnt/v1.2=y", "/mounts/~1mnt~1v1.2", json!("y")),
        ("stack=a=b", "/stack", json!("a=b")),
    ] {
        let (value, found) = merged(|root, found| set(root, &text(set_text), 1, None, found));
        assert!(found.is_empty(), "{set_text}: {found}");
        assert_eq!(value.pointer(path), Some(&expected), "{set_text}");
    }
    let (value, _) = merged(|root, found| set(root, &text("alerts.billing="), 1, None, found));
    assert_eq!(value.pointer("/alerts/billing"), None);
    for wrong in [
        "",
        "stack",
        "=x",
        "a..b=1",
        "a b=1",
        "alerts.email.7=x",
        "stack.deep=1",
        "environments.staging=1",
        "a=[1",
    ] {
        let (_, found) = merged(|root, found| set(root, &text(wrong), 1, None, found));
        assert_eq!(
            found.iter().next().map(|item| item.code),
            Some(Code::BadSet),
            "{wrong}"
        );
    }
}

#[test]
fn a_set_may_not_say_another_environment_than_the_one_asked_for() {
    let text = SourceText::new("--set", "environment=prod");
    let (value, found) = merged(|root, found| {
        take(root, "staging", found);
        set(root, &text, 1, Some("staging"), found);
    });
    let codes: Vec<_> = found.iter().map(|item| item.code).collect();
    assert_eq!(codes, [Code::FixedKey], "{found}");
    assert_eq!(value["environment"], "staging");
    let (value, found) = merged(|root, found| set(root, &text, 1, None, found));
    assert!(found.is_empty(), "{found}");
    assert_eq!(value["environment"], "prod");
}

#[test]
fn places_of_a_set_lie_in_its_text() {
    let mut found = Diagnostics::new();
    let mut root = parse(FILE, 0, &mut found).unwrap();
    set(
        &mut root,
        &SourceText::new("--set", "alerts.billing=[10, 20]"),
        2,
        None,
        &mut found,
    );
    let place = root.locate(&steps(&root, "alerts.billing.1")).unwrap();
    assert_eq!(
        (place.source, place.start, place.end, place.column),
        (2, 20, 22, 21)
    );
}

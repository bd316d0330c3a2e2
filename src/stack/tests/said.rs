//! What a person saw who wrote something that is nearly right.

use super::*;

/// A stack in which nothing is wrong.
const BASE: &str = "\
stack: demo
environment: prod
region: eu-west-1
network:
  cidr: 10.0.0.0/16
  public:  { a: 10.0.1.0/24,  b: 10.0.2.0/24 }
  private: { a: 10.0.11.0/24, b: 10.0.12.0/24 }
workloads:
  web:
    image: ghcr.io/example/notes:1.4.2
    port: 8000
    blue_green: { instance: t3.small }
    secrets: { DB_PASSWORD: parameters.db-password }
    environment:
      DB_HOST: ${databases.main.host}
      LOG: info
buckets:
  uploads: { expire_old_versions: 90d }
databases:
  main:
    engine: postgres-15
    class: db.t3.micro
    storage: 20GB
    password: parameters.db-password
parameters:
  db-password: { generate: 32 }
";

/// The base with one thing written otherwise.
fn with(old: &str, new: &str) -> String {
    let text = BASE.replacen(old, new, 1);
    assert_ne!(text, BASE, "{old}");
    text
}

/// All that is said of a text, as a person and as a program reads it.
fn said(text: &str) -> String {
    let source = SourceText::new("stack.yaml", text);
    let (_, found) = load_all(&source, &LoadOptions::default());
    found.render(&source, Style::default()) + &found.json(&source).to_string()
}

#[test]
fn nothing_is_said_of_the_base() {
    assert_eq!(said(BASE), "[]");
}

#[test]
fn errors_after_more_than_a_hundred_warnings_are_seen() {
    let mut text = with("region: eu-west-1", "region: eu-wst-1").replace(
        "    port: 8000\n",
        "    port: 8000\n    ssh_from: [ 0.0.0.0/0 ]\n    health: { path: /x, every: 5s, timeout: 60s }\n",
    );
    for n in 0..120 {
        text.push_str(&format!("  unused-{n}: {{ generate: 32 }}\n"));
    }
    let source = SourceText::new("stack.yaml", text);
    let found = load(&source, &LoadOptions::default()).unwrap_err();
    let (_, everywhere) = load_all(&source, &LoadOptions::default());
    for found in [found, everywhere] {
        assert!(found.has_errors());
        for code in [Code::SshToWorld, Code::HealthTimeout, Code::UnknownRegion] {
            assert!(
                found.iter().any(|item| item.code == code),
                "{code}: {found}"
            );
        }
        assert_eq!(
            found.summary(),
            "3 errors and 97 warnings and 23 more not shown"
        );
    }
}

#[test]
fn a_reference_behind_a_letter_that_is_not_ascii_is_followed() {
    let said = said(&with("LOG: info", "LOG: é${databases.mian.host}"));
    assert!(said.contains("E0201"), "{said}");
}

#[test]
fn what_is_to_stand_in_quotes_is_quoted_as_it_was_written() {
    for written in ["1.10", "012345678901", "0755", "0x10", "True"] {
        let said = said(&with("LOG: info", &format!("LOG: {written}")));
        let help = format!("write it in quotes: \"{written}\"");
        assert!(said.contains(&help), "{help} in {said}");
    }
}

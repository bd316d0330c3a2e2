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
fn a_secret_that_was_written_into_the_file_is_never_repeated() {
    for (old, new, code) in [
        (
            "password: parameters.db-password",
            "password: hunter2",
            "E0701",
        ),
        (
            "password: parameters.db-password",
            "password: 'hunter2.x y'",
            "E0701",
        ),
        (
            "password: parameters.db-password",
            "password: { value: hunter2 }",
            "E0103",
        ),
        (
            "password: parameters.db-password",
            "pasword: hunter2",
            "E0101",
        ),
        (
            "DB_PASSWORD: parameters.db-password",
            "DB_PASSWORD: hunter2",
            "E0701",
        ),
        (
            "DB_PASSWORD: parameters.db-password",
            "DB_PASSWORD: [ hunter2 ]",
            "E0103",
        ),
        (
            "{ DB_PASSWORD: parameters.db-password }",
            "hunter2",
            "E0103",
        ),
        ("{ generate: 32 }", "{ generate: hunter2 }", "E0103"),
        (
            "{ generate: 32 }",
            "{ generate: 32, vale: hunter2 }",
            "E0101",
        ),
        ("{ generate: 32 }", "[ hunter2 ]", "E0103"),
        (
            "LOG: info",
            "LOG: \"postgres://u:hunter2@${databases.mian}/x\"",
            "E0204",
        ),
        ("LOG: info", "API_TOKEN: hunter2${databases.mian}", "E0204"),
        ("LOG: info", "API_TOKEN: [ hunter2 ]", "E0103"),
        // Another mistake on the same line shows the line.
        (
            "{ generate: 32 }",
            "{ generate: 32, value: hunter2, b: 1 }",
            "E0101",
        ),
    ] {
        let said = said(&with(old, new));
        assert!(said.contains(code), "{new}: {said}");
        assert!(!said.contains("hunter2"), "{new}: {said}");
    }
    // A number is a secret as well as a text is.
    let said = said(&with(
        "password: parameters.db-password",
        "password: 31415926",
    ));
    assert!(
        said.contains("E0701") && !said.contains("31415926"),
        "{said}"
    );
}

#[test]
fn a_secret_on_the_command_line_is_not_repeated_either() {
    let source = SourceText::new("stack.yaml", BASE);
    let options = LoadOptions {
        environment: None,
        sets: vec!["databases.main.password=hunter2".to_owned()],
    };
    let found = load(&source, &options).unwrap_err();
    let said = found.render(&source, Style::default()) + &found.json(&source).to_string();
    assert!(
        said.contains("E0701") && !said.contains("hunter2"),
        "{said}"
    );
}

#[test]
fn a_parameter_that_is_named_wrongly_is_no_secret() {
    for (new, meant) in [
        (
            "password: db-password",
            "did you mean `parameters.db-password`?",
        ),
        (
            "password: parameter.db-password",
            "did you mean `parameters.db-password`?",
        ),
        (
            "password: parameters.db-pasword",
            "did you mean `parameters.db-password`?",
        ),
        ("password: parameters.db_password", "parameters.db_password"),
        (
            "password: buckets.uploads",
            "it must be one of the parameters",
        ),
    ] {
        let said = said(&with("password: parameters.db-password", new));
        assert!(said.contains(meant) && !said.contains("E0701"), "{said}");
    }
}

#[test]
fn what_is_to_stand_in_quotes_is_quoted_as_it_was_written() {
    for written in ["1.10", "012345678901", "0755", "0x10", "True"] {
        let said = said(&with("LOG: info", &format!("LOG: {written}")));
        let help = format!("write it in quotes: \"{written}\"");
        assert!(said.contains(&help), "{help} in {said}");
    }
}

#[test]
fn a_remedy_is_one_that_the_field_takes() {
    let nat = |value: &str| {
        with(
            "  cidr: 10.0.0.0/16",
            &format!("  nat: {value}\n  cidr: 10.0.0.0/16"),
        )
    };
    for (text, help) in [
        (nat("yes"), "write `true`"),
        (nat("\"true\""), "write `true`"),
        (nat("off"), "write `false`"),
        (nat("maybe"), "write `true` or `false`"),
        (
            with("LOG: info", "LOG: ${stack.name}"),
            "help: write `${stack}`",
        ),
        (
            with("LOG: info", "LOG: ${region.x}"),
            "help: write `${region}`",
        ),
        (
            with("expire_old_versions: 90d", "expire_old_versions: 90"),
            "did you mean 90 days (`90d`)?",
        ),
        (
            with("expire_old_versions: 90d", "expire_old_versions: '90'"),
            "did you mean 90 days (`90d`)?",
        ),
        (
            with("port: 8000", "port: 8000\n    health: { every: 30 }"),
            "did you mean 30 seconds (`30s`)?",
        ),
        (
            with(
                "port: 8000",
                "port: 8000\n    load_balancer: { idle_timeout: 120 }",
            ),
            "did you mean 120 seconds (`120s`)?",
        ),
        (
            with("cidr: 10.0.0.0/16", "cidr: 10.0.0.0"),
            "did you mean `10.0.0.0/16`?",
        ),
        (
            with("a: 10.0.1.0/24", "a: 10.0.1.0"),
            "did you mean `10.0.1.0/24`?",
        ),
        (
            with("port: 8000", "port: 8000\n    ssh_from: [ 192.0.2.7 ]"),
            "did you mean `192.0.2.7/32`?",
        ),
    ] {
        let said = said(&text);
        assert!(said.contains(help), "{help} in {said}");
    }
}

#[test]
fn the_workload_that_the_file_has_first_is_the_one_that_stays() {
    let other = "  zeta:\n    image: ghcr.io/example/zeta:1.0.0\n    port: 80\n    rolling: { instance: t3.small }\n";
    let said = said(&with("workloads:\n", &format!("workloads:\n{other}")));
    assert!(said.contains("`web` is a second workload"), "{said}");
    assert!(!said.contains("`zeta` is a second workload"), "{said}");
}

//! Policy documents: built in one form, read from AWS in the same one, compared by structure.
//!
//! AWS takes a scalar where a list is meant and the other way round, in any order, and gives
//! back what it was given, save for principals, which it rewrites. [`Document`] holds the one
//! form that equal documents share:
//!
//! - `Statement` is a list;
//! - `Action`, `NotAction`, `Resource`, `NotResource`, every principal and every value of a
//!   condition is a plain value where there is one, and a sorted list without doubles where
//!   there are several;
//! - the values of conditions are text (`true` is `"true"`);
//! - an account as principal is its 12 digits, as which
//!   `arn:aws:iam::123456789012:root` means the same; `{"AWS": "*"}` is `"*"`.
//!
//! The order of statements is kept: it has no meaning, but a person chose it.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

pub use super::statement::{Principal, Statement, allow, deny};
use crate::reference::{Text, unresolved};

/// A policy document in normal form. References may stand wherever a text may.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Document(Value);

impl Document {
    /// The normal form of a document.
    pub fn new(document: &Value) -> Self {
        Self(normal_document(document))
    }

    /// The document that AWS sent as JSON, percent-encoded where IAM sends it so
    /// (`encoded`). What is not JSON is kept as a text, so that it differs from every document
    /// and is mended.
    pub fn parse(text: &str, encoded: bool) -> Self {
        let decoded = if encoded {
            percent_encoding::percent_decode_str(text).decode_utf8_lossy()
        } else {
            text.into()
        };
        match serde_json::from_str::<Value>(&decoded) {
            Ok(value) => Self::new(&value),
            Err(_) => Self(Value::String(decoded.into_owned())),
        }
    }

    /// The document as JSON, as AWS wants it.
    pub fn json(&self) -> String {
        self.0.to_string()
    }

    /// The document as a value.
    pub fn value(&self) -> &Value {
        &self.0
    }
}

impl From<Vec<Statement>> for Document {
    fn from(statements: Vec<Statement>) -> Self {
        document(statements)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(&Value::deserialize(deserializer)?))
    }
}

impl JsonSchema for Document {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PolicyDocument".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "object",
            "description": "A policy document, as IAM's policy language has it.",
            "required": ["Statement"],
        })
    }
}

/// The normal form of any value that should be a policy document.
fn normal_document(document: &Value) -> Value {
    let Some(map) = document.as_object() else {
        return document.clone();
    };
    let mut normal = Map::new();
    for (key, value) in map {
        let value = match key.as_str() {
            "Statement" => Value::Array(items(value).iter().map(normal_statement).collect()),
            _ => value.clone(),
        };
        normal.insert(key.clone(), value);
    }
    Value::Object(normal)
}

fn normal_statement(statement: &Value) -> Value {
    let Some(map) = statement.as_object() else {
        return statement.clone();
    };
    let mut normal = Map::new();
    for (key, value) in map {
        let value = match key.as_str() {
            "Action" | "NotAction" | "Resource" | "NotResource" => one_or_sorted(value),
            "Principal" | "NotPrincipal" => normal_principal(value),
            "Condition" => normal_condition(value),
            _ => value.clone(),
        };
        normal.insert(key.clone(), value);
    }
    Value::Object(normal)
}

fn normal_principal(principal: &Value) -> Value {
    let Some(map) = principal.as_object() else {
        return principal.clone();
    };
    let mut normal = Map::new();
    for (kind, who) in map {
        let who = match kind.as_str() {
            "AWS" => one_or_sorted(&Value::Array(items(who).iter().map(account).collect())),
            _ => one_or_sorted(who),
        };
        normal.insert(kind.clone(), who);
    }
    if normal.len() == 1 && normal.get("AWS").and_then(Value::as_str) == Some("*") {
        return Value::from("*");
    }
    Value::Object(normal)
}

/// The 12 digits of an account that is named by the ARN of its root.
fn account(principal: &Value) -> Value {
    let digits = principal.as_str().and_then(|text| {
        let mut parts = text.split(':');
        let root = parts.next() == Some("arn")
            && parts.next().is_some()
            && parts.next() == Some("iam")
            && parts.next() == Some("");
        let account = parts.next()?;
        (root && parts.next() == Some("root") && parts.next().is_none()).then_some(account)
    });
    digits.map_or_else(|| principal.clone(), Value::from)
}

fn normal_condition(condition: &Value) -> Value {
    let Some(operators) = condition.as_object() else {
        return condition.clone();
    };
    let mut normal = Map::new();
    for (operator, keys) in operators {
        let keys = match keys.as_object() {
            Some(keys) => Value::Object(
                keys.iter()
                    .map(|(key, values)| {
                        let texts = items(values).iter().map(as_text).collect();
                        (key.clone(), one_or_sorted(&Value::Array(texts)))
                    })
                    .collect(),
            ),
            None => keys.clone(),
        };
        normal.insert(operator.clone(), keys);
    }
    Value::Object(normal)
}

fn as_text(value: &Value) -> Value {
    match value {
        Value::Bool(_) | Value::Number(_) => Value::String(value.to_string()),
        other => other.clone(),
    }
}

fn items(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    }
}

/// A lone value plain, several sorted and without doubles. A reference that is not filled in
/// yet is sorted by what it says, and again when it is filled in.
fn one_or_sorted(value: &Value) -> Value {
    let mut all = items(value);
    all.sort_by_cached_key(|item| match (item, unresolved(item)) {
        (Value::String(text), _) => (0, text.clone()),
        (_, Some(text)) => (1, text.to_string()),
        (other, None) => (2, other.to_string()),
    });
    all.dedup();
    match <[Value; 1]>::try_from(all) {
        Ok([one]) => one,
        Err(all) => Value::Array(all),
    }
}

/// A document of the current policy language, with these statements.
pub fn document(statements: impl IntoIterator<Item = Statement>) -> Document {
    let statements: Vec<Value> = statements.into_iter().map(Statement::value).collect();
    Document::new(&serde_json::json!({ "Version": "2012-10-17", "Statement": statements }))
}

/// The trust policy of a role that an AWS service takes on, such as `ec2.amazonaws.com`.
pub fn trusted_service(service: &str) -> Document {
    document([allow(["sts:AssumeRole"]).to(Principal::Service(service.to_owned()))])
}

/// Refuses every request to a bucket that does not come over TLS. `arn` is the bucket's.
pub fn tls_only(arn: impl Into<Text>) -> Statement {
    let arn = arn.into();
    deny(["s3:*"])
        .sid("TlsOnly")
        .to(Principal::Anyone)
        .on([arn.clone(), arn.then("/*")])
        .when("Bool", "aws:SecureTransport", ["false"])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::reference::{Address, resolve};

    #[test]
    fn scalar_and_list_order_and_doubles_do_not_matter() {
        let one = Document::new(&json!({
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Action": ["s3:PutObject", "s3:GetObject", "s3:PutObject"],
                "Resource": ["arn:aws:s3:::b/*"],
                "Condition": { "Bool": { "aws:SecureTransport": true } },
            },
        }));
        let two = Document::new(&json!({
            "Statement": [{
                "Condition": { "Bool": { "aws:SecureTransport": ["true"] } },
                "Resource": "arn:aws:s3:::b/*",
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Effect": "Allow",
            }],
            "Version": "2012-10-17",
        }));
        assert_eq!(one, two);
    }

    #[test]
    fn an_account_is_the_same_by_number_and_by_the_arn_of_its_root() {
        let with = |principal: Value| {
            Document::new(&json!({ "Statement": [{ "Effect": "Allow", "Principal": principal }] }))
        };
        assert_eq!(
            with(json!({ "AWS": "123456789012" })),
            with(json!({ "AWS": ["arn:aws:iam::123456789012:root"] }))
        );
        assert_eq!(with(json!({ "AWS": "*" })), with(json!("*")));
        assert_ne!(
            with(json!({ "AWS": "arn:aws:iam::123456789012:role/root" })),
            with(json!({ "AWS": "123456789012" }))
        );
        assert_ne!(
            with(json!({ "AWS": "*", "Service": "x" })),
            with(json!("*"))
        );
    }

    #[test]
    fn a_different_meaning_stays_a_difference() {
        let with = |effect: &str, actions: Value| {
            Document::new(&json!({ "Statement": [{ "Effect": effect, "Action": actions }] }))
        };
        assert_ne!(with("Allow", json!("a:B")), with("Deny", json!("a:B")));
        assert_ne!(
            with("Allow", json!("a:B")),
            with("Allow", json!(["a:B", "a:C"]))
        );
    }

    #[test]
    fn iam_sends_documents_percent_encoded() {
        let encoded = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22ec2.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";
        assert_eq!(
            Document::parse(encoded, true),
            trusted_service("ec2.amazonaws.com")
        );
        assert_ne!(
            Document::parse("not json", false),
            trusted_service("ec2.amazonaws.com")
        );
    }

    #[test]
    fn references_stand_in_documents_and_equal_awss_echo_once_filled_in() {
        let bucket = Address::new("buckets.uploads");
        let built = document([
            tls_only(Text::output(&bucket, "arn")),
            allow(["s3:GetObject"]).on([
                Text::output(&bucket, "arn").then("/*"),
                Text::literal("arn:aws:s3:::a/*"),
            ]),
        ]);
        let wanted = serde_json::to_value(&built).unwrap();
        let filled = resolve(&wanted, &|_| Some("arn:aws:s3:::z".to_owned()));
        let filled: Document = serde_json::from_value(filled).unwrap();
        let echo = Document::new(&json!({
            "Version": "2012-10-17",
            "Statement": [
                { "Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
                  "Resource": ["arn:aws:s3:::z", "arn:aws:s3:::z/*"],
                  "Condition": { "Bool": { "aws:SecureTransport": "false" } } },
                { "Effect": "Allow", "Action": "s3:GetObject",
                  "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::z/*"] },
            ],
        }));
        assert_eq!(filled, echo);
        assert_eq!(filled.json().matches("$text").count(), 0);
    }

    fn leaf() -> impl Strategy<Value = Value> {
        prop_oneof![
            "[a-z:*]{1,8}".prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            Just(json!({ "$text": [["a.b", "arn"], "/*"] })),
        ]
    }

    fn list() -> impl Strategy<Value = Vec<Value>> {
        prop::collection::vec(leaf(), 1..5)
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let key = prop_oneof![
            Just("Statement"),
            Just("Action"),
            Just("Principal"),
            Just("AWS"),
            Just("Condition"),
            Just("Bool"),
            Just("Resource"),
            Just("x"),
        ];
        leaf().prop_recursive(5, 40, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((key.clone(), inner), 0..4).prop_map(|pairs| {
                    Value::Object(pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn normal_is_normal(document in any_json()) {
            let once = Document::new(&document);
            prop_assert_eq!(Document::new(once.value()), once);
        }

        #[test]
        fn shuffling_and_repeating_changes_nothing(
            actions in list().prop_shuffle(), resources in list(), values in list(), turn in 0_usize..5,
        ) {
            let statement = |turn: usize, double: bool| {
                let spin = |list: &[Value]| {
                    let mut list = list.to_vec();
                    let by = turn % list.len();
                    list.rotate_left(by);
                    if double {
                        list.push(list[0].clone());
                    }
                    Value::from(list)
                };
                Document::new(&json!({ "Statement": { "Effect": "Allow", "Action": spin(&actions),
                    "Resource": spin(&resources), "Principal": { "AWS": spin(&resources) },
                    "Condition": { "StringLike": { "k": spin(&values) } } } }))
            };
            prop_assert_eq!(statement(turn, true), statement(0, false));
        }
    }
}

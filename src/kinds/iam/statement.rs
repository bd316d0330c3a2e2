//! A statement of a policy, built part by part.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::reference::Text;

/// A statement in the making.
#[derive(Clone, Debug)]
pub struct Statement {
    sid: Option<String>,
    effect: &'static str,
    principal: Option<Value>,
    actions: Vec<String>,
    resources: Vec<Text>,
    conditions: BTreeMap<String, BTreeMap<String, Vec<Text>>>,
}

impl Statement {
    pub(super) fn new<A: Into<String>>(
        effect: &'static str,
        actions: impl IntoIterator<Item = A>,
    ) -> Self {
        Self {
            sid: None,
            effect,
            principal: None,
            actions: actions.into_iter().map(Into::into).collect(),
            resources: Vec::new(),
            conditions: BTreeMap::new(),
        }
    }

    /// Names the statement; letters and digits only, as IAM wants it.
    pub fn sid(mut self, sid: &str) -> Self {
        self.sid = Some(sid.to_owned());
        self
    }

    /// What it is about. Trust policies have no resources.
    pub fn on<T: Into<Text>>(mut self, resources: impl IntoIterator<Item = T>) -> Self {
        self.resources.extend(resources.into_iter().map(Into::into));
        self
    }

    /// Whom it is about, in policies that stand at a resource or a role.
    pub fn to(mut self, principal: Principal) -> Self {
        self.principal = Some(principal.value());
        self
    }

    /// Only where `key` has one of the values, by an operator such as `StringEquals`.
    pub fn when<T: Into<Text>>(
        mut self,
        operator: &str,
        key: &str,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        self.conditions
            .entry(operator.to_owned())
            .or_default()
            .entry(key.to_owned())
            .or_default()
            .extend(values.into_iter().map(Into::into));
        self
    }

    /// The statement as JSON.
    pub(super) fn value(self) -> Value {
        let mut map = Map::new();
        if let Some(sid) = self.sid {
            map.insert("Sid".to_owned(), Value::from(sid));
        }
        map.insert("Effect".to_owned(), Value::from(self.effect));
        if let Some(principal) = self.principal {
            map.insert("Principal".to_owned(), principal);
        }
        map.insert("Action".to_owned(), Value::from(self.actions));
        if !self.resources.is_empty() {
            map.insert("Resource".to_owned(), texts(self.resources));
        }
        if !self.conditions.is_empty() {
            let conditions = self.conditions.into_iter().map(|(operator, keys)| {
                let keys = keys.into_iter().map(|(key, values)| (key, texts(values)));
                (operator, Value::Object(keys.collect()))
            });
            map.insert("Condition".to_owned(), Value::Object(conditions.collect()));
        }
        Value::Object(map)
    }
}

/// The values of texts; a [`Text`] always serialises.
fn texts(texts: Vec<Text>) -> Value {
    texts
        .into_iter()
        .map(|text| serde_json::to_value(text).unwrap_or_default())
        .collect()
}

/// Whom a statement is about.
#[derive(Clone, Debug)]
pub enum Principal {
    /// Everyone.
    Anyone,
    /// A service, such as `ec2.amazonaws.com`.
    Service(String),
    /// An account's 12 digits, or the ARN of a role or user.
    Aws(Text),
    /// The ARN of an identity provider.
    Federated(Text),
}

impl Principal {
    fn value(self) -> Value {
        let (kind, who) = match self {
            Self::Anyone => return Value::from("*"),
            Self::Service(name) => ("Service", Text::from(name)),
            Self::Aws(who) => ("AWS", who),
            Self::Federated(arn) => ("Federated", arn),
        };
        let who = serde_json::to_value(who).unwrap_or_default();
        Value::Object(Map::from_iter([(kind.to_owned(), who)]))
    }
}

/// A statement that allows actions.
pub fn allow<A: Into<String>>(actions: impl IntoIterator<Item = A>) -> Statement {
    Statement::new("Allow", actions)
}

/// A statement that denies actions.
pub fn deny<A: Into<String>>(actions: impl IntoIterator<Item = A>) -> Statement {
    Statement::new("Deny", actions)
}

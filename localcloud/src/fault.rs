//! Faults and rewrites: what can be asked of the gateway to go wrong, as it does on AWS.

use serde::{Deserialize, Serialize};

/// A fault to inject. Read from JSON as documented in `docs/local-cloud.md`, or built:
/// `Fault::on("ec2", "CreateVpc").nth(2).after().hang().freeze()`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The service as the SDK crates call it (`ec2`, `elbv2`, `efs`); any when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The operation (`CreateVpc`), `*` for any, `changing` for any that changes something.
    #[serde(default = "any")]
    pub action: String,
    /// Only calls whose path, query or body has this text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// The first matching call to hit, counted from 1 since the fault was set.
    #[serde(default = "one")]
    pub nth: u64,
    /// How many matching calls in a row to hit, `nth` the first of them; all from there on when left out. A fault that
    /// hangs or drops hits once unless told otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// Whether the call takes effect first.
    #[serde(default)]
    pub when: When,
    /// What happens.
    pub what: What,
    /// From then on no call gets through until a reset, as if the client had died at this instant.
    #[serde(default)]
    pub freeze: bool,
}

/// Whether a faulted call takes effect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// The call is not passed on.
    #[default]
    Before,
    /// The call has taken effect; only its answer is lost.
    After,
}

/// What happens to a faulted call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// No answer, the connection stays open.
    Hang,
    /// No answer, the connection is closed.
    Drop,
    /// An error in the shape of the call's protocol.
    Error {
        /// The HTTP status.
        status: u16,
        /// AWS's code, such as `DependencyViolation`.
        code: String,
        /// AWS's message.
        message: String,
    },
    /// The error that the service gives to a caller that is too fast.
    Throttle,
    /// For reads: the answer that the same call got last time, as where AWS's reads lag behind its writes. A call that was
    /// not made since the fault was set is passed on.
    Stale,
}

/// Changes what answers say, for states that pass slowly on AWS and at once on moto.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rewrite {
    /// The service as the SDK crates call it; any when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The operation, or `*`.
    #[serde(default = "any")]
    pub action: String,
    /// Only calls whose path, query or body has this text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// The text to look for in the answer, such as `<Code>active</Code>`. CBOR answers are rewritten as JSON.
    pub from: String,
    /// What stands there instead.
    pub to: String,
    /// How many answers that have the text are rewritten; all when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// How many milliseconds from the first answer that has the text they are; for ever when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_ms: Option<u64>,
}

/// A fault that was set, with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultState {
    /// Its number, from 1.
    pub id: u64,
    /// What was asked.
    pub fault: Fault,
    /// How many calls matched since it was set.
    pub matched: u64,
    /// How many calls it has hit. Where calls take effect first, one counts only once it has.
    pub sprung: u64,
}

/// What is armed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faults {
    /// Whether no call gets through any more, because a fault with `freeze` was hit.
    pub frozen: bool,
    /// The faults, in the order they were set.
    pub faults: Vec<FaultState>,
}

fn any() -> String {
    "*".to_owned()
}

fn one() -> u64 {
    1
}

impl Fault {
    /// A fault for an operation: before it takes effect, an internal error on every call, until told otherwise.
    pub fn on(service: &str, action: &str) -> Fault {
        let what = What::Error {
            status: 500,
            code: "InternalFailure".to_owned(),
            message: "An injected fault.".to_owned(),
        };
        Fault {
            service: Some(service.to_owned()),
            action: action.to_owned(),
            contains: None,
            nth: 1,
            times: None,
            when: When::Before,
            what,
            freeze: false,
        }
    }

    /// A fault for calls of any service that change something.
    pub fn on_changing() -> Fault {
        Fault {
            service: None,
            ..Fault::on("", "changing")
        }
    }

    /// The first matching call to hit.
    pub fn nth(mut self, nth: u64) -> Fault {
        self.nth = nth;
        self
    }

    /// How many matching calls to hit.
    pub fn times(mut self, times: u64) -> Fault {
        self.times = Some(times);
        self
    }

    /// Only calls that have this text.
    pub fn contains(mut self, text: &str) -> Fault {
        self.contains = Some(text.to_owned());
        self
    }

    /// Lets the call take effect first.
    pub fn after(mut self) -> Fault {
        self.when = When::After;
        self
    }

    /// Gives no answer.
    pub fn hang(mut self) -> Fault {
        self.what = What::Hang;
        self
    }

    /// Closes the connection.
    pub fn drop_connection(mut self) -> Fault {
        self.what = What::Drop;
        self
    }

    /// Answers with an error.
    pub fn error(mut self, status: u16, code: &str, message: &str) -> Fault {
        self.what = What::Error {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
        };
        self
    }

    /// Answers that the caller is too fast.
    pub fn throttle(mut self) -> Fault {
        self.what = What::Throttle;
        self
    }

    /// Answers as the last time.
    pub fn stale(mut self) -> Fault {
        self.what = What::Stale;
        self
    }

    /// Lets no further call through until a reset.
    pub fn freeze(mut self) -> Fault {
        self.freeze = true;
        self
    }

    /// How many calls it may hit.
    pub(crate) fn limit(&self) -> u64 {
        match (self.times, &self.what) {
            (Some(times), _) => times,
            (None, What::Hang | What::Drop) => 1,
            (None, _) => u64::MAX,
        }
    }
}

impl Rewrite {
    /// Shows `from` as `to` in the next `times` answers of an operation that have it.
    pub fn of(service: &str, action: &str, from: &str, to: &str, times: u64) -> Rewrite {
        Rewrite {
            service: Some(service.to_owned()),
            action: action.to_owned(),
            contains: None,
            from: from.to_owned(),
            to: to.to_owned(),
            times: Some(times),
            for_ms: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_json_is_read() {
        let fault: Fault = serde_json::from_str(
            r#"{"service": "ec2", "action": "CreateVpc", "nth": 2, "when": "after", "what": "hang", "freeze": true}"#,
        )
        .unwrap();
        assert_eq!(
            fault,
            Fault::on("ec2", "CreateVpc").nth(2).after().hang().freeze()
        );
        let fault: Fault = serde_json::from_str(
            r#"{"what": {"error": {"status": 400, "code": "C", "message": "m"}}, "times": 3}"#,
        )
        .unwrap();
        assert_eq!(
            (fault.action.as_str(), fault.nth, fault.limit()),
            ("*", 1, 3)
        );
        assert_eq!(fault.when, When::Before);
    }

    #[test]
    fn a_misspelt_field_is_refused() {
        assert!(
            serde_json::from_str::<Fault>(r#"{"what": "hang", "actoin": "CreateVpc"}"#).is_err()
        );
        assert!(serde_json::from_str::<Fault>(r#"{"what": "explode"}"#).is_err());
    }

    #[test]
    fn hanging_and_dropping_hit_once_and_errors_for_ever() {
        assert_eq!(Fault::on("ec2", "*").hang().limit(), 1);
        assert_eq!(Fault::on("ec2", "*").throttle().limit(), u64::MAX);
    }
}

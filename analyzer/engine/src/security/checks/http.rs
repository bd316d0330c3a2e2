//! Calls of HTTP clients, as B113 and B501 know them.

use super::super::call::Call;

const VERBS: [&str; 7] = ["get", "options", "head", "post", "put", "patch", "delete"];
const OTHERS: [&str; 4] = ["request", "stream", "Client", "AsyncClient"];

/// The client of which a call is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Client {
    Requests,
    Httpx,
}

impl Client {
    pub(super) fn of(call: &Call<'_, '_>) -> Option<Self> {
        let is_verb = VERBS.contains(&call.name);
        match call.parts().next() {
            Some("requests") if is_verb => Some(Self::Requests),
            Some("httpx") if is_verb || OTHERS.contains(&call.name) => Some(Self::Httpx),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Httpx => "httpx",
        }
    }
}

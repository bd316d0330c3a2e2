//! What `apply` and `destroy` write at the end of a run for a program.

use serde_json::{Map, Value, json};

use super::run::Ran;
use super::session::Session;
use crate::view::{Detail, PlanView};

/// The document of a run: its plan, and how it ended; null where there was nothing to do.
pub fn document(verb: &str, session: &Session, ran: &Ran) -> Map<String, Value> {
    let view = PlanView {
        plan: &ran.plan,
        cost: None,
        sections: &[],
        detail: Detail::Terse,
    };
    let place = |origin: &str| session.loaded.place(origin);
    let ended = ran.ended.as_ref().map(|ended| ended.json(&place));
    Map::from_iter([
        ("version".to_owned(), json!(1)),
        ("document".to_owned(), json!(verb)),
        ("plan".to_owned(), view.json()),
        ("run".to_owned(), json!(ended)),
    ])
}

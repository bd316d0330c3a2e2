//! B112: an exception of any kind, and then `continue`.

use ruff_python_ast::{ExceptHandlerExceptHandler, Stmt};

use super::super::issue::Issue;
use super::super::registry::{Check, Run};
use super::handlers::takes_any;
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B112",
    name: "try_except_continue",
    docs: "An exception handler that takes any exception does nothing but `continue`. An attack, \
           or a mistake, then leaves no trace. Name the exceptions that are expected, and log the \
           others.",
    severities: &[Rank::Low],
    confidences: &[Rank::High],
    cwe: 703,
    fires: &[
        "for x in y:\n    try:\n        f()\n    except:\n        continue\n",
        "for x in y:\n    try:\n        f()\n    except Exception as e:\n        continue\n",
    ],
    silent: &[
        "for x in y:\n    try:\n        f()\n    except ValueError:\n        continue\n",
        "for x in y:\n    try:\n        f()\n    except:\n        log()\n        continue\n",
    ],
    run: Run::Handler(run),
};

fn run(handler: &ExceptHandlerExceptHandler) -> Option<Issue> {
    (takes_any(handler) && matches!(&*handler.body, [Stmt::Continue(_)]))
        .then(|| Issue::new(Rank::Low, Rank::High, "Try, Except, Continue detected."))
}

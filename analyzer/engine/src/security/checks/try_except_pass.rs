//! B110: an exception of any kind, and then `pass`.

use ruff_python_ast::{ExceptHandlerExceptHandler, Stmt};

use super::super::issue::Issue;
use super::super::registry::{Check, Run};
use super::handlers::takes_any;
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B110",
    name: "try_except_pass",
    docs: "An exception handler that takes any exception does nothing but `pass`. An attack, or a \
           mistake, then leaves no trace. Name the exceptions that are expected, and log the \
           others.",
    severities: &[Rank::Low],
    confidences: &[Rank::High],
    cwe: 703,
    fires: &[
        "for x in y:\n    try:\n        f()\n    except:\n        pass\n",
        "for x in y:\n    try:\n        f()\n    except Exception as e:\n        pass\n",
    ],
    silent: &[
        "for x in y:\n    try:\n        f()\n    except ValueError:\n        pass\n",
        "for x in y:\n    try:\n        f()\n    except:\n        log()\n        pass\n",
    ],
    run: Run::Handler(run),
};

fn run(handler: &ExceptHandlerExceptHandler) -> Option<Issue> {
    (takes_any(handler) && matches!(&*handler.body, [Stmt::Pass(_)]))
        .then(|| Issue::new(Rank::Low, Rank::High, "Try, Except, Pass detected."))
}

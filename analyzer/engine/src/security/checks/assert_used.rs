//! B101: `assert`.

use super::super::issue::Issue;
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B101",
    name: "assert_used",
    docs: "An `assert` statement is removed when Python compiles with optimisation (`python -O`), \
           and with it any protection it was meant to give. Raise an exception of a fitting kind \
           where a condition must hold in production; keep `assert` for tests.",
    severities: &[Rank::Low],
    confidences: &[Rank::High],
    cwe: 703,
    fires: &[
        "assert user.is_admin\n",
        "def f(x):\n    assert (x, \"message\")\n",
    ],
    silent: &[
        "if not user.is_admin:\n    raise PermissionError\n",
        "self.assertTrue(x)\n",
    ],
    run: Run::Assert(run),
};

fn run() -> Issue {
    Issue::new(
        Rank::Low,
        Rank::High,
        "Use of assert detected. The enclosed code will be removed when compiling to optimised \
         byte code.",
    )
}

//! B704: `Markup` of what is not fixed.

use super::super::call::Call;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B704",
    name: "markupsafe_markup_xss",
    docs: "`Markup` marks text as safe for a page without escaping it. Where the text is not a \
           constant, a value in it can be a script. Give `Markup` the constant part, and values \
           through its `format` or `%`, which escape them.",
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 79,
    fires: &[
        "from markupsafe import Markup\nMarkup(f\"<b>{name}</b>\")\n",
        "import flask\nflask.Markup(text)\n",
    ],
    silent: &[
        "from markupsafe import Markup\nMarkup(\"<b>{}</b>\").format(name)\n",
        "from markupsafe import escape\nescape(text)\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    let is_markup = matches!(call.qualname, "markupsafe.Markup" | "flask.Markup");
    if !is_markup
        || call
            .args()
            .first()
            .is_none_or(|text| text.is_literal_expr())
    {
        return Ok(None);
    }
    let text = format!(
        "Potential XSS with ``{}`` detected. Do not use ``{}`` on untrusted data.",
        call.qualname, call.name
    );
    Ok(Some(Issue::new(Rank::Medium, Rank::High, text)))
}

//! B702: Mako templates.

use super::super::call::Call;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B702",
    name: "use_of_mako_templates",
    docs: "A Mako template escapes nothing of its own accord, so that a value can be a script in \
           the page. Filter every value with `h`, or give the template `default_filters=[\"h\"]`.",
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 80,
    fires: &[
        "from mako.template import Template\nTemplate(\"hello\")\n",
        "import mako.template\nmako.template.Template(\"hello\")\n",
    ],
    silent: &["from string import Template\nTemplate(\"hello\")\n"],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    let is_mako = call.name == "Template" && call.parts().any(|part| part == "mako");
    Ok(is_mako.then(|| {
        let text = "Mako templates allow HTML/JS rendering by default and are inherently open to \
                    XSS attacks. Ensure variables in all templates are properly sanitized via the \
                    'n', 'h' or 'x' flags (depending on context). For example, to HTML escape the \
                    variable 'data' do ${ data |h }.";
        Issue::new(Rank::Medium, Rank::High, text)
    }))
}

//! B701: Jinja2 without escaping.

use std::collections::VecDeque;

use ruff_python_ast::{Expr, Keyword};

use super::super::call::Call;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use crate::report::Rank;
use crate::syntax::Node;

pub(super) static CHECK: Check = Check {
    id: "B701",
    name: "jinja2_autoescape_false",
    docs: "A Jinja2 environment does not escape what is put into its templates, so that a value \
           can be a script in the page. Give `autoescape=True`, or `select_autoescape()`.",
    severities: &[Rank::High],
    confidences: &[Rank::Medium, Rank::High],
    cwe: 94,
    fires: &[
        "import jinja2\njinja2.Environment(loader=x)\n",
        "from jinja2 import Environment\nEnvironment(autoescape=False)\n",
        "import jinja2\njinja2.Environment(autoescape=choose)\n",
    ],
    silent: &[
        "import jinja2\njinja2.Environment(autoescape=True)\n",
        "from jinja2 import Environment, select_autoescape\nEnvironment(autoescape=select_autoescape())\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    if call.name != "Environment" || !call.parts().any(|part| part == "jinja2") {
        return Ok(None);
    }
    let (confidence, text) = match autoescape(call).map(|keyword| &keyword.value) {
        None => (
            Rank::High,
            "By default, jinja2 sets autoescape to False. Consider using autoescape=True or use \
             the select_autoescape function to mitigate XSS vulnerabilities.",
        ),
        Some(Expr::BooleanLiteral(boolean)) if boolean.value => return Ok(None),
        Some(Expr::BooleanLiteral(_)) => (
            Rank::High,
            "Using jinja2 templates with autoescape=False is dangerous and can lead to XSS. Use \
             autoescape=True or use the select_autoescape function to mitigate XSS \
             vulnerabilities.",
        ),
        Some(Expr::Call(function)) if is_select_autoescape(&function.func) => return Ok(None),
        Some(_) => (
            Rank::Medium,
            "Using jinja2 templates with autoescape=False is dangerous and can lead to XSS. \
             Ensure autoescape=True or use the select_autoescape function to mitigate XSS \
             vulnerabilities.",
        ),
    };
    Ok(Some(Issue::new(Rank::High, confidence, text)))
}

/// The first argument `autoescape` of the call or of whatever stands in it, level by level.
fn autoescape<'a>(call: &Call<'a, '_>) -> Option<&'a Keyword> {
    let is_autoescape = |keyword: &Keyword| {
        keyword
            .arg
            .as_ref()
            .is_some_and(|arg| arg.as_str() == "autoescape")
    };
    let mut open: VecDeque<Node<'a>> = VecDeque::new();
    open.push_back(Node::Expr(&call.node.func));
    open.extend(call.args().iter().map(Node::Expr));
    open.extend(call.keywords().iter().map(Node::Keyword));
    while let Some(node) = open.pop_front() {
        if let Node::Keyword(keyword) = node
            && is_autoescape(keyword)
        {
            return Some(keyword);
        }
        node.for_each_child(&mut |child| open.push_back(child));
    }
    None
}

fn is_select_autoescape(function: &Expr) -> bool {
    match function {
        Expr::Attribute(attribute) => &*attribute.attr == "select_autoescape",
        Expr::Name(name) => name.id == "select_autoescape",
        _ => false,
    }
}

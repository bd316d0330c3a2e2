//! B703: `mark_safe` of Django on what is not fixed.

mod assignments;

use ruff_python_ast::{Expr, ExprBinOp, ExprCall, Operator, Stmt};

use super::super::call::Call;
use super::super::imports::Like;
use super::super::issue::{Issue, Outcome, Raised};
use super::super::registry::{Check, Run};
use super::super::walk::Parent;
use crate::report::Rank;
use crate::syntax::Node;
use assignments::Question;
pub(crate) use assignments::Scopes;

pub(super) static CHECK: Check = Check {
    id: "B703",
    name: "django_mark_safe",
    docs: "`mark_safe` marks text as safe for a page without escaping it. The text is not, as far \
           as can be seen, made of constants alone, and a value in it can be a script. Use \
           `format_html`, which escapes what it puts in.",
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 80,
    fires: &[
        "from django.utils.safestring import mark_safe\nmark_safe(text)\n",
        "from django.utils import safestring\nsafestring.SafeString('%s' % name)\n",
    ],
    silent: &[
        "from django.utils.safestring import mark_safe\nmark_safe('<b>')\n",
        "from django.utils.safestring import mark_safe\ntext = '<b>'\nmark_safe(text)\n",
        "mark_safe(text)\n",
    ],
    run: Run::Call(run),
};

const AFFECTED: [&str; 5] = [
    "mark_safe",
    "SafeText",
    "SafeUnicode",
    "SafeString",
    "SafeBytes",
];

fn run(call: &Call<'_, '_>) -> Outcome {
    if !AFFECTED.contains(&call.name) || !call.imports.has_like(Like::DjangoSafestring) {
        return Ok(None);
    }
    let text = call.args().first().ok_or(Raised)?;
    if text.is_string_literal_expr() || is_secure(call, text)? {
        return Ok(None);
    }
    let issue = Issue::new(
        Rank::Medium,
        Rank::High,
        "Potential XSS on mark_safe function.",
    );
    Ok(Some(issue))
}

fn is_secure<'a>(call: &Call<'a, '_>, text: &'a Expr) -> Result<bool, Raised> {
    match text {
        Expr::Name(name) => {
            let mut question = question(call);
            question.is_secure_name(&name.id, call.source.line(call.node.range_start))
        }
        Expr::Call(format) => match Format::of_call(format) {
            Some(format) => question(call).is_secure_format(&format),
            None => Ok(false),
        },
        Expr::BinOp(operation) => match Format::of_operation(operation) {
            Some(format) => question(call).is_secure_format(&format),
            None => Ok(false),
        },
        _ => Ok(false),
    }
}

/// A question about the names of the function that the call stands in, coroutines passed over, or the module.
fn question<'a, 'c>(call: &Call<'a, 'c>) -> Question<'a, 'c> {
    let mut parent: Option<&Parent<'a, 'c>> = Some(call.parent);
    while let Some(at) = parent {
        if let Node::Stmt(Stmt::FunctionDef(function)) = at.node
            && !function.is_async
        {
            return Question::of_function(function, call);
        }
        parent = at.up;
    }
    Question::of_module(call)
}

/// A string with values put in: `"…".format(…)` or `"…" % …`.
struct Format<'a> {
    args: &'a [Expr],
    start: ruff_text_size::TextSize,
}

impl<'a> Format<'a> {
    fn of_call(call: &'a ExprCall) -> Option<Self> {
        let Expr::Attribute(method) = &*call.func else {
            return None;
        };
        let is_format = &*method.attr == "format" && method.value.is_literal_expr();
        (is_format && call.arguments.keywords.is_empty()).then_some(Self {
            args: &call.arguments.args,
            start: call.range_start,
        })
    }

    fn of_operation(operation: &'a ExprBinOp) -> Option<Self> {
        let is_format = operation.op == Operator::Mod && operation.left.is_string_literal_expr();
        is_format.then_some(Self {
            args: match &*operation.right {
                Expr::Tuple(tuple) => &tuple.elts,
                one => std::slice::from_ref(one),
            },
            start: operation.range.start(),
        })
    }
}

//! B202: `tarfile.extractall`.

use ruff_python_ast::Expr;

use super::super::call::Call;
use super::super::imports::Exact;
use super::super::issue::{Issue, Outcome, Raised};
use super::super::python::repr;
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B202",
    name: "tarfile_unsafe_members",
    docs: "An archive is extracted with all its members. One that is called `../x`, or is a link, \
           or a device, escapes the directory. Give `filter=\"data\"`, which refuses such members, \
           or a function that checks each.",
    severities: &[Rank::Low, Rank::Medium, Rank::High],
    confidences: &[Rank::Low, Rank::Medium, Rank::High],
    cwe: 22,
    fires: &[
        "import tarfile\ntarfile.open(name).extractall()\n",
        "import tarfile\ntar.extractall(members=check(tar))\n",
        "import tarfile\ntar.extractall(members=names)\n",
    ],
    silent: &[
        "import tarfile\ntar.extractall(filter=\"data\")\n",
        "import zipfile\nzip.extractall()\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    if !call.imports.has_exactly(Exact::Tarfile) || !call.name.contains("extractall") {
        return Ok(None);
    }
    if given(call, "filter")?.is_some_and(is_data) {
        return Ok(None);
    }
    let issue = match given(call, "members")? {
        None => Issue::new(
            Rank::High,
            Rank::High,
            "tarfile.extractall used without any validation. Please check and discard dangerous \
             members.",
        ),
        Some(Expr::Call(function)) => {
            let Expr::Name(name) = &*function.func else {
                return Err(Raised);
            };
            let members = format!("{{'Function': {}}}", repr::repr_of_str(&name.id));
            let text = format!(
                "Usage of tarfile.extractall(members=function(tarfile)). Make sure your function \
                 properly discards dangerous members {members})."
            );
            Issue::new(Rank::Low, Rank::Low, text)
        }
        Some(other) => {
            let other = match other {
                Expr::Name(name) => repr::repr_of_str(&name.id),
                _ => repr::repr_of_node(other),
            };
            let text = format!(
                "Found tarfile.extractall(members=?) but couldn't identify the type of members. \
                 Check if the members were properly validated {{'Other': {other}}})."
            );
            Issue::new(Rank::Medium, Rank::Medium, text)
        }
    };
    Ok(Some(issue))
}

/// The first argument of a name.
fn given<'a>(call: &Call<'a, '_>, name: &str) -> Result<Option<&'a Expr>, Raised> {
    let mut keywords = call.keyword_values()?.iter();
    let found =
        keywords.find(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == name));
    Ok(found.map(|keyword| &keyword.value))
}

fn is_data(filter: &Expr) -> bool {
    matches!(filter, Expr::StringLiteral(string) if string.value.to_str() == "data")
}

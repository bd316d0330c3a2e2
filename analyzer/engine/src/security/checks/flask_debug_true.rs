//! B201: a Flask application in debug mode.

use super::super::call::Call;
use super::super::imports::Like;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B201",
    name: "flask_debug_true",
    docs: "A Flask application is run with `debug=True`. Its debugger lets whoever sees an error \
           page run code in the process. Never run in debug mode what others can reach; take the \
           mode from the environment of the developer.",
    severities: &[Rank::High],
    confidences: &[Rank::Medium],
    cwe: 94,
    fires: &["from flask import Flask\napp = Flask(__name__)\napp.run(debug=True)\n"],
    silent: &[
        "from flask import Flask\napp = Flask(__name__)\napp.run(debug=False)\n",
        "app.run(debug=True)\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    if !call.imports.has_like(Like::Flask)
        || !call.qualname.ends_with(".run")
        || !call.keyword_is("debug", "True")?
    {
        return Ok(None);
    }
    let text = "A Flask app appears to be run with debug=True, which exposes the Werkzeug debugger \
                and allows the execution of arbitrary code.";
    Ok(Some(
        Issue::new(Rank::High, Rank::Medium, text).at(call.keyword_line("debug")),
    ))
}

//! B612: `logging.config.listen`.

use super::super::call::Call;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B612",
    name: "logging_config_insecure_listen",
    docs: "`logging.config.listen` takes configurations from a socket, parts of which are run as \
           code, from any user of the machine. Give `verify` a function that checks who sent \
           them.",
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 94,
    fires: &["import logging.config\nlogging.config.listen(9999)\n"],
    silent: &[
        "import logging.config\nlogging.config.listen(9999, verify=check)\n",
        "import logging.config\nlogging.config.dictConfig(x)\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    if call.qualname != "logging.config.listen" || call.has_keyword("verify")? {
        return Ok(None);
    }
    let text = "Use of insecure logging.config.listen detected.";
    Ok(Some(Issue::new(Rank::Medium, Rank::High, text)))
}

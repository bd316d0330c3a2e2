//! B509: SNMP 3 without encryption.

use super::super::call::Call;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B509",
    name: "snmp_weak_cryptography",
    docs: "A user of SNMP 3 is made with a name alone or with a key for authentication alone. \
           What is sent can be read by all on the way. Give a key for privacy too.",
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 319,
    fires: &[
        "from pysnmp.hlapi import UsmUserData\nUsmUserData(\"name\")\n",
        "import pysnmp.hlapi as h\nh.UsmUserData(\"name\", \"auth\")\n",
    ],
    silent: &["from pysnmp.hlapi import UsmUserData\nUsmUserData(\"name\", \"auth\", \"priv\")\n"],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    if call.qualname != "pysnmp.hlapi.UsmUserData" || call.args().len() >= 3 {
        return Ok(None);
    }
    let text =
        "You should not use SNMPv3 without encryption. noAuthNoPriv & authNoPriv is insecure";
    let line = call.keyword_line("UsmUserData");
    Ok(Some(Issue::new(Rank::Medium, Rank::High, text).at(line)))
}

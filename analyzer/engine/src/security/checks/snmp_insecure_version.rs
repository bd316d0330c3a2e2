//! B508: SNMP 1 and 2.

use super::super::call::Call;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B508",
    name: "snmp_insecure_version",
    docs: "SNMP 1 and 2c send the community string, which is their only secret, in the clear. Use \
           SNMP 3 with authentication and encryption.",
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 319,
    fires: &["from pysnmp.hlapi import CommunityData\nCommunityData(\"public\", mpModel=0)\n"],
    silent: &[
        "from pysnmp.hlapi import CommunityData\nCommunityData(\"public\")\n",
        "CommunityData(\"public\", mpModel=1)\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    if call.qualname != "pysnmp.hlapi.CommunityData" {
        return Ok(None);
    }
    let model = call.keyword_value("mpModel")?;
    if !model.is_number(0) && !model.is_number(1) {
        return Ok(None);
    }
    let text = "The use of SNMPv1 and SNMPv2 is insecure. You should use SNMPv3 if able.";
    let line = call.keyword_line("CommunityData");
    Ok(Some(Issue::new(Rank::Medium, Rank::High, text).at(line)))
}

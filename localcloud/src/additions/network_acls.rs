//! Every network ACL ends with a rule that denies the rest, number 32767, in both directions, which cannot be removed. moto
//! has it for default ACLs only.

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

pub(super) struct NetworkAcls;

#[async_trait]
impl Addition for NetworkAcls {
    fn name(&self) -> &'static str {
        "network_acls"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["ec2:DescribeNetworkAcls"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let answer = moto.send(call).await;
        let text = with_last_rules(&answer.text());
        answer.with_body(text)
    }
}

fn with_last_rules(text: &str) -> String {
    let last: String = ["true", "false"]
        .iter()
        .map(|egress| {
            format!(
                "<item><cidrBlock>0.0.0.0/0</cidrBlock><egress>{egress}</egress><protocol>-1</protocol>\
                 <ruleAction>deny</ruleAction><ruleNumber>32767</ruleNumber></item>"
            )
        })
        .collect();
    let mut told = text.replace("<entrySet/>", "<entrySet></entrySet>");
    let mut at = 0;
    while let Some(start) = told[at..].find("<entrySet>").map(|found| at + found) {
        let Some(rules) = xml::inner(&told[start..], "entrySet") else {
            break;
        };
        let end = start + "<entrySet>".len() + rules.len();
        let is_whole = rules.contains("<ruleNumber>32767</ruleNumber>");
        at = end;
        if !is_whole {
            told.insert_str(end, &last);
            at += last.len();
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::with_last_rules;

    #[test]
    fn each_list_of_rules_ends_with_the_two_that_deny_the_rest() {
        let rule = |n| format!("<item><ruleNumber>{n}</ruleNumber></item>");
        let text = format!(
            "<a><entrySet/></a><b><entrySet>{}</entrySet></b><c><entrySet>{}</entrySet></c>",
            rule(100),
            rule(32767)
        );
        let told = with_last_rules(&text);
        assert_eq!(
            told.matches("<ruleNumber>32767</ruleNumber>").count(),
            2 + 2 + 1
        );
        assert!(told.contains(&format!("<entrySet>{}<item><cidrBlock>", rule(100))));
    }
}

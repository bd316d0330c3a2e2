//! Every network ACL ends with a rule that denies the rest, number 32767, in both directions, which cannot be removed. moto
//! has it for default ACLs only. It also forgets the type and code of an ICMP rule, which are remembered here.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

#[derive(Default)]
pub(super) struct NetworkAcls {
    /// Type and code of ICMP rules.
    icmp: Mutex<HashMap<Rule, (String, String)>>,
}

/// ACL, direction (`egress`: `true` or `false`) and number of a rule.
type Rule = (String, String, String);

#[async_trait]
impl Addition for NetworkAcls {
    fn name(&self) -> &'static str {
        "network_acls"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "ec2:DescribeNetworkAcls",
            "ec2:CreateNetworkAclEntry",
            "ec2:ReplaceNetworkAclEntry",
        ]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let answer = moto.send(call).await;
        let mut icmp = self.icmp.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(acl) = call
            .parameter("RuleNumber")
            .and(call.parameter("NetworkAclId"))
        {
            let part = |name: &str| call.parameter(name).unwrap_or_default();
            let rule = (acl, part("Egress"), part("RuleNumber"));
            match call.parameter("Icmp.Type") {
                Some(kind) => icmp.insert(rule, (kind, part("Icmp.Code"))),
                None => icmp.remove(&rule),
            };
            return answer;
        }
        let text = with_icmp(&with_last_rules(&answer.text()), &icmp);
        answer.with_body(text)
    }
}

/// Puts the remembered types and codes into the rules of an answer, which name their ACL once for all.
fn with_icmp(text: &str, icmp: &HashMap<Rule, (String, String)>) -> String {
    if icmp.is_empty() {
        return text.to_owned();
    }
    xml::each(text, "networkAclSet", |acls| {
        xml::each(acls, "item", |acl| {
            let id = xml::inner(acl, "networkAclId")
                .unwrap_or_default()
                .to_owned();
            xml::each(acl, "entrySet", |rules| {
                xml::each(rules, "item", |rule| {
                    let part = |name| xml::inner(rule, name).unwrap_or_default().to_owned();
                    let key = (id.clone(), part("egress"), part("ruleNumber"));
                    match icmp.get(&key) {
                        Some((kind, code)) => format!(
                            "{rule}<icmpTypeCode><code>{code}</code><type>{kind}</type></icmpTypeCode>"
                        ),
                        None => rule.to_owned(),
                    }
                })
            })
        })
    })
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
    use super::*;

    #[test]
    fn type_and_code_of_an_icmp_rule_are_told() {
        let rule = "<item><egress>true</egress><ruleNumber>140</ruleNumber></item>";
        let text = format!(
            "<networkAclSet><item><networkAclId>acl-1</networkAclId><entrySet>{rule}</entrySet></item></networkAclSet>"
        );
        let key = ("acl-1".to_owned(), "true".to_owned(), "140".to_owned());
        let icmp = HashMap::from([(key, ("3".to_owned(), "4".to_owned()))]);
        let told = with_icmp(&text, &icmp);
        assert!(told.contains(
            "<ruleNumber>140</ruleNumber><icmpTypeCode><code>4</code><type>3</type></icmpTypeCode></item>"
        ));
    }

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

//! Actions of listeners and rules are echoed as ELB echoes them: a redirect with all its parts, a forward to one group
//! both ways that it can be written, stickiness even where it is off, and no TLS policy on a plain listener. What compares
//! them must not take an echo for a change.

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

pub(super) struct Elbv2Actions;

/// What a redirect keeps of the request where it says nothing else, in the order of the model.
const KEPT: [(&str, &str); 5] = [
    ("Protocol", "#{protocol}"),
    ("Port", "#{port}"),
    ("Host", "#{host}"),
    ("Path", "/#{path}"),
    ("Query", "#{query}"),
];

#[async_trait]
impl Addition for Elbv2Actions {
    fn name(&self) -> &'static str {
        "elbv2_actions"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "elbv2:CreateRule",
            "elbv2:DescribeListeners",
            "elbv2:DescribeRules",
            "elbv2:ModifyListener",
            "elbv2:ModifyRule",
            "elbv2:SetRulePriorities",
        ]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        echo(moto.send(call).await)
    }
}

/// The answer with its actions as ELB tells them.
pub(super) fn echo(answer: Answer) -> Answer {
    if !answer.is_success() {
        return answer;
    }
    let text = answer.text().into_owned();
    let told = ["DefaultActions", "Actions"]
        .into_iter()
        .fold(without_plain_policies(&text), |text, list| {
            xml::each(&text, list, |actions| xml::each(actions, "member", action))
        });
    answer.with_body(told)
}

fn action(action: &str) -> String {
    match xml::inner(action, "Type") {
        Some("redirect") => xml::each(action, "RedirectConfig", |config| {
            let parts: String = KEPT
                .iter()
                .map(|(name, kept)| {
                    let value = xml::inner(config, name).unwrap_or(kept);
                    format!("<{name}>{value}</{name}>")
                })
                .collect();
            let status = xml::inner(config, "StatusCode").unwrap_or_default();
            format!("{parts}<StatusCode>{status}</StatusCode>")
        }),
        Some("forward") => forward(action),
        _ => action.to_owned(),
    }
}

fn forward(action: &str) -> String {
    let Some(config) = xml::inner(action, "ForwardConfig") else {
        let group = xml::inner(action, "TargetGroupArn").unwrap_or_default();
        return format!(
            "{action}<ForwardConfig><TargetGroups><member><TargetGroupArn>{group}</TargetGroupArn><Weight>1</Weight>\
             </member></TargetGroups><TargetGroupStickinessConfig><Enabled>false</Enabled></TargetGroupStickinessConfig>\
             </ForwardConfig>"
        );
    };
    let groups: Vec<_> = xml::elements(config, "TargetGroupArn").collect();
    let plain = action.replacen(config, "", 1);
    match groups.as_slice() {
        [only] if !plain.contains("<TargetGroupArn>") => {
            format!("{action}<TargetGroupArn>{only}</TargetGroupArn>")
        }
        _ => action.to_owned(),
    }
}

/// moto gives every listener a TLS policy.
fn without_plain_policies(text: &str) -> String {
    xml::each(text, "Listeners", |listeners| {
        xml::each(listeners, "member", |listener| {
            let policy = xml::inner(listener, "SslPolicy").unwrap_or_default();
            if xml::inner(listener, "Protocol") == Some("HTTP") {
                listener.replacen(&format!("<SslPolicy>{policy}</SslPolicy>"), "", 1)
            } else {
                listener.to_owned()
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_told_with_all_its_parts() {
        let told = action(
            "<Type>redirect</Type><RedirectConfig><Protocol>HTTPS</Protocol><StatusCode>HTTP_301</StatusCode></RedirectConfig>",
        );
        assert_eq!(
            xml::inner(&told, "RedirectConfig"),
            Some(
                "<Protocol>HTTPS</Protocol><Port>#{port}</Port><Host>#{host}</Host><Path>/#{path}</Path>\
                 <Query>#{query}</Query><StatusCode>HTTP_301</StatusCode>"
            )
        );
    }

    #[test]
    fn a_forward_to_one_group_is_told_both_ways() {
        let told = action("<Type>forward</Type><TargetGroupArn>a</TargetGroupArn>");
        assert!(told.contains("<ForwardConfig><TargetGroups><member><TargetGroupArn>a<"));
        let config = "<TargetGroups><member><TargetGroupArn>a</TargetGroupArn><Weight>1</Weight></member></TargetGroups>";
        let told = action(&format!(
            "<Type>forward</Type><ForwardConfig>{config}</ForwardConfig>"
        ));
        assert!(told.ends_with("</ForwardConfig><TargetGroupArn>a</TargetGroupArn>"));
    }

    #[test]
    fn a_forward_to_two_groups_is_told_one_way() {
        let group = |arn| format!("<member><TargetGroupArn>{arn}</TargetGroupArn></member>");
        let config = format!("<TargetGroups>{}{}</TargetGroups>", group("a"), group("b"));
        let told = format!("<Type>forward</Type><ForwardConfig>{config}</ForwardConfig>");
        assert_eq!(action(&told), told);
    }

    #[test]
    fn only_a_plain_listener_loses_its_policy() {
        let listener = |protocol| {
            format!("<member><Protocol>{protocol}</Protocol><SslPolicy>p</SslPolicy></member>")
        };
        let text = format!(
            "<Listeners>{}{}</Listeners>",
            listener("HTTP"),
            listener("HTTPS")
        );
        let told = without_plain_policies(&text);
        assert_eq!(
            told,
            format!(
                "<Listeners><member><Protocol>HTTP</Protocol></member>{}</Listeners>",
                listener("HTTPS")
            )
        );
    }
}

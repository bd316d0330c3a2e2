//! A launch template's tags as they are now. moto tells those that it was made with, whatever `CreateTags` and `DeleteTags`
//! have done since.

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

pub(super) struct LaunchTemplateTags;

#[async_trait]
impl Addition for LaunchTemplateTags {
    fn name(&self) -> &'static str {
        "launch_template_tags"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["ec2:DescribeLaunchTemplates"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let answer = moto.send(call).await;
        if !answer.text().contains("<launchTemplateId>") {
            return answer;
        }
        let filter = [
            ("Filter.1.Name", "resource-type"),
            ("Filter.1.Value.1", "launch-template"),
        ];
        let tags = moto.send(&call.with_form("DescribeTags", &filter)).await;
        let text = with_tags(&answer.text(), &tags.text());
        answer.with_body(text)
    }
}

fn with_tags(templates: &str, tags: &str) -> String {
    let Some(list) = xml::inner(templates, "launchTemplates") else {
        return templates.to_owned();
    };
    let all = xml::inner(tags, "tagSet").unwrap_or_default();
    let told: String = xml::elements(list, "item")
        .map(|template| {
            let id = xml::inner(template, "launchTemplateId");
            let own: String = xml::elements(all, "item")
                .filter(|tag| xml::inner(tag, "resourceId") == id)
                .map(|tag| {
                    let part = |name| xml::inner(tag, name).unwrap_or_default();
                    let (key, value) = (part("key"), part("value"));
                    format!("<item><key>{key}</key><value>{value}</value></item>")
                })
                .collect();
            let plain = match xml::inner(template, "tagSet") {
                Some(old) => template.replacen(&format!("<tagSet>{old}</tagSet>"), "", 1),
                None => template.replace("<tagSet/>", ""),
            };
            format!("<item>{plain}<tagSet>{own}</tagSet></item>")
        })
        .collect();
    templates.replacen(list, &told, 1)
}

#[cfg(test)]
mod tests {
    use super::with_tags;

    #[test]
    fn each_template_has_its_own_tags_of_now() {
        let templates = "<launchTemplates><item><launchTemplateId>lt-1</launchTemplateId><tagSet><item><key>old</key>\
                         <value>1</value></item></tagSet></item><item><launchTemplateId>lt-2</launchTemplateId></item></launchTemplates>";
        let tags = "<tagSet><item><key>new</key><resourceId>lt-1</resourceId><value>2</value></item></tagSet>";
        assert_eq!(
            with_tags(templates, tags),
            "<launchTemplates><item><launchTemplateId>lt-1</launchTemplateId><tagSet><item><key>new</key><value>2</value>\
             </item></tagSet></item><item><launchTemplateId>lt-2</launchTemplateId><tagSet></tagSet></item></launchTemplates>"
        );
    }
}

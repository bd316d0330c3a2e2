//! `DeleteLaunchTemplateVersions`, which moto lacks: deleted versions are kept here and no longer told. The default version
//! cannot be deleted.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

#[derive(Default)]
pub(super) struct LaunchTemplateVersions {
    /// Template and version.
    deleted: Mutex<HashSet<(String, String)>>,
}

#[async_trait]
impl Addition for LaunchTemplateVersions {
    fn name(&self) -> &'static str {
        "launch_template_versions"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "ec2:DeleteLaunchTemplateVersions",
            "ec2:DescribeLaunchTemplateVersions",
        ]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        if call.action == "DescribeLaunchTemplateVersions" {
            let answer = moto.send(call).await;
            let text = self.without_deleted(&answer.text());
            return answer.with_body(text);
        }
        let named = ["LaunchTemplateId", "LaunchTemplateName"];
        let given: Vec<_> = named
            .iter()
            .filter_map(|name| Some((*name, call.parameter(name)?)))
            .collect();
        let given: Vec<_> = given
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let there = moto
            .send(&call.with_form("DescribeLaunchTemplateVersions", &given))
            .await;
        if !there.is_success() {
            return there;
        }
        let text = self.without_deleted(&there.text());
        let versions: Vec<_> = xml::inner(&text, "launchTemplateVersionSet")
            .map(items)
            .unwrap_or_default();
        let (mut done, mut failed) = (String::new(), String::new());
        for asked in call.list("LaunchTemplateVersion") {
            let found = versions
                .iter()
                .find(|item| xml::inner(item, "versionNumber") == Some(asked.as_str()));
            let id = found
                .and_then(|item| xml::inner(item, "launchTemplateId"))
                .unwrap_or_default();
            let refusal = match found.map(|item| xml::inner(item, "defaultVersion")) {
                None => Some((
                    "launchTemplateVersionDoesNotExist",
                    "the version does not exist",
                )),
                Some(Some("true")) => {
                    Some(("unexpectedError", "the default version cannot be deleted"))
                }
                Some(_) => None,
            };
            let version = format!(
                "<launchTemplateId>{id}</launchTemplateId><versionNumber>{}</versionNumber>",
                xml::escape(&asked)
            );
            match refusal {
                None => {
                    self.deleted
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .insert((id.to_owned(), asked));
                    done += &format!("<item>{version}</item>");
                }
                Some((code, message)) => {
                    failed += &format!(
                        "<item>{version}<responseError><code>{code}</code><message>{message}</message></responseError></item>"
                    );
                }
            }
        }
        Answer::xml(format!(
            "<DeleteLaunchTemplateVersionsResponse><requestId>{}</requestId>\
             <successfullyDeletedLaunchTemplateVersionSet>{done}</successfullyDeletedLaunchTemplateVersionSet>\
             <unsuccessfullyDeletedLaunchTemplateVersionSet>{failed}</unsuccessfullyDeletedLaunchTemplateVersionSet>\
             </DeleteLaunchTemplateVersionsResponse>",
            moto.request_id()
        ))
    }
}

fn items(list: &str) -> Vec<&str> {
    xml::elements(list, "item").collect()
}

impl LaunchTemplateVersions {
    fn without_deleted(&self, text: &str) -> String {
        let deleted = self.deleted.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(list) =
            xml::inner(text, "launchTemplateVersionSet").filter(|_| !deleted.is_empty())
        else {
            return text.to_owned();
        };
        let is_deleted = |item: &&str| {
            let field = |name| xml::inner(item, name).unwrap_or_default().to_owned();
            deleted.contains(&(field("launchTemplateId"), field("versionNumber")))
        };
        let kept: String = items(list)
            .into_iter()
            .filter(|item| !is_deleted(item))
            .map(|item| format!("<item>{item}</item>"))
            .collect();
        text.replacen(list, &kept, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deleted_versions_are_not_told() {
        let additions = LaunchTemplateVersions::default();
        additions
            .deleted
            .lock()
            .unwrap()
            .insert(("lt-1".to_owned(), "1".to_owned()));
        let item = |n| {
            format!(
                "<item><launchTemplateId>lt-1</launchTemplateId><versionNumber>{n}</versionNumber></item>"
            )
        };
        let text = format!(
            "<R><launchTemplateVersionSet>{}{}</launchTemplateVersionSet></R>",
            item(1),
            item(2)
        );
        assert_eq!(
            additions.without_deleted(&text),
            format!(
                "<R><launchTemplateVersionSet>{}</launchTemplateVersionSet></R>",
                item(2)
            )
        );
    }
}

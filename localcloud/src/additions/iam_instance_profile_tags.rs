//! `ListInstanceProfileTags`, which moto lacks: the tags of `GetInstanceProfile`.

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

pub(super) struct IamInstanceProfileTags;

#[async_trait]
impl Addition for IamInstanceProfileTags {
    fn name(&self) -> &'static str {
        "iam_instance_profile_tags"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["iam:ListInstanceProfileTags"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let name = call.parameter("InstanceProfileName").unwrap_or_default();
        let profile = moto
            .send(&call.with_form("GetInstanceProfile", &[("InstanceProfileName", &name)]))
            .await;
        if !profile.is_success() {
            return profile;
        }
        Answer::xml(format!(
            "<ListInstanceProfileTagsResponse><ListInstanceProfileTagsResult><Tags>{}</Tags><IsTruncated>false</IsTruncated>\
             </ListInstanceProfileTagsResult><ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata>\
             </ListInstanceProfileTagsResponse>",
            tags(&profile.text()),
            moto.request_id()
        ))
    }
}

/// The profile's own tags; its roles have theirs.
fn tags(profile: &str) -> String {
    let own = match xml::inner(profile, "Roles") {
        Some(roles) => profile.replacen(roles, "", 1),
        None => profile.to_owned(),
    };
    xml::inner(&own, "Tags").unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::tags;

    #[test]
    fn the_tags_of_the_role_are_not_the_profiles() {
        let profile = "<P><Roles><member><Tags><member>role's</member></Tags></member></Roles><Tags><member>own</member></Tags></P>";
        assert_eq!(tags(profile), "<member>own</member>");
        assert_eq!(tags("<P><Roles></Roles></P>"), "");
    }
}

//! Whether names that the stack wants belong to somebody else.

use futures::future::try_join_all;

use super::found;
use crate::aws::{AwsError, During, ErrorClass};
use crate::cli::session::Session;
use crate::event::Silent;
use crate::view::doctor::{Check, Verdict};

pub(super) async fn check(session: &Session) -> Result<Vec<Check>, AwsError> {
    let cloud = &session.place.cloud;
    let buckets = session
        .resources
        .iter()
        .filter(|resource| resource.kind.type_name() == "s3:bucket")
        .filter_map(|resource| resource.spec.get("name")?.as_str().map(str::to_owned));
    let taken = try_join_all(buckets.map(|name| async move {
        let head = cloud
            .s3()
            .head_bucket()
            .bucket(&name)
            .send()
            .await
            .during("s3:HeadBucket");
        match head {
            // Whoever may not look into it does not own it.
            Err(error) if error.class == ErrorClass::Denied || error.code == "403" => {
                Ok(Some(name))
            }
            Err(error) if error.not_found() => Ok(None),
            Err(error) => Err(error),
            Ok(_) => Ok(None),
        }
    }))
    .await?;
    let taken: Vec<String> = taken.into_iter().flatten().collect();
    let mut checks = vec![if taken.is_empty() {
        found("names", Verdict::Ok, "no bucket name is taken", None)
    } else {
        let says = format!("taken in another account: {}", taken.join(", "));
        let remedy = Some("give the stack or the bucket another name");
        found("names", Verdict::Failed, says, remedy)
    }];
    checks.extend(unclaimed(session).await);
    Ok(checks)
}

/// What has the stack's name and is not the stack's.
async fn unclaimed(session: &Session) -> Option<Check> {
    let discovery = session.discover(&session.resources, &Silent).await.ok()?;
    let plan = crate::cli::plan::planned(
        session,
        &session.resources,
        &discovery,
        &std::collections::BTreeSet::new(),
    )
    .ok()?;
    let names: Vec<String> = plan
        .unclaimed
        .iter()
        .map(|one| format!("{} {}", one.kind, one.key))
        .collect();
    (!names.is_empty()).then(|| {
        let says = format!(
            "called like the stack's own, and not known as such: {}",
            names.join(", ")
        );
        let remedy = Some("remove them by hand if nothing needs them");
        found("names", Verdict::Warning, says, remedy)
    })
}

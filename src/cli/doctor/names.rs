//! Whether names that the stack wants belong to somebody else.

use futures::future::try_join_all;

use super::found;
use super::subject::Subject;
use crate::aws::{AwsError, During, ErrorClass};
use crate::view::doctor::{Check, Verdict};

/// S3's codes for a bucket in another region.
const MOVED: [&str; 3] = ["301", "MovedPermanently", "PermanentRedirect"];

pub(super) async fn check(subject: &Subject<'_>) -> Result<Vec<Check>, AwsError> {
    let cloud = &subject.session.place.cloud;
    let buckets = subject
        .wanted("s3:bucket")
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
            // Whoever may not look into it does not own it; one that lies in another region is in the way just the same.
            Err(error) if error.class == ErrorClass::Denied => Ok(Some(name)),
            Err(error) if MOVED.contains(&error.code.as_str()) => Ok(Some(name)),
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
        let says = format!("taken in another account or region: {}", taken.join(", "));
        let remedy = Some("give the stack or the bucket another name");
        found("names", Verdict::Failed, says, remedy)
    }];
    checks.extend(unclaimed(subject));
    Ok(checks)
}

/// What has the stack's name and is not the stack's.
fn unclaimed(subject: &Subject<'_>) -> Option<Check> {
    let session = subject.session;
    let standing = subject.standing.as_ref()?;
    let nothing = std::collections::BTreeSet::new();
    let plan = crate::cli::plan::planned(session, &session.resources, standing, &nothing).ok()?;
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

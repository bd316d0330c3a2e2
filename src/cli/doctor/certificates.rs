//! Whether the certificates that stand can serve, or ever will.

use super::found;
use super::subject::Subject;
use crate::aws::AwsError;
use crate::kinds::{self, Progress};
use crate::view::doctor::{Check, Verdict};

const NAME: &str = "certificates";
/// The kind that stands once a certificate is issued.
const ISSUED: &str = "acm:issued";

pub(super) async fn check(subject: &Subject<'_>) -> Result<Vec<Check>, AwsError> {
    let kind = "acm:certificate";
    let wanted = subject.wanted(kind).count();
    let mut checks = Vec::new();
    for certificate in subject.found(kind) {
        let domain = certificate
            .spec
            .get("domain")
            .and_then(|name| name.as_str());
        let domain = domain.unwrap_or(certificate.id());
        // The certificate itself is ready once AWS has said which record it wants to see; whether it was issued is told apart.
        let progress = match (&certificate.progress, kinds::by_type(ISSUED)) {
            (Progress::Ready(_), Some(issued)) => {
                let cloud = &subject.session.place.cloud;
                issued.poll(cloud, &certificate.outputs).await?
            }
            (progress, _) => progress.clone(),
        };
        checks.push(judge(domain, &progress));
    }
    if checks.is_empty() {
        let says = match wanted {
            0 => "the stack has none",
            _ => "to be requested; issued once their record is seen, which takes minutes",
        };
        checks.push(found(NAME, Verdict::Ok, says, None));
    }
    Ok(checks)
}

fn judge(domain: &str, progress: &Progress) -> Check {
    match progress {
        Progress::Ready(_) => found(NAME, Verdict::Ok, format!("{domain} is issued"), None),
        Progress::Pending(state) => found(
            NAME,
            Verdict::Warning,
            format!("{domain} is not issued yet: {state}"),
            Some("its record must be seen by the world: see delegation; apply waits for it"),
        ),
        Progress::Failed(reason) => found(
            NAME,
            Verdict::Failed,
            format!("{domain} will never be issued: {reason}"),
            Some("mend what AWS names and delete this certificate; apply requests another"),
        ),
        Progress::Gone => found(NAME, Verdict::Ok, format!("{domain} is gone"), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Outputs;

    #[test]
    fn only_one_that_will_never_be_issued_is_in_the_way() {
        let verdict = |progress| judge("www.example.com", &progress).verdict;
        assert_eq!(verdict(Progress::Ready(Outputs::new())), Verdict::Ok);
        let pending = Progress::Pending("PENDING_VALIDATION".to_owned());
        assert_eq!(verdict(pending), Verdict::Warning);
        let failed = Progress::Failed("FAILED: CAA_ERROR".to_owned());
        assert_eq!(verdict(failed), Verdict::Failed);
    }
}

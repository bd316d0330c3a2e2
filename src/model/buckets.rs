//! Buckets: encrypted, never public, over TLS only.

use std::collections::BTreeMap;

use super::draft::{Draft, Place};
use super::{names, text};
use crate::diag::Code;
use crate::kinds::iam::policy::{Statement, document, tls_only};
use crate::kinds::s3::bucket::{self, Bucket, Encryption, Ownership, PublicAccess};
use crate::kinds::s3::lifecycle::Rule;
use crate::reference::Text;
use crate::resource::Handle;
use crate::stack::document;
use crate::units::Duration;

/// After how long the parts of unfinished uploads go, in the buckets that the stack makes for itself.
pub(crate) const ABANDONED_DAYS: u32 = 7;

/// The buckets of the file.
pub(crate) fn build(draft: &mut Draft<'_>) {
    for (item, wanted) in &draft.document.buckets {
        let origin = format!("buckets.{item}");
        let Some(name) = name(draft, item.as_str(), wanted) else {
            continue;
        };
        let spec = spec(draft, name, wanted.versioned, lifecycle(wanted), Vec::new());
        let called = spec.name.clone();
        let place = Place::new(&origin, &origin, called).tagged(&wanted.tags);
        draft.add::<Bucket>(place, &spec);
    }
}

/// The bucket of the journal and the lock: the first thing that an apply makes.
pub(crate) fn state(draft: &mut Draft<'_>) -> Handle<Bucket> {
    let old = draft.document.state.expire_old_versions;
    let rule = Rule {
        remove_spent_markers: true,
        expire_noncurrent_days: old.whole_days(),
        ..rule(ABANDONED_DAYS)
    };
    own(draft, "state", ("state.bucket", "state"), rule, Vec::new())
}

/// A bucket that the stack makes for itself, with one lifecycle rule and further statements in its policy.
pub(crate) fn own(
    draft: &mut Draft<'_>,
    item: &str,
    (address, origin): (&str, &str),
    rule: Rule,
    statements: Vec<Statement>,
) -> Handle<Bucket> {
    let name = state_name(draft.scope, item);
    let spec = spec(
        draft,
        name,
        true,
        BTreeMap::from([("age".to_owned(), rule)]),
        statements,
    );
    let called = spec.name.clone();
    draft.add(Place::new(address, origin, called), &spec)
}

/// The name of a bucket that the stack makes for itself.
pub(crate) fn state_name(scope: &crate::scope::Scope, item: &str) -> String {
    names::bucket(scope, item)
}

/// A rule that is on, for every object, and tidies up unfinished uploads.
pub(crate) fn rule(abandoned_days: u32) -> Rule {
    Rule {
        enabled: true,
        abort_multipart_days: Some(abandoned_days),
        ..Rule::default()
    }
}

fn spec(
    draft: &Draft<'_>,
    name: String,
    versioned: bool,
    lifecycle: BTreeMap<String, Rule>,
    statements: Vec<Statement>,
) -> bucket::Spec {
    let arn = arn(draft.scope, &name);
    let policy = std::iter::once(tls_only(arn)).chain(statements);
    bucket::Spec {
        name,
        versioned,
        encryption: Encryption::Aes256,
        public_access: PublicAccess::NONE,
        ownership: Ownership::BucketOwnerEnforced,
        lifecycle,
        policy: Some(document(policy)),
    }
}

/// The ARN of a bucket of that name.
pub(crate) fn arn(scope: &crate::scope::Scope, name: &str) -> String {
    format!("arn:{}:s3:::{name}", scope.partition)
}

/// A name that the file gives, or one that is unique by account and region. What the file gives must be known before anything
/// stands: a bucket's name is its identity.
fn name(draft: &mut Draft<'_>, item: &str, wanted: &document::Bucket) -> Option<String> {
    let Some(template) = &wanted.name else {
        return Some(names::bucket(draft.scope, item));
    };
    let text: Text = text::of(draft.document, draft.scope, template);
    let known = text.known();
    if known.is_none() {
        draft.refuse(
            Code::IllegalBucketName,
            &format!("buckets.{item}.name"),
            format!("the name of the bucket `{item}` is known only after other resources exist"),
            "use only ${stack}, ${environment}, ${region}, ${account} and ${domain.name} in it",
        );
    }
    known
}

fn lifecycle(wanted: &document::Bucket) -> BTreeMap<String, Rule> {
    let days = |span: Option<Duration>| span.and_then(Duration::whole_days);
    let expire = days(wanted.expire);
    let rule = Rule {
        enabled: true,
        prefix: String::new(),
        expire_days: expire,
        // An object that was deleted leaves a marker; once its old versions are gone it says nothing any more.
        remove_spent_markers: wanted.versioned && expire.is_none(),
        expire_noncurrent_days: days(wanted.expire_old_versions),
        abort_multipart_days: wanted.abort_incomplete_uploads.whole_days(),
        infrequent_access_days: days(wanted.to_infrequent_access),
        ..Rule::default()
    };
    BTreeMap::from([("age".to_owned(), rule)])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::model::tests::{built, refused, spec_of};

    #[test]
    fn a_bucket_is_encrypted_private_and_over_tls() {
        let resources =
            built(json!({ "buckets": { "uploads": { "expire_old_versions": "90d" } } }));
        let bucket = spec_of(&resources, "buckets.uploads");
        assert_eq!(
            bucket["name"],
            "codedetect-prod-uploads-123456789012-eu-west-1"
        );
        assert_eq!(bucket["versioned"], true);
        assert_eq!(bucket["encryption"], "aes256");
        assert!(
            bucket["public_access"]
                .as_object()
                .unwrap()
                .values()
                .all(|on| on == true)
        );
        assert_eq!(bucket["lifecycle"]["age"]["expire_noncurrent_days"], 90);
        assert_eq!(bucket["lifecycle"]["age"]["abort_multipart_days"], 7);
        let statement = &bucket["policy"]["Statement"][0];
        assert_eq!(statement["Effect"], "Deny");
        assert_eq!(
            statement["Condition"]["Bool"]["aws:SecureTransport"],
            "false"
        );
    }

    #[test]
    fn a_name_of_the_file_is_taken_and_must_be_known() {
        let stack = |name: &str| json!({ "buckets": { "a": { "name": name } }, "alerts": {} });
        let resources = built(stack("${stack}-${account}"));
        assert_eq!(
            spec_of(&resources, "buckets.a")["name"],
            "codedetect-123456789012"
        );
        let problems = refused(stack("x-${alerts.arn}"));
        assert!(problems.contains("E0301"), "{problems}");
    }
}

//! What exists is known wholly or not at all.

use crate::event::{Event, Recorded};
use crate::exec::discover;
use crate::kinds;
use crate::kinds::fake::scope;
use crate::resource::Resources;

/// Nobody listens at the endpoint of [`super::cloud`].
#[tokio::test(start_paused = true)]
async fn a_missing_answer_is_no_empty_list() {
    let cloud = super::cloud().await;
    let events = Recorded::default();
    let wanted = Resources::default();
    let error = discover(&cloud, &scope(), &wanted, &[], &events)
        .await
        .unwrap_err();
    let (kind, first) = &error.0[0];
    assert!(kinds::by_type(kind).is_some());
    let text = error.to_string();
    assert!(
        text.starts_with(&format!(
            "{} of AWS's answers are missing, so what exists is not known: {kind}: {}",
            error.0.len(),
            first.operation
        )),
        "{text}"
    );
    assert!(error.0.iter().any(|(kind, _)| *kind == "ec2:vpc"), "{text}");
    assert_eq!(
        events.events(),
        [Event::Discovering {
            kinds: kinds::ALL.len()
        }]
    );
}

//! Whether a new version can serve beside the one that serves: asked once its targets answer, before any traffic moves.

use super::carry_out::Failing;
use super::run::Work;
use super::schema::{Stated, Version, together};
use super::sight::Sight;
use super::stated;
use crate::model::workloads::Colour;

/// Compares what the new version states with what the one states that serves; gives what was found, for the report.
pub(super) async fn beside(
    work: &Work<'_>,
    sight: &Sight,
    colour: Colour,
    stated: Stated,
) -> Result<String, Failing> {
    let Some(other) = colour.other() else {
        return Ok(String::new());
    };
    let (answer, _) = work.front.ask_anew(&work.hand.site.health_path, &[]).await;
    // One that does not answer now is seen by the watch; here it says nothing.
    let of_serving = answer.map(|answer| answer.stated).unwrap_or_default();
    let image = |colour| sight.of(colour).image();
    stated::note(
        work.store,
        &work.hand.site.workload,
        [
            (image(colour), stated.schema),
            (image(other), of_serving.schema),
        ],
    )
    .await
    .map_err(|error| Failing::Gate(error.to_string()))?;
    let new = Version {
        name: colour.key(),
        stated,
    };
    let serving = Version {
        name: other.key(),
        stated: of_serving,
    };
    together(new, serving)
        .map(|found| format!("; {found}"))
        .map_err(Failing::Gate)
}

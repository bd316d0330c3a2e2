//! A share of the traffic is asked for through the load balancer until it is in force.

use std::time::Instant;

use super::carry_out::{ASK, Course, Failing, SETTLES_WITHIN, pause};
use super::record::Record;
use super::run::{Work, tag};
use super::sight::{Sight, image_of};
use crate::model::workloads::Colour;

/// Clean answers in a row, over new connections, after which a weight counts as in force.
const IN_FORCE: u32 = 10;

/// The versions that a release is about, where their images say them.
pub(super) fn versions(record: &Record) -> Vec<String> {
    let formers = record.before.colours.values();
    let formers = formers.filter_map(|one| image_of(&one.release));
    let images = std::iter::once(record.image.clone()).chain(formers);
    images
        .filter_map(|image| tag(&image).map(str::to_owned))
        .collect()
}

/// Reads the weights back, and asks through the load balancer until they are in force.
pub(super) async fn settle(
    work: &Work<'_>,
    course: &Course,
    colour: Colour,
    alone: bool,
) -> Result<Option<String>, Failing> {
    let deadline = Instant::now() + SETTLES_WITHIN;
    let sight = work.hand.look().await?;
    let other = other_version(&sight, colour, &course.versions);
    let mut in_a_row = 0;
    let mut asked = 0_u32;
    loop {
        let (answer, _) = work.front.ask_anew(&work.hand.site.health_path, &[]).await;
        asked += 1;
        let told = answer.as_ref().ok().and_then(|one| one.version.as_ref());
        let others = told.is_some() && told == other.as_ref();
        if answer.as_ref().is_ok_and(|one| one.status == 200) && !others {
            in_a_row += 1;
        } else {
            in_a_row = 0;
        }
        let enough = if alone { IN_FORCE } else { 1 };
        if in_a_row >= enough {
            return Ok(Some(format!("in force after {asked} requests")));
        }
        if Instant::now() >= deadline {
            let what = match answer {
                Ok(answer) => format!(
                    "{} as version {}",
                    answer.status,
                    answer.version.as_deref().unwrap_or("?")
                ),
                Err(error) => error,
            };
            return Err(Failing::Gate(format!(
                "{} does not answer through the load balancer; the last answer: {what}",
                colour.key()
            )));
        }
        pause(work, ASK).await?;
    }
}

/// The version that answers no more once a colour is alone. A workload may tell another version than its image's tag is called, so
/// that only this one counts against it. Nothing where both run one version, or none is told: then only AWS's own word and clean
/// answers are left.
fn other_version(sight: &Sight, colour: Colour, versions: &[String]) -> Option<String> {
    let of = |colour| {
        let image = sight.of(colour).image()?;
        tag(&image).map(str::to_owned)
    };
    let own = of(colour)?;
    match colour.other() {
        Some(other) => of(other).filter(|version| *version != own),
        None => versions.iter().find(|version| **version != own).cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::sample;
    use crate::release::sight::ColourSight;

    fn running(image: &str) -> ColourSight {
        ColourSight {
            release: format!(r#"{{"image":"{image}"}}"#),
            ..ColourSight::default()
        }
    }

    fn other(blue: &str, green: &str) -> Option<String> {
        other_version(
            &sample::sight(running(blue), running(green)),
            Colour::Blue,
            &[],
        )
    }

    #[test]
    fn only_the_other_colours_version_counts_against_an_answer() {
        assert_eq!(other("shop:1", "shop:2").as_deref(), Some("2"));
        assert_eq!(other("shop:1", "shop:1"), None);
        assert_eq!(other("shop:1", "shop@sha256:ab"), None);
        assert_eq!(other("shop@sha256:ab", "shop:2"), None);
    }

    #[test]
    fn of_one_group_the_other_version_is_the_one_that_the_release_goes_to_or_comes_from() {
        let mut sight = sample::sight(ColourSight::default(), ColourSight::default());
        sight.colours = [(Colour::Single, running("shop:1"))].into();
        let versions = ["2".to_owned(), "1".to_owned()];
        let other = other_version(&sight, Colour::Single, &versions);
        assert_eq!(other.as_deref(), Some("2"));
    }
}

//! What the steps of each verb promise.

use super::*;
use crate::release::record::{Beginning, ColourBefore};
use crate::release::sample::sight;
use crate::release::sight::ColourSight;

fn way() -> Way {
    Way {
        from: Colour::Blue,
        to: Colour::Green,
        capacity: 2,
        zones: 2,
        least: 1,
        grace: Duration::from_secs(300),
        version: Some("1.1.0".to_owned()),
        clean: 5,
        bake: Duration::from_secs(30),
        keep: Duration::from_secs(600),
    }
}

fn place(steps: &[Step], wanted: impl Fn(&Step) -> bool) -> usize {
    steps.iter().position(wanted).unwrap()
}

fn shares(steps: &[Step]) -> Vec<u32> {
    steps
        .iter()
        .filter_map(|step| match step {
            Step::Weigh { weights } => Some(weights[&Colour::Green]),
            _ => None,
        })
        .collect()
}

#[test]
fn no_traffic_moves_before_each_target_was_asked() {
    let steps = deploy(&way(), "{}", false, &[5, 25]);
    let asked = place(&steps, |step| matches!(step, Step::Probe { .. }));
    let moved = place(&steps, |step| matches!(step, Step::Weigh { .. }));
    assert!(asked < moved);
    assert_eq!(shares(&steps), [5, 25, 100]);
}

#[test]
fn each_share_is_seen_in_force_and_watched_before_the_next() {
    let steps = deploy(&way(), "{}", false, &[50]);
    for (index, step) in steps.iter().enumerate() {
        if matches!(step, Step::Weigh { .. }) {
            assert!(matches!(steps[index + 1], Step::Settle { .. }));
            assert!(matches!(steps[index + 2], Step::Bake { .. }));
        }
    }
}

#[test]
fn the_old_colour_goes_last_and_the_new_one_is_as_large_as_it_was() {
    let steps = deploy(&way(), "{}", false, &[]);
    assert_eq!(
        steps.last(),
        Some(&Step::Keep {
            colour: Colour::Blue,
            seconds: 600
        })
    );
    assert!(steps.contains(&Step::Size {
        colour: Colour::Green,
        instances: 2
    }));
}

#[test]
fn an_idle_colour_that_still_runs_is_emptied_before_the_new_release_is_written() {
    let steps = deploy(&way(), "{}", true, &[]);
    let emptied = place(&steps, |step| matches!(step, Step::Empty { .. }));
    let written = place(&steps, |step| matches!(step, Step::Write { .. }));
    assert!(emptied < written);
}

#[test]
fn rollback_asks_for_as_many_instances_as_serve_and_moves_the_traffic_without_waiting_for_them() {
    let steps = rollback(&Way {
        from: Colour::Green,
        to: Colour::Blue,
        capacity: 4,
        ..way()
    });
    assert_eq!(shares(&steps), [0]);
    assert!(matches!(steps[0], Step::StopKeeping { .. }));
    let sized = Step::Size {
        colour: Colour::Blue,
        instances: 4,
    };
    assert_eq!(steps[1], sized);
    assert!(matches!(steps[2], Step::Weigh { .. }));
}

#[test]
fn the_colour_that_serves_is_not_shrunk_for_want_of_load_while_its_traffic_leaves() {
    let peak = Way {
        capacity: 4,
        ..way()
    };
    for steps in [deploy(&peak, "{}", false, &[25, 50]), switch(&peak, &[])] {
        let pinned = Step::Pin {
            colour: Colour::Blue,
            least: 4,
        };
        let pinned = place(&steps, |step| *step == pinned);
        let moved = place(&steps, |step| matches!(step, Step::Weigh { .. }));
        assert!(pinned < moved, "{steps:#?}");
    }
}

/// Four instances of blue served at the peak, of which the file demands one.
fn before() -> Before {
    let blue = ColourBefore {
        weight: 100,
        least: 1,
        instances: 4,
        release: String::new(),
    };
    Before {
        colours: [(Colour::Blue, blue)].into(),
    }
}

/// A release that was cut short after these steps.
fn record(before: Before, steps: &[Step]) -> Record {
    let beginning = Beginning {
        run: "20260101T000000Z-000001".to_owned(),
        verb: "deploy",
        by: "ops@localhost".to_owned(),
        started: "2026-01-01T00:00:00Z".to_owned(),
        workload: "analyzer".to_owned(),
        from: Colour::Blue,
        to: Colour::Green,
        image: "codedetect:2".to_owned(),
        before,
    };
    let mut record = Record::new(beginning, steps.to_vec());
    for taken in &mut record.steps {
        taken.state = State::Done;
    }
    record
}

fn back(before: &Before) -> Return<'_> {
    Return {
        from: Colour::Blue,
        to: Colour::Green,
        before,
        instances: 4,
        stay: None,
    }
}

#[test]
fn the_way_back_leads_to_as_many_instances_as_there_were_before_any_traffic_returns() {
    let (blue, before) = (Colour::Blue, before());
    let sized = Step::Size {
        colour: blue,
        instances: 4,
    };
    let within = Duration::from_secs(600);
    for steps in [abort(&back(&before)), abort_later(&back(&before), within)] {
        let sized = place(&steps, |step| *step == sized);
        let moved = place(&steps, |step| matches!(step, Step::Weigh { .. }));
        assert!(sized < moved, "{steps:#?}");
        let let_go = Step::Pin {
            colour: blue,
            least: 1,
        };
        assert!(moved < place(&steps, |step| *step == let_go));
    }
}

#[test]
fn the_way_back_takes_no_instance_away_that_came_meanwhile_and_asks_for_none_that_may_not_be() {
    let record = record(before(), &[]);
    let instances = |desired, most| {
        let blue = ColourSight {
            desired,
            most,
            ..ColourSight::default()
        };
        let sight = sight(blue, ColourSight::default());
        Return::of(&record, Some(&sight), None).instances
    };
    assert_eq!(instances(1, 8), 4, "it was shrunk");
    assert_eq!(instances(6, 8), 6, "it has grown");
    assert_eq!(instances(1, 3), 3, "its bound was lowered");
    assert_eq!(Return::of(&record, None, None).instances, 4);
}

#[test]
fn clients_that_stay_with_the_version_that_is_taken_back_are_not_left_without_it() {
    let hour = Some(Duration::from_secs(3600));
    let steps = deploy(&way(), "{}", true, &[]);
    let moved = place(&steps, |step| matches!(step, Step::Weigh { .. }));
    let last = |steps: &[Step], mut before: Before| {
        before.colours.insert(
            Colour::Green,
            ColourBefore {
                instances: 1,
                ..ColourBefore::default()
            },
        );
        let record = record(before, steps);
        let mut back = abort(&Return::of(&record, None, hour));
        back.remove(back.len() - 2)
    };
    let (kept, emptied) = (
        Step::Keep {
            colour: Colour::Green,
            seconds: 3600,
        },
        Step::Empty {
            colour: Colour::Green,
        },
    );
    assert_eq!(last(&steps[..=moved], before()), kept);
    assert_eq!(
        last(&steps[..moved], before()),
        emptied,
        "nobody was led to it"
    );
    assert_eq!(
        last(&steps[..1], before()),
        kept,
        "those of an earlier release"
    );
}

#[test]
fn the_way_back_to_a_colour_that_is_down_leaves_the_traffic_where_it_is_answered_meanwhile() {
    let (blue, before) = (Colour::Blue, before());
    let steps = abort_later(&back(&before), Duration::from_secs(600));
    assert_eq!(shares(&steps), [100, 0]);
    let held = place(&steps, |step| matches!(step, Step::Weigh { .. }));
    assert_eq!(
        steps[held + 1],
        Step::AwaitHealthy {
            colour: blue,
            targets: 4,
            zones: 1,
            within: 600
        }
    );
    let rest: Vec<_> = [&steps[..held], &steps[held + 2..]].concat();
    assert_eq!(rest, abort(&back(&before)));
}

#[test]
fn a_share_of_all_is_given_once() {
    assert_eq!(shares(&switch(&way(), &[50, 100])), [50, 100]);
}

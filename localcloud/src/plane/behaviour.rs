//! How a version behaves. Tags that end in one of these words fail in a chosen way, for tests and demonstrations:
//! `codedetect:1.1.0-never-healthy` is version 1.1.0 that never answers its health check.

use std::time::Duration;

/// How the workload of an instance behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// As it is.
    #[default]
    Sound,
    /// Its health check answers 503, whatever else works.
    NeverHealthy,
    /// It is healthy, then answers 500 to all but its health check.
    FailsLater,
    /// Each answer takes this much longer.
    Slow,
    /// Its memory grows until the system ends it.
    Leaks,
    /// It works with a database schema that no other release knows, and refuses to start.
    WrongSchema,
}

/// The words, as tags end in them.
const WORDS: [(&str, Behaviour); 5] = [
    ("never-healthy", Behaviour::NeverHealthy),
    ("fails-later", Behaviour::FailsLater),
    ("slow", Behaviour::Slow),
    ("leaks", Behaviour::Leaks),
    ("wrong-schema", Behaviour::WrongSchema),
];

/// How much longer a slow version takes.
pub(crate) const SLOWER: Duration = Duration::from_millis(1500);
/// How many requests a version that fails later answers well.
pub(crate) const SOUND_REQUESTS: u64 = 20;

impl Behaviour {
    /// What a tag asks for.
    pub(crate) fn of_tag(tag: &str) -> Behaviour {
        WORDS
            .iter()
            .find(|(word, _)| {
                tag.strip_suffix(word)
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('-'))
            })
            .map_or(Behaviour::Sound, |(_, behaviour)| *behaviour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_says_how_it_fails_by_its_last_word() {
        assert_eq!(Behaviour::of_tag("1.0.0"), Behaviour::Sound);
        assert_eq!(Behaviour::of_tag("1.1.0-slow"), Behaviour::Slow);
        assert_eq!(Behaviour::of_tag("slow"), Behaviour::Slow);
        assert_eq!(Behaviour::of_tag("2-wrong-schema"), Behaviour::WrongSchema);
        assert_eq!(Behaviour::of_tag("1.0-notslow"), Behaviour::Sound);
    }
}

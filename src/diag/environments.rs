//! What is wrong with several environments of one file, each thing said once.

use super::{Diagnostic, Diagnostics};

impl Diagnostics {
    /// Adds what was found in an environment: `None` is the file as it is. What was found there is not said again for an
    /// overlay, and what several overlays share is said once, with all of their names.
    pub fn add_environment(&mut self, overlay: Option<&str>, found: &Self) {
        self.omitted.share(&found.omitted);
        for one in found {
            match self.items.iter_mut().find(|known| known.is_as(one)) {
                Some(known) => known.also_in(overlay),
                None => {
                    let mut one = one.clone();
                    one.environments = overlay.map(str::to_owned).into_iter().collect();
                    self.push(one);
                }
            }
        }
    }
}

impl Diagnostic {
    /// Whether both say the same, wherever they were found.
    fn is_as(&self, other: &Self) -> bool {
        let bare = |one: &Self| Self {
            environments: Vec::new(),
            ..one.clone()
        };
        self.code == other.code && self.primary == other.primary && bare(self) == bare(other)
    }

    fn also_in(&mut self, overlay: Option<&str>) {
        match overlay {
            None => self.environments.clear(),
            Some(name) if !self.environments.is_empty() => {
                if !self.environments.iter().any(|known| known == name) {
                    self.environments.push(name.to_owned());
                }
            }
            Some(_) => {}
        }
    }

    /// Where it was found, as it reads after "note: "; nothing for the file as it is.
    pub(super) fn environment_note(&self) -> Option<String> {
        match self.environments.as_slice() {
            [] => None,
            [one] => Some(format!("so it is in the environment `{one}`")),
            [others @ .., last] => Some(format!(
                "so it is in the environments `{}` and `{last}`",
                others.join("`, `")
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Code;

    #[test]
    fn each_thing_is_said_once_with_the_environments_it_is_true_of() {
        let everywhere = Diagnostic::new(Code::WrongUnit, "everywhere");
        let overlaid = Diagnostic::new(Code::WrongUnit, "overlaid");
        let alone = Diagnostic::new(Code::WrongUnit, "alone");
        let mut all = Diagnostics::new();
        let found = |some: &[&Diagnostic]| {
            let mut found = Diagnostics::new();
            found.extend(some.iter().copied().cloned());
            found
        };
        all.add_environment(None, &found(&[&everywhere]));
        all.add_environment(Some("dev"), &found(&[&everywhere, &overlaid]));
        all.add_environment(Some("staging"), &found(&[&everywhere, &overlaid, &alone]));
        let notes: Vec<_> = all
            .iter()
            .map(|one| (one.message.as_str(), one.environment_note()))
            .collect();
        assert_eq!(
            notes,
            [
                ("everywhere", None),
                (
                    "overlaid",
                    Some("so it is in the environments `dev` and `staging`".to_owned())
                ),
                (
                    "alone",
                    Some("so it is in the environment `staging`".to_owned())
                ),
            ]
        );
    }

    #[test]
    fn what_an_environment_leaves_out_is_counted_once() {
        let mut much = Diagnostics::new();
        much.extend((0..130).map(|n| Diagnostic::new(Code::WrongUnit, n.to_string())));
        let mut all = Diagnostics::new();
        all.add_environment(None, &much);
        all.add_environment(Some("staging"), &much);
        assert_eq!(all.summary(), "100 errors and 30 more not shown");
    }
}

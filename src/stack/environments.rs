//! A file in each of its environments.

use super::{LoadOptions, Stack, document, load, overlay, source};
use crate::diag::{Diagnostics, SourceText};

/// Reads a stack with each of its environments: the file as it is first, then every overlay, and the one that is asked for by
/// name. Returned are those which can be read, and everything that was found in any, errors and warnings.
pub fn load_all(source: &SourceText, options: &LoadOptions) -> (Vec<Stack>, Diagnostics) {
    let mut found = Diagnostics::new();
    let mut stacks = Vec::new();
    for environment in environments(source, options) {
        let options = LoadOptions {
            environment: environment.clone(),
            sets: options.sets.clone(),
        };
        match load(source, &options) {
            Ok(stack) => {
                found.add_environment(environment.as_deref(), &stack.warnings);
                stacks.push(stack);
            }
            Err(wrong) => found.add_environment(environment.as_deref(), &wrong),
        }
    }
    found.sort();
    let sets = options.sets.iter();
    let sets = sets.map(|text| SourceText::new("--set", text)).collect();
    (stacks, found.with_sets(sets))
}

/// The overlays to read: none for the file as it is.
fn environments(source: &SourceText, options: &LoadOptions) -> Vec<Option<String>> {
    let mut overlays = match source::parse(&source.text, 0, &mut Diagnostics::new()) {
        Ok(root) => overlay::names(&root),
        Err(_) => Vec::new(),
    };
    // One that the schema refuses for their number is not read that many times.
    overlays.truncate(document::ENVIRONMENTS);
    let asked = options.environment.iter();
    let asked = asked.filter(|name| !overlays.contains(name)).cloned();
    let asked: Vec<_> = asked.collect();
    let named = overlays.into_iter().chain(asked).map(Some);
    std::iter::once(None).chain(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Style;

    const FILE: &str = "\
stack: shop
environment: prod
region: eu-west-1
buckets:
  uploads: { expire_old_versions: 90d }
environments:
  dev: { buckets: { uploads: { expire_old_versions: 90 } } }
  staging: { region: eu-wst-1 }
";

    fn read(text: &str, environment: Option<&str>) -> (Vec<Stack>, String) {
        let source = SourceText::new("stack.yaml", text);
        let options = LoadOptions {
            environment: environment.map(str::to_owned),
            sets: Vec::new(),
        };
        let (stacks, found) = load_all(&source, &options);
        (stacks, found.render(&source, Style::default()))
    }

    #[test]
    fn what_is_wrong_with_an_overlay_is_found_without_asking_for_it() {
        let (stacks, said) = read(FILE, None);
        assert_eq!(stacks.len(), 1);
        assert!(said.contains("stack.yaml:7:"), "{said}");
        assert!(said.contains("so it is in the environment `dev`"), "{said}");
        assert!(said.contains("AWS has no region `eu-wst-1`"), "{said}");
        assert!(
            said.contains("so it is in the environment `staging`"),
            "{said}"
        );
    }

    #[test]
    fn what_is_wrong_with_the_file_itself_is_said_once() {
        let (_, said) = read(&FILE.replace("eu-west-1", "eu-west-x"), None);
        assert_eq!(said.matches("eu-west-x").count(), 2, "{said}");
    }

    #[test]
    fn an_environment_that_is_asked_for_must_be_there() {
        let (_, said) = read(FILE, Some("stagin"));
        assert!(said.contains("no environment `stagin`"), "{said}");
        let (_, said) = read(FILE, Some("prod"));
        assert!(!said.contains("prod"), "{said}");
    }

    #[test]
    fn a_file_of_very_many_overlays_is_refused_and_not_read_as_often() {
        let mut text = FILE.to_owned();
        for n in 0..2000 {
            text.push_str(&format!("  e{n}: {{ region: eu-west-1 }}\n"));
        }
        let (stacks, said) = read(&text, None);
        assert!(stacks.is_empty());
        assert!(said.contains("`environments` takes at most 32"), "{said}");
    }
}

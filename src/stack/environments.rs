//! A file in each of its environments.

use super::{LoadOptions, Stack, document, load, overlay, source};
use crate::diag::{Diagnostics, SourceText};

/// Reads a stack with each of its environments: the file as it is first, then every overlay, and the one that is asked for by
/// name. Returned are those which can be read, and everything that was found in any, errors and warnings.
pub fn load_all(source: &SourceText, options: &LoadOptions) -> (Vec<Stack>, Diagnostics) {
    let mut found = Diagnostics::new();
    let mut stacks = Vec::new();
    for (environment, is_overlay) in environments(source, options) {
        // What is not in the file is no environment in which something could be so.
        let overlay = environment.as_deref().filter(|_| is_overlay);
        let options = LoadOptions {
            environment: environment.clone(),
            sets: options.sets.clone(),
        };
        match load(source, &options) {
            Ok(stack) => {
                found.add_environment(overlay, &stack.warnings);
                stacks.push(stack);
            }
            Err(wrong) => found.add_environment(overlay, &wrong),
        }
    }
    found.sort();
    let sets = options.sets.iter();
    let sets = sets.map(|text| SourceText::new("--set", text)).collect();
    (stacks, found.with_sets(sets))
}

/// What to read, and whether it is an overlay of the file: none for the file as it is.
fn environments(source: &SourceText, options: &LoadOptions) -> Vec<(Option<String>, bool)> {
    let root = source::parse(&source.text, 0, &mut Diagnostics::new()).ok();
    let mut overlays = root.as_ref().map(overlay::names).unwrap_or_default();
    // One that the schema refuses for their number is not read that many times.
    overlays.truncate(document::ENVIRONMENTS);
    let mut own = root.as_ref().and_then(overlay::own);
    // An environment that `--set` names is the file's own under another name; no overlay can be laid over that.
    if options
        .sets
        .iter()
        .any(|set| overlay::sets_environment(set))
    {
        overlays.clear();
        own = None;
    }
    let asked = options.environment.iter();
    let asked = asked.filter(|name| !overlays.contains(name) && own != Some(name.as_str()));
    let asked: Vec<_> = asked.map(|name| (Some(name.clone()), false)).collect();
    let named = overlays.into_iter().map(|name| (Some(name), true));
    std::iter::once((None, false))
        .chain(named)
        .chain(asked)
        .collect()
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
        assert!(!said.contains("in the environment `stagin`"), "{said}");
        let (stacks, said) = read(FILE, Some("prod"));
        assert!(!said.contains("prod"), "{said}");
        assert_eq!(stacks.len(), 1, "the file's own environment is listed once");
    }

    #[test]
    fn an_environment_of_the_command_line_is_refused_beside_another() {
        let source = SourceText::new("stack.yaml", FILE);
        let said = |environment: Option<&str>| {
            let options = LoadOptions {
                environment: environment.map(str::to_owned),
                sets: vec!["environment=qa".to_owned()],
            };
            let (stacks, found) = load_all(&source, &options);
            let names = stacks
                .iter()
                .map(|stack| stack.document.environment.to_string());
            (names.collect::<Vec<_>>(), found.to_string())
        };
        assert_eq!(said(None), (vec!["qa".to_owned()], String::new()));
        for environment in ["staging", "prod"] {
            let (_, said) = said(Some(environment));
            assert!(said.contains("E0033: `--set` may not change"), "{said}");
        }
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

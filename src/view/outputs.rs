//! The values that a stack gives to people and programs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::page::{Look, Page, columns, pad, plain, quiet, strong};

/// Version of the document.
const VERSION: u32 = 1;
/// The output that a person wants most: where the workload is reached.
const URL: &str = "url";

/// The outputs of a stack.
#[derive(Clone, Debug)]
pub struct OutputsReport {
    /// `<stack>-<environment>`.
    pub stack: String,
    /// Each value by its name.
    pub values: BTreeMap<String, OutputValue>,
}

/// One output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputValue {
    /// The value.
    pub value: String,
    /// What it is, for a person.
    pub what: String,
}

impl OutputsReport {
    /// The bare value of that name, for a script.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|output| output.value.as_str())
    }

    /// The outputs for a person.
    pub fn human(&self, look: &Look) -> String {
        let mut page = Page::new(look);
        if self.values.is_empty() {
            page.text(0, format!("{} has no outputs.", self.stack));
        }
        let widest = self.values.keys().map(|name| columns(name)).max();
        let column = widest.unwrap_or(0) + 2;
        for (name, output) in &self.values {
            // What it is stands below the value where there is no room beside it.
            let needed = column + columns(&output.value) + 2 + columns(&output.what);
            let value = [strong(pad(name, column)), plain(&*output.value)];
            if output.what.is_empty() {
                page.unbroken(0, value);
            } else if needed <= look.width {
                let beside = quiet(format!("  {}", output.what));
                page.unbroken(0, value.into_iter().chain([beside]));
            } else {
                page.unbroken(0, value);
                page.line(column, column, [quiet(&*output.what)]);
            }
        }
        page.finish()
    }

    /// The outputs as a document, described in `docs/output.md`.
    pub fn json(&self) -> Value {
        let values: serde_json::Map<_, _> = self
            .values
            .iter()
            .map(|(name, output)| (name.clone(), Value::from(output.value.as_str())))
            .collect();
        json!({
            "version": VERSION,
            "document": "outputs",
            "stack": self.stack,
            "url": self.raw(URL),
            "outputs": values,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> OutputsReport {
        let output = |value: &str, what: &str| OutputValue {
            value: value.to_owned(),
            what: what.to_owned(),
        };
        OutputsReport {
            stack: "codedetect-prod".to_owned(),
            values: BTreeMap::from([
                (
                    "url".to_owned(),
                    output(
                        "https://codedetect.example.com",
                        "where the workload is reached",
                    ),
                ),
                ("vpc_id".to_owned(), output("vpc-0a1", "")),
            ]),
        }
    }

    #[test]
    fn outputs_read_so() {
        assert_eq!(
            report().human(&Look::plain(80)),
            "url     https://codedetect.example.com  where the workload is reached\n\
             vpc_id  vpc-0a1\n"
        );
    }

    #[test]
    fn a_value_is_never_broken() {
        assert_eq!(
            report().human(&Look::plain(50)),
            "url     https://codedetect.example.com\n        where the workload is reached\nvpc_id  vpc-0a1\n"
        );
    }

    #[test]
    fn the_document_has_the_url_at_its_top() {
        let document = report().json();
        assert_eq!(document["url"], "https://codedetect.example.com");
        assert_eq!(document["outputs"]["vpc_id"], "vpc-0a1");
        assert_eq!(document["version"], 1);
        assert_eq!(report().raw("vpc_id"), Some("vpc-0a1"));
        assert_eq!(report().raw("x"), None);
    }

    #[test]
    fn a_stack_without_outputs_says_so() {
        let report = OutputsReport {
            values: BTreeMap::new(),
            ..report()
        };
        assert_eq!(
            report.human(&Look::plain(80)),
            "codedetect-prod has no outputs.\n"
        );
        assert_eq!(report.json()["url"], Value::Null);
    }
}

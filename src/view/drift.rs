//! What moved in AWS since the last apply, and what was not looked at.

use serde_json::{Value, json};

use super::page::{Look, Page, Role, plain, quiet, span, strong};
use super::plan::{
    field_json, field_lines, left_alone_json, left_alone_lines, tag_lines, tags_json,
};
use super::words::{count, kind};
use crate::plan::{Action, FieldChange, LeftAlone, Plan, TagChange, Unclaimed};
use crate::reference::Address;

/// Version of the document.
const VERSION: u32 = 1;
/// Where fields stand.
const FIELDS: usize = 6;

/// What differs between the stack file and AWS.
#[derive(Clone, Debug)]
pub struct DriftReport {
    /// `<stack>-<environment>`.
    pub stack: String,
    /// The region.
    pub region: String,
    /// Resources that were compared.
    pub checked: usize,
    /// What moved.
    pub moved: Vec<Drifted>,
    /// Differences that belong to another verb or to AWS.
    pub left_alone: Vec<LeftAlone>,
    /// What only looks like the stack's.
    pub unclaimed: Vec<Unclaimed>,
    /// What was not compared, and why.
    pub not_checked: Vec<NotChecked>,
}

/// One resource that is not as the file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Drifted {
    /// The resource.
    pub address: Address,
    /// Its kind's type name.
    pub kind: String,
    /// How it differs.
    pub how: Drift,
    /// AWS's id, where it exists.
    pub id: Option<String>,
    /// The fields that differ: AWS's value before, the file's after.
    pub fields: Vec<FieldChange>,
    /// The tags that differ.
    pub tags: TagChange,
}

/// How a resource differs from the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Drift {
    /// The file wants it, AWS does not have it.
    Missing,
    /// It is there and differs.
    Changed,
    /// It is the stack's, and the file does not want it.
    Extra,
    /// AWS has not finished it.
    Unfinished,
}

/// Something that was not compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotChecked {
    /// What: an address, or a kind's tags.
    pub what: String,
    /// Why.
    pub why: String,
}

impl DriftReport {
    /// What a plan would change, seen as what moved.
    pub fn of(plan: &Plan, not_checked: Vec<NotChecked>) -> Self {
        let mut moved: Vec<Drifted> = plan
            .steps
            .iter()
            .filter_map(|step| {
                let how = match (step.action, step.replacement) {
                    // The half of a replacement that makes the new one has the fields.
                    (Action::Delete, Some(_)) => return None,
                    (Action::Create, None) => Drift::Missing,
                    (Action::Create, Some(_)) | (Action::Update, _) => Drift::Changed,
                    (Action::Delete, None) => Drift::Extra,
                    (Action::Await, _) => Drift::Unfinished,
                };
                let found = plan
                    .steps
                    .iter()
                    .filter(|half| half.address == step.address);
                let id = found
                    .filter_map(|half| half.found.as_ref())
                    .map(|found| found.id().to_owned())
                    .find(|id| !id.is_empty());
                let created = how == Drift::Missing;
                Some(Drifted {
                    address: step.address.clone(),
                    kind: step.kind.type_name().to_owned(),
                    how,
                    id,
                    fields: match created {
                        true => Vec::new(),
                        false => step.changes.clone(),
                    },
                    tags: match step.action {
                        Action::Update => step.tags.clone(),
                        _ => TagChange::default(),
                    },
                })
            })
            .collect();
        moved.sort_by(|a, b| a.address.cmp(&b.address));
        Self {
            stack: plan.scope.prefix(),
            region: plan.scope.region.clone(),
            checked: plan.unchanged.len() + moved.len(),
            moved,
            left_alone: plan.left_alone.clone(),
            unclaimed: plan.unclaimed.clone(),
            not_checked,
        }
    }

    /// Whether anything moved that apply would mend.
    pub fn found(&self) -> bool {
        !self.moved.is_empty()
    }

    /// What moved, for a person.
    pub fn human(&self, look: &Look) -> String {
        let mut page = Page::new(look);
        if self.found() {
            page.line(
                0,
                2,
                [
                    strong(&*self.stack),
                    plain(format!(" in {}: file → AWS", self.region)),
                ],
            );
            page.gap();
        }
        for one in &self.moved {
            self.drifted(&mut page, one);
        }
        if !self.left_alone.is_empty() {
            page.gap();
            page.line(0, 0, [strong("left alone")]);
        }
        left_alone_lines(&mut page, &self.left_alone);
        if !self.unclaimed.is_empty() {
            page.gap();
            page.line(
                0,
                2,
                [
                    strong("unclaimed"),
                    plain(": named like the stack's, and nothing proves they are"),
                ],
            );
        }
        for one in &self.unclaimed {
            page.line(
                2,
                6,
                [quiet(format!("{}  ", kind(&one.kind))), plain(&*one.key)],
            );
        }
        if !self.not_checked.is_empty() {
            page.gap();
            page.line(0, 0, [strong("not checked")]);
        }
        for one in &self.not_checked {
            page.line(2, 6, [plain(format!("{}: {}", one.what, one.why))]);
        }
        page.gap();
        let checked = count(self.checked, "resource");
        if self.found() {
            let moved = self.moved.len();
            page.line(
                0,
                2,
                [
                    strong("Drift: "),
                    plain(format!(
                        "{moved} of {checked} not as the file says; apply mends that."
                    )),
                ],
            );
        } else {
            page.line(
                0,
                2,
                [
                    strong("No drift. "),
                    plain(format!("{checked} checked, all as the file says.")),
                ],
            );
        }
        page.finish()
    }

    fn drifted(&self, page: &mut Page<'_>, one: &Drifted) {
        let (sign, role, how) = match one.how {
            Drift::Missing => ("  -", Role::Bad, "is missing"),
            Drift::Changed => ("  ~", Role::Change, "differs"),
            Drift::Extra => ("  +", Role::Good, "is not in the file"),
            Drift::Unfinished => ("  …", Role::Change, "is not finished"),
        };
        let id = one.id.as_ref().map(|id| format!("  {id}"));
        page.line(
            0,
            FIELDS,
            [
                span(role, format!("{sign} ")),
                strong(one.address.as_str()),
                quiet(format!("  {}  ", kind(&one.kind))),
                plain(how),
                quiet(id.unwrap_or_default()),
            ],
        );
        for change in &one.fields {
            // What AWS has is what moved, so it stands where the new value is.
            let turned = FieldChange {
                before: change.after.clone(),
                after: change.before.clone(),
                effect: crate::kinds::Effect::InPlace,
                ..change.clone()
            };
            field_lines(page, FIELDS, &turned);
        }
        tag_lines(page, FIELDS, &turned_tags(&one.tags));
    }

    /// What moved, as a document, described in `docs/output.md`.
    pub fn json(&self) -> Value {
        let moved: Vec<_> = self
            .moved
            .iter()
            .map(|one| {
                json!({
                    "address": one.address,
                    "kind": one.kind,
                    "how": one.how,
                    "id": one.id,
                    "fields": one.fields.iter().map(field_json).collect::<Vec<_>>(),
                    "tags": tags_json(&one.tags),
                })
            })
            .collect();
        let left_alone: Vec<_> = self.left_alone.iter().map(left_alone_json).collect();
        let unclaimed: Vec<_> = self
            .unclaimed
            .iter()
            .map(|one| json!({"kind": one.kind, "key": one.key}))
            .collect();
        let not_checked: Vec<_> = self
            .not_checked
            .iter()
            .map(|one| json!({"what": one.what, "why": one.why}))
            .collect();
        json!({
            "version": VERSION,
            "document": "drift",
            "stack": self.stack,
            "region": self.region,
            "drift": self.found(),
            "checked": self.checked,
            "moved": moved,
            "left_alone": left_alone,
            "unclaimed": unclaimed,
            "not_checked": not_checked,
        })
    }
}

/// A change of tags seen from the other side: what the file has, and what AWS has now.
fn turned_tags(tags: &TagChange) -> TagChange {
    let mut turned = TagChange::default();
    for (key, wanted) in &tags.set {
        match tags.before.get(key) {
            Some(live) => {
                turned.set.insert(key.clone(), live.clone());
                turned.before.insert(key.clone(), wanted.clone());
            }
            None => {
                turned.remove.push(key.clone());
                turned.before.insert(key.clone(), wanted.clone());
            }
        }
    }
    for key in &tags.remove {
        let live = tags.before.get(key).cloned().unwrap_or_default();
        turned.set.insert(key.clone(), live);
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture::{plan, rich};
    use crate::view::page::columns;

    fn report() -> DriftReport {
        let not_checked = NotChecked {
            what: "tags of topics".to_owned(),
            why: "AWS reads them back only one resource a call".to_owned(),
        };
        DriftReport::of(&rich(), vec![not_checked])
    }

    #[test]
    fn drift_reads_so() {
        let text = report().human(&Look::plain(80));
        assert!(text.lines().all(|line| columns(line) <= 80), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn drift_as_a_document() {
        let document = report().json();
        let moved = document["moved"].as_array().unwrap();
        assert_eq!(moved.len(), 10);
        assert_eq!(document["drift"], true);
        assert_eq!(document["checked"], 12);
        assert_eq!(moved[0]["address"], "alarms.cpu");
        assert_eq!(moved[0]["fields"][0]["before"], 80.0);
    }

    #[test]
    fn no_drift_is_one_line_and_no_difference() {
        let report = DriftReport::of(&plan(Vec::new()), Vec::new());
        assert!(!report.found());
        assert_eq!(
            report.human(&Look::plain(80)),
            "No drift. 2 resources checked, all as the file says.\n"
        );
    }

    #[test]
    fn what_another_owns_is_no_drift() {
        let mut plan = plan(Vec::new());
        plan.left_alone = rich().left_alone;
        let report = DriftReport::of(&plan, Vec::new());
        assert!(!report.found());
        assert!(report.human(&Look::plain(80)).contains("owned by switch"));
    }
}

//! A plan for a person: grouped by section, legible without colour, within the screen.

use serde_json::{Value, json};

use super::entries::{Entry, Fate, Section, sections};
use super::values::{Mark, Shown, difference, dotted, lines, short, telling};
use super::{CostLines, Detail, PlanView};
use crate::kinds::{Effect, Owner};
use crate::plan::cost::{Per, WhatIf};
use crate::plan::{Blocked, FieldChange, LeftAlone, Plan, Summary, TagChange};
use crate::units::Usd;
use crate::view::page::{Look, Page, Role, Span, plain, quiet, span, strong};
use crate::view::words;

/// Where the fields of an entry stand.
pub(super) const FIELDS: usize = 6;

impl PlanView<'_> {
    /// The plan for a person, every line ended.
    pub fn human(&self, look: &Look) -> String {
        let mut page = Page::new(look);
        let plan = self.plan;
        if !plan.is_empty() {
            page.line(0, 2, title(plan));
        }
        for section in sections(plan, self.sections) {
            self.section(&mut page, &section);
        }
        left_alone(&mut page, plan);
        unclaimed(&mut page, plan);
        blocked(&mut page, plan);
        if let Some(cost) = self.cost
            && !plan.is_empty()
        {
            cost_lines(&mut page, cost);
        }
        page.gap();
        if plan.is_empty() {
            page.line(
                0,
                0,
                [strong("No changes."), plain(" AWS is as the file says.")],
            );
        } else {
            page.line(0, 2, summary(&plan.summary()));
        }
        page.finish()
    }

    pub(super) fn section(&self, page: &mut Page<'_>, section: &Section<'_>) {
        page.gap();
        page.line(0, 0, [strong(section.name)]);
        for entry in &section.entries {
            self.entry(page, entry);
        }
    }

    fn entry(&self, page: &mut Page<'_>, entry: &Entry<'_>) {
        page.line(0, FIELDS, self.head(entry));
        let step = entry.step;
        match entry.fate {
            Fate::Create if self.detail == Detail::Full => {
                let wanted = step.wanted.as_ref().filter(|wanted| **wanted != json!({}));
                for line in wanted.map(lines).unwrap_or_default() {
                    page.text(FIELDS, line);
                }
                tag_lines(page, FIELDS, &step.tags);
            }
            Fate::Create | Fate::Delete | Fate::Wait => {}
            Fate::Update | Fate::Replace(_) => {
                for change in &step.changes {
                    field_lines(page, FIELDS, change);
                }
                if entry.fate == Fate::Update || self.detail == Detail::Full {
                    tag_lines(page, FIELDS, &step.tags);
                }
            }
        }
        let detail = |page: &mut Page<'_>, role, name: &str, text: &str| {
            page.line(
                FIELDS,
                FIELDS + 2,
                [span(role, format!("{name}: ")), plain(text)],
            );
        };
        // The fields that force a replacement say why; one without such a field says it here.
        let forced = |change: &FieldChange| matches!(change.effect, Effect::Replace(_));
        if matches!(entry.fate, Fate::Replace(_)) && !step.changes.iter().any(forced) {
            detail(page, Role::Change, "because", &step.reason);
        }
        for way in entry.interrupts() {
            detail(page, Role::Warning, "interrupts", way);
        }
        if entry.loses_data() {
            let remains = entry.remains().unwrap_or("what it holds is lost");
            detail(page, Role::Bad, "data", remains);
        }
        if self.detail == Detail::Full && !step.origin.is_empty() {
            page.line(FIELDS, FIELDS, [quiet(format!("from: {}", step.origin))]);
        }
    }

    fn head(&self, entry: &Entry<'_>) -> Vec<Span> {
        let role = match entry.fate {
            Fate::Create => Role::Good,
            Fate::Update | Fate::Replace(_) | Fate::Wait => Role::Change,
            Fate::Delete => Role::Bad,
        };
        let step = entry.step;
        let mut head = vec![
            span(role, format!("{} ", entry.fate.sign())),
            strong(step.address.as_str()),
            quiet(format!("  {}", words::kind(step.kind.type_name()))),
        ];
        let more = match entry.fate {
            Fate::Create => step
                .wanted
                .as_ref()
                .map(|wanted| telling(wanted, &self.plan.scope.region))
                .unwrap_or_default(),
            Fate::Delete => match entry.id() {
                Some(id) => format!("{id}: {}", step.reason),
                None => step.reason.clone(),
            },
            Fate::Wait => step.reason.clone(),
            Fate::Update | Fate::Replace(_) => String::new(),
        };
        if !more.is_empty() {
            head.push(plain(format!("  {more}")));
        }
        let price = self.cost.and_then(|cost| cost.steps.get(&step.address));
        if let Some(price) = price.filter(|price| **price != Usd::ZERO) {
            head.push(quiet(format!("  {}", words::monthly_change(*price))));
        }
        head
    }
}

fn title(plan: &Plan) -> [Span; 2] {
    let scope = &plan.scope;
    [
        strong(scope.prefix()),
        plain(format!(" in {}, account {}", scope.region, scope.account)),
    ]
}

/// What a field changes from and to, and what that does.
pub(in crate::view) fn field_lines(page: &mut Page<'_>, indent: usize, change: &FieldChange) {
    let name = dotted(&change.path);
    match difference(&change.path, &change.before, &change.after) {
        Shown::Line(before, after) => page.line(
            indent,
            indent + 2,
            [
                plain(format!("{name}  ")),
                quiet(before),
                plain(" → "),
                strong(after),
            ],
        ),
        Shown::Lines(rows) => {
            page.text(indent, name);
            for (mark, text) in rows {
                let role = match mark {
                    Mark::Added => Role::Good,
                    Mark::Removed => Role::Bad,
                    Mark::Same | Mark::Skipped => Role::Quiet,
                };
                let text = format!("{}{text}", mark.sign());
                page.line(indent + 2, indent + 6, [span(role, text)]);
            }
        }
    }
    if let Effect::Replace(why) = change.effect {
        page.line(
            indent + 2,
            indent + 4,
            [span(Role::Warning, "forces replacement: "), plain(why)],
        );
    }
}

/// A line for each tag that changes.
pub(in crate::view) fn tag_lines(page: &mut Page<'_>, indent: usize, tags: &TagChange) {
    let text = |value: &str| short(&Value::from(value)).unwrap_or_else(|| value.to_owned());
    for (key, value) in &tags.set {
        let line = match tags.before.get(key) {
            Some(before) => vec![
                plain(format!("tag {key}  ")),
                quiet(text(before)),
                plain(" → "),
                strong(text(value)),
            ],
            None => vec![
                span(Role::Good, "+ "),
                plain(format!("tag {key}  ")),
                strong(text(value)),
            ],
        };
        page.line(indent, indent + 2, line);
    }
    for key in &tags.remove {
        let before = tags.before.get(key).map(|value| text(value));
        page.line(
            indent,
            indent + 2,
            [
                span(Role::Bad, "- "),
                plain(format!("tag {key}  ")),
                quiet(before.unwrap_or_default()),
            ],
        );
    }
}

fn left_alone(page: &mut Page<'_>, plan: &Plan) {
    if plan.left_alone.is_empty() {
        return;
    }
    page.gap();
    page.line(0, 0, [strong("left alone")]);
    left_alone_lines(page, &plan.left_alone);
}

/// A line for each field that is left to its owner:
/// `workloads.listener  weights blue/green: file 100/0, live 0/100 — owned by switch`.
/// Fields that stand beside each other share a line.
pub(in crate::view) fn left_alone_lines(page: &mut Page<'_>, left_alone: &[LeftAlone]) {
    let beside = |a: &LeftAlone, b: &LeftAlone| {
        let of = |one: &LeftAlone| (parent(&one.path).0.to_owned(), one.owner);
        a.address == b.address && of(a) == of(b)
    };
    for group in left_alone.chunk_by(beside) {
        let Some(first) = group.first() else { continue };
        let all = |value: fn(&LeftAlone) -> &Value| {
            let values: Vec<_> = group.iter().map(|one| brief(value(one))).collect();
            values.join("/")
        };
        let name = if group.len() == 1 {
            dotted(&first.path)
        } else {
            let fields: Vec<_> = group
                .iter()
                .map(|one| parent(&one.path).1.replace("~1", "/").replace("~0", "~"))
                .collect();
            format!("{} {}", dotted(parent(&first.path).0), fields.join("/"))
        };
        page.line(
            2,
            6,
            [
                strong(first.address.as_str()),
                plain(format!(
                    "  {name}: file {}, live {} — owned by {}",
                    all(|one| &one.file),
                    all(|one| &one.live),
                    owner(first.owner),
                )),
            ],
        );
    }
}

/// The pointer of what holds a field, and the field's key in it.
fn parent(pointer: &str) -> (&str, &str) {
    pointer.rsplit_once('/').unwrap_or(("", pointer))
}

/// A value in the middle of a sentence.
fn brief(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        value => short(value).unwrap_or_else(|| value.to_string()),
    }
}

fn owner(owner: Owner) -> &'static str {
    match owner {
        Owner::File => "the file",
        Owner::Deploy => "deploy",
        Owner::Switch => "switch",
        Owner::Autoscaling => "Auto Scaling",
    }
}

fn unclaimed(page: &mut Page<'_>, plan: &Plan) {
    if plan.unclaimed.is_empty() {
        return;
    }
    page.gap();
    page.line(
        0,
        0,
        [
            strong("unclaimed"),
            plain(": named like the stack's, and nothing proves they are"),
        ],
    );
    for one in &plan.unclaimed {
        let kind = words::kind(&one.kind);
        page.line(2, 6, [quiet(format!("{kind}  ")), plain(&*one.key)]);
    }
}

fn blocked(page: &mut Page<'_>, plan: &Plan) {
    if plan.blocked.is_empty() {
        return;
    }
    page.gap();
    page.line(
        0,
        0,
        [
            span(Role::Bad, "blocked"),
            plain(": nothing is done until each of these is settled"),
        ],
    );
    for one in &plan.blocked {
        page.text(2, &*one.why);
        page.unbroken(4, [plain("if its data may go: "), strong(one.option())]);
    }
    if plan.blocked.len() > 1 {
        page.unbroken(2, [plain("all of them: "), strong(unblock(plan))]);
    }
}

/// The options that let all blocked changes pass.
pub(super) fn unblock(plan: &Plan) -> String {
    let options: Vec<_> = plan.blocked.iter().map(Blocked::option).collect();
    options.join(" ")
}

fn cost_lines(page: &mut Page<'_>, cost: &CostLines) {
    page.gap();
    page.line(
        0,
        2,
        [strong("cost"), plain(format!("  {}", cost_sentence(cost)))],
    );
    for one in &cost.what_if {
        page.line(2, 4, [plain(what_if_sentence(one))]);
    }
    if !cost.unpriced.is_empty() {
        let items = cost.unpriced.join(", ");
        page.line(2, 4, [quiet(format!("not priced: {items}"))]);
    }
}

/// What the plan changes in the price of a month.
pub(super) fn cost_sentence(cost: &CostLines) -> String {
    let mut text = format!(
        "{} → {} ({})",
        cost.before,
        words::monthly(cost.after),
        words::signed(cost.after - cost.before),
    );
    if let Some(free_tier) = cost.free_tier {
        text.push_str(&format!(", {free_tier} in the free tier"));
    }
    text.push_str(&format!("; prices of {}", cost.prices_of));
    text
}

/// What a step that is not planned would add.
pub(in crate::view) fn what_if_sentence(one: &WhatIf) -> String {
    let per = match one.per {
        Per::Month => "month",
        Per::Hour => "hour",
    };
    format!("{} would add {} USD/{per}", one.what, one.adds)
}

/// `Plan: 3 to change in place, 0 to create, …`.
fn summary(counts: &Summary) -> Vec<Span> {
    vec![strong("Plan: "), plain(summary_text(counts))]
}

pub(super) fn summary_text(counts: &Summary) -> String {
    let mut text = format!(
        "{} to change in place, {} to create, {} to replace, {} to remove",
        counts.update, counts.create, counts.replace, counts.delete
    );
    if counts.wait > 0 {
        text.push_str(&format!(", {} to wait for", counts.wait));
    }
    text.push_str(&format!("; {} as wanted", counts.unchanged));
    text
}

//! The steps of a plan as a person counts them: one entry a resource, grouped by section.

use crate::kinds::remains;
use crate::plan::{Action, Plan, Replacement, Step};
use crate::reference::Address;

/// The sections in the order in which a stack file usually has them.
const USUAL: &[&str] = &[
    "state",
    "network",
    "domain",
    "load_balancer",
    "workloads",
    "files",
    "buckets",
    "databases",
    "parameters",
    "alerts",
    "alarms",
    "dashboards",
    "audit",
    "deployer",
    "resources",
];

/// What happens to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::view) enum Fate {
    Create,
    Update,
    Replace(Replacement),
    Delete,
    Wait,
}

impl Fate {
    /// The mark at the head of its line, three columns wide.
    pub(in crate::view) fn sign(self) -> &'static str {
        match self {
            Self::Create => "  +",
            Self::Update => "  ~",
            Self::Replace(Replacement::DeleteFirst) => "-/+",
            Self::Replace(Replacement::CreateFirst) => "+/-",
            Self::Delete => "  -",
            Self::Wait => "  …",
        }
    }

    /// Its name in documents.
    pub(in crate::view) fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace(_) => "replace",
            Self::Delete => "delete",
            Self::Wait => "await",
        }
    }
}

/// One resource that the plan touches.
#[derive(Clone, Copy, Debug)]
pub(in crate::view) struct Entry<'a> {
    pub(in crate::view) fate: Fate,
    /// The step; of a replacement the one that makes the new resource.
    pub(in crate::view) step: &'a Step,
    /// Of a replacement the step that removes the old resource.
    pub(in crate::view) gone: Option<&'a Step>,
}

impl Entry<'_> {
    /// AWS's id of what is changed or removed.
    pub(in crate::view) fn id(&self) -> Option<&str> {
        let found = self.gone.unwrap_or(self.step).found.as_ref()?;
        Some(found.id()).filter(|id| !id.is_empty())
    }

    /// Whether data is lost.
    pub(in crate::view) fn loses_data(&self) -> bool {
        self.step.danger.data || self.gone.is_some_and(|gone| gone.danger.data)
    }

    /// What remains of the data that is lost, in a sentence.
    pub(in crate::view) fn remains(&self) -> Option<&'static str> {
        let gone = self.gone.unwrap_or(self.step);
        let spec = gone.found.as_ref().map(|found| &found.spec)?;
        remains::after_removal(gone.kind.type_name(), spec)
    }

    /// How service suffers, each way once.
    pub(in crate::view) fn interrupts(&self) -> Vec<&str> {
        let mut ways: Vec<&str> = Vec::new();
        let halves = [Some(self.step), self.gone];
        for way in halves
            .into_iter()
            .flatten()
            .flat_map(|step| &step.danger.interrupts)
        {
            if !ways.contains(&way.as_str()) {
                ways.push(way);
            }
        }
        ways
    }
}

/// The entries of one section.
#[derive(Debug)]
pub(in crate::view) struct Section<'a> {
    pub(in crate::view) name: &'a str,
    pub(in crate::view) entries: Vec<Entry<'a>>,
}

/// The plan's entries by section; sections in the order of `file`, or the usual one.
pub(in crate::view) fn sections<'a>(plan: &'a Plan, file: &[String]) -> Vec<Section<'a>> {
    let mut found: Vec<Section<'a>> = Vec::new();
    for entry in entries(plan) {
        let name = entry.step.address.section();
        match found.iter_mut().find(|section| section.name == name) {
            Some(section) => section.entries.push(entry),
            None => found.push(Section {
                name,
                entries: vec![entry],
            }),
        }
    }
    found.sort_by(|a, b| {
        let place = |section: &Section<'_>| rank(file, section.name);
        place(a).cmp(&place(b)).then_with(|| a.name.cmp(b.name))
    });
    found
}

/// Where a section stands; what is in neither order comes last.
pub(in crate::view) fn rank(file: &[String], section: &str) -> (usize, usize) {
    let in_file = file.iter().position(|name| name == section);
    let usually = USUAL.iter().position(|name| *name == section);
    (
        in_file.unwrap_or(file.len()),
        usually.unwrap_or(USUAL.len()),
    )
}

/// One entry a resource, in the order of the plan's steps.
pub(in crate::view) fn entries(plan: &Plan) -> Vec<Entry<'_>> {
    plan.steps
        .iter()
        .filter_map(|step| entry(plan, step))
        .collect()
}

fn entry<'a>(plan: &'a Plan, step: &'a Step) -> Option<Entry<'a>> {
    let (fate, gone) = match (step.action, step.replacement) {
        (Action::Create, None) => (Fate::Create, None),
        (Action::Create, Some(order)) => {
            let gone = half(plan, &step.address, Action::Delete);
            (Fate::Replace(order), gone)
        }
        (Action::Update, _) => (Fate::Update, None),
        (Action::Await, _) => (Fate::Wait, None),
        (Action::Delete, Some(_)) if half(plan, &step.address, Action::Create).is_some() => {
            return None;
        }
        (Action::Delete, _) => (Fate::Delete, None),
    };
    Some(Entry { fate, step, gone })
}

/// The half of a replacement that does this.
fn half<'a>(plan: &'a Plan, address: &Address, action: Action) -> Option<&'a Step> {
    plan.steps.iter().find(|step| {
        step.address == *address && step.action == action && step.replacement.is_some()
    })
}

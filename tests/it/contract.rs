//! What every kind must do, demanded of each one that is registered: list finds nothing,
//! create, the next plan is empty, a change is planned in place and made, the next plan is
//! empty, delete, nothing is left.

use std::collections::{BTreeSet, VecDeque};

use codedetect_infra::kinds::{self, AnyKind, Beside, Tagging, sample_address};
use codedetect_infra::plan::{Action, Observed};
use codedetect_infra::resource::{Resource, Resources};
use codedetect_infra::scope::Tags;

use crate::support::{self, Stack};

/// The sample of a kind with all that it refers to.
fn closure(stack: &Stack, kind: &'static dyn AnyKind, changed: bool) -> Resources {
    let mut resources = Resources::default();
    let mut open = VecDeque::from([kind.type_name().to_owned()]);
    let mut beside: Vec<Beside> = Vec::new();
    while let Some(name) = open.pop_front() {
        let of = kinds::by_type(&name).unwrap();
        let samples = of.samples(&stack.scope).unwrap();
        let spec = if changed && name == kind.type_name() {
            samples.changed
        } else {
            samples.sample
        };
        let mut added = vec![resource(sample_address(&name), of, spec)];
        beside.extend(samples.beside);
        for extra in &beside {
            if resources.get(&extra.address).is_none() {
                added.push(resource(
                    extra.address.clone(),
                    extra.kind,
                    extra.spec.clone(),
                ));
            }
        }
        for resource in added {
            for need in resource.needs() {
                let kind_of_need = kinds::ALL
                    .iter()
                    .find(|kind| sample_address(kind.type_name()) == need);
                match kind_of_need {
                    Some(needed) if resources.get(&need).is_none() => {
                        open.push_back(needed.type_name().to_owned());
                    }
                    Some(_) => {}
                    None => assert!(
                        beside.iter().any(|extra| extra.address == need),
                        "{} refers to {need}, which no sample makes",
                        resource.address
                    ),
                }
            }
            resources.insert(resource);
        }
    }
    resources
}

/// The sample's resources with the changed specification in place of the sample. What only the
/// sample refers to stays.
fn turned(stack: &Stack, kind: &'static dyn AnyKind, sample: &Resources) -> Resources {
    let mut resources = closure(stack, kind, true);
    for resource in sample.iter() {
        if resources.get(&resource.address).is_none() {
            resources.insert(resource.clone());
        }
    }
    resources
}

fn resource(
    address: codedetect_infra::reference::Address,
    kind: &'static dyn AnyKind,
    spec: serde_json::Value,
) -> Resource {
    Resource {
        address,
        kind,
        spec,
        tags: Tags::from([("Purpose".to_owned(), "contract".to_owned())]),
        after: BTreeSet::new(),
        origin: String::new(),
    }
}

/// What stands in AWS: a validation has the id of its certificate, and is no thing of its own.
fn ids(observed: &[Observed]) -> BTreeSet<&str> {
    observed.iter().map(|one| one.found.id()).collect()
}

async fn contract(endpoint: &str, kind: &'static dyn AnyKind) {
    let name = format!("c{:08x}", rand::random::<u32>());
    let stack = Stack::new(endpoint, &name).await;
    let address = sample_address(kind.type_name());

    let sample = closure(&stack, kind, false);
    let before = stack.observe(&sample).await;
    let foreign = before.len();

    stack.must_apply(&sample).await;
    stack.must_be_settled(&sample).await;

    let changed = turned(&stack, kind, &sample);
    let plan = stack.plan(&changed).await;
    let differs = sample.get(&address).unwrap().spec != changed.get(&address).unwrap().spec;
    assert_eq!(
        plan.steps.iter().any(|step| step.address == address),
        differs,
        "{:#?}",
        plan.steps
    );
    for step in &plan.steps {
        assert_eq!(
            step.action,
            Action::Update,
            "{} {}",
            step.address,
            step.reason
        );
    }
    let outcome = stack.carry_out(&plan).await;
    assert!(outcome.complete(), "{:#?}", outcome.failed);
    stack.must_be_settled(&changed).await;

    if kind.tagging() == Tagging::Compared {
        let mut retagged = turned(&stack, kind, &sample);
        let mut tagged = retagged.get(&address).unwrap().clone();
        tagged.tags = Tags::from([("Other".to_owned(), "tag".to_owned())]);
        retagged.insert(tagged);
        let plan = stack.plan(&retagged).await;
        assert_eq!(plan.steps.len(), 1, "{:#?}", plan.steps);
        let outcome = stack.carry_out(&plan).await;
        assert!(outcome.complete(), "{:#?}", outcome.failed);
        stack.must_be_settled(&retagged).await;
    }

    // What the file no longer asks for is found all the same.
    let asked_for = stack.observe(&changed).await;
    let not_asked_for = stack.observe(&Resources::default()).await;
    assert_eq!(ids(&not_asked_for), ids(&asked_for));

    stack.must_apply(&Resources::default()).await;
    let left = stack.observe(&Resources::default()).await;
    assert!(left.len() <= foreign, "{left:#?}");
}

/// The kinds are tried one after the other on one cloud: moto answers one call at a time.
/// `CONTRACT=ec2` tries only those whose type name contains that.
#[tokio::test(flavor = "multi_thread")]
async fn every_kind_keeps_its_contract() {
    let cloud = support::cloud().await;
    let only = std::env::var("CONTRACT").unwrap_or_default();
    let mut broken = Vec::new();
    for kind in kinds::ALL {
        let name = kind.type_name();
        if !name.contains(&only) {
            continue;
        }
        let endpoint = cloud.endpoint().to_owned();
        let tried = tokio::spawn(async move { contract(&endpoint, *kind).await }).await;
        if let Err(error) = tried {
            let text = match error.try_into_panic() {
                Ok(panic) => panic
                    .downcast_ref::<String>()
                    .cloned()
                    .or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()))
                    .unwrap_or_default(),
                Err(error) => error.to_string(),
            };
            broken.push(format!("{name}: {text}"));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
}

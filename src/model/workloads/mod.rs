//! The programs that the stack runs, with all that stands in front of and around them.

use std::collections::BTreeMap;

use super::domain::Named;
use super::draft::{Draft, Place};
use super::names::{LONG, called, under_path};
use super::network::Made;
use super::security::Groups;
use crate::diag::Code;
use crate::kinds::elbv2::load_balancer::LoadBalancer;
use crate::kinds::elbv2::target_group::TargetGroup;
use crate::kinds::logs::log_group::{self, Class, LogGroup};
use crate::kinds::ssm::release_parameter::{self, ReleaseParameter};
use crate::reference::{Address, Text};
use crate::resource::Handle;
use crate::scope::Scope;
use crate::stack::document::Workload;

mod balancer;
mod boot;
mod colours;
mod fleet;
mod release;
mod role;
mod serving;
mod template;

pub use colours::Colour;
pub use release::{Mount, Release};
pub use serving::{following, listener_type};

/// The tag that says which workload an instance runs.
pub const WORKLOAD_TAG: &str = "codedetect:workload";
/// The tag that says of which colour an instance is.
pub const COLOUR_TAG: &str = "codedetect:colour";

/// What a parameter holds at most without charge beyond the first 4 KB ("Managing parameter tiers", Systems Manager user guide).
const LONGEST_RELEASE: usize = 8 * 1024;

/// The namespace of what the CloudWatch agent measures on the instances of a workload.
pub(crate) fn namespace(scope: &Scope, item: &str) -> String {
    format!("{}/{item}", scope.prefix())
}

/// The name of the Auto Scaling group of a colour.
pub fn fleet_name(scope: &Scope, item: &str, colour: Colour) -> String {
    called(scope, &[item, colour.key()], LONG)
}

/// The parameter that says what a colour of a workload runs.
pub fn release_parameter(scope: &Scope, item: &str, colour: Colour) -> String {
    under_path(scope, &format!("release/{item}/{}", colour.key()))
}

/// A workload as alarms, dashboards and the domain see it.
pub(crate) struct Running {
    pub(crate) item: String,
    pub(crate) balancer: Handle<LoadBalancer>,
    pub(crate) targets: BTreeMap<Colour, Handle<TargetGroup>>,
    /// The names of the Auto Scaling groups.
    pub(crate) fleets: BTreeMap<Colour, String>,
    pub(crate) namespace: String,
    pub(crate) deployable: Deployable,
}

/// A workload as whoever releases it sees it.
#[derive(Clone)]
pub(crate) struct Deployable {
    /// The ARNs of its release parameters.
    pub(crate) releases: Vec<Text>,
}

/// What stands around a workload.
pub(crate) struct Around<'a> {
    pub(crate) network: &'a Made,
    pub(crate) groups: &'a Groups,
    pub(crate) named: Option<&'a Named>,
    /// What must stand before an instance can mount its file systems.
    pub(crate) mountable: &'a [Address],
}

/// Everything of one workload.
pub(crate) fn build(
    draft: &mut Draft<'_>,
    item: &str,
    workload: &Workload,
    around: &Around<'_>,
) -> Option<Running> {
    let front = balancer::build(
        draft,
        item,
        workload,
        around.network,
        around.groups,
        around.named,
    );
    let logs = logs(draft, item, workload);
    let releases = releases(draft, item, workload);
    let arns: Vec<Text> = releases.values().map(|one| one.output("arn")).collect();
    let identity = role::build(draft, item, workload, &logs, &arns);
    let log_group = under_path(draft.scope, item);
    let parts = template::Parts {
        item,
        workload,
        network: around.network,
        groups: around.groups,
        profile: &identity.profile,
        log_group: &log_group,
    };
    let mut fleets = BTreeMap::new();
    for colour in Colour::of(workload) {
        let name = release_parameter(draft.scope, item, *colour);
        let template = template::build(draft, &parts, *colour, &name)?;
        let target = front.targets.get(colour)?;
        let fleet = fleet::build(draft, &parts, *colour, &template, target)?;
        // An instance that starts before these would start in vain: it finds no way to AWS, no release, no file system, or is
        // ended because the load balancer never asks how it is.
        draft.after(fleet.address(), &around.network.ways_out);
        draft.after(fleet.address(), around.mountable);
        draft.after(fleet.address(), &front.listeners);
        draft.after(fleet.address(), releases.get(colour).map(Handle::address));
        draft.after(fleet.address(), [identity.role.address(), logs.address()]);
        for rules in ["alb", "ec2"] {
            let rules = format!("workloads.{item}.security-group.{rules}-rules");
            draft.after(fleet.address(), [&Address::new(rules)]);
        }
        fleets.insert(*colour, fleet_name(draft.scope, item, *colour));
    }
    Some(Running {
        item: item.to_owned(),
        balancer: front.balancer,
        targets: front.targets,
        fleets,
        namespace: namespace(draft.scope, item),
        deployable: Deployable { releases: arns },
    })
}

fn logs(draft: &mut Draft<'_>, item: &str, workload: &Workload) -> Handle<LogGroup> {
    let spec = log_group::Spec {
        name: under_path(draft.scope, item),
        retention_days: workload
            .logs
            .whole_days()
            .and_then(log_group::retention_of_at_least),
        class: Class::Standard,
    };
    let origin = format!("workloads.{item}");
    let name = spec.name.clone();
    let place = Place::new(
        format!("{origin}.log-group"),
        format!("{origin}.logs"),
        name,
    );
    draft.add(place, &spec)
}

/// The first release of each colour: what the file says. Later ones are `deploy`'s.
fn releases(
    draft: &mut Draft<'_>,
    item: &str,
    workload: &Workload,
) -> BTreeMap<Colour, Handle<ReleaseParameter>> {
    let origin = format!("workloads.{item}");
    let value = Release::wanted(draft, workload).text();
    let length = value.to_string().len();
    if length > LONGEST_RELEASE {
        draft.refuse(
            Code::ReleaseTooLong,
            &format!("{origin}.environment"),
            format!("image, variables and mounts take {length} bytes of {LONGEST_RELEASE}"),
            "put long values into a file or a bucket",
        );
    }
    Colour::of(workload)
        .iter()
        .map(|colour| {
            let name = release_parameter(draft.scope, item, *colour);
            let spec = release_parameter::Spec {
                name: name.clone(),
                value: value.clone(),
            };
            let address = format!("{origin}.release.{}", colour.key());
            let place = Place::new(address, format!("{origin}.image"), name);
            (*colour, draft.add(place, &spec))
        })
        .collect()
}

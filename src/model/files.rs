//! Shared file systems: encrypted, with an address in each zone and one door.

use std::collections::BTreeSet;

use super::draft::{Draft, Place};
use super::names::{LONG, called};
use super::network::Made;
use super::security::{self, Groups};
use crate::kinds::efs::access_point::{self, AccessPoint, MadeAs, Root, User};
use crate::kinds::efs::file_system::{self, FileSystem, Performance};
use crate::kinds::efs::mount_target::{self, MountTarget};
use crate::reference::Address;
use crate::resource::Handle;
use crate::stack::document::{Backup, Files, Throughput};
use crate::units::Port;

/// The folder of a file system that clients see as its root. Not the root itself, which belongs to nobody and which EFS never makes.
const FOLDER: &str = "/data";
/// Owner writes, others of the group look.
const PERMISSIONS: &str = "0750";

/// The file systems; what must stand before an instance can mount them.
pub(crate) fn build(
    draft: &mut Draft<'_>,
    network: Option<&Made>,
    groups: Option<&Groups>,
) -> Vec<Address> {
    let Some(network) = network else {
        return Vec::new();
    };
    let mut before = Vec::new();
    for (item, wanted) in &draft.document.files {
        let origin = format!("files.{item}");
        let system = system(draft, item.as_str(), wanted);
        let what = format!("efs-{item}");
        let group = security::group(
            draft,
            network,
            &what,
            "NFS from the instances to a file system",
            (&format!("{origin}.security-group"), &origin),
        );
        let rules = security::data_rules(draft, &group, &origin, Port::NFS, groups);
        before.push(rules.address().clone());
        for (zone, subnet) in network.of(network.data_tier) {
            let spec = mount_target::Spec {
                file_system: system.link(),
                subnet: subnet.link(),
                security_groups: [group.link()].into(),
            };
            let place = Place::new(format!("{origin}.mount-target.{zone}"), &origin, "");
            let target = draft.add::<MountTarget>(place, &spec);
            before.push(target.address().clone());
        }
        door(draft, item.as_str(), wanted, &system);
    }
    before
}

fn system(draft: &mut Draft<'_>, item: &str, wanted: &Files) -> Handle<FileSystem> {
    let spec = file_system::Spec {
        encrypted: true,
        performance: Performance::GeneralPurpose,
        throughput: match wanted.throughput {
            Throughput::Elastic => file_system::Throughput::Elastic,
            Throughput::Bursting => file_system::Throughput::Bursting,
        },
        infrequent_access_days: wanted
            .to_infrequent_access
            .and_then(|span| span.whole_days())
            .and_then(|days| u16::try_from(days).ok()),
        archive_days: None,
        // What is used again is read from the cheap class at a price for each gigabyte; once moved back it is not.
        back_on_access: wanted.to_infrequent_access.is_some(),
        backup: wanted.backup == Backup::Daily,
    };
    let address = format!("files.{item}");
    let name = called(draft.scope, &[item], LONG);
    let place = Place::new(&address, &address, name).tagged(&wanted.tags);
    draft.add(place, &spec)
}

/// The access point: whoever comes through it is the owner, whatever the container says.
fn door(draft: &mut Draft<'_>, item: &str, wanted: &Files, system: &Handle<FileSystem>) {
    let spec = access_point::Spec {
        file_system: system.link(),
        user: Some(User {
            uid: wanted.owner.uid,
            gid: wanted.owner.gid,
            further_gids: BTreeSet::new(),
        }),
        root: Root {
            path: FOLDER.to_owned(),
            made_as: Some(MadeAs {
                uid: wanted.owner.uid,
                gid: wanted.owner.gid,
                permissions: PERMISSIONS.to_owned(),
            }),
        },
    };
    let name = called(draft.scope, &[item], LONG);
    let origin = format!("files.{item}");
    let place = Place::new(format!("{origin}.access-point"), origin, name).tagged(&wanted.tags);
    draft.add::<AccessPoint>(place, &spec);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::model::tests::{built, example, spec_of};

    #[test]
    fn a_file_system_has_an_address_in_each_zone_and_one_door() {
        let mut stack = example();
        stack["files"]["shared"]["throughput"] = json!("bursting");
        stack["files"]["shared"]["owner"] = json!({ "uid": 1001, "gid": 1002 });
        let resources = built(stack);
        let system = spec_of(&resources, "files.shared");
        assert_eq!(system["encrypted"], true);
        assert_eq!(system["throughput"], "bursting");
        assert_eq!(system["infrequent_access_days"], 30);
        assert_eq!(system["backup"], true);
        for zone in ["a", "b"] {
            let target = spec_of(&resources, &format!("files.shared.mount-target.{zone}"));
            let subnet = format!("network.subnet.private-{zone}");
            assert_eq!(target["subnet"], json!({ "$text": [[subnet, "id"]] }));
        }
        let door = spec_of(&resources, "files.shared.access-point");
        assert_eq!(door["user"]["uid"], 1001);
        assert_eq!(door["root"]["made_as"]["gid"], 1002);
    }
}

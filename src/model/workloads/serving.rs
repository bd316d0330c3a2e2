//! What follows the colour that serves: the bounds of the groups. `switch` moves the traffic, and `apply` must not let the
//! serving colour shrink to nothing, nor the idle one grow, because the file was written while the other colour served.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Colour;
use crate::kinds::autoscaling::group::Group;
use crate::kinds::elbv2::listener::Listener;
use crate::kinds::{Kind, of};
use crate::reference::Address;
use crate::resource::{Resource, Resources};

/// The resources as they are wanted while the colours serve that the listeners say. `listeners` are the observed ones, by
/// address.
pub fn following(wanted: &Resources, listeners: &BTreeMap<&Address, &Value>) -> Resources {
    let mut followed = wanted.clone();
    for (address, spec) in listeners {
        let of_colour = |colour: Colour| {
            let name = format!("/weights/{}", colour.key());
            spec.pointer(&name).and_then(Value::as_u64).unwrap_or(0)
        };
        if of_colour(Colour::Green) <= of_colour(Colour::Blue) {
            continue;
        }
        let Some(workload) = address
            .as_str()
            .strip_prefix("workloads.")
            .and_then(|rest| rest.split('.').next())
        else {
            continue;
        };
        let group =
            |colour: Colour| Address::new(format!("workloads.{workload}.group.{}", colour.key()));
        let (blue, green) = (group(Colour::Blue), group(Colour::Green));
        let (Some(served_first), Some(serves)) = (wanted.get(&blue), wanted.get(&green)) else {
            continue;
        };
        followed.insert(bounded_as(served_first, serves));
        followed.insert(bounded_as(serves, served_first));
    }
    followed
}

/// The type of the listeners that [`following`] looks at.
pub fn listener_type() -> &'static str {
    of::<Listener>().type_name()
}

/// A group with the least and first number of instances of another.
fn bounded_as(group: &Resource, other: &Resource) -> Resource {
    let mut bounded = group.clone();
    if bounded.kind.type_name() == Group::TYPE {
        for field in ["min", "desired"] {
            if let (Some(own), Some(value)) = (bounded.spec.get_mut(field), other.spec.get(field)) {
                *own = value.clone();
            }
        }
    }
    bounded
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::tests::{built, example};

    fn bounds(resources: &Resources, colour: &str) -> (u64, u64) {
        let address = format!("workloads.analyzer.group.{colour}");
        let spec = &resources.get(&address.as_str().into()).unwrap().spec;
        (spec["min"].as_u64().unwrap(), spec["max"].as_u64().unwrap())
    }

    fn followed(blue: u32, green: u32) -> Resources {
        let wanted = built(example());
        let listener = Address::new("workloads.analyzer.listener.https");
        let spec = json!({ "weights": { "blue": blue, "green": green } });
        following(&wanted, &[(&listener, &spec)].into())
    }

    #[test]
    fn the_bounds_follow_the_traffic() {
        let green = followed(0, 100);
        assert_eq!(bounds(&green, "green"), (1, 2));
        assert_eq!(bounds(&green, "blue"), (0, 2));
    }

    #[test]
    fn while_blue_has_most_of_the_traffic_nothing_changes() {
        for (blue, share) in [(100, 0), (95, 5), (50, 50)] {
            let resources = followed(blue, share);
            assert_eq!(bounds(&resources, "blue"), (1, 2));
            assert_eq!(bounds(&resources, "green"), (0, 2));
        }
    }
}

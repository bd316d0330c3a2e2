//! A workload in two colours, for tests.

use std::collections::BTreeMap;
use std::time::Duration;

use super::sight::{ColourSight, Shares, Sight};
use super::site::Site;
use crate::model::workloads::Colour;

pub(super) fn site() -> Site {
    Site {
        workload: "analyzer".to_owned(),
        prefix: "codedetect-prod".to_owned(),
        balancer: "front".to_owned(),
        colours: BTreeMap::new(),
        healthy: None,
        bounds: (1, 2),
        health_path: "/api/health".to_owned(),
        grace: Duration::from_secs(300),
        drain: Duration::from_secs(30),
        stickiness: None,
        domain: None,
        log_group: "/codedetect-prod/analyzer".to_owned(),
        topic: None,
    }
}

pub(super) fn sight(blue: ColourSight, green: ColourSight) -> Sight {
    Sight {
        colours: [(Colour::Blue, blue), (Colour::Green, green)].into(),
        listener: Shares {
            arn: "l".to_owned(),
            port: 80,
            secure: false,
            actions: Vec::new(),
            certificate: None,
        },
        dns_name: "front.example.com".to_owned(),
    }
}

//! Pages of graphs in CloudWatch.

use serde_json::{Value, json};

use super::databases;
use super::draft::{Draft, Place};
use super::names::{LONG, called};
use super::workloads::{Colour, Running};
use crate::kinds::cloudwatch::alarm::BILLING_REGION;
use crate::kinds::cloudwatch::dashboard::{self, Dashboard};
use crate::kinds::elbv2::target_group::TargetGroup;
use crate::reference::{Address, Text};
use crate::resource::Handle;
use crate::stack::document;

/// A dashboard is 24 columns wide ("Dashboard body structure and syntax"): three graphs to a row.
const COLUMNS: usize = 3;
const WIDTH: usize = 8;
const HEIGHT: usize = 6;
const FIVE_MINUTES: u32 = 300;
/// The bill is worked out a few times a day.
const SIX_HOURS: u32 = 21_600;

/// Services whose share of the bill is shown, as AWS/Billing calls them.
const SERVICES: [&str; 9] = [
    "AmazonCloudWatch",
    "AmazonEC2",
    "AmazonEFS",
    "AmazonRDS",
    "AmazonRoute53",
    "AmazonS3",
    "AmazonVPC",
    "AWSCloudTrail",
    "AWSELB",
];

/// One graph: its title, and each line's namespace, metric, dimensions and label.
struct Graph {
    title: String,
    statistic: &'static str,
    lines: Vec<Vec<Value>>,
}

/// The dashboards of the file.
pub(crate) fn build(draft: &mut Draft<'_>, workloads: &[Running]) {
    for (index, wanted) in draft.document.dashboards.iter().enumerate() {
        let (graphs, region, period) = match wanted {
            document::Dashboard::Application => (
                application(workloads),
                draft.scope.region.clone(),
                FIVE_MINUTES,
            ),
            document::Dashboard::Infrastructure => {
                let graphs = infrastructure(draft, workloads);
                (graphs, draft.scope.region.clone(), FIVE_MINUTES)
            }
            document::Dashboard::Cost => (cost(), BILLING_REGION.to_owned(), SIX_HOURS),
        };
        let name = called(draft.scope, &[wanted.as_str()], LONG);
        let spec = dashboard::Spec {
            name: name.clone(),
            body: body(graphs, &region, period),
        };
        let place = Place::new(
            format!("dashboards.{}", wanted.as_str()),
            format!("dashboards.{index}"),
            name,
        );
        draft.add::<Dashboard>(place, &spec);
    }
}

fn body(graphs: Vec<Graph>, region: &str, period: u32) -> Value {
    let widgets: Vec<Value> = graphs
        .into_iter()
        .filter(|graph| !graph.lines.is_empty())
        .enumerate()
        .map(|(index, graph)| {
            json!({
                "type": "metric",
                "x": index % COLUMNS * WIDTH,
                "y": index / COLUMNS * HEIGHT,
                "width": WIDTH,
                "height": HEIGHT,
                "properties": {
                    "title": graph.title,
                    "view": "timeSeries",
                    "region": region,
                    "stat": graph.statistic,
                    "period": period,
                    "metrics": graph.lines,
                },
            })
        })
        .collect();
    json!({ "widgets": widgets })
}

/// A line of a graph.
fn line(namespace: &str, metric: &str, dimensions: &[(&str, Text)], label: &str) -> Vec<Value> {
    let mut line = vec![Value::from(namespace), Value::from(metric)];
    for (key, value) in dimensions {
        line.push(Value::from(*key));
        line.push(serde_json::to_value(value).unwrap_or_default());
    }
    line.push(json!({ "label": label }));
    line
}

fn application(workloads: &[Running]) -> Vec<Graph> {
    let mut graphs = Vec::new();
    for workload in workloads {
        let balancer = [("LoadBalancer", workload.balancer.output("full_name"))];
        let elb = |metric, label| line("AWS/ApplicationELB", metric, &balancer, label);
        let by_colour = |metric: &str| -> Vec<Vec<Value>> {
            let of = |(colour, target): (&Colour, &Handle<TargetGroup>)| {
                let [balancer] = &balancer;
                let dimensions = [
                    ("TargetGroup", target.output("full_name")),
                    balancer.clone(),
                ];
                line("AWS/ApplicationELB", metric, &dimensions, colour.key())
            };
            workload.targets.iter().map(of).collect()
        };
        let graph = |title: &str, statistic, lines| Graph {
            title: format!("{}: {title}", workload.item),
            statistic,
            lines,
        };
        graphs.push(graph("requests", "Sum", by_colour("RequestCount")));
        graphs.push(graph(
            "answers",
            "Sum",
            vec![
                elb("HTTPCode_Target_2XX_Count", "2xx"),
                elb("HTTPCode_Target_4XX_Count", "4xx"),
                elb("HTTPCode_Target_5XX_Count", "5xx"),
                elb("HTTPCode_ELB_5XX_Count", "5xx of the load balancer"),
            ],
        ));
        graphs.push(graph(
            "response time, p95",
            "p95",
            by_colour("TargetResponseTime"),
        ));
        graphs.push(graph(
            "healthy instances",
            "Minimum",
            by_colour("HealthyHostCount"),
        ));
        graphs.push(graph(
            "unhealthy instances",
            "Maximum",
            by_colour("UnHealthyHostCount"),
        ));
        graphs.push(graph(
            "connections",
            "Sum",
            vec![
                elb("NewConnectionCount", "new"),
                elb("RejectedConnectionCount", "rejected"),
            ],
        ));
    }
    graphs
}

fn infrastructure(draft: &Draft<'_>, workloads: &[Running]) -> Vec<Graph> {
    let mut graphs = Vec::new();
    for workload in workloads {
        let by_group = |namespace: &str, metric: &str| -> Vec<Vec<Value>> {
            let of = |(colour, fleet): (&Colour, &String)| {
                let group = [("AutoScalingGroupName", Text::literal(fleet))];
                line(namespace, metric, &group, colour.key())
            };
            workload.fleets.iter().map(of).collect()
        };
        let graph = |title: &str, lines| Graph {
            title: format!("{}: {title}", workload.item),
            statistic: "Average",
            lines,
        };
        graphs.push(graph(
            "processors, %",
            by_group("AWS/EC2", "CPUUtilization"),
        ));
        graphs.push(graph(
            "memory, %",
            by_group(&workload.namespace, "mem_used_percent"),
        ));
        graphs.push(graph(
            "disk, %",
            by_group(&workload.namespace, "disk_used_percent"),
        ));
        graphs.push(graph("network in, bytes", by_group("AWS/EC2", "NetworkIn")));
        graphs.push(graph(
            "network out, bytes",
            by_group("AWS/EC2", "NetworkOut"),
        ));
    }
    for (item, _) in &draft.document.files {
        let system = [(
            "FileSystemId",
            Text::output(&Address::new(format!("files.{item}")), "id"),
        )];
        let efs = |metric, label| line("AWS/EFS", metric, &system, label);
        graphs.push(Graph {
            title: format!("{item}: bytes read and written"),
            statistic: "Sum",
            lines: vec![
                efs("DataReadIOBytes", "read"),
                efs("DataWriteIOBytes", "written"),
            ],
        });
        graphs.push(Graph {
            title: format!("{item}: burst credits, bytes"),
            statistic: "Minimum",
            lines: vec![efs("BurstCreditBalance", "credits")],
        });
    }
    // A database that is turned off has its graphs too, empty ones, so that turning it on changes no page.
    for (item, _) in &draft.document.databases {
        let name = databases::identifier(draft.scope, item.as_str());
        let database = [("DBInstanceIdentifier", Text::literal(name))];
        for (metric, title) in [
            ("CPUUtilization", "processor, %"),
            ("FreeStorageSpace", "free storage, bytes"),
            ("DatabaseConnections", "connections"),
        ] {
            graphs.push(Graph {
                title: format!("{item}: {title}"),
                statistic: "Average",
                lines: vec![line("AWS/RDS", metric, &database, item.as_str())],
            });
        }
    }
    graphs
}

fn cost() -> Vec<Graph> {
    let currency = || ("Currency", Text::literal("USD"));
    let whole = line("AWS/Billing", "EstimatedCharges", &[currency()], "account");
    let by_service = SERVICES.map(|service| {
        let dimensions = [("ServiceName", Text::literal(service)), currency()];
        line("AWS/Billing", "EstimatedCharges", &dimensions, service)
    });
    vec![
        Graph {
            title: "Bill of this month, USD".to_owned(),
            statistic: "Maximum",
            lines: vec![whole],
        },
        Graph {
            title: "By service, USD".to_owned(),
            statistic: "Maximum",
            lines: by_service.to_vec(),
        },
    ]
}

#[cfg(test)]
mod tests {
    use crate::model::tests::{built, example, spec_of};

    #[test]
    fn dashboards_show_both_colours_and_the_bill() {
        let resources = built(example());
        let application = spec_of(&resources, "dashboards.application");
        assert_eq!(application["name"], "codedetect-prod-application");
        let requests = &application["body"]["widgets"][0]["properties"];
        assert_eq!(requests["region"], "eu-west-1");
        assert_eq!(requests["metrics"].as_array().unwrap().len(), 2);
        let cost = spec_of(&resources, "dashboards.cost");
        assert_eq!(
            cost["body"]["widgets"][0]["properties"]["region"],
            "us-east-1"
        );
        let infrastructure = spec_of(&resources, "dashboards.infrastructure").to_string();
        assert!(infrastructure.contains("BurstCreditBalance"));
        assert!(infrastructure.contains("codedetect-prod-main"));
    }

    #[test]
    fn graphs_do_not_overlap() {
        let resources = built(example());
        let board = spec_of(&resources, "dashboards.infrastructure");
        let mut places: Vec<_> = board["body"]["widgets"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["x"].as_u64().unwrap(), one["y"].as_u64().unwrap()))
            .collect();
        let count = places.len();
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), count);
        assert!(places.iter().all(|(x, _)| x + 8 <= 24));
    }
}

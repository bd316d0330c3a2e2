//! Which resource needs which: for a person, as JSON, and for dot and mermaid.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::page::{Look, Page, plain, quiet, strong};
use super::words::{count, kind};
use crate::graph::Graph;
use crate::plan::Action;
use crate::reference::Address;
use crate::resource::Resources;

/// Version of the document.
const VERSION: u32 = 1;

/// Resources and what they need.
#[derive(Clone, Debug)]
pub struct GraphReport {
    /// `<stack>-<environment>`.
    pub stack: String,
    /// The resources.
    pub nodes: Vec<GraphNode>,
    /// Each resource with one that it needs.
    pub edges: Vec<(Address, Address)>,
}

/// One resource.
#[derive(Clone, Debug)]
pub struct GraphNode {
    /// Where it stands in the stack.
    pub address: Address,
    /// Its kind's type name.
    pub kind: String,
    /// What a plan does with it, where one was made.
    pub action: Option<Action>,
}

impl GraphReport {
    /// The graph of what a stack wants.
    pub fn of(stack: &str, resources: &Resources, graph: &Graph) -> Self {
        Self {
            stack: stack.to_owned(),
            nodes: resources
                .iter()
                .map(|resource| GraphNode {
                    address: resource.address.clone(),
                    kind: resource.kind.type_name().to_owned(),
                    action: None,
                })
                .collect(),
            edges: graph
                .edges()
                .map(|(from, to)| (from.clone(), to.clone()))
                .collect(),
        }
    }

    /// The direct needs of each resource.
    fn needs(&self) -> BTreeMap<&Address, BTreeSet<&Address>> {
        let mut needs: BTreeMap<&Address, BTreeSet<&Address>> = BTreeMap::new();
        for (from, to) in &self.edges {
            needs.entry(from).or_default().insert(to);
        }
        needs
    }

    /// The resources by section, each with what it needs.
    pub fn human(&self, look: &Look) -> String {
        let mut page = Page::new(look);
        let needs = self.needs();
        let mut section = "";
        let mut nodes: Vec<_> = self.nodes.iter().collect();
        nodes.sort_by(|a, b| a.address.cmp(&b.address));
        for node in nodes {
            if node.address.section() != section {
                section = node.address.section();
                page.gap();
                page.line(0, 0, [strong(section)]);
            }
            page.line(
                2,
                6,
                [
                    plain(node.address.as_str()),
                    quiet(format!("  {}", kind(&node.kind))),
                ],
            );
            let needed: Vec<_> = needs
                .get(&node.address)
                .into_iter()
                .flatten()
                .map(|need| need.as_str())
                .collect();
            if !needed.is_empty() {
                page.line(6, 8, [quiet("needs "), plain(needed.join(", "))]);
            }
        }
        page.gap();
        page.line(
            0,
            0,
            [plain(format!(
                "{}, {}",
                count(self.nodes.len(), "resource"),
                count(self.edges.len(), "need")
            ))],
        );
        page.finish()
    }

    /// The graph as a document, described in `docs/output.md`.
    pub fn json(&self) -> Value {
        let nodes: Vec<_> = self
            .nodes
            .iter()
            .map(|node| {
                json!({
                    "address": node.address,
                    "section": node.address.section(),
                    "kind": node.kind,
                    "what": kind(&node.kind),
                    "action": node.action,
                })
            })
            .collect();
        let edges: Vec<_> = self
            .edges
            .iter()
            .map(|(from, to)| json!({"from": from, "needs": to}))
            .collect();
        json!({
            "version": VERSION,
            "document": "graph",
            "stack": self.stack,
            "nodes": nodes,
            "edges": edges,
        })
    }

    /// The graph for Graphviz: sections are boxes around their resources.
    pub fn dot(&self) -> String {
        let mut out = format!("digraph {} {{\n", dot_quoted(&self.stack));
        out.push_str("  rankdir = LR;\n  node [shape = box];\n");
        for (index, (section, nodes)) in self.by_section().iter().enumerate() {
            out.push_str(&format!(
                "  subgraph cluster_{index} {{\n    label = {};\n",
                dot_quoted(section)
            ));
            for node in nodes {
                let label = format!("{}\n{}", node.address, kind(&node.kind));
                let style = match node.action {
                    Some(Action::Create) => ", color = green",
                    Some(Action::Update | Action::Await) => ", color = orange",
                    Some(Action::Delete) => ", color = red",
                    None => "",
                };
                out.push_str(&format!(
                    "    {} [label = {}{style}];\n",
                    dot_quoted(node.address.as_str()),
                    dot_quoted(&label)
                ));
            }
            out.push_str("  }\n");
        }
        for (from, to) in &self.edges {
            out.push_str(&format!(
                "  {} -> {};\n",
                dot_quoted(from.as_str()),
                dot_quoted(to.as_str())
            ));
        }
        out.push_str("}\n");
        out
    }

    /// The graph for Mermaid, which GitHub draws.
    pub fn mermaid(&self) -> String {
        let mut out = "flowchart LR\n".to_owned();
        let mut names: BTreeMap<&Address, String> = BTreeMap::new();
        for (index, node) in self.nodes.iter().enumerate() {
            names.insert(&node.address, format!("n{index}"));
        }
        for (index, (section, nodes)) in self.by_section().iter().enumerate() {
            out.push_str(&format!(
                "  subgraph s{index}[{}]\n",
                mermaid_quoted(section)
            ));
            for node in nodes {
                if let Some(name) = names.get(&node.address) {
                    out.push_str(&format!(
                        "    {name}[{}]\n",
                        mermaid_quoted(node.address.as_str())
                    ));
                }
            }
            out.push_str("  end\n");
        }
        for (from, to) in &self.edges {
            if let (Some(from), Some(to)) = (names.get(from), names.get(to)) {
                out.push_str(&format!("  {from} --> {to}\n"));
            }
        }
        out
    }

    fn by_section(&self) -> BTreeMap<&str, Vec<&GraphNode>> {
        let mut sections: BTreeMap<&str, Vec<&GraphNode>> = BTreeMap::new();
        for node in &self.nodes {
            sections
                .entry(node.address.section())
                .or_default()
                .push(node);
        }
        sections
    }
}

/// A string of the dot language; `\n` in it is a line end of the label.
fn dot_quoted(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n");
    format!("\"{escaped}\"")
}

/// A label in Mermaid, which knows no escapes but entities.
fn mermaid_quoted(text: &str) -> String {
    let escaped = text.replace('#', "#35;").replace('"', "#quot;");
    format!("\"{}\"", escaped.replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> GraphReport {
        let node = |address: &str, kind: &str| GraphNode {
            address: address.into(),
            kind: kind.to_owned(),
            action: None,
        };
        let edge = |from: &str, to: &str| (from.into(), to.into());
        GraphReport {
            stack: "codedetect-prod".to_owned(),
            nodes: vec![
                node("network.subnet.a", "ec2:subnet"),
                node("network.vpc", "ec2:vpc"),
                node("workloads.load-balancer", "elbv2:load-balancer"),
            ],
            edges: vec![
                edge("network.subnet.a", "network.vpc"),
                edge("workloads.load-balancer", "network.subnet.a"),
            ],
        }
    }

    #[test]
    fn the_graph_reads_so() {
        assert_eq!(
            report().human(&Look::plain(80)),
            "network\n  network.subnet.a  subnet\n      needs network.vpc\n  network.vpc  VPC\n\n\
             workloads\n  workloads.load-balancer  load balancer\n      needs network.subnet.a\n\n\
             3 resources, 2 needs\n"
        );
    }

    #[test]
    fn the_graph_for_graphviz() {
        insta::assert_snapshot!(report().dot());
    }

    #[test]
    fn the_graph_for_mermaid() {
        insta::assert_snapshot!(report().mermaid());
    }

    #[test]
    fn a_name_cannot_end_its_quotes() {
        assert_eq!(dot_quoted("a\"b\\c\nd"), "\"a\\\"b\\\\c\\nd\"");
        assert_eq!(mermaid_quoted("a\"b#\n"), "\"a#quot;b#35; \"");
    }

    #[test]
    fn the_document_names_both_ends_of_each_need() {
        let document = report().json();
        assert_eq!(document["edges"][1]["needs"], "network.subnet.a");
        assert_eq!(document["nodes"][1]["what"], "VPC");
        assert_eq!(document["version"], 1);
    }
}

//! B506: `yaml.load`.

use super::super::call::Call;
use super::super::imports::Exact;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B506",
    name: "yaml_load",
    docs: "`yaml.load` with a loader that is not a safe one makes any Python object that the \
           document asks for, and so runs code from it. Use `yaml.safe_load`.",
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 20,
    fires: &[
        "import yaml\nyaml.load(text)\n",
        "import yaml\nyaml.load(text, Loader=yaml.Loader)\n",
    ],
    silent: &[
        "import yaml\nyaml.safe_load(text)\n",
        "import yaml\nyaml.load(text, Loader=yaml.CSafeLoader)\n",
        "import yaml\nyaml.load(text, yaml.SafeLoader)\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    if !call.imports.has_exactly(Exact::Yaml)
        || call.name != "load"
        || !call.parts().any(|part| part == "yaml")
    {
        return Ok(None);
    }
    let (keyword, positional) = (call.keyword_value("Loader")?, call.positional(1)?);
    let is_safe = ["SafeLoader", "CSafeLoader"]
        .iter()
        .any(|loader| keyword.is_str(loader) || positional.is_str(loader));
    if is_safe {
        return Ok(None);
    }
    let text = "Use of unsafe yaml load. Allows instantiation of arbitrary objects. Consider \
                yaml.safe_load().";
    let line = call.source.line(call.node.range_start);
    Ok(Some(
        Issue::new(Rank::Medium, Rank::High, text).at(Some(line)),
    ))
}

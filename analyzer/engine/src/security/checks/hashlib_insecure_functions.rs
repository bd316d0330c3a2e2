//! B324: a weak hash.

use super::super::call::Call;
use super::super::issue::{Issue, Outcome, Raised};
use super::super::python::Value;
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B324",
    name: "hashlib_insecure_functions",
    docs: "MD4, MD5 and SHA-1 can be made to collide, and the old methods of `crypt` can be \
           searched through. Use SHA-256 or better, and for passwords a function made for them, \
           such as `hashlib.scrypt`. Where a hash does not protect anything, say so with \
           `usedforsecurity=False`.",
    severities: &[Rank::Medium, Rank::High],
    confidences: &[Rank::High],
    cwe: 327,
    fires: &[
        "import hashlib\nhashlib.md5(data)\n",
        "import hashlib\nhashlib.new(\"SHA1\", data)\n",
        "import crypt\ncrypt.crypt(\"secret\", salt=crypt.METHOD_MD5)\n",
        "import crypt\ncrypt.mksalt(crypt.METHOD_CRYPT)\n",
    ],
    silent: &[
        "import hashlib\nhashlib.sha256(data)\n",
        "import hashlib\nhashlib.md5(data, usedforsecurity=False)\n",
        "import hashlib\nhashlib.new(\"sha512\")\n",
        "import crypt\ncrypt.crypt(\"secret\", salt=crypt.METHOD_SHA512)\n",
    ],
    run: Run::Call(run),
};

const WEAK: [&str; 4] = ["md4", "md5", "sha", "sha1"];
const WEAK_METHODS: [&str; 3] = ["METHOD_CRYPT", "METHOD_MD5", "METHOD_BLOWFISH"];

fn run(call: &Call<'_, '_>) -> Outcome {
    if !WEAK.contains(&call.name) && !matches!(call.name, "new" | "crypt" | "mksalt") {
        return Ok(None);
    }
    let issue = if call.parts().any(|part| part == "hashlib") {
        weak_hash(call)?
    } else if call.parts().any(|part| part == "crypt") && matches!(call.name, "crypt" | "mksalt") {
        weak_method(call)?
    } else {
        None
    };
    let line = call.source.line(call.node.range_start);
    Ok(issue.map(|issue| issue.at(Some(line))))
}

fn weak_hash(call: &Call<'_, '_>) -> Outcome {
    call.keyword_values()?;
    let is_weak_function = WEAK.contains(&call.name);
    let hash = if is_weak_function {
        Value::Str(call.name)
    } else if call.name == "new" {
        first_or(call, 0, "name")?
    } else {
        Value::Unknown
    };
    let Some(hash) = hash.as_str() else {
        return Ok(None);
    };
    let is_weak = is_weak_function || WEAK.contains(&&*hash.to_lowercase());
    let secures = call
        .keyword("usedforsecurity")?
        .is_none_or(|value| value.is_str("True"));
    Ok((is_weak && secures).then(|| {
        let hash = hash.to_uppercase();
        let text = format!("Use of weak {hash} hash for security. Consider usedforsecurity=False");
        Issue::new(Rank::High, Rank::High, text)
    }))
}

fn weak_method(call: &Call<'_, '_>) -> Outcome {
    let method = if call.name == "crypt" {
        first_or(call, 1, "salt")?
    } else {
        first_or(call, 0, "method")?
    };
    let weak = method
        .as_str()
        .filter(|method| WEAK_METHODS.contains(method));
    Ok(weak.map(|method| {
        let text = format!("Use of insecure crypt.{method} hash function.");
        Issue::new(Rank::Medium, Rank::High, text)
    }))
}

/// The value of a positional argument, or else of a keyword; all values are made.
fn first_or<'a>(call: &Call<'a, '_>, index: usize, name: &str) -> Result<Value<'a>, Raised> {
    let positional = call.arg_values()?.get(index);
    let keyword = call.keyword_value(name)?;
    Ok(positional.map_or(keyword, Value::of_argument))
}

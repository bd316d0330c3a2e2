//! B505: a short key.

use super::super::call::Call;
use super::super::issue::{Issue, Outcome, Raised};
use super::super::python::{Value, integer};
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B505",
    name: "weak_cryptographic_key",
    docs: "A key is generated that is too short: under 2048 bits for RSA and DSA, under 224 for \
           elliptic curves. What it protects can be broken with the means of today or of soon. \
           Use at least 2048 and 224 bits, better 3072 and 256.",
    severities: &[Rank::Medium, Rank::High],
    confidences: &[Rank::High],
    cwe: 326,
    fires: &[
        "from Crypto.PublicKey import RSA\nRSA.generate(bits=1024)\n",
        "from cryptography.hazmat.primitives.asymmetric import dsa\ndsa.generate_private_key(512, backend)\n",
        "from cryptography.hazmat.primitives.asymmetric import ec\nec.generate_private_key(curve=ec.SECP192R1, backend=backend)\n",
    ],
    silent: &[
        "from Crypto.PublicKey import RSA\nRSA.generate(bits=4096)\n",
        "from cryptography.hazmat.primitives.asymmetric import ec\nec.generate_private_key(curve=ec.SECP384R1, backend=backend)\n",
    ],
    run: Run::Call(run),
};

/// A kind of key, with the sizes below which it is broken and weak.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    sizes: [(u32, Rank); 2],
}

const RSA: Kind = Kind {
    name: "RSA",
    sizes: [(1024, Rank::High), (2048, Rank::Medium)],
};
const DSA: Kind = Kind { name: "DSA", ..RSA };
const EC: Kind = Kind {
    name: "EC",
    sizes: [(160, Rank::High), (224, Rank::Medium)],
};

/// The curves that are shorter than the weakest size of keys allows.
const SHORT_CURVES: [(&str, u32); 3] = [("SECP192R1", 192), ("SECT163K1", 163), ("SECT163R2", 163)];

fn run(call: &Call<'_, '_>) -> Outcome {
    match call.qualname {
        "cryptography.hazmat.primitives.asymmetric.dsa.generate_private_key" => {
            classify(DSA, size(call, "key_size", 0)?)
        }
        "cryptography.hazmat.primitives.asymmetric.rsa.generate_private_key" => {
            classify(RSA, size(call, "key_size", 1)?)
        }
        "cryptography.hazmat.primitives.asymmetric.ec.generate_private_key" => elliptic(call),
        "Crypto.PublicKey.DSA.generate" | "Cryptodome.PublicKey.DSA.generate" => {
            classify(DSA, size(call, "bits", 0)?)
        }
        "Crypto.PublicKey.RSA.generate" | "Cryptodome.PublicKey.RSA.generate" => {
            classify(RSA, size(call, "bits", 0)?)
        }
        _ => Ok(None),
    }
}

/// A keyword, or else a positional argument; unknown if both are missing or nothing.
fn size<'a>(call: &Call<'a, '_>, keyword: &str, position: usize) -> Result<Value<'a>, Raised> {
    let given = call.keyword_value(keyword)?;
    if given.is_true() {
        return Ok(given);
    }
    let positional = call.positional(position)?;
    Ok(if positional.is_true() {
        positional
    } else {
        Value::Unknown
    })
}

fn classify(kind: Kind, size: Value<'_>) -> Outcome {
    for (bound, severity) in kind.sizes {
        let is_below = match size {
            // Unknown is 2048 to Bandit, and no string is a size.
            Value::Unknown | Value::Str(_) => false,
            Value::Int(size) => integer::is_below(size, bound),
            Value::Float(size) => size < f64::from(bound),
            _ => return Err(Raised),
        };
        if is_below {
            return Ok(Some(issue(kind, bound, severity)));
        }
    }
    Ok(None)
}

fn elliptic(call: &Call<'_, '_>) -> Outcome {
    let keyword = call.keyword_value("curve")?;
    let curve = if keyword.is_true() {
        keyword
    } else {
        call.arg_values()?
            .first()
            .map_or(Value::Unknown, Value::of_argument)
    };
    // Bandit looks the curve up in a dictionary.
    curve.hashable()?;
    let short = SHORT_CURVES.iter().find(|(name, _)| curve.is_str(name));
    let Some(&(_, bits)) = short else {
        return Ok(None);
    };
    let level = EC.sizes.iter().find(|(bound, _)| bits < *bound);
    Ok(level.map(|&(bound, severity)| issue(EC, bound, severity)))
}

fn issue(kind: Kind, bound: u32, severity: Rank) -> Issue {
    let name = kind.name;
    let text = format!("{name} key sizes below {bound} bits are considered breakable. ");
    Issue::new(severity, Rank::High, text)
}

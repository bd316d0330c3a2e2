use serde_json::Number;

use super::Content;

/// The bound below which every whole number has an `f64` of its own.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// A plain scalar as YAML 1.2's core schema reads it: `no` is a text, `0o17` a number. What is no finite number stays a text.
pub(super) fn core_schema(text: &str) -> Content {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Content::Null,
        "true" | "True" | "TRUE" => return Content::Bool(true),
        "false" | "False" | "FALSE" => return Content::Bool(false),
        _ => {}
    }
    let based = |digits: &str, radix| match digits {
        "" => None,
        _ if digits.starts_with(['+', '-']) => None,
        _ => u64::from_str_radix(digits, radix).ok().map(Number::from),
    };
    let number = if let Some(digits) = text.strip_prefix("0o") {
        based(digits, 8)
    } else if let Some(digits) = text.strip_prefix("0x") {
        based(digits, 16)
    } else {
        decimal(text)
    };
    number.map_or_else(|| Content::Text(text.to_owned()), Content::Number)
}

fn decimal(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let mantissa = unsigned.split(['e', 'E']).next().unwrap_or_default();
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 || !mantissa.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let plain = text.strip_prefix('+').unwrap_or(text);
    if let Ok(whole) = plain.parse::<i64>() {
        return Some(whole.into());
    }
    if let Ok(whole) = plain.parse::<u64>() {
        return Some(whole.into());
    }
    let number: f64 = plain.parse().ok()?;
    // A whole number is one however it is written: the schema takes 2.0 for an integer, serde would not.
    if number.fract() == 0.0 && number.abs() < WHOLE {
        return Some((number as i64).into());
    }
    Number::from_f64(number)
}

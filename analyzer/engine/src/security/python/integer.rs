//! Integers of any size, in Python's notations.

use num_bigint::BigUint;
use ruff_python_ast::Int;

use super::super::issue::Raised;

/// Python writes no integer of more decimal digits than this.
pub(crate) const MOST_DIGITS: usize = 4300;

/// What `oct` gives.
pub(crate) fn octal(int: &Int) -> String {
    match int.as_u64() {
        Some(small) => format!("0o{small:o}"),
        None => format!("0o{}", big(int).to_str_radix(8)),
    }
}

/// What `str` gives.
pub(crate) fn decimal(int: &Int) -> Result<String, Raised> {
    if let Some(small) = int.as_u64() {
        return Ok(small.to_string());
    }
    let big = big(int);
    // Three bits are less than a digit: what is surely too long is not converted.
    if big.bits() / 4 > MOST_DIGITS as u64 {
        return Err(Raised);
    }
    let text = big.to_str_radix(10);
    if text.len() > MOST_DIGITS {
        Err(Raised)
    } else {
        Ok(text)
    }
}

/// The lowest bits.
pub(crate) fn low_bits(int: &Int) -> u64 {
    match int.as_u64() {
        Some(small) => small,
        None => big(int).iter_u64_digits().next().unwrap_or_default(),
    }
}

/// Whether an integer is less than a small one.
pub(crate) fn is_below(int: &Int, bound: u32) -> bool {
    int.as_u64().is_some_and(|small| small < u64::from(bound))
}

/// The parser keeps the literal's text, underscores taken out, of what does not fit 64 bits.
fn big(int: &Int) -> BigUint {
    let literal = int.to_string();
    let (radix, digits) = match literal.get(..2) {
        Some("0x" | "0X") => (16, &literal[2..]),
        Some("0o" | "0O") => (8, &literal[2..]),
        Some("0b" | "0B") => (2, &literal[2..]),
        _ => (10, &*literal),
    };
    let digits: Vec<u8> = digits.bytes().filter(u8::is_ascii_alphanumeric).collect();
    BigUint::parse_bytes(&digits, radix).unwrap_or_default()
}

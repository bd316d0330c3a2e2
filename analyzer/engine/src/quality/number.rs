//! Where a number literal ends, for CPython's tokenizer.

use super::tokenizer::Rejected;

/// The end of the number that begins at `at` with a digit, or with a point and a digit.
///
/// What follows need not be parted from it: `1if` is a number and a name.
pub(super) fn end(line: &[u8], at: usize) -> Result<usize, Rejected> {
    let byte = |at: usize| line.get(at).copied().unwrap_or(b'\n');
    if byte(at) == b'.' {
        return after_point(line, at + 1);
    }
    if byte(at) != b'0' {
        return after_digits(line, decimals(line, at)?);
    }
    match byte(at + 1) {
        b'x' | b'X' => groups(line, at + 2, |byte| byte.is_ascii_hexdigit()),
        b'o' | b'O' => {
            let end = groups(line, at + 2, |byte| matches!(byte, b'0'..=b'7'))?;
            if byte(end).is_ascii_digit() {
                return Err(Rejected);
            }
            Ok(end)
        }
        b'b' | b'B' => {
            let end = groups(line, at + 2, |byte| matches!(byte, b'0' | b'1'))?;
            if byte(end).is_ascii_digit() {
                return Err(Rejected);
            }
            Ok(end)
        }
        _ => after_digits(line, decimals(line, at)?),
    }
}

/// After the digits before the point.
fn after_digits(line: &[u8], at: usize) -> Result<usize, Rejected> {
    match line.get(at) {
        Some(b'.') => after_point(line, at + 1),
        _ => exponent(line, at),
    }
}

fn after_point(line: &[u8], at: usize) -> Result<usize, Rejected> {
    let at = match line.get(at) {
        Some(byte) if byte.is_ascii_digit() => decimals(line, at)?,
        _ => at,
    };
    exponent(line, at)
}

/// An exponent, if there is one, and the `j` of an imaginary number.
fn exponent(line: &[u8], mut at: usize) -> Result<usize, Rejected> {
    if matches!(line.get(at), Some(b'e' | b'E')) {
        let signed = matches!(line.get(at + 1), Some(b'+' | b'-'));
        let digits = at + 1 + usize::from(signed);
        if line.get(digits).is_some_and(u8::is_ascii_digit) {
            at = decimals(line, digits)?;
        } else if signed {
            return Err(Rejected);
        } else {
            // The `e` begins a name: `1else`.
            return Ok(at);
        }
    }
    if matches!(line.get(at), Some(b'j' | b'J')) {
        at += 1;
    }
    Ok(at)
}

/// Decimal digits, in groups that single underscores part.
fn decimals(line: &[u8], at: usize) -> Result<usize, Rejected> {
    groups(line, at, |byte| byte.is_ascii_digit())
}

/// One group of digits or more, each after the first behind an underscore. After the `x`, `o` or
/// `b` of a base the first may have one too.
fn groups(line: &[u8], mut at: usize, is_digit: impl Fn(u8) -> bool) -> Result<usize, Rejected> {
    loop {
        if line.get(at) == Some(&b'_') {
            at += 1;
        }
        if !line.get(at).is_some_and(|&byte| is_digit(byte)) {
            return Err(Rejected);
        }
        while line.get(at).is_some_and(|&byte| is_digit(byte)) {
            at += 1;
        }
        if line.get(at) != Some(&b'_') {
            return Ok(at);
        }
    }
}

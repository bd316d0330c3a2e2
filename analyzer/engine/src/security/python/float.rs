//! How Python writes floating-point numbers.

/// What `repr` gives of a `float`.
pub(crate) fn repr(number: f64) -> String {
    let mut text = shortest(number);
    if !text.contains(['.', 'e', 'n']) {
        text.push_str(".0");
    }
    text
}

/// What `repr` gives of an imaginary literal.
pub(crate) fn repr_imaginary(number: f64) -> String {
    shortest(number) + "j"
}

/// The shortest digits that give the number again, in Python's form: with an exponent below
/// 10⁻⁴ and from 10¹⁶ on.
fn shortest(number: f64) -> String {
    if number.is_infinite() {
        return "inf".to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..16).contains(&exponent) {
        return number.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_read_as_in_python() {
        for (number, text) in [
            (0.0, "0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.5e16, "1.5e+16"),
            (0.0001, "0.0001"),
            (0.000_01, "1e-05"),
            (1e100, "1e+100"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(repr(number), text);
        }
        assert_eq!(repr_imaginary(1.0), "1j");
        assert_eq!(repr_imaginary(0.0), "0j");
    }
}

//! When two of Halstead's operands are the same one: as their Python values are equal.
//!
//! Radon puts names, attributes and the values of constants into one set. So the name `a`, the
//! attribute `.a` and the string `"a"` are one operand, and so are `1`, `True`, `1.0` and `0x1`.

use std::borrow::Cow;

use num_bigint::BigUint;
use ruff_python_ast::{Expr, Int, Number, StringLiteral};

use super::surrogates::behind_replacements;

/// An operand that may occur more than once.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Operand<'a> {
    Text(Cow<'a, str>),
    /// A text with lone surrogates, and what its replacement characters are.
    Surrogates(Cow<'a, str>, Vec<u32>),
    Bytes(Vec<u8>),
    /// An integer, be it written as one, as a float, as a Boolean, or as `0j`.
    Integer(u64),
    GreatInteger(BigUint),
    /// Any other float, by its bits.
    Float(u64),
    Imaginary(u64),
    None,
    Ellipsis,
}

impl<'a> Operand<'a> {
    /// The operand that an expression of a source is; `None` where it equals no other one, for
    /// Radon then takes the node itself.
    pub(super) fn of(expression: &'a Expr, source: &str) -> Option<Operand<'a>> {
        Some(match expression {
            Expr::Name(name) => Operand::Text(Cow::Borrowed(name.id.as_str())),
            Expr::Attribute(attribute) => Operand::Text(Cow::Borrowed(attribute.attr.as_str())),
            Expr::StringLiteral(string) => Operand::of_string(string.value.as_slice(), source),
            Expr::BytesLiteral(bytes) => Operand::Bytes(bytes.value.bytes().collect()),
            Expr::NumberLiteral(number) => Operand::of_number(&number.value),
            Expr::BooleanLiteral(boolean) => Operand::Integer(u64::from(boolean.value)),
            Expr::NoneLiteral(_) => Operand::None,
            Expr::EllipsisLiteral(_) => Operand::Ellipsis,
            _ => return None,
        })
    }

    fn of_string(literals: &'a [StringLiteral], source: &str) -> Operand<'a> {
        let text = match literals {
            [literal] => Cow::Borrowed(&*literal.value),
            literals => literals.iter().map(|literal| &*literal.value).collect(),
        };
        if text.contains(char::REPLACEMENT_CHARACTER)
            && let Some(characters) = behind_replacements(source, literals)
        {
            return Operand::Surrogates(text, characters);
        }
        Operand::Text(text)
    }

    fn of_number(number: &Number) -> Operand<'a> {
        match number {
            Number::Int(integer) => Operand::of_integer(integer),
            Number::Float(float) => Operand::of_float(*float),
            Number::Complex { imag, .. } if *imag == 0.0 => Operand::Integer(0),
            Number::Complex { imag, .. } => Operand::Imaginary(imag.to_bits()),
        }
    }

    fn of_integer(integer: &Int) -> Operand<'a> {
        if let Some(value) = integer.as_i64() {
            return Operand::Integer(value.unsigned_abs());
        }
        let digits: String = integer
            .to_string()
            .chars()
            .filter(|&digit| digit != '_')
            .collect();
        if let Ok(value) = digits.parse() {
            return Operand::Integer(value);
        }
        let (digits, radix) = match digits.get(..2) {
            Some("0x" | "0X") => (&digits[2..], 16),
            Some("0o" | "0O") => (&digits[2..], 8),
            Some("0b" | "0B") => (&digits[2..], 2),
            _ => (&*digits, 10),
        };
        match BigUint::parse_bytes(digits.as_bytes(), radix) {
            Some(value) => Operand::GreatInteger(value),
            None => Operand::Text(Cow::Owned(digits.to_owned())),
        }
    }

    fn of_float(float: f64) -> Operand<'a> {
        /// 2⁶⁴.
        const BEYOND_U64: f64 = 18_446_744_073_709_551_616.0;
        /// Bits of a float's significand.
        const SIGNIFICAND: u32 = 52;
        if !float.is_finite() || float.fract() != 0.0 {
            return Operand::Float(float.to_bits());
        }
        if float < BEYOND_U64 {
            return Operand::Integer(float as u64);
        }
        let bits = float.to_bits();
        let exponent = (bits >> SIGNIFICAND) as usize & 0x7ff;
        let significand = bits & ((1 << SIGNIFICAND) - 1) | 1 << SIGNIFICAND;
        Operand::GreatInteger(
            BigUint::from(significand) << (exponent - 1023 - SIGNIFICAND as usize),
        )
    }
}

#[cfg(test)]
mod tests {
    use ruff_python_parser::parse_expression;

    use super::Operand;

    /// Whether two expressions are one operand.
    fn same(left: &str, right: &str) -> bool {
        let trees = [left, right].map(|source| parse_expression(source).unwrap());
        let operand = Operand::of(trees[0].expr(), left);
        operand.is_some() && operand == Operand::of(trees[1].expr(), right)
    }

    #[test]
    fn a_name_an_attribute_and_a_string_of_one_text_are_one_operand() {
        assert!(same("a", "x.a"));
        assert!(same("a", "'a'"));
        assert!(same("'ab'", "'a' \"b\""));
        assert!(!same("'a'", "b'a'"));
        assert!(same("ﬁ", "fi"));
    }

    #[test]
    fn lone_surrogates_differ_from_each_other_and_from_the_replacement_character() {
        assert!(same(r"'\ud800'", r"'\U0000D800'"));
        assert!(!same(r"'\ud800'", r"'\udc00'"));
        assert!(!same(r"'\ud800'", r"'\ufffd'"));
        assert!(!same(r"'\\ud800\ud800'", r"'\\ud800\ud801'"));
        assert!(!same(r"'é\é' '\ud800'", r"'é\é' '\ud801'"));
        assert!(same(r"'\N{REPLACEMENT CHARACTER}'", "r'\u{fffd}'"));
        assert!(!same(
            r"'\N{REPLACEMENT CHARACTER}\udead'",
            r"'\udead\ufffd'"
        ));
    }

    #[test]
    fn equal_numbers_are_one_operand_however_written() {
        for one in ["True", "0x1", "1.0", "1e0", "0_1.0"] {
            assert!(same("1", one), "{one}");
        }
        for zero in ["False", "0.0", "0j", "00"] {
            assert!(same("0", zero), "{zero}");
        }
        assert!(!same("1", "1j"));
        assert!(!same("1.5", "1"));
        assert!(same("1e999", "2e999"));
    }

    #[test]
    fn great_integers_are_compared_exactly() {
        assert!(same("18446744073709551616", "0x1_0000_0000_0000_0000"));
        assert!(same("18446744073709551615", "0xFFFF_FFFF_FFFF_FFFF"));
        assert!(same("1e22", "10000000000000000000000"));
        assert!(!same("1e23", "100000000000000000000000"));
        assert!(same(
            "1.7976931348623157e308",
            &format!("0x{}{}", "fffffffffffff8", "0".repeat(242))
        ));
        assert!(same("0o7777777777777777777777777", "0x7FFFFFFFFFFFFFFFFFF"));
        assert!(!same("18446744073709551616", "18446744073709551617"));
    }

    #[test]
    fn what_has_no_value_equals_nothing() {
        for source in ["a()", "a[0]", "-1", "f'a'", "(1, 2)", "[]"] {
            assert!(!same(source, source), "{source}");
        }
    }
}

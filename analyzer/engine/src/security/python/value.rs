//! The value that Bandit makes of an expression (`Context._get_literal_value`).

use ruff_python_ast::{Expr, ExprDict, Int, Number};

use super::super::issue::Raised;

/// A value.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    /// None: the expression is no literal.
    Unknown,
    /// A string, a name, an attribute's last name, or `True`, `False` and `None` by their names.
    Str(&'a str),
    Bytes(&'a Expr),
    Int(&'a Int),
    Float(f64),
    Complex(f64),
    Ellipsis,
    List(&'a [Expr]),
    Tuple(&'a [Expr]),
    Set(&'a [Expr]),
    Dict(&'a ExprDict),
}

impl<'a> Value<'a> {
    /// Of an element of a literal: an attribute is none.
    pub(crate) fn of_literal(expr: &'a Expr) -> Self {
        match expr {
            Expr::StringLiteral(string) => Self::Str(string.value.to_str()),
            Expr::BytesLiteral(_) => Self::Bytes(expr),
            Expr::NumberLiteral(number) => match &number.value {
                Number::Int(int) => Self::Int(int),
                Number::Float(float) => Self::Float(*float),
                Number::Complex { imag, .. } => Self::Complex(*imag),
            },
            Expr::BooleanLiteral(boolean) => {
                Self::Str(if boolean.value { "True" } else { "False" })
            }
            Expr::NoneLiteral(_) => Self::Str("None"),
            Expr::EllipsisLiteral(_) => Self::Ellipsis,
            Expr::List(list) => Self::List(&list.elts),
            Expr::Tuple(tuple) => Self::Tuple(&tuple.elts),
            Expr::Set(set) => Self::Set(&set.elts),
            Expr::Dict(dict) => Self::Dict(dict),
            Expr::Name(name) => Self::Str(&name.id),
            _ => Self::Unknown,
        }
    }

    /// Of an argument: an attribute is its last name.
    pub(crate) fn of_argument(expr: &'a Expr) -> Self {
        match expr {
            Expr::Attribute(attribute) => Self::Str(&attribute.attr),
            _ => Self::of_literal(expr),
        }
    }

    pub(crate) fn is_unknown(self) -> bool {
        matches!(self, Self::Unknown)
    }

    pub(crate) fn as_str(self) -> Option<&'a str> {
        match self {
            Self::Str(string) => Some(string),
            _ => None,
        }
    }

    pub(crate) fn is_str(self, expected: &str) -> bool {
        self.as_str() == Some(expected)
    }

    /// Whether the value equals a small number, as `==` has it.
    pub(crate) fn is_number(self, expected: u8) -> bool {
        match self {
            Self::Int(int) => *int == expected,
            #[expect(clippy::float_cmp, reason = "Python's == is exact")]
            Self::Float(float) => float == f64::from(expected),
            Self::Complex(imaginary) => imaginary == 0.0 && expected == 0,
            _ => false,
        }
    }

    /// Whether Python takes the value for true.
    pub(crate) fn is_true(self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Str(string) => !string.is_empty(),
            Self::Bytes(bytes) => is_true_constant(bytes),
            Self::Int(int) => *int != 0u8,
            Self::Float(number) | Self::Complex(number) => number != 0.0,
            Self::Ellipsis => true,
            Self::List(elements) | Self::Tuple(elements) | Self::Set(elements) => {
                !elements.is_empty()
            }
            Self::Dict(dict) => !dict.items.is_empty(),
        }
    }

    /// `hash` raises for a list, a set, a dictionary, and a tuple that holds one.
    pub(crate) fn hashable(self) -> Result<(), Raised> {
        match self {
            Self::List(_) | Self::Set(_) | Self::Dict(_) => Err(Raised),
            Self::Tuple(elements) => elements
                .iter()
                .try_for_each(|element| Value::of_literal(element).hashable()),
            _ => Ok(()),
        }
    }
}

/// Whether the making of the value raises, as that of a set of what has no hash does.
pub(crate) fn makeable(expr: &Expr) -> Result<(), Raised> {
    match expr {
        Expr::List(list) => list.elts.iter().try_for_each(makeable),
        Expr::Tuple(tuple) => tuple.elts.iter().try_for_each(makeable),
        Expr::Set(set) => set.elts.iter().try_for_each(|element| {
            makeable(element)?;
            Value::of_literal(element).hashable()
        }),
        _ => Ok(()),
    }
}

/// Whether a constant is true.
pub(crate) fn is_true_constant(expr: &Expr) -> bool {
    match expr {
        Expr::BytesLiteral(bytes) => !bytes.value.is_empty(),
        Expr::BooleanLiteral(boolean) => boolean.value,
        Expr::NoneLiteral(_) => false,
        _ => Value::of_literal(expr).is_true(),
    }
}

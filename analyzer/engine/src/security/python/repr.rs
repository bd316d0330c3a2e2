//! What Python's `str` and `repr` make of values.

use ruff_python_ast::Expr;

use super::super::issue::Raised;
use super::printable::is_printable;
use super::{Value, float, integer};
use crate::syntax::class_name;

/// `str` of a value.
pub(crate) fn str_of(value: Value<'_>) -> Result<String, Raised> {
    match value {
        Value::Str(string) => Ok(string.to_owned()),
        _ => repr_of(value),
    }
}

/// `str` of a constant's own value; none for what is no constant.
pub(crate) fn str_of_constant(expr: &Expr) -> Result<Option<String>, Raised> {
    if expr.is_literal_expr() {
        str_of(Value::of_literal(expr)).map(Some)
    } else {
        Ok(None)
    }
}

/// `repr` of a value. A syntax node, which Python shows with its address, has the address 0 here.
fn repr_of(value: Value<'_>) -> Result<String, Raised> {
    Ok(match value {
        Value::Unknown => "None".to_owned(),
        Value::Str(string) => repr_of_str(string),
        Value::Bytes(expr) => repr_of_bytes(expr),
        Value::Int(int) => integer::decimal(int)?,
        Value::Float(number) => float::repr(number),
        Value::Complex(number) => float::repr_imaginary(number),
        Value::Ellipsis => "Ellipsis".to_owned(),
        Value::List(elements) => format!("[{}]", joined(elements)?),
        Value::Tuple([element]) => format!("({},)", repr_of(Value::of_literal(element))?),
        Value::Tuple(elements) => format!("({})", joined(elements)?),
        Value::Set(elements) => format!("{{{}}}", joined(elements)?),
        Value::Dict(dict) => {
            let items: Vec<String> = dict
                .items
                .iter()
                .map(|item| {
                    let key = item
                        .key
                        .as_ref()
                        .map_or_else(|| "None".to_owned(), repr_of_node);
                    format!("{key}: {}", repr_of_node(&item.value))
                })
                .collect();
            format!("{{{}}}", items.join(", "))
        }
    })
}

fn joined(elements: &[Expr]) -> Result<String, Raised> {
    let elements: Result<Vec<String>, Raised> = elements
        .iter()
        .map(|element| repr_of(Value::of_literal(element)))
        .collect();
    Ok(elements?.join(", "))
}

/// `repr` of a syntax node.
pub(crate) fn repr_of_node(expr: &Expr) -> String {
    format!("<ast.{} object at 0x0>", class_name(expr))
}

/// `repr` of a string.
pub(crate) fn repr_of_str(string: &str) -> String {
    let quote = quote(string.contains('\''), string.contains('"'));
    let mut text = String::with_capacity(string.len() + 2);
    text.push(quote);
    for character in string.chars() {
        match character {
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            _ if character == quote => {
                text.push('\\');
                text.push(character);
            }
            _ if is_printable(character) => text.push(character),
            _ => {
                let code = u32::from(character);
                text.push_str(&match code {
                    0..=0xff => format!("\\x{code:02x}"),
                    0x100..=0xffff => format!("\\u{code:04x}"),
                    _ => format!("\\U{code:08x}"),
                });
            }
        }
    }
    text.push(quote);
    text
}

fn repr_of_bytes(expr: &Expr) -> String {
    let Expr::BytesLiteral(literal) = expr else {
        return String::new();
    };
    let bytes: Vec<u8> = literal.value.bytes().collect();
    let quote = quote(bytes.contains(&b'\''), bytes.contains(&b'"'));
    let mut text = format!("b{quote}");
    for byte in bytes {
        match byte {
            b'\\' => text.push_str("\\\\"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            _ if char::from(byte) == quote => {
                text.push('\\');
                text.push(quote);
            }
            b' '..=b'~' => text.push(char::from(byte)),
            _ => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    text.push(quote);
    text
}

/// Python writes double quotes only around what has single ones and no double.
fn quote(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_quoted_and_escaped_as_in_python() {
        for (string, text) in [
            ("a", "'a'"),
            ("it's", "\"it's\""),
            ("'\"", "'\\'\"'"),
            ("é\u{a0}\u{200b}\n\x07", "'é\\xa0\\u200b\\n\\x07'"),
            ("\u{e0001}", "'\\U000e0001'"),
        ] {
            assert_eq!(repr_of_str(string), text);
        }
    }
}

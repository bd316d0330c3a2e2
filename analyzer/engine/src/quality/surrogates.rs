//! Lone surrogates in string literals. Python's strings can hold them and Rust's cannot, so in
//! the tree's values the replacement character stands for each.

use ruff_python_ast::StringLiteral;
use ruff_text_size::Ranged;

/// What a replacement character is in the value of a literal, by the source.
const REPLACEMENT: u32 = 0xfffd;

/// What stands for each replacement character in the value of adjacent literals, in order, if
/// any of them stands for a surrogate.
pub(super) fn behind_replacements(text: &str, literals: &[StringLiteral]) -> Option<Vec<u32>> {
    let mut found = Vec::new();
    for literal in literals {
        let source = text.get(literal.range().to_std_range()).unwrap_or_default();
        collect(source, literal.flags.prefix().is_raw(), &mut found);
    }
    found
        .iter()
        .any(|&code| code != REPLACEMENT)
        .then_some(found)
}

fn collect(mut source: &str, raw: bool, found: &mut Vec<u32>) {
    while let Some(at) = source.find(['\\', '\u{fffd}']) {
        let rest = &source[at..];
        let Some(escape) = rest.strip_prefix('\\').filter(|_| !raw) else {
            if rest.starts_with('\u{fffd}') {
                found.push(REPLACEMENT);
            }
            source = rest
                .get(rest.chars().next().map_or(1, char::len_utf8)..)
                .unwrap_or_default();
            continue;
        };
        let mut length = escape.chars().next().map_or(0, char::len_utf8);
        match escape.as_bytes() {
            [kind @ (b'u' | b'U'), ..] => {
                length = if *kind == b'u' { 5 } else { 9 };
                let code = escape
                    .get(1..length)
                    .and_then(|hex| u32::from_str_radix(hex, 16).ok());
                found.extend(code.filter(|code| matches!(code, 0xd800..=0xdfff | 0xfffd)));
            }
            [b'N', b'{', ..] => {
                let name = &escape[2..];
                length = escape.find('}').unwrap_or(escape.len());
                if name
                    .get(..length - 2)
                    .is_some_and(|name| name.eq_ignore_ascii_case("REPLACEMENT CHARACTER"))
                {
                    found.push(REPLACEMENT);
                }
            }
            _ => {}
        }
        source = escape.get(length..).unwrap_or_default();
    }
}

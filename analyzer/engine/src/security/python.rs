//! Values and texts as Python has them.

pub(crate) mod float;
pub(crate) mod integer;
mod printable;
pub(crate) mod repr;
pub(crate) mod value;

pub(crate) use value::Value;

/// Whether `str.isspace` and `\s` take a character for white space.
pub(crate) fn is_space(character: char) -> bool {
    matches!(character, '\t'..='\r' | '\x1c'..=' ' | '\u{85}' | '\u{a0}' | '\u{1680}'
        | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// The ASCII letter that a character matches under `re.IGNORECASE`, in lower case; itself if none.
pub(crate) fn ignoring_case(character: char) -> char {
    match character {
        'ſ' => 's',
        'ı' | 'İ' => 'i',
        '\u{212a}' => 'k',
        _ => character.to_ascii_lowercase(),
    }
}

/// Whether `\d` takes a character for a decimal digit.
pub(crate) fn is_digit(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_digit();
    }
    let code = u32::from(character);
    let after = ZEROS.partition_point(|&zero| zero <= code);
    after.checked_sub(1).is_some_and(|at| code - ZEROS[at] < 10)
}

/// The zeros above ASCII; the other nine digits follow each.
const ZEROS: [u32; 67] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
    0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650,
    0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16a60, 0x16ac0,
    0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e950,
    0x1fbf0,
];

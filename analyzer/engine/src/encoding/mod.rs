//! From bytes to text, by the byte order mark or the coding comment of PEP 263, as CPython 3.13
//! does it in `tokenize.detect_encoding` and in its compiler.

mod aliases;
mod tables;

use std::borrow::Cow;

use aliases::ALIASES;
use tables::SINGLE_BYTE;

/// The bytes that mark a file as UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Why bytes are no source text, and the line if it is known.
pub(crate) struct Undecodable {
    pub(crate) reason: String,
    pub(crate) line: Option<u32>,
}

impl Undecodable {
    fn in_declaration(reason: String) -> Self {
        Self { reason, line: None }
    }
}

/// The text of a file, without its byte order mark. In UTF-8, each sequence of bytes that is none
/// becomes U+FFFD, and its place in the text is added to `replaced`.
pub(crate) fn decode<'a>(
    bytes: &'a [u8],
    replaced: &mut Vec<u32>,
) -> Result<Cow<'a, str>, Undecodable> {
    let (marked, body) = match bytes.strip_prefix(MARK) {
        Some(body) => (true, body),
        None => (false, bytes),
    };
    let Some(declared) = declared(body)? else {
        return Ok(lossy(body, replaced));
    };
    let declared = common_name(declared);
    if marked && declared != "utf-8" {
        return Err(Undecodable::in_declaration(format!(
            "the file begins with the byte order mark of UTF-8, but declares the encoding {declared:?}"
        )));
    }
    let name = canonical(&declared);
    match &*name {
        "utf_8" | "utf_8_sig" => Ok(lossy(body, replaced)),
        "ascii" => ascii(body),
        "latin_1" => Ok(body.iter().map(|&byte| char::from(byte)).collect()),
        _ => {
            if let Ok(found) = SINGLE_BYTE.binary_search_by_key(&&*name, |(name, _)| name) {
                single_byte(body, SINGLE_BYTE[found].1, &declared)
            } else {
                multi_byte(body, &name, &declared)
            }
        }
    }
}

/// The name in the coding comment, which stands in the first line, or in the second if the first
/// holds no code. The line that is searched must itself be UTF-8.
fn declared(body: &[u8]) -> Result<Option<&str>, Undecodable> {
    let mut lines = body.split_inclusive(|&byte| byte == b'\n');
    for number in 1..=2 {
        let line = lines.next().unwrap_or_default();
        let line = std::str::from_utf8(line).map_err(|_| Undecodable {
            reason: "the file declares no encoding, and is not UTF-8".to_owned(),
            line: Some(number),
        })?;
        let start = line.trim_start_matches([' ', '\t', '\x0c']);
        if start.starts_with('#') {
            if let Some(name) = in_comment(start) {
                return Ok(Some(name));
            }
        } else if !(start.is_empty() || start.starts_with(['\r', '\n'])) {
            return Ok(None);
        }
    }
    Ok(None)
}

/// The first `coding:` or `coding=` of a comment that has a name after it.
fn in_comment(comment: &str) -> Option<&str> {
    let comment = comment.split('\n').next().unwrap_or_default();
    comment.match_indices("coding").find_map(|(at, word)| {
        let after = comment[at + word.len()..].strip_prefix([':', '='])?;
        let after = after.trim_start_matches([' ', '\t']);
        let length = after
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
            .count();
        (length > 0).then(|| &after[..length])
    })
}

/// CPython's first look at a name: the usual spellings of the two usual encodings.
fn common_name(name: &str) -> Cow<'_, str> {
    let start: String = name
        .chars()
        .take(12)
        .map(|character| match character {
            '_' => '-',
            _ => character.to_ascii_lowercase(),
        })
        .collect();
    if start == "utf-8" || start.starts_with("utf-8-") {
        return Cow::Borrowed("utf-8");
    }
    let is_latin = ["latin-1", "iso-8859-1", "iso-latin-1"]
        .iter()
        .any(|latin| {
            start
                .strip_prefix(latin)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        });
    if is_latin {
        return Cow::Borrowed("iso-8859-1");
    }
    Cow::Borrowed(name)
}

/// The name of the codec that a declared name chooses.
fn canonical(declared: &str) -> Cow<'static, str> {
    let words: Vec<String> = declared
        .split(|character: char| !(character.is_ascii_alphanumeric() || character == '.'))
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let name = words.join("_");
    let undotted = name.replace('.', "_");
    for name in [&name, &undotted] {
        if let Ok(found) = ALIASES.binary_search_by_key(&name.as_str(), |(alias, _)| alias) {
            return Cow::Borrowed(ALIASES[found].1);
        }
    }
    Cow::Owned(name)
}

fn lossy<'a>(body: &'a [u8], replaced: &mut Vec<u32>) -> Cow<'a, str> {
    if let Ok(text) = std::str::from_utf8(body) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(body.len());
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            replaced.extend(u32::try_from(text.len()));
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    Cow::Owned(text)
}

fn utf8(body: &[u8]) -> Result<Cow<'_, str>, Undecodable> {
    std::str::from_utf8(body)
        .map(Cow::Borrowed)
        .map_err(|error| undecodable(body, error.valid_up_to(), "utf-8"))
}

fn ascii(body: &[u8]) -> Result<Cow<'_, str>, Undecodable> {
    match body.iter().position(|byte| !byte.is_ascii()) {
        Some(at) => Err(undecodable(body, at, "ascii")),
        None => utf8(body),
    }
}

fn single_byte<'a>(
    body: &'a [u8],
    upper: &str,
    declared: &str,
) -> Result<Cow<'a, str>, Undecodable> {
    if body.is_ascii() {
        return utf8(body);
    }
    let upper: Vec<char> = upper.chars().collect();
    let mut text = String::with_capacity(body.len() * 2);
    for (at, &byte) in body.iter().enumerate() {
        if byte.is_ascii() {
            text.push(char::from(byte));
            continue;
        }
        match upper.get(usize::from(byte - 128)) {
            Some(&character) if character != char::REPLACEMENT_CHARACTER => text.push(character),
            _ => return Err(undecodable(body, at, declared)),
        }
    }
    Ok(Cow::Owned(text))
}

fn multi_byte<'a>(body: &'a [u8], name: &str, declared: &str) -> Result<Cow<'a, str>, Undecodable> {
    let encoding = match name {
        "gbk" | "gb2312" => encoding_rs::GBK,
        "gb18030" => encoding_rs::GB18030,
        "big5" | "cp950" | "big5hkscs" => encoding_rs::BIG5,
        "euc_jp" => encoding_rs::EUC_JP,
        "shift_jis" | "cp932" => encoding_rs::SHIFT_JIS,
        "euc_kr" | "cp949" => encoding_rs::EUC_KR,
        "iso2022_jp" => encoding_rs::ISO_2022_JP,
        _ => {
            return Err(Undecodable::in_declaration(format!(
                "the declared encoding {declared:?} is not known"
            )));
        }
    };
    encoding
        .decode_without_bom_handling_and_without_replacement(body)
        .ok_or_else(|| {
            Undecodable::in_declaration(format!(
                "the file is not in its declared encoding {declared:?}"
            ))
        })
}

fn undecodable(body: &[u8], at: usize, declared: &str) -> Undecodable {
    let line = 1 + body[..at].iter().filter(|&&byte| byte == b'\n').count();
    let byte = body.get(at).copied().unwrap_or_default();
    Undecodable {
        reason: format!("the byte 0x{byte:02x} has no meaning in the encoding {declared:?}"),
        line: u32::try_from(line).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Result<String, String> {
        {
            let mut replaced = Vec::new();
            match decode(bytes, &mut replaced) {
                Ok(_) if !replaced.is_empty() => Err("replaced".to_owned()),
                decoded => decoded.map(Cow::into_owned).map_err(|error| error.reason),
            }
        }
    }

    #[test]
    fn the_tables_are_sorted_and_whole() {
        assert!(ALIASES.is_sorted_by_key(|(alias, _)| alias));
        assert!(SINGLE_BYTE.is_sorted_by_key(|(name, _)| name));
        for (name, upper) in SINGLE_BYTE {
            assert_eq!(upper.chars().count(), 128, "{name}");
        }
    }

    #[test]
    fn a_file_without_a_declaration_is_utf_8() {
        assert_eq!(text("é = 1".as_bytes()).as_deref(), Ok("é = 1"));
        assert!(text(b"\n\n\xe9 = 1").is_err());
    }

    #[test]
    fn a_byte_order_mark_is_no_text_and_agrees_with_utf_8_alone() {
        assert_eq!(text(b"\xef\xbb\xbfx = 1").as_deref(), Ok("x = 1"));
        assert_eq!(
            text(b"\xef\xbb\xbf# coding: utf-8\n").as_deref(),
            Ok("# coding: utf-8\n")
        );
        assert!(text(b"\xef\xbb\xbf# coding: latin-1\n").is_err());
        assert!(text(b"\xef\xbb\xbf# coding: utf8\n").is_err());
    }

    #[test]
    fn the_declaration_stands_in_the_first_or_after_an_empty_line_in_the_second() {
        for declaration in [
            "# coding: latin-1\n",
            "#!/bin/python\n# -*- coding=latin-1 -*-\n",
            "\n\x0c # vim: fileencoding=ISO_8859_1\n",
        ] {
            let bytes = [declaration.as_bytes(), b"\xe9"].concat();
            assert_eq!(
                text(&bytes),
                Ok(format!("{declaration}é")),
                "{declaration:?}"
            );
        }
        for no_declaration in [
            "x\n# coding: latin-1\n",
            "\n\n# coding: latin-1\n",
            "# coding : latin-1\n",
        ] {
            let bytes = [no_declaration.as_bytes(), b"\xe9"].concat();
            assert!(text(&bytes).is_err(), "{no_declaration:?}");
        }
    }

    #[test]
    fn the_line_of_the_declaration_must_itself_be_utf_8() {
        assert!(text(b"# \xe9 coding: latin-1\n").is_err());
    }

    #[test]
    fn encodings_are_strict() {
        assert_eq!(
            text(b"# coding: cp1252\n\x80").as_deref(),
            Ok("# coding: cp1252\n€")
        );
        assert!(text(b"# coding: cp1252\n\x81").is_err());
        assert_eq!(
            text(b"# coding: koi8-r\n\xc1").as_deref(),
            Ok("# coding: koi8-r\nа")
        );
        assert_eq!(
            text(b"# coding: shift_jis\n\x82\xa0").as_deref(),
            Ok("# coding: shift_jis\nあ")
        );
        assert!(text(b"# coding: ascii\n\xe9").is_err());
        assert!(text(b"# coding: no-such\n").is_err());
    }
}

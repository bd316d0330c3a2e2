//! Lines of code, as Bandit counts them: over the file's bytes, whatever they are.

/// Counts the lines that are neither blank nor a comment alone.
pub(crate) fn count(bytes: &[u8]) -> u64 {
    // Of `\r\n`, the line between is blank.
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).chain([bytes.len()]);
    let mut start = 0;
    let lines = ends.map(|end| {
        let line = &bytes[start..end];
        start = end + 1;
        line
    });
    lines.filter(|line| is_code(line)).count() as u64
}

fn is_code(line: &[u8]) -> bool {
    let first = line
        .iter()
        .find(|byte| !matches!(byte, b' ' | b'\t'..=b'\r'));
    first.is_some_and(|&byte| byte != b'#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_and_comments_are_no_code() {
        assert_eq!(count(b""), 0);
        assert_eq!(count(b"a = 1\r\n\r\n  # no\r\x0b\x0c\n\tb"), 2);
        assert_eq!(count(b"'''\n# text\n'''\n"), 2);
        assert_eq!(count(b"\xef\xbb\xbf# marked\n"), 1);
    }
}

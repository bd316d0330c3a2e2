//! Addresses with questions in them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but what RFC 3986 leaves unreserved.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// `path?name=value&…`, without what has no value.
pub fn query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        address.push(if address.len() == path.len() {
            '?'
        } else {
            '&'
        });
        address.push_str(name);
        address.push('=');
        address.extend(utf8_percent_encode(value, VALUE));
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_and_empty_ones_left_out() {
        assert_eq!(query("/", &[("name", ""), ("sort", "")]), "/");
        assert_eq!(
            query(
                "/",
                &[("name", "a b&c=<é>"), ("to", ""), ("sort", "name-asc")]
            ),
            "/?name=a%20b%26c%3D%3C%C3%A9%3E&sort=name-asc"
        );
    }
}

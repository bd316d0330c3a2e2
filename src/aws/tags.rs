//! One tag map to and from the tag types that each SDK crate defines for itself.

use crate::scope::Tags;

/// Tags in an SDK's own type, made by `make` from key and value.
pub fn to_sdk<T>(tags: &Tags, make: impl Fn(&str, &str) -> T) -> Vec<T> {
    tags.iter().map(|(key, value)| make(key, value)).collect()
}

/// Tags from an SDK's own type, read by `read`. AWS's own (`aws:…`) are left out: nobody but
/// AWS can change them.
pub fn from_sdk<'a, T: 'a>(
    tags: impl IntoIterator<Item = &'a T>,
    read: impl Fn(&'a T) -> (Option<&'a str>, Option<&'a str>),
) -> Tags {
    tags.into_iter()
        .filter_map(|tag| match read(tag) {
            (Some(key), value) if !key.starts_with("aws:") => {
                Some((key.to_owned(), value.unwrap_or_default().to_owned()))
            }
            _ => None,
        })
        .collect()
}

//! Versions of TLS that are broken, as B502 and B503 know them.

const BAD: [&str; 9] = [
    "PROTOCOL_SSLv2",
    "SSLv2_METHOD",
    "SSLv23_METHOD",
    "PROTOCOL_SSLv3",
    "PROTOCOL_TLSv1",
    "SSLv3_METHOD",
    "TLSv1_METHOD",
    "PROTOCOL_TLSv1_1",
    "TLSv1_1_METHOD",
];

/// Whether a name is that of a broken version.
pub(super) fn is_bad_version(name: &str) -> bool {
    BAD.contains(&name)
}

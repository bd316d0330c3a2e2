//! Who runs this, and when.

use jiff::Timestamp;
use rand::RngExt;

/// `user@host`, for lock and journal.
pub fn owner() -> String {
    let user = ["USER", "LOGNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .unwrap_or_else(|| "someone".to_owned());
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .or_else(|| std::env::var("HOSTNAME").ok())
        .unwrap_or_else(|| "somewhere".to_owned());
    format!("{user}@{}", host.trim())
}

/// The time now, RFC 3339, to the second.
pub fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// An id that sorts by time: `20260101T000000Z-1a2b3c`.
pub fn run_id() -> String {
    let random: u32 = rand::rng().random_range(0..0x0100_0000);
    format!(
        "{}-{random:06x}",
        Timestamp::now().strftime("%Y%m%dT%H%M%SZ")
    )
}

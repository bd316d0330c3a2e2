//! Who asks.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;

/// The client's address: the peer's, unless that is a load balancer's of ours, which tells whom it
/// asks for. Only the last entry counts: it is the one that the load balancer wrote.
pub fn address(peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let peer = peer.to_canonical();
    if !is_near(peer) {
        return peer;
    }
    headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()
        .and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok())
        .map_or(peer, |client: IpAddr| client.to_canonical())
}

/// Whether the request came over HTTPS, which a load balancer ends before us.
pub fn is_https(headers: &HeaderMap) -> bool {
    headers
        .get("x-forwarded-proto")
        .is_some_and(|scheme| scheme.as_bytes().eq_ignore_ascii_case(b"https"))
}

/// Of this machine or of its private network.
fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address == Ipv6Addr::LOCALHOST || address.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(peer: &str, forwarded: Option<&str>) -> String {
        let mut headers = HeaderMap::new();
        if let Some(forwarded) = forwarded {
            headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        }
        address(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn a_near_load_balancer_is_believed_and_nobody_else() {
        assert_eq!(asked("203.0.113.9", None), "203.0.113.9");
        assert_eq!(asked("203.0.113.9", Some("198.51.100.1")), "203.0.113.9");
        assert_eq!(
            asked("10.0.1.7", Some("6.6.6.6, 198.51.100.1")),
            "198.51.100.1"
        );
        assert_eq!(
            asked("::ffff:127.0.0.1", Some("198.51.100.1")),
            "198.51.100.1"
        );
        assert_eq!(asked("10.0.1.7", Some("nobody")), "10.0.1.7");
    }
}

//! What DNS answers, asked of the name server that this machine uses. The standard library looks up addresses only.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use rand::RngExt;
use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, Question, RCODE, TYPE};
use tokio::net::UdpSocket;
use tokio::time::timeout;

/// The variable that names another server, as `address:port`: a resolver of the company's, or a test's.
const VARIABLE: &str = "CODEDETECT_RESOLVER";
const CONFIGURATION: &str = "/etc/resolv.conf";
const PATIENCE: Duration = Duration::from_secs(2);
const ATTEMPTS: usize = 2;
/// The longest answer that a server sends to who has not asked for longer ones (RFC 1035, 4.2.1).
const LONGEST: usize = 512;

/// The server to ask.
pub(super) fn resolver() -> Result<SocketAddr, String> {
    if let Ok(given) = std::env::var(VARIABLE) {
        return given
            .parse()
            .map_err(|_| format!("{VARIABLE} is not address:port"));
    }
    let text = std::fs::read_to_string(CONFIGURATION)
        .map_err(|error| format!("{CONFIGURATION}: {error}"))?;
    configured(&text).ok_or_else(|| format!("{CONFIGURATION} names no server"))
}

fn configured(text: &str) -> Option<SocketAddr> {
    text.lines().find_map(|line| {
        let address = line.trim().strip_prefix("nameserver")?.trim();
        let address: IpAddr = address.split('%').next()?.parse().ok()?;
        Some(SocketAddr::new(address, 53))
    })
}

/// The name servers of a domain, small letters and without the final dot; none where nobody answers for it.
pub(super) async fn name_servers(resolver: SocketAddr, domain: &str) -> io::Result<Vec<String>> {
    let mut last = io::Error::from(io::ErrorKind::TimedOut);
    for _ in 0..ATTEMPTS {
        match timeout(PATIENCE, ask(resolver, domain)).await {
            Ok(Ok(servers)) => return Ok(servers),
            Ok(Err(error)) => last = error,
            Err(_) => last = io::Error::from(io::ErrorKind::TimedOut),
        }
    }
    Err(last)
}

async fn ask(resolver: SocketAddr, domain: &str) -> io::Result<Vec<String>> {
    let here = match resolver {
        SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
    };
    let socket = UdpSocket::bind(here).await?;
    socket.connect(resolver).await?;
    let id: u16 = rand::rng().random();
    socket
        .send(&question(id, domain).map_err(io::Error::other)?)
        .await?;
    let mut buffer = [0; LONGEST];
    loop {
        let length = socket.recv(&mut buffer).await?;
        let answer = Packet::parse(buffer.get(..length).unwrap_or_default());
        // What does not parse or has another number is not the answer to this question.
        if let Some(packet) = answer.ok().filter(|packet| packet.id() == id) {
            return servers(&packet, domain);
        }
    }
}

fn question(id: u16, domain: &str) -> simple_dns::Result<Vec<u8>> {
    let mut packet = Packet::new_query(id);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    packet.questions.push(Question::new(
        Name::new(domain)?,
        QTYPE::TYPE(TYPE::NS),
        QCLASS::CLASS(CLASS::IN),
        false,
    ));
    packet.build_bytes_vec()
}

fn servers(packet: &Packet<'_>, domain: &str) -> io::Result<Vec<String>> {
    match packet.rcode() {
        RCODE::NoError => {}
        RCODE::NameError => return Ok(Vec::new()),
        other => return Err(io::Error::other(format!("the server answers {other:?}"))),
    }
    let mut found: Vec<_> = packet
        .answers
        .iter()
        .filter(|record| same(&record.name.to_string(), domain))
        .filter_map(|record| match &record.rdata {
            RData::NS(server) => Some(plain(&server.0.to_string())),
            _ => None,
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn same(one: &str, other: &str) -> bool {
    plain(one) == plain(other)
}

/// A name as it is compared.
pub(super) fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use simple_dns::ResourceRecord;
    use simple_dns::rdata::NS;

    use super::*;

    #[test]
    fn the_first_server_of_the_configuration_is_asked() {
        let text =
            "# made by hand\nsearch example.com\nnameserver fe80::1%eth0\nnameserver 192.0.2.1\n";
        assert_eq!(configured(text), Some("[fe80::1]:53".parse().unwrap()));
        assert_eq!(configured("search example.com\n"), None);
    }

    #[test]
    fn only_the_domains_own_servers_count() {
        let mut packet = Packet::new_reply(1);
        for (name, server) in [
            ("Example.com", "NS-2.example.net"),
            ("example.com", "ns-1.example.net"),
            ("other.example.com", "ns-3.example.net"),
        ] {
            packet.answers.push(ResourceRecord::new(
                Name::new(name).unwrap(),
                CLASS::IN,
                60,
                RData::NS(NS(Name::new(server).unwrap())),
            ));
        }
        assert_eq!(
            servers(&packet, "example.com.").unwrap(),
            ["ns-1.example.net", "ns-2.example.net"]
        );
    }

    #[test]
    fn a_name_that_does_not_exist_has_no_servers_and_a_refusal_is_no_answer() {
        let mut packet = Packet::new_reply(1);
        *packet.rcode_mut() = RCODE::NameError;
        assert!(servers(&packet, "example.com").unwrap().is_empty());
        *packet.rcode_mut() = RCODE::ServerFailure;
        assert!(servers(&packet, "example.com").is_err());
    }
}

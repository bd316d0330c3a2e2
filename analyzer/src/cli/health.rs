//! `health`: what a container's check runs. The image needs no other program for it.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use crate::config;

/// Longer than a healthy service ever takes.
const PATIENCE: Duration = Duration::from_secs(4);

/// Exits with 0 when the service that this environment configures is healthy.
pub(super) fn run() -> ExitCode {
    let address = match config::from_environment() {
        Ok(config) => reachable(config.listen),
        Err(error) => {
            eprintln!("error: the configuration cannot be used: {error}");
            return ExitCode::FAILURE;
        }
    };
    match ask(address) {
        Ok(answer) if is_ok(&answer) => ExitCode::SUCCESS,
        Ok(answer) => {
            eprintln!("error: {address} is not healthy: {}", answer.trim_end());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {address} does not answer: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whoever listens on every address is asked on this machine's own.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn ask(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "GET /api/health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.take(4096).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn is_ok(answer: &str) -> bool {
    answer.split(' ').nth(1) == Some("200")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_on_every_address_is_asked_on_the_loopback() {
        for (listen, asked) in [
            ("0.0.0.0:5000", "127.0.0.1:5000"),
            ("[::]:5000", "[::1]:5000"),
            ("127.0.0.1:80", "127.0.0.1:80"),
        ] {
            let listen = listen.parse().unwrap();
            assert_eq!(reachable(listen).to_string(), asked);
        }
    }

    #[test]
    fn only_200_is_healthy() {
        assert!(is_ok("HTTP/1.1 200 OK\r\n\r\n"));
        for bad in [
            "HTTP/1.1 503 Service Unavailable\r\n\r\n",
            "",
            "SSH-2.0-x\r\n",
        ] {
            assert!(!is_ok(bad), "{bad}");
        }
    }
}

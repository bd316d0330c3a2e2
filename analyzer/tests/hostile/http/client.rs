//! A client that sends bytes, whatever they are.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// How a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// All of it, then the answer is awaited.
    Whole,
    /// All of it, then the sending half is closed.
    BreakOff,
    /// All of it, then silence: the rest never comes.
    Silent,
}

/// What came back.
#[derive(Debug)]
pub enum Answer {
    /// The first answer's status and body.
    Status(u16, String),
    /// The connection was closed without a word.
    Closed,
    /// Nothing came in a long time.
    Nothing,
}

/// Longer than any limit of the service.
const PATIENCE: Duration = Duration::from_secs(90);

pub fn send(to: SocketAddr, request: &[u8], manner: Manner) -> Answer {
    let mut stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut writer = stream.try_clone().unwrap();
    std::thread::scope(|scope| {
        // The service may answer, and close, before all has been sent.
        scope.spawn(move || {
            let _ = writer.write_all(request);
            if manner == Manner::BreakOff {
                let _ = writer.shutdown(Shutdown::Write);
            }
        });
        let answer = read(&mut stream);
        let _ = stream.shutdown(Shutdown::Both);
        answer
    })
}

fn read(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 << 10];
    loop {
        if let Some(answer) = complete(&bytes) {
            return answer;
        }
        match stream.read(&mut buffer) {
            Ok(0) => return partial(&bytes),
            Ok(n) => bytes.extend(&buffer[..n]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return Answer::Nothing,
            Err(_) => return partial(&bytes),
        }
    }
}

/// An answer whose body has come as its head announced it.
fn complete(bytes: &[u8]) -> Option<Answer> {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    })?;
    (body.len() >= length).then(|| status(head, body))
}

fn partial(bytes: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(bytes);
    match text.split_once("\r\n\r\n") {
        Some((head, body)) => status(head, body),
        None => Answer::Closed,
    }
}

fn status(head: &str, body: &str) -> Answer {
    match head.split(' ').nth(1).and_then(|code| code.parse().ok()) {
        Some(code) => Answer::Status(code, body.to_owned()),
        None => Answer::Closed,
    }
}

//! What crosses the pipes between the service and a worker.
//!
//! The service first says the [`Limits`](super::Limits); the worker locks itself up and answers
//! [`Kind::Ready`]. From then on a request (a name, a source) is answered by one frame. Every
//! length comes before its bytes and is checked against a limit before anything is made for it.

use std::io::{self, Read};

/// What a worker's answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Locked up and waiting; the payload is an [`Isolation`](super::Isolation).
    Ready,
    /// The payload is a `FileReport`.
    Report,
    /// The payload is a [`Failure`](super::Failure), after which the worker goes on.
    Failed,
}

/// Kind and length of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What follows.
    pub kind: Kind,
    /// How many bytes of it.
    pub len: u32,
}

impl Header {
    /// Its size on the pipe.
    pub const SIZE: usize = 5;

    /// As it goes over the pipe.
    pub fn encode(self) -> [u8; Header::SIZE] {
        let kind = match self.kind {
            Kind::Ready => 1,
            Kind::Report => 2,
            Kind::Failed => 3,
        };
        let [a, b, c, d] = self.len.to_le_bytes();
        [kind, a, b, c, d]
    }

    /// `None` if no worker of ours wrote it.
    pub fn decode([kind, a, b, c, d]: [u8; Header::SIZE]) -> Option<Header> {
        let kind = match kind {
            1 => Kind::Ready,
            2 => Kind::Report,
            3 => Kind::Failed,
            _ => return None,
        };
        Some(Header {
            kind,
            len: u32::from_le_bytes([a, b, c, d]),
        })
    }
}

/// Writes a request, in place of what `frame` held.
pub fn encode_request(frame: &mut Vec<u8>, name: &str, source: &[u8]) -> Option<()> {
    frame.clear();
    frame.extend(u32::try_from(name.len()).ok()?.to_le_bytes());
    frame.extend(u32::try_from(source.len()).ok()?.to_le_bytes());
    frame.extend(name.as_bytes());
    frame.extend(source);
    Some(())
}

/// A request as the worker reads it; its buffers are used again for the next one.
#[derive(Debug, Default)]
pub struct Request {
    /// The name of the file.
    pub name: String,
    /// What is in it.
    pub source: Vec<u8>,
}

impl Request {
    /// Waits for the next request; `false` when there will be none.
    pub fn read(&mut self, from: &mut impl Read) -> io::Result<bool> {
        let Some(name) = read_len(from)? else {
            return Ok(false);
        };
        let source = read_len(from)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut bytes = std::mem::take(&mut self.name).into_bytes();
        read_exactly(from, name, &mut bytes)?;
        self.name = String::from_utf8(bytes).map_err(io::Error::other)?;
        read_exactly(from, source, &mut self.source)?;
        Ok(true)
    }
}

/// Waits for a text that its length precedes.
pub fn read_text(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let len = read_len(from)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let mut text = Vec::new();
    read_exactly(from, len, &mut text)?;
    Ok(text)
}

/// A text with its length before it.
pub fn encode_text(text: &[u8]) -> Option<Vec<u8>> {
    let mut frame = u32::try_from(text.len()).ok()?.to_le_bytes().to_vec();
    frame.extend(text);
    Some(frame)
}

fn read_exactly(from: &mut impl Read, len: u32, into: &mut Vec<u8>) -> io::Result<()> {
    into.clear();
    let read = from.take(len.into()).read_to_end(into)?;
    if read == len as usize {
        Ok(())
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

/// `None` at the end of the pipe, between two frames.
fn read_len(from: &mut impl Read) -> io::Result<Option<u32>> {
    let mut bytes = [0; 4];
    let mut read = 0;
    while read < bytes.len() {
        match from.read(&mut bytes[read..]) {
            Ok(0) if read == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(n) => read += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Some(u32::from_le_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_as_it_was_written() {
        let mut frame = vec![9; 3];
        encode_request(&mut frame, "naïve.py", b"x = 1\n").unwrap();
        let two = [frame.clone(), frame].concat();
        let mut pipe = two.as_slice();
        let mut request = Request::default();
        for _ in 0..2 {
            assert!(request.read(&mut pipe).unwrap());
            assert_eq!(request.name, "naïve.py");
            assert_eq!(request.source, b"x = 1\n");
        }
        assert!(!request.read(&mut pipe).unwrap());
    }

    #[test]
    fn a_request_that_breaks_off_is_an_error_wherever_it_does() {
        let mut frame = Vec::new();
        encode_request(&mut frame, "a.py", b"x = 1\n").unwrap();
        for end in 1..frame.len() {
            let mut request = Request::default();
            assert!(request.read(&mut &frame[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn a_header_is_read_as_it_was_written() {
        for kind in [Kind::Ready, Kind::Report, Kind::Failed] {
            let header = Header { kind, len: 70_000 };
            assert_eq!(Header::decode(header.encode()), Some(header));
        }
        assert_eq!(Header::decode([0, 1, 0, 0, 0]), None);
        assert_eq!(Header::decode(*b"panic"), None);
    }
}

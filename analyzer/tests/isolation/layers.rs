//! Landlock without seccomp, which otherwise ends the process first.

use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::ExitCode;

use codedetect_analyzer::worker::sandbox;

/// Says, a line each, what could still be done: nothing, it should be.
pub fn try_with_landlock_alone(mut arguments: impl Iterator<Item = String>) -> ExitCode {
    let (Some(file), Some(address)) = (arguments.next(), arguments.next()) else {
        return ExitCode::FAILURE;
    };
    let file = Path::new(&file);
    let layer = sandbox::forbid_files_and_network();
    println!("layer {}", layer.is_on());
    println!("read {}", std::fs::read(file).is_ok());
    println!("write {}", std::fs::write(file, "x").is_ok());
    println!("list {}", std::fs::read_dir("/").is_ok());
    println!("remove {}", std::fs::remove_file(file).is_ok());
    println!("connect {}", TcpStream::connect(&address).is_ok());
    println!("listen {}", TcpListener::bind("127.0.0.1:0").is_ok());
    // Not forbidden by every kernel; the filter of system calls forbids all sockets.
    let _ = UdpSocket::bind("127.0.0.1:0");
    ExitCode::SUCCESS
}

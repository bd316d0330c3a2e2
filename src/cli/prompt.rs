//! What is asked of a person: consent, and secrets.

use std::io::{BufRead, IsTerminal, Write};

use tokio_util::sync::CancellationToken;

use crate::aws::{AwsError, Secret, SecretSource, Secrets, SystemSecrets};
use crate::reference::Address;
use crate::view::Gate;

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Agreed.
    Yes,
    /// Anything else.
    No,
    /// A signal came instead.
    Interrupted,
    /// Standard input is not a terminal.
    NobodyThere,
}

/// Asks for the word "yes".
pub async fn agree(question: &str, stop: &CancellationToken) -> Answer {
    if !std::io::stdin().is_terminal() {
        return Answer::NobodyThere;
    }
    let mut stderr = std::io::stderr();
    let asked = write!(stderr, "\n{question} Only 'yes' does it: ").and_then(|()| stderr.flush());
    if asked.is_err() {
        return Answer::NobodyThere;
    }
    let (sender, receiver) = tokio::sync::oneshot::channel();
    // A thread of its own: a read of standard input cannot be cancelled, and must not keep
    // the runtime from ending.
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        // Nobody listens any more where a signal came first.
        let _ = sender.send(read.is_ok() && line.trim() == "yes");
    });
    tokio::select! {
        answer = receiver => match answer {
            Ok(true) => Answer::Yes,
            _ => Answer::No,
        },
        () = stop.cancelled() => Answer::Interrupted,
    }
}

/// Where secrets come from; each one obtained is taken out of everything written later.
pub fn secrets(gate: &Gate) -> impl Secrets {
    Hidden {
        source: SystemSecrets::new(ask),
        gate: gate.clone(),
    }
}

fn ask(address: &Address) -> std::io::Result<Secret> {
    if !std::io::stdin().is_terminal() {
        return Err(std::io::Error::other("standard input is not a terminal"));
    }
    rpassword::prompt_password(format!("Value for {address} (not shown): ")).map(Secret::new)
}

/// Secrets that the gate hides as soon as they are known.
struct Hidden {
    source: SystemSecrets,
    gate: Gate,
}

impl Secrets for Hidden {
    fn obtain(&self, address: &Address, source: &SecretSource) -> Result<Secret, AwsError> {
        let secret = self.source.obtain(address, source)?;
        self.gate.redactions().hide(secret.expose());
        Ok(secret)
    }
}

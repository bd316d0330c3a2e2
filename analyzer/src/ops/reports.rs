//! Bug reports: kept first, then published, so that none is lost with the topic.

use crate::app::App;
use crate::store::scan::{BugReport, ScanId};
use crate::store::{StoreError, now};
use crate::upload::name::printable;

/// Characters of a title.
pub const TITLE: usize = 200;

/// Characters of a description.
pub const DESCRIPTION: usize = 10_000;

/// Characters of a contact.
pub const CONTACT: usize = 200;

/// A report that says something, within its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReport(BugReport);

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its id, for whoever asks later.
    pub id: ScanId,
    /// Whether the topic has it.
    pub published: bool,
}

impl NewReport {
    /// Checks what was written. The error is a sentence for the writer.
    pub fn checked(
        title: &str,
        description: &str,
        contact: Option<&str>,
        scan: Option<ScanId>,
    ) -> Result<Self, String> {
        let contact = contact.map(str::trim).filter(|contact| !contact.is_empty());
        Ok(Self(BugReport {
            id: ScanId::new(),
            created_at: now(),
            title: printable(&within("the title", title, TITLE)?),
            description: within("the description", description, DESCRIPTION)?,
            contact: contact
                .map(|contact| within("the contact", contact, CONTACT))
                .transpose()?
                .map(|contact| printable(&contact)),
            scan,
        }))
    }
}

fn within(what: &str, text: &str, limit: usize) -> Result<String, String> {
    // PostgreSQL's text holds no null character.
    let text = text.replace('\0', "");
    let text = text.trim();
    match text.chars().count() {
        0 => Err(format!("{what} is empty")),
        length if length > limit => Err(format!("{what} is longer than {limit} characters")),
        _ => Ok(text.to_owned()),
    }
}

/// Keeps a report, then publishes it. A topic that does not take it is an entry of the log, not
/// an error: the report is kept.
pub async fn send(app: &App, NewReport(report): NewReport) -> Result<Sent, StoreError> {
    app.store.keep(report.clone()).await?;
    let published = match app.alerts.publish(&report).await {
        Ok(published) => published,
        Err(error) => {
            tracing::error!(%error, report = %report.id, "a bug report could not be published");
            false
        }
    };
    if !published {
        tracing::warn!(
            report = %report.id,
            title = report.title,
            "a bug report is stored, and no topic has it"
        );
    }
    Ok(Sent {
        id: report.id,
        published,
    })
}

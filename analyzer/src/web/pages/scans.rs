//! The pages of scans: one, a file of one, two compared.

use std::collections::HashMap;

use axum::extract::Path;
use axum::response::Response;
use codedetect_engine::source::Source;
use futures::StreamExt as _;

use crate::api::Problem;
use crate::app::App;
use crate::store::list::{Cursor, Key, ListQuery};
use crate::store::scan::{FileSummary, Scan, ScanFile, ScanId, ScanSummary};

use super::compare::{Choose, Compare, Side};
use super::errors::sentence;
use super::file_page::{Asked, FilePage};
use super::findings::Least;
use super::project_page::ProjectPage;
use super::question::Question;
use super::shell::Part;
use super::trends::comparison;
use super::visit::Visit;

type Answer = Result<Response, Problem>;

/// How many scans the form of a comparison offers.
const OFFERED: u32 = 100;

/// How far back the scan before one is looked for, among those whose names hold its own.
const BACK: u32 = 20;

/// How many sources are read at once.
const AT_ONCE: usize = 8;

/// The page of a scan.
pub(super) async fn show(visit: Visit, Path(id): Path<String>, question: Question) -> Answer {
    let summary = summary(&visit.app, &id).await?;
    if summary.file_count == 1 {
        return file_page(&visit, summary, 0, &question).await;
    }
    let earlier = earlier(&visit.app, &summary).await?;
    let scan = whole(&visit.app, summary.id).await?;
    let least = Least::from_word(question.get("severity"));
    visit.page(&ProjectPage::new(
        visit.shell(Part::Scans),
        scan,
        earlier,
        least,
    ))
}

/// The page of a file of a scan.
pub(super) async fn file(
    visit: Visit,
    Path((id, file)): Path<(String, String)>,
    question: Question,
) -> Answer {
    let summary = summary(&visit.app, &id).await?;
    let missing = || Problem::not_found("the scan has no such file");
    let index = file.parse().map_err(|_| missing())?;
    if index >= summary.file_count {
        return Err(missing());
    }
    file_page(&visit, summary, index, &question).await
}

async fn file_page(visit: &Visit, scan: ScanSummary, index: u32, question: &Question) -> Answer {
    let (app, id) = (&visit.app, scan.id);
    let database = app.store.database();
    let missing = || Problem::not_found("the scan has no such file");
    let files = database.files(id).await?;
    let summary = files
        .into_iter()
        .find(|file| file.index == index)
        .ok_or_else(missing)?;
    let report = database.report(id, index).await?.ok_or_else(missing)?;
    let source = text(app, &summary).await;
    let earlier = match scan.file_count {
        1 => earlier(app, &scan).await?,
        _ => None,
    };
    let asked = Asked {
        least: Least::from_word(question.get("severity")),
        from: question.number("from").unwrap_or(1),
    };
    visit.page(&FilePage::new(
        visit.shell(Part::Scans),
        scan,
        ScanFile { summary, report },
        source.as_deref().map_err(Clone::clone),
        earlier,
        asked,
    ))
}

/// Two scans compared, or the form that asks which two.
pub(super) async fn compare(visit: Visit, question: Question) -> Answer {
    let chosen: Vec<&str> = question.all("scan").filter(|id| !id.is_empty()).collect();
    let (base, head) = match (question.get("base"), question.get("head"), &chosen[..]) {
        ("", "", []) => return choose(&visit, None).await,
        ("", "", [one, other]) => {
            let (one, other) = (known(one)?, known(other)?);
            (one.min(other), one.max(other))
        }
        ("", "", _) => {
            let problem = "Choose two scans, no more and no fewer.";
            return choose(&visit, Some(problem.to_owned())).await;
        }
        (base, head, _) => (known(base)?, known(head)?),
    };
    if base == head {
        let problem = "That is one scan twice. Choose two.";
        return choose(&visit, Some(problem.to_owned())).await;
    }
    let (base, head) = (
        whole(&visit.app, base).await?,
        whole(&visit.app, head).await?,
    );
    let texts = texts(&visit.app, [&base, &head]).await;
    let side = |scan: Scan| {
        let found = scan.files.iter().enumerate();
        let found =
            found.filter_map(|(i, file)| Some((i, texts.get(&file.summary.sha256)?.clone())));
        Side {
            sources: found.collect(),
            scan,
        }
    };
    let page = Compare::new(visit.shell(Part::Compare), side(base), side(head));
    visit.page(&page)
}

async fn choose(visit: &Visit, problem: Option<String>) -> Answer {
    let query = ListQuery {
        limit: OFFERED,
        ..ListQuery::default()
    };
    let page = visit.app.store.database().list(&query).await?;
    visit.page(&Choose::new(
        visit.shell(Part::Compare),
        page.scans,
        problem,
    ))
}

fn known(id: &str) -> Result<ScanId, Problem> {
    id.parse()
        .map_err(|_| Problem::not_found("there is no scan of that id"))
}

async fn summary(app: &App, id: &str) -> Result<ScanSummary, Problem> {
    let found = app.store.database().summary(known(id)?).await?;
    found.ok_or_else(|| Problem::not_found("there is no scan of that id"))
}

async fn whole(app: &App, id: ScanId) -> Result<Scan, Problem> {
    let found = app.store.database().scan(id).await?;
    found.ok_or_else(|| Problem::not_found("there is no scan of that id"))
}

/// Where a scan is compared with the one before it of the same name.
async fn earlier(app: &App, scan: &ScanSummary) -> Result<Option<String>, Problem> {
    let query = ListQuery {
        name: Some(scan.name.clone()),
        limit: BACK,
        cursor: Some(Cursor {
            key: Key::Created,
            id: scan.id,
            backwards: false,
        }),
        ..ListQuery::default()
    };
    let page = app.store.database().list(&query).await?;
    let before = page.scans.iter().find(|before| before.name == scan.name);
    Ok(before.map(|before| comparison(before, scan)))
}

/// A file's text, or why it cannot be shown. What does not decode is shown as far as it does.
async fn text(app: &App, file: &FileSummary) -> Result<String, String> {
    let bytes = app.store.source(file).await.map_err(|error| {
        tracing::error!(%error, file = file.object_key, "a source could not be read");
        sentence("the source cannot be reached at the moment: try again")
    })?;
    Ok(match Source::decode(&bytes) {
        Ok(source) => source.text().to_owned(),
        Err(_) => String::from_utf8_lossy(&bytes).into_owned(),
    })
}

/// The texts of the files with findings in two scans, by their hash: a file that did not change
/// is read once.
async fn texts(app: &App, scans: [&Scan; 2]) -> HashMap<String, String> {
    let files = scans.into_iter().flat_map(|scan| &scan.files);
    let wanted: HashMap<String, FileSummary> = files
        .filter(|file| !file.report.findings.is_empty())
        .map(|file| (file.summary.sha256.clone(), file.summary.clone()))
        .collect();
    futures::stream::iter(wanted)
        .map(|(hash, file)| async move { Some((hash, text(app, &file).await.ok()?)) })
        .buffer_unordered(AT_ONCE)
        .filter_map(std::future::ready)
        .collect()
        .await
}

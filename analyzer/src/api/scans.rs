//! `/api/scans`: upload, list, show, source.

use std::collections::HashMap;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, RawQuery, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{ListParameters, Problem};
use crate::app::App;
use crate::export;
use crate::store::list::ListQuery;
use crate::store::scan::{FileSummary, Scan, ScanId, ScanSummary};
use crate::submit::submit;
use crate::upload::{self, Ignored};

const INTERNAL: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

#[derive(Deserialize)]
pub(super) struct Named {
    name: Option<String>,
}

/// A scan that was just made.
#[derive(Serialize)]
struct Created {
    #[serde(flatten)]
    scan: Scan,
    /// Entries of archives that were left out: the first of them, and how many.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignored: Vec<Ignored>,
    #[serde(skip_serializing_if = "is_zero")]
    ignored_count: usize,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Takes an upload and answers with the scan, which is durable by then.
pub(super) async fn create(
    State(app): State<App>,
    named: Result<Query<Named>, QueryRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Query(named) = named.map_err(|rejection| Problem::bad_request(rejection.body_text()))?;
    let upload = upload::read(request, named.name, &app.config.limits).await?;
    let scan = submit(
        &app.store,
        app.analyzer.as_ref(),
        &upload.name,
        upload.files,
    )
    .await?;
    app.metrics.scans.inc();
    app.metrics.files.inc_by(u64::from(scan.summary.file_count));
    let location = HeaderValue::try_from(format!("/api/scans/{}", scan.summary.id))
        .map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    let created = Created {
        scan,
        ignored: upload.ignored,
        ignored_count: upload.ignored_count,
    };
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(created)).into_response())
}

#[derive(Serialize)]
struct List {
    scans: Vec<ScanSummary>,
    next: Option<String>,
    previous: Option<String>,
}

/// A part of the list of scans. Those who ask the same at once share what the store says.
pub(super) async fn list(
    State(app): State<App>,
    RawQuery(address): RawQuery,
    parameters: Result<Query<ListParameters>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(parameters) =
        parameters.map_err(|rejection| Problem::bad_request(rejection.body_text()))?;
    let query = parameters.query().map_err(Problem::bad_request)?;
    let asked = app.clone();
    let find = move || listed(asked.clone(), query.clone());
    let list = app.lists.ask(address.unwrap_or_default(), find).await??;
    Ok(([(CONTENT_TYPE, "application/json")], list).into_response())
}

async fn listed(app: App, query: ListQuery) -> Result<Bytes, Problem> {
    let page = app.store.database().list(&query).await?;
    let list = List {
        scans: page.scans,
        next: page.next.map(|cursor| cursor.to_word()),
        previous: page.previous.map(|cursor| cursor.to_word()),
    };
    let json = serde_json::to_vec(&list);
    json.map(Bytes::from)
        .map_err(|error| Problem::new(INTERNAL, error.to_string()))
}

/// A document that a scan is exported as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Export {
    Csv,
    Json,
    Sarif,
}

impl Export {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Csv, Self::Json, Self::Sarif];

    /// How its address and its file end.
    pub(super) const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Sarif => "sarif",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
            Self::Sarif => "application/sarif+json",
        }
    }

    async fn of(self, app: &App, scan: &Scan) -> Result<Response, Problem> {
        let failed = |error: String| Problem::new(INTERNAL, error);
        let mut response = match self {
            Self::Json => Json(scan.report()).into_response(),
            Self::Csv => export::csv(&scan.report())
                .map_err(|error| failed(error.to_string()))?
                .into_response(),
            Self::Sarif => {
                let sources = sources(app, scan).await?;
                let source = |path: &str| sources.get(path).map(Bytes::as_ref);
                export::sarif(&scan.report(), source)
                    .map_err(|error| failed(error.to_string()))?
                    .into_response()
            }
        };
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type()));
        // A browser saves it rather than shows it.
        let id = scan.summary.id;
        let name = format!("attachment; filename=\"scan-{id}.{}\"", self.ending());
        if let Ok(name) = HeaderValue::try_from(name) {
            headers.insert(CONTENT_DISPOSITION, name);
        }
        Ok(response)
    }
}

/// A scan, or by its ending an export of it.
pub(super) async fn show(
    State(app): State<App>,
    Path(word): Path<String>,
) -> Result<Response, Problem> {
    let Some((id, ending)) = word.split_once('.') else {
        return Ok(Json(scan(&app, &word).await?).into_response());
    };
    let export = Export::ALL
        .into_iter()
        .find(|export| export.ending() == ending)
        .ok_or_else(|| Problem::not_found("a scan can be had as .csv, .json or .sarif"))?;
    export.of(&app, &scan(&app, id).await?).await
}

/// The bytes of all files of a scan, by their paths.
async fn sources(app: &App, scan: &Scan) -> Result<HashMap<String, Bytes>, Problem> {
    let mut sources = HashMap::new();
    for file in &scan.files {
        let bytes = app.store.source(&file.summary).await?;
        sources.insert(file.summary.path.clone(), bytes);
    }
    Ok(sources)
}

async fn scan(app: &App, id: &str) -> Result<Scan, Problem> {
    let id = known(id)?;
    app.store
        .database()
        .scan(id)
        .await?
        .ok_or_else(|| missing(id))
}

fn known(id: &str) -> Result<ScanId, Problem> {
    id.parse()
        .map_err(|_| Problem::not_found("there is no scan of that id"))
}

fn missing(id: ScanId) -> Problem {
    Problem::not_found(format!("there is no scan {id}"))
}

#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    file: u32,
}

/// The bytes of a file of a scan, as they were uploaded: never anything but plain text.
pub(super) async fn source(
    State(app): State<App>,
    Path(id): Path<String>,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(which) = which.map_err(|rejection| Problem::bad_request(rejection.body_text()))?;
    let id = known(&id)?;
    let files: Vec<FileSummary> = app.store.database().files(id).await?;
    if files.is_empty() {
        return Err(missing(id));
    }
    let file = files
        .into_iter()
        .find(|file| file.index == which.file)
        .ok_or_else(|| Problem::not_found(format!("the scan has no file number {}", which.file)))?;
    let content = app.store.source(&file).await?;
    Ok((
        [
            (CONTENT_TYPE, "text/plain; charset=utf-8"),
            (CONTENT_DISPOSITION, "attachment; filename=\"source.txt\""),
        ],
        content,
    )
        .into_response())
}

//! The addresses of the pages, and what each asks of the store.

use std::sync::Arc;

use askama::Template as _;
use axum::Router;
use axum::extract::{Form, Request};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;

use crate::api::Problem;
use crate::app::App;
use crate::ops::reports::{NewReport, send};
use crate::store::list::ListQuery;
use crate::submit::submit;
use crate::web::csrf;

use super::dashboard::{self, Dashboard};
use super::filter::Filter;
use super::question::Question;
use super::report::{Filled, Report};
use super::shell::{Part, Shell};
use super::stencil::Stencil;
use super::trends::{self, Trends};
use super::upload::{Limits, Upload};
use super::visit::{Visit, unrendered};
use super::{assets, checks, errors, scans};

type Answer = Result<Response, Problem>;

/// All pages and what they consist of.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(list))
        .route("/upload", get(upload_form).post(upload))
        .route("/scans/{id}", get(scans::show))
        .route("/scans/{id}/files/{file}", get(scans::file))
        .route("/compare", get(scans::compare))
        .route("/trends", get(trend))
        .route("/checks", get(checks::list))
        .route("/checks/{id}", get(checks::show))
        .route("/report", get(report_form).post(report))
        .route("/static/{name}", get(asset))
        .fallback(nowhere)
        .method_not_allowed_fallback(errors::wrong_method)
}

/// The list. Everybody starts here, so those who ask at once share what the store says.
async fn list(visit: Visit, question: Question) -> Answer {
    let app = visit.app.clone();
    let asked = question.clone();
    let find = move || listed(app.clone(), asked.clone());
    let stencil = visit.app.list_pages.ask(question, find).await??;
    Ok(visit.page_of(&stencil))
}

async fn listed(app: App, question: Question) -> Result<Arc<Stencil>, Problem> {
    let form = Filter::new(&question);
    let (query, problem) = form.asks(dashboard::LIMIT);
    let page = app.store.database().list(&query).await?;
    let limits = Limits::new(&app.config.limits);
    let stencil = Stencil::cut(&app.tokens, |token| {
        let shell = Shell::new(Part::Scans, &app.config.version, token);
        Dashboard::new(shell, limits, form, problem, page).render()
    });
    stencil.map(Arc::new).map_err(unrendered)
}

fn upload_page(visit: &Visit, problem: Option<String>) -> Upload {
    Upload {
        shell: visit.shell(Part::Upload),
        upload: Limits::new(&visit.app.config.limits),
        problem,
        origin: visit.origin(),
    }
}

async fn upload_form(visit: Visit) -> Answer {
    visit.page(&upload_page(&visit, None))
}

/// Takes an upload and leads to its scan. What is refused is said on the form, to be mended.
async fn upload(visit: Visit, request: Request) -> Answer {
    match taken(&visit, request).await {
        Ok(page) if visit.wants_json() => {
            let page = axum::Json(serde_json::json!({ "page": page }));
            Ok((StatusCode::CREATED, page).into_response())
        }
        Ok(page) => Ok(Redirect::to(&page).into_response()),
        Err(problem) if !visit.wants_json() && problem.status.is_client_error() => {
            let page = upload_page(&visit, Some(errors::sentence(&problem.detail)));
            visit.page_with(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// The address of the scan of an upload.
async fn taken(visit: &Visit, request: Request) -> Result<String, Problem> {
    let app = &visit.app;
    let upload = crate::upload::read(request, None, &app.config.limits).await?;
    let token = upload.fields.iter().find(|(name, _)| name == csrf::FIELD);
    let token = token.map_or("", |(_, token)| token);
    ours(visit, token)?;
    let scan = submit(
        &app.store,
        app.analyzer.as_ref(),
        &upload.name,
        upload.files,
    )
    .await?;
    app.metrics.scans.inc();
    app.metrics.files.inc_by(u64::from(scan.summary.file_count));
    Ok(format!("/scans/{}", scan.summary.id))
}

fn ours(visit: &Visit, token: &str) -> Result<(), Problem> {
    let tokens = &visit.app.tokens;
    let checked = tokens.check(&visit.headers, token);
    checked.map_err(|error| Problem::new(StatusCode::FORBIDDEN, error.to_string()))
}

async fn trend(visit: Visit, question: Question) -> Answer {
    let name: String = question.get("name").chars().take(200).collect();
    let last = trends::last(question.number("last"));
    let query = ListQuery {
        name: Some(name.clone()).filter(|name| !name.is_empty()),
        limit: last,
        ..ListQuery::default()
    };
    let page = visit.app.store.database().list(&query).await?;
    visit.page(&Trends::new(
        visit.shell(Part::Trends),
        &name,
        last,
        page.scans,
    ))
}

async fn report_form(visit: Visit, question: Question) -> Answer {
    let shell = visit.shell(Part::Report);
    let sent = question.get("sent");
    if !sent.is_empty() {
        let number = sent.parse::<crate::store::scan::ScanId>().ok();
        return visit.page(&Report::sent(shell, number.map(|id| id.to_string())));
    }
    let about: String = question.get("about").chars().take(20).collect();
    let filled = Filled {
        title: if about.is_empty() {
            String::new()
        } else {
            format!("{about}: ")
        },
        scan: question.get("scan").chars().take(200).collect(),
        ..Filled::default()
    };
    visit.page(&Report::form(shell, filled, None))
}

/// Keeps a report and publishes it. A form that says too little comes back as it was filled in.
async fn report(visit: Visit, Form(fields): Form<Vec<(String, String)>>) -> Answer {
    let field = |name: &str| {
        let found = fields.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    ours(&visit, &field(csrf::FIELD))?;
    let filled = Filled {
        title: field("title"),
        description: field("description"),
        scan: field("scan"),
        contact: field("contact"),
    };
    let checked = filled.scan_id().and_then(|scan| {
        let contact = Some(filled.contact.as_str());
        NewReport::checked(&filled.title, &filled.description, contact, scan)
    });
    match checked {
        Ok(report) => {
            let sent = send(&visit.app, report).await?;
            Ok(Redirect::to(&format!("/report?sent={}", sent.id)).into_response())
        }
        Err(reason) => {
            let problem = Some(errors::sentence(&reason));
            let page = Report::form(visit.shell(Part::Report), filled, problem);
            visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

async fn asset(uri: Uri) -> Answer {
    let asset = assets::at(uri.path())
        .ok_or_else(|| Problem::not_found("no part of the pages is served there"))?;
    let headers = [
        (CONTENT_TYPE, asset.content_type),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, asset.content).into_response())
}

async fn nowhere() -> Problem {
    Problem::not_found("this address leads nowhere")
}

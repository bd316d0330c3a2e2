//! Every operation of the API. The router is made of this list and `openapi.json` is held against
//! it, so that neither has what the other has not.

use axum::Router;
use axum::routing::{MethodFilter, MethodRouter, on};

use super::{health, openapi, reports, scans};
use crate::app::App;

/// What can be asked at an address by a method.
struct Operation {
    method: Method,
    /// With its parameters as the description writes them.
    address: &'static str,
    route: Route,
}

#[derive(Clone, Copy)]
enum Method {
    Get,
    Post,
}

enum Route {
    /// Its own.
    Own(fn(MethodFilter) -> MethodRouter<App>),
    /// That of `/api/scans/{id}`, whose handler tells the endings apart, for the router cannot.
    OfTheScan,
}

impl Method {
    const fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
        }
    }
}

const fn get(address: &'static str, route: fn(MethodFilter) -> MethodRouter<App>) -> Operation {
    Operation {
        method: Method::Get,
        address,
        route: Route::Own(route),
    }
}

const fn post(address: &'static str, route: fn(MethodFilter) -> MethodRouter<App>) -> Operation {
    Operation {
        method: Method::Post,
        address,
        route: Route::Own(route),
    }
}

const fn export(address: &'static str) -> Operation {
    Operation {
        method: Method::Get,
        address,
        route: Route::OfTheScan,
    }
}

/// All of them.
const ALL: &[Operation] = &[
    get("/api/health", |by| on(by, health::health)),
    get("/api/openapi.json", |by| on(by, openapi::document)),
    get("/api/ready", |by| on(by, health::ready)),
    post("/api/reports", |by| on(by, reports::create)),
    get("/api/scans", |by| on(by, scans::list)),
    post("/api/scans", |by| on(by, scans::create)),
    get("/api/scans/{id}", |by| on(by, scans::show)),
    export("/api/scans/{id}.csv"),
    export("/api/scans/{id}.json"),
    export("/api/scans/{id}.sarif"),
    get("/api/scans/{id}/source", |by| on(by, scans::source)),
    get("/metrics", |by| on(by, health::metrics)),
];

/// Their routes.
pub(super) fn routes() -> Router<App> {
    ALL.iter()
        .fold(Router::new(), |router, operation| match operation.route {
            Route::Own(route) => router.route(operation.address, route(operation.method.filter())),
            Route::OfTheScan => router,
        })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_is_served_is_described_and_what_is_described_is_served() {
        let served: BTreeSet<(String, String)> = ALL
            .iter()
            .map(|operation| {
                let method = match operation.method {
                    Method::Get => "get",
                    Method::Post => "post",
                };
                (operation.address.to_owned(), method.to_owned())
            })
            .collect();
        let document: serde_json::Value = serde_json::from_str(openapi::DOCUMENT).unwrap();
        let mut described = BTreeSet::new();
        for (address, methods) in document["paths"].as_object().unwrap() {
            for method in methods.as_object().unwrap().keys() {
                described.insert((address.clone(), method.clone()));
            }
        }
        assert_eq!(served, described);
    }

    #[test]
    fn the_exports_described_are_those_of_a_scan() {
        let exports: Vec<&str> = ALL
            .iter()
            .filter(|operation| matches!(operation.route, Route::OfTheScan))
            .map(|operation| operation.address)
            .collect();
        let all = scans::Export::ALL;
        assert_eq!(
            exports,
            all.map(|it| format!("/api/scans/{{id}}.{}", it.ending()))
        );
    }
}

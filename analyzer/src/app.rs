//! What all requests share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;

use crate::alerts::Alerts;
use crate::analyze::Analyze;
use crate::api::Problem;
use crate::config::Config;
use crate::ops::health::Health;
use crate::ops::metrics::Metrics;
use crate::store::Store;
use crate::web::csrf::Tokens;
use crate::web::pages::question::Question;
use crate::web::pages::stencil::Stencil;
use crate::web::shared::Shared;

/// The service's state: cheap to clone, one for all requests.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What it consists of.
pub struct Parts {
    /// What it was told.
    pub config: Config,
    /// Objects and rows.
    pub store: Store,
    /// Whoever analyses.
    pub analyzer: Box<dyn Analyze>,
    /// Where bug reports go.
    pub alerts: Alerts,
    /// Tokens for the forms of pages.
    pub tokens: Tokens,
    /// Lists of scans that are being made, by their addresses' queries: as JSON,
    pub lists: Shared<String, Result<Bytes, Problem>>,
    /// and as pages.
    pub list_pages: Shared<Question, Result<Arc<Stencil>, Problem>>,
    /// What is counted.
    pub metrics: Metrics,
    /// Whether store and database are there.
    pub health: Health,
    draining: AtomicBool,
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Puts the parts together.
    pub fn new(config: Config, store: Store, analyzer: Box<dyn Analyze>, alerts: Alerts) -> Self {
        let tokens = Tokens::new(config.secret_key.as_ref());
        Self(Arc::new(Parts {
            config,
            store,
            analyzer,
            alerts,
            tokens,
            lists: Shared::default(),
            list_pages: Shared::default(),
            metrics: Metrics::default(),
            health: Health::default(),
            draining: AtomicBool::new(false),
        }))
    }

    /// From now on it is not ready for new work.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether it is about to end.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

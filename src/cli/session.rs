//! From arguments to a stack on a cloud: what every verb that asks AWS begins with.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::exit::Trouble;
use super::local;
use super::options::{CloudArgs, OverlayArgs};
use crate::aws::{Cloud, CloudOptions};
use crate::diag::{Diagnostics, SourceText};
use crate::event::Events;
use crate::exec::bucket::Bucket;
use crate::exec::folder::Folder;
use crate::exec::journal::{self, Past};
use crate::exec::store::Store;
use crate::exec::{Discovery, discover, pin};
use crate::model::{self, Pinned};
use crate::resource::Resources;
use crate::scope::Scope;
use crate::stack::{self, LoadOptions, Stack};
use crate::view::Gate;

/// A stack file that was read and checked.
pub struct Loaded {
    /// The file.
    pub source: SourceText,
    /// What it says.
    pub stack: Stack,
}

impl Loaded {
    /// Where a path of the document stands, as `stack.yaml:12:3`.
    pub fn place(&self, origin: &str) -> Option<String> {
        let mut path = origin;
        loop {
            if let Some(span) = self.stack.locate(path) {
                return Some(format!(
                    "{}:{}:{}",
                    self.source.name, span.line, span.column
                ));
            }
            path = path.rsplit_once('.')?.0;
        }
    }

    /// The sections in the order of the file.
    pub fn sections(&self) -> Vec<String> {
        let tree = self.stack.tree.as_object();
        tree.into_iter()
            .flat_map(|map| map.keys().cloned())
            .collect()
    }
}

/// Reads a stack file, and checks it. Warnings are told.
pub fn load(
    file: &Path,
    overlay: &OverlayArgs,
    region: Option<&str>,
    gate: &Gate,
) -> Result<Loaded, Trouble> {
    let source = read(file)?;
    match stack::load(&source, &options(overlay, region)) {
        Ok(stack) => {
            warn(&source, &stack.warnings, gate);
            Ok(Loaded { source, stack })
        }
        Err(diagnostics) => Err(Trouble::Invalid(source, diagnostics)),
    }
}

/// The text of a stack file.
pub fn read(file: &Path) -> Result<SourceText, Trouble> {
    stack::read(file).map_err(|diagnostic| {
        let name = file.display().to_string();
        Trouble::Invalid(SourceText::new(name, ""), Diagnostics::from(diagnostic))
    })
}

/// What the arguments ask for beside the file; a region of the command line is set like any other value.
pub fn options(overlay: &OverlayArgs, region: Option<&str>) -> LoadOptions {
    let mut sets = overlay.sets.clone();
    sets.extend(region.map(|region| format!("region={region}")));
    LoadOptions {
        environment: overlay.environment.clone(),
        sets,
    }
}

/// Tells warnings.
pub fn warn(source: &SourceText, warnings: &Diagnostics, gate: &Gate) {
    if !warnings.is_empty() {
        let look = gate.news_look();
        let style = crate::diag::Style {
            colour: look.colour,
            width: look.width,
        };
        gate.news(warnings.render(source, style).trim_end());
    }
}

/// Where calls go, and where journal and lock lie.
pub struct Place {
    /// Where calls go.
    pub cloud: Cloud,
    /// The endpoint, where it is not AWS's own.
    pub endpoint: Option<String>,
    state_dir: Option<PathBuf>,
    local: bool,
}

impl Place {
    /// Connects as the arguments say; starts the local cloud where it is asked for.
    pub async fn connect(args: &CloudArgs, region: &str, gate: &Gate) -> Result<Self, Trouble> {
        let mut options = CloudOptions {
            region: region.to_owned(),
            endpoint_url: args.endpoint_url.clone(),
            profile: args.profile.clone(),
            keys: None,
        };
        let mut state_dir = args.state_dir.clone();
        if args.local {
            local::use_it(&mut options, &mut state_dir, gate).await?;
        }
        Ok(Self {
            cloud: Cloud::connect(&options).await,
            endpoint: options.endpoint_url,
            state_dir,
            local: args.local,
        })
    }

    /// The store of a stack's journal and lock.
    pub fn store(&self, scope: &Scope) -> Arc<dyn Store> {
        match &self.state_dir {
            Some(folder) => Arc::new(Folder::new(folder.join(scope.prefix()))),
            None => Arc::new(Bucket::new(self.cloud.clone(), model::state_bucket(scope))),
        }
    }

    /// Whether it is this folder's local cloud.
    pub fn is_local(&self) -> bool {
        self.local
    }

    /// Whether the state lies in the stack's own bucket, which must then exist before the lock.
    pub fn state_in_bucket(&self) -> bool {
        self.state_dir.is_none()
    }
}

/// A stack on a cloud.
pub struct Session {
    /// The file.
    pub loaded: Loaded,
    /// Where calls go.
    pub place: Place,
    /// Whose resources.
    pub scope: Scope,
    /// What is wanted.
    pub resources: Resources,
    /// Where journal and lock lie.
    pub store: Arc<dyn Store>,
    /// What earlier runs left.
    pub past: Past,
}

impl Session {
    /// Opens a stack: reads the file, connects, looks up what the model must know, and builds
    /// what is wanted.
    pub async fn open(loaded: Loaded, args: &CloudArgs, gate: &Gate) -> Result<Self, Trouble> {
        let document = &loaded.stack.document;
        let region = document.region.to_string();
        let place = Place::connect(args, &region, gate).await?;
        let (caller, pinned) = futures::future::try_join(
            async { place.cloud.caller().await.map_err(Trouble::from) },
            async {
                pin::pin(&place.cloud, &model::needed(document))
                    .await
                    .map_err(Trouble::from)
            },
        )
        .await?;
        let scope = Scope {
            stack: document.stack.to_string(),
            environment: document.environment.to_string(),
            region,
            account: caller.0,
            partition: caller.1,
        };
        let resources = build(&loaded, &scope, &pinned)?;
        let store = place.store(&scope);
        let past = journal::past(store.as_ref()).await?;
        Ok(Self {
            loaded,
            place,
            scope,
            resources,
            store,
            past,
        })
    }

    /// What AWS has of the stack, and of `wanted`.
    pub async fn discover(
        &self,
        wanted: &Resources,
        events: &dyn Events,
    ) -> Result<Discovery, Trouble> {
        let manifest = self.past.manifest.entries();
        Ok(discover(&self.place.cloud, &self.scope, wanted, &manifest, events).await?)
    }
}

/// What the file wants, or what is wrong with that.
pub fn build(loaded: &Loaded, scope: &Scope, pinned: &Pinned) -> Result<Resources, Trouble> {
    model::build(&loaded.stack, scope, pinned)
        .map_err(|diagnostics| Trouble::Invalid(loaded.source.clone(), diagnostics))
}

//! The fields of a specification: what a change to one does, and who may make it.

use serde_json::Value;

/// What a change to a field does to the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// AWS changes it while the resource serves on.
    InPlace,
    /// AWS changes it, and says how service suffers meanwhile.
    Interrupts(&'static str),
    /// AWS cannot change it; says why a new resource is needed.
    Replace(&'static str),
}

/// Who decides the value of a field after the resource was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The stack file: `apply` closes any difference.
    File,
    /// `deploy`: images and launch-template versions in use.
    Deploy,
    /// `switch`: listener weights.
    Switch,
    /// Auto Scaling: desired capacity.
    Autoscaling,
}

/// The rule of one field. Fields without a rule change in place and belong to the file.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// JSON pointer into the serialised specification; rules the whole subtree.
    pub path: &'static str,
    /// What a change does.
    pub effect: Effect,
    /// Who may make it.
    pub owner: Owner,
}

impl Field {
    /// A field whose change needs a new resource, and why.
    pub const fn replace(path: &'static str, why: &'static str) -> Self {
        Self {
            path,
            effect: Effect::Replace(why),
            owner: Owner::File,
        }
    }

    /// A field whose change hurts service for a while, and how.
    pub const fn interrupts(path: &'static str, how: &'static str) -> Self {
        Self {
            path,
            effect: Effect::Interrupts(how),
            owner: Owner::File,
        }
    }

    /// A field which the file only starts; another verb or AWS moves it afterwards.
    pub const fn owned(path: &'static str, owner: Owner) -> Self {
        Self {
            path,
            effect: Effect::InPlace,
            owner,
        }
    }
}

/// One field that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// JSON pointer into the serialised specification.
    pub path: String,
    /// What AWS has.
    pub before: Value,
    /// What is wanted.
    pub after: Value,
}

/// The changes that an update must make.
#[derive(Clone, Debug, Default)]
pub struct Changes(pub Vec<Change>);

impl Changes {
    /// Whether the field at `path`, or one below or above it, differs.
    pub fn touch(&self, path: &str) -> bool {
        self.0
            .iter()
            .any(|change| under(&change.path, path) || under(path, &change.path))
    }
}

fn under(path: &str, root: &str) -> bool {
    path.strip_prefix(root)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

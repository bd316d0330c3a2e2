//! What a stack wants: resources by address, before anything is asked of AWS.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::kinds::{self, AnyKind, Kind};
use crate::reference::{Address, Link, OutputRef, Text, references};
use crate::scope::Tags;

/// One wanted resource.
#[derive(Clone)]
pub struct Resource {
    /// Where it stands in the stack.
    pub address: Address,
    /// Its kind.
    pub kind: &'static dyn AnyKind,
    /// Its serialised specification; references are not filled in yet.
    pub spec: Value,
    /// The tags that the stack file asks for; those that mark ownership are added by the plan.
    pub tags: Tags,
    /// What must stand before it although it refers to none of their outputs.
    pub after: BTreeSet<Address>,
    /// The place in the stack file that asked for it: `network.public.a`.
    pub origin: String,
}

impl Resource {
    /// Everything that must stand before it.
    pub fn needs(&self) -> BTreeSet<Address> {
        references(&self.spec)
            .into_iter()
            .map(|output| output.address)
            .chain(self.after.iter().cloned())
            .collect()
    }

    /// The outputs of others that it refers to.
    pub fn refers_to(&self) -> BTreeSet<OutputRef> {
        references(&self.spec)
    }
}

impl std::fmt::Debug for Resource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.address, self.kind.type_name())
    }
}

/// A resource that was added, to refer to from others.
pub struct Handle<K> {
    address: Address,
    kind: std::marker::PhantomData<fn() -> K>,
}

impl<K> Clone for Handle<K> {
    fn clone(&self) -> Self {
        Self {
            address: self.address.clone(),
            kind: std::marker::PhantomData,
        }
    }
}

impl<K: Kind> Handle<K> {
    /// Where it stands.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Its id.
    pub fn link(&self) -> Link<K> {
        kinds::link(&self.address)
    }

    /// Another of its outputs.
    pub fn output(&self, name: &str) -> Text {
        Text::output(&self.address, name)
    }
}

/// All resources that a stack wants.
#[derive(Clone, Debug, Default)]
pub struct Resources {
    by_address: BTreeMap<Address, Resource>,
}

impl Resources {
    /// Adds a resource. A specification which cannot be serialised does not exist among the
    /// registered kinds; a test serialises each kind's samples.
    pub fn add<K: Kind>(&mut self, address: &str, origin: &str, spec: &K::Spec) -> Handle<K> {
        let address = Address::new(address);
        self.insert(Resource {
            address: address.clone(),
            kind: kinds::of::<K>(),
            spec: serde_json::to_value(spec).unwrap_or_default(),
            tags: Tags::new(),
            after: BTreeSet::new(),
            origin: origin.to_owned(),
        });
        Handle {
            address,
            kind: std::marker::PhantomData,
        }
    }

    /// Adds a resource of any kind.
    pub fn insert(&mut self, resource: Resource) {
        self.by_address.insert(resource.address.clone(), resource);
    }

    /// Sets tags that the file asks for.
    pub fn tag(&mut self, address: &Address, tags: &Tags) {
        if let Some(resource) = self.by_address.get_mut(address) {
            resource
                .tags
                .extend(tags.iter().map(|(k, v)| (k.clone(), v.clone())));
        }
    }

    /// Makes the resource at `address` wait for another although it refers to no output of it.
    pub fn after(&mut self, address: &Address, before: &Address) {
        if let Some(resource) = self.by_address.get_mut(address) {
            resource.after.insert(before.clone());
        }
    }

    /// The resource at that address.
    pub fn get(&self, address: &Address) -> Option<&Resource> {
        self.by_address.get(address)
    }

    /// All of them, by address.
    pub fn iter(&self) -> impl Iterator<Item = &Resource> {
        self.by_address.values()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.by_address.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_address.is_empty()
    }
}

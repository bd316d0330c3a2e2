//! What each kind asks of IAM: the actions that its calls need.

/// The actions of a kind, by its type name; none for a type that is not registered.
pub fn of(_: &str) -> &'static [&'static str] {
    &[]
}

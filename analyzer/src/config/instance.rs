//! The name of the machine that answers.

use axum::http::HeaderValue;

/// The longest name that is taken.
const LONGEST: usize = 64;

/// Which of the instances behind a load balancer this is: letters, digits and `-_.:`, so that it
/// can stand in a header as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance(HeaderValue);

impl Instance {
    /// What a name must be like.
    pub const FORM: &str = "say up to 64 letters, digits and - _ . :";

    /// A name of that form.
    pub fn parse(name: &str) -> Option<Self> {
        let fit = |c: u8| c.is_ascii_alphanumeric() || b"-_.:".contains(&c);
        if name.is_empty() || name.len() > LONGEST || !name.bytes().all(fit) {
            return None;
        }
        HeaderValue::from_str(name).ok().map(Self)
    }

    /// As a header has it.
    pub fn header(&self) -> &HeaderValue {
        &self.0
    }

    /// As a document has it.
    pub fn name(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ec2_and_people_call_machines_is_taken() {
        for name in ["i-0abc123def4567890", "web_1.example.com:5000", "a"] {
            let instance = Instance::parse(name).unwrap();
            assert_eq!(
                (instance.name(), instance.header().as_bytes()),
                (name, name.as_bytes())
            );
        }
    }

    #[test]
    fn what_could_not_stand_in_a_header_is_refused() {
        for name in ["", "a b", "a\r\nset-cookie: b", "ü", &"x".repeat(65)] {
            assert_eq!(Instance::parse(name), None, "{name:?}");
        }
    }
}

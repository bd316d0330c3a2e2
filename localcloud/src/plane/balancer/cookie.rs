//! The cookies that keep a client with its target group or its target.

use std::collections::HashMap;

use hyper::header::HeaderValue;

/// Names the target group ("Sticky sessions for your Application Load Balancer").
pub(crate) const GROUP_COOKIE: &str = "AWSALBTG";
/// Names the target.
pub(crate) const TARGET_COOKIE: &str = "AWSALB";

/// The cookies of a request; of several with one name the first counts.
pub(crate) fn of<'a>(
    headers: impl IntoIterator<Item = &'a HeaderValue>,
) -> HashMap<String, String> {
    let mut cookies = HashMap::new();
    for (name, value) in headers
        .into_iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
    {
        cookies
            .entry(name.to_owned())
            .or_insert_with(|| value.to_owned());
    }
    cookies
}

/// How the cookie names a group: by the end of its ARN, which is its alone.
pub(crate) fn group(arn: &str) -> String {
    arn.rsplit('/').next().unwrap_or(arn).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_read_from_all_headers() {
        let headers = [
            HeaderValue::from_static("a=1; AWSALBTG=6e55"),
            HeaderValue::from_static("a=2; b=x=y"),
        ];
        let cookies = of(&headers);
        assert_eq!(cookies["a"], "1");
        assert_eq!(cookies["b"], "x=y");
        assert_eq!(cookies[GROUP_COOKIE], "6e55");
    }

    #[test]
    fn a_group_is_named_by_the_end_of_its_arn() {
        assert_eq!(group("arn:aws:x:targetgroup/blue/6e55"), "6e55");
    }
}

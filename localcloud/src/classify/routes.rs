//! REST operations by method and path.

/// Method, path below the version with `{}` for any segment, operation.
pub(super) type Route = (&'static str, &'static str, &'static str);

/// The operation of a path, given as the segments below the version. An exact segment wins over a placeholder.
pub(super) fn find(
    routes: &'static [Route],
    method: &str,
    segments: &[String],
) -> Option<&'static str> {
    routes
        .iter()
        .filter(|(wanted, path, _)| *wanted == method && fits(path, segments))
        .min_by_key(|(_, path, _)| path.matches("{}").count())
        .map(|(_, _, operation)| *operation)
}

fn fits(path: &str, segments: &[String]) -> bool {
    let wanted: Vec<_> = path.split('/').collect();
    wanted.len() == segments.len()
        && wanted
            .iter()
            .zip(segments)
            .all(|(wanted, found)| *wanted == "{}" || wanted == found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTES: &[Route] = &[
        ("GET", "thing/{}", "GetThing"),
        ("GET", "thing/all", "ListThings"),
        ("PUT", "thing/{}/tags", "TagThing"),
    ];

    fn found(method: &str, path: &str) -> Option<&'static str> {
        let segments: Vec<String> = path.split('/').map(str::to_owned).collect();
        find(ROUTES, method, &segments)
    }

    #[test]
    fn an_exact_segment_wins_over_a_placeholder() {
        assert_eq!(found("GET", "thing/7"), Some("GetThing"));
        assert_eq!(found("GET", "thing/all"), Some("ListThings"));
    }

    #[test]
    fn method_and_length_must_fit() {
        assert_eq!(found("PUT", "thing/7/tags"), Some("TagThing"));
        assert_eq!(found("PUT", "thing/7"), None);
        assert_eq!(found("GET", "thing/7/tags"), None);
    }
}

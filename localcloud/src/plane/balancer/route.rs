//! What becomes of a request: the first rule whose conditions hold decides.

use hyper::StatusCode;

use crate::plane::condition::Asked;
use crate::plane::picture::{Action, Fixed, Forward, Listener, Redirect, Rule};

/// What becomes of a request.
#[derive(Debug, PartialEq)]
pub(crate) enum Route<'a> {
    /// It goes to one of these groups.
    Forward(&'a Rule, &'a Forward),
    /// The client is sent elsewhere.
    Redirect(StatusCode, String),
    /// The load balancer answers by itself.
    Fixed(&'a Fixed),
    /// Nothing is configured that could answer.
    Nothing,
}

/// Where the request came in, for redirects that keep a part of it.
pub(crate) struct Came<'a> {
    pub(crate) protocol: &'a str,
    pub(crate) port: u16,
}

/// Finds the rule that decides, and what it says.
pub(crate) fn route<'a>(listener: &'a Listener, asked: &Asked<'_>, came: &Came<'_>) -> Route<'a> {
    let rule = listener
        .rules
        .iter()
        .find(|rule| rule.conditions.iter().all(|one| one.holds(asked)));
    match rule.map(|rule| (rule, &rule.action)) {
        Some((rule, Action::Forward(forward))) => Route::Forward(rule, forward),
        Some((_, Action::Redirect(redirect))) => {
            let status = if redirect.permanent {
                StatusCode::MOVED_PERMANENTLY
            } else {
                StatusCode::FOUND
            };
            Route::Redirect(status, address(redirect, asked, came))
        }
        Some((_, Action::Fixed(fixed))) => Route::Fixed(fixed),
        Some((_, Action::Unknown(_))) | None => Route::Nothing,
    }
}

fn address(redirect: &Redirect, asked: &Asked<'_>, came: &Came<'_>) -> String {
    let port = came.port.to_string();
    let fill = |template: &str| {
        template
            .replace("#{protocol}", came.protocol)
            .replace("#{host}", asked.host)
            .replace("#{port}", &port)
            // The path of a request begins with a slash, the template's has its own.
            .replace("#{path}", asked.path.trim_start_matches('/'))
            .replace("#{query}", asked.query)
    };
    let protocol = fill(&redirect.protocol).to_ascii_lowercase();
    let port = fill(&redirect.port);
    let usual = matches!(
        (protocol.as_str(), port.as_str()),
        ("https", "443") | ("http", "80")
    );
    let port = if usual {
        String::new()
    } else {
        format!(":{port}")
    };
    let query = fill(&redirect.query);
    let query = if query.is_empty() {
        query
    } else {
        format!("?{query}")
    };
    format!(
        "{protocol}://{}{port}{}{query}",
        fill(&redirect.host),
        fill(&redirect.path)
    )
}

#[cfg(test)]
mod tests {
    use hyper::{HeaderMap, Method};

    use super::*;
    use crate::plane::condition::Condition;

    fn listener(rules: Vec<Rule>) -> Listener {
        Listener {
            arn: "l".to_owned(),
            port: 80,
            secure: false,
            rules,
        }
    }

    fn rule(conditions: Vec<Condition>, action: Action) -> Rule {
        Rule {
            arn: "r".to_owned(),
            priority: None,
            conditions,
            action,
        }
    }

    fn ask<'a>(path: &'a str, query: &'a str, headers: &'a HeaderMap) -> Asked<'a> {
        Asked {
            method: &Method::GET,
            host: "codedetect.example.com",
            path,
            query,
            headers,
        }
    }

    const CAME: Came<'_> = Came {
        protocol: "http",
        port: 80,
    };

    #[test]
    fn plain_http_is_sent_to_https_with_path_and_query() {
        let whole = Redirect {
            protocol: "HTTPS".to_owned(),
            host: "#{host}".to_owned(),
            port: "443".to_owned(),
            path: "/#{path}".to_owned(),
            query: "#{query}".to_owned(),
            permanent: true,
        };
        let listener = listener(vec![rule(Vec::new(), Action::Redirect(whole))]);
        let headers = HeaderMap::new();
        let route = route(&listener, &ask("/scans/7", "page=2", &headers), &CAME);
        assert_eq!(
            route,
            Route::Redirect(
                StatusCode::MOVED_PERMANENTLY,
                "https://codedetect.example.com/scans/7?page=2".to_owned()
            )
        );
    }

    #[test]
    fn the_first_rule_that_holds_decides() {
        let fixed = |body: &str| {
            Action::Fixed(Fixed {
                status: 200,
                content_type: "text/plain".to_owned(),
                body: body.to_owned(),
            })
        };
        let path = Condition::Path(vec!["/a/*".to_owned()]);
        let listener = listener(vec![
            rule(vec![path], fixed("first")),
            rule(Vec::new(), fixed("rest")),
        ]);
        let headers = HeaderMap::new();
        let said = |at: &str| match route(&listener, &ask(at, "", &headers), &CAME) {
            Route::Fixed(fixed) => fixed.body.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(said("/a/b"), "first");
        assert_eq!(said("/b"), "rest");
    }

    #[test]
    fn without_a_rule_there_is_nothing() {
        let headers = HeaderMap::new();
        assert_eq!(
            route(&listener(Vec::new()), &ask("/", "", &headers), &CAME),
            Route::Nothing
        );
    }
}

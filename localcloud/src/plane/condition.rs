//! When a rule applies: ALB's conditions ("Condition types for listener rules", Elastic Load Balancing user guide).

use hyper::HeaderMap;
use hyper::Method;

use crate::xml::{self, members, text};

/// One condition; it holds where any of its values matches.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    Host(Vec<String>),
    Path(Vec<String>),
    Method(Vec<String>),
    Header(String, Vec<String>),
    /// Pairs of key, where one is asked for, and value.
    Query(Vec<(Option<String>, String)>),
    /// A type that the local load balancer does not play; it never holds.
    Unknown(String),
}

/// What a request is judged by.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a Method,
    /// Without its port.
    pub(crate) host: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
}

impl Condition {
    /// Reads one of `DescribeRules`.
    pub(crate) fn read(xml: &str) -> Condition {
        let values = |within: &str| {
            let inside = xml::inner(xml, within).unwrap_or(xml);
            let list = xml::inner(inside, "Values").unwrap_or_default();
            xml::elements(list, "member")
                .map(xml::unescape)
                .collect::<Vec<_>>()
        };
        let field = text(xml, "Field").unwrap_or_default();
        match field.as_str() {
            "host-header" => Condition::Host(values("HostHeaderConfig")),
            "path-pattern" => Condition::Path(values("PathPatternConfig")),
            "http-request-method" => Condition::Method(values("HttpRequestMethodConfig")),
            "http-header" => Condition::Header(
                text(xml, "HttpHeaderName").unwrap_or_default(),
                values("HttpHeaderConfig"),
            ),
            "query-string" => Condition::Query(
                members(
                    xml::inner(xml, "QueryStringConfig").unwrap_or_default(),
                    "Values",
                )
                .filter_map(|one| Some((text(one, "Key"), text(one, "Value")?)))
                .collect(),
            ),
            _ => Condition::Unknown(field),
        }
    }

    /// Whether it holds.
    pub(crate) fn holds(&self, asked: &Asked<'_>) -> bool {
        match self {
            // Host names know no case, paths do.
            Condition::Host(patterns) => {
                let host = asked.host.to_ascii_lowercase();
                patterns
                    .iter()
                    .any(|pattern| like(&pattern.to_ascii_lowercase(), &host))
            }
            Condition::Path(patterns) => patterns.iter().any(|pattern| like(pattern, asked.path)),
            Condition::Method(methods) => {
                methods.iter().any(|method| method == asked.method.as_str())
            }
            Condition::Header(name, patterns) => asked
                .headers
                .get_all(name.as_str())
                .iter()
                .filter_map(|value| value.to_str().ok())
                .any(|value| {
                    let value = value.to_ascii_lowercase();
                    patterns
                        .iter()
                        .any(|pattern| like(&pattern.to_ascii_lowercase(), &value))
                }),
            Condition::Query(wanted) => {
                form_urlencoded::parse(asked.query.as_bytes()).any(|(key, value)| {
                    wanted.iter().any(|(wanted_key, wanted_value)| {
                        wanted_key.as_deref().is_none_or(|want| like(want, &key))
                            && like(wanted_value, &value)
                    })
                })
            }
            Condition::Unknown(_) => false,
        }
    }
}

/// Whether a text matches a pattern in which `*` stands for any run of characters and `?` for one.
fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where to go on when the rest does not fit: after the last star, one character later.
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p + 1, t));
                p += 1;
            }
            Some(one) if *one == '?' || *one == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match retry {
                Some((after, from)) => {
                    p = after;
                    t = from + 1;
                    retry = Some((after, t));
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|one| *one == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_match_as_alb_documents_them() {
        for (pattern, text, matches) in [
            ("/img/*", "/img/", true),
            ("/img/*", "/img/a/b.png", true),
            ("/img/*", "/image/a", false),
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "example.com", false),
            ("/?", "/a", true),
            ("/?", "/", false),
            ("*a*b", "xxaxxbxb", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(like(pattern, text), matches, "{pattern} {text}");
        }
    }

    #[test]
    fn a_condition_is_read_in_both_of_the_forms_aws_answers() {
        let plain = "<Field>path-pattern</Field><Values><member>/a</member></Values>";
        let config = "<Field>path-pattern</Field><PathPatternConfig><Values><member>/a</member></Values></PathPatternConfig>";
        for xml in [plain, config] {
            assert_eq!(Condition::read(xml), Condition::Path(vec!["/a".to_owned()]));
        }
    }

    #[test]
    fn hosts_and_header_values_know_no_case_and_paths_do() {
        let headers = [("x-kind".parse().unwrap(), "Beta".parse().unwrap())]
            .into_iter()
            .collect();
        let asked = Asked {
            method: &Method::GET,
            host: "WWW.example.com",
            path: "/A",
            query: "v=2",
            headers: &headers,
        };
        let one = |text: &str| vec![text.to_owned()];
        assert!(Condition::Host(one("www.EXAMPLE.com")).holds(&asked));
        assert!(Condition::Header("X-Kind".to_owned(), one("beta")).holds(&asked));
        assert!(!Condition::Path(one("/a")).holds(&asked));
        assert!(Condition::Query(vec![(Some("v".to_owned()), "2".to_owned())]).holds(&asked));
        assert!(!Condition::Unknown("source-ip".to_owned()).holds(&asked));
    }
}

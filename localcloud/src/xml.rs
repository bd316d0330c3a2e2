//! Just enough XML for reading and mending moto's answers, whose shape is known.

/// The text as it stands in an element.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The text that stands in an element as [`escape`] writes it.
pub(crate) fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// What stands in the first element of that name, markup and all.
pub(crate) fn inner<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    elements(xml, name).next()
}

/// What stands in each element of that name, in order. Of elements within one of the same name only the outer is seen.
pub(crate) fn elements<'a>(xml: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = xml;
    std::iter::from_fn(move || {
        let start = rest.find(&open)? + open.len();
        let mut depth = 1;
        let mut at = start;
        while depth > 0 {
            let next_close = at + rest[at..].find(&close)?;
            match rest[at..next_close].find(&open) {
                Some(next_open) => {
                    depth += 1;
                    at += next_open + open.len();
                }
                None => {
                    depth -= 1;
                    at = next_close + close.len();
                }
            }
        }
        let found = &rest[start..at - close.len()];
        rest = &rest[at..];
        Some(found)
    })
}

/// The text of the first element of that name, its entities resolved.
pub(crate) fn text(xml: &str, name: &str) -> Option<String> {
    inner(xml, name).map(unescape)
}

/// What the first element of that name says, where it can be read as such a value.
pub(crate) fn value<T: std::str::FromStr>(xml: &str, name: &str) -> Option<T> {
    text(xml, name)?.trim().parse().ok()
}

/// The members of a list, as AWS's Query protocol writes lists.
pub(crate) fn members<'a>(xml: &'a str, list: &str) -> impl Iterator<Item = &'a str> {
    elements(inner(xml, list).unwrap_or_default(), "member")
}

/// Rewrites the inside of each element of a name.
pub(crate) fn each(text: &str, name: &str, change: impl Fn(&str) -> String) -> String {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(&open) {
        let Some(inside) = inner(&rest[start..], name) else {
            break;
        };
        told += &rest[..start];
        told += &format!("{open}{}{close}", change(inside));
        rest = &rest[start + open.len() + inside.len() + close.len()..];
    }
    told + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_of_the_same_name_within_each_other_are_kept_whole() {
        let xml = "<L><member><I><member>x</member></I></member><member>y</member></L>";
        let found: Vec<_> = elements(xml, "member").collect();
        assert_eq!(found, ["<I><member>x</member></I>", "y"]);
        assert_eq!(inner(xml, "I"), Some("<member>x</member>"));
    }

    #[test]
    fn what_is_not_there_or_not_closed_is_nothing() {
        assert_eq!(inner("<a>1</a>", "b"), None);
        assert_eq!(inner("<a>1", "a"), None);
    }

    #[test]
    fn lists_and_values_are_read_as_aws_writes_them() {
        let xml = "<Names><member>a&amp;b</member></Names><Port> 80 </Port>";
        assert_eq!(
            members(xml, "Names").map(unescape).collect::<Vec<_>>(),
            ["a&b"]
        );
        assert_eq!(members(xml, "Other").count(), 0);
        assert_eq!(value(xml, "Port"), Some(80_u16));
        assert_eq!(value::<u16>(xml, "Names"), None);
    }

    #[test]
    fn each_element_is_rewritten_and_the_rest_kept() {
        let told = each("<a>1</a>-<b>2</b>-<a>3</a>", "a", |inside| {
            format!("{inside}!")
        });
        assert_eq!(told, "<a>1!</a>-<b>2</b>-<a>3!</a>");
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(escape("a<b>&\"c"), "a&lt;b&gt;&amp;&quot;c");
        assert_eq!(unescape("a&lt;b&gt;&amp;lt;&quot;c"), "a<b>&lt;\"c");
    }
}

//! The form above the list of scans: what was filled in, and what it asks of the store.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::store::list::{Cursor, ListQuery, Order, Severity, Sort};

use super::address;
use super::question::Question;

/// What stands in the form. Words stay as they were typed, even those that ask for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of a name.
    pub name: String,
    /// The least severity.
    pub severity: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// The least security score.
    pub least: String,
    /// The greatest security score.
    pub most: String,
    sort: Sort,
    order: Order,
    place: String,
}

/// An option of a list.
pub struct Choice {
    /// What it sends.
    pub value: String,
    /// What it says.
    pub word: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

const SEVERITIES: &[(&str, &str)] = &[
    ("", "Any or none"),
    ("low", "Any finding"),
    ("medium", "Medium or high"),
    ("high", "High"),
];

const ORDERS: &[(Sort, Order, &str, &str)] = &[
    (
        Sort::Created,
        Order::Descending,
        "created-desc",
        "Newest first",
    ),
    (
        Sort::Created,
        Order::Ascending,
        "created-asc",
        "Oldest first",
    ),
    (Sort::Name, Order::Ascending, "name-asc", "Name, A to Z"),
    (Sort::Name, Order::Descending, "name-desc", "Name, Z to A"),
    (
        Sort::Security,
        Order::Ascending,
        "security-asc",
        "Least secure first",
    ),
    (
        Sort::Security,
        Order::Descending,
        "security-desc",
        "Most secure first",
    ),
    (
        Sort::Quality,
        Order::Ascending,
        "quality-asc",
        "Lowest quality first",
    ),
    (
        Sort::Quality,
        Order::Descending,
        "quality-desc",
        "Highest quality first",
    ),
];

impl Filter {
    /// Reads an address.
    pub fn new(question: &Question) -> Self {
        let word = |name| question.get(name).chars().take(200).collect::<String>();
        let sort = question.get("sort");
        let known = ORDERS.iter().find(|(_, _, word, _)| *word == sort);
        let (sort, order) =
            known.map_or_else(Default::default, |(sort, order, ..)| (*sort, *order));
        Self {
            name: word("name"),
            severity: word("severity"),
            from: word("from"),
            to: word("to"),
            least: word("least"),
            most: word("most"),
            sort,
            order,
            place: question.get("place").to_owned(),
        }
    }

    /// What it asks of the store, and what of it could not be understood.
    pub fn asks(&self, limit: u32) -> (ListQuery, Option<String>) {
        let mut problems = Vec::new();
        let mut day = |word: &str, what: &str| {
            let day = word.parse::<Date>().ok();
            if day.is_none() && !word.is_empty() {
                problems.push(format!("{what} is no date of the form 2026-11-25"));
            }
            day
        };
        let (from, to) = (
            day(&self.from, "The first day"),
            day(&self.to, "The last day"),
        );
        let mut score = |word: &str, what: &str| {
            let score = word.parse::<u32>().ok();
            if score.is_none() && !word.is_empty() {
                problems.push(format!("{what} is no number from 0 to 100"));
            }
            score
        };
        let least = score(&self.least, "The least score");
        let most = score(&self.most, "The greatest score");
        let cursor = Cursor::from_word(&self.place)
            .ok()
            .filter(|cursor| cursor.fits(self.sort));
        if cursor.is_none() && !self.place.is_empty() {
            problems.push("The place in the list is not known, so this is its start".to_owned());
        }
        let midnight = |day: Date| Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp());
        let query = ListQuery {
            name: Some(self.name.clone()).filter(|name| !name.is_empty()),
            severity: match self.severity.as_str() {
                "low" => Some(Severity::Low),
                "medium" => Some(Severity::Medium),
                "high" => Some(Severity::High),
                _ => None,
            },
            security_at_least: least,
            security_at_most: most,
            since: from.and_then(midnight),
            until: to.and_then(|day| day.tomorrow().ok()).and_then(midnight),
            sort: self.sort,
            order: self.order,
            limit,
            cursor,
        };
        let problem = (!problems.is_empty()).then(|| format!("{}.", problems.join(". ")));
        (query, problem)
    }

    /// Whether anything is filtered.
    pub fn is_filtered(&self) -> bool {
        let words = [
            &self.name,
            &self.severity,
            &self.from,
            &self.to,
            &self.least,
            &self.most,
        ];
        words.iter().any(|word| !word.is_empty())
    }

    /// Whether it is the first page of the list.
    pub fn is_at_start(&self) -> bool {
        self.place.is_empty()
    }

    /// The severities to choose from.
    pub fn severities(&self) -> Vec<Choice> {
        let choice = |(value, word): &(&str, &str)| Choice {
            value: (*value).to_owned(),
            word: (*word).to_owned(),
            chosen: *value == self.severity,
        };
        SEVERITIES.iter().map(choice).collect()
    }

    /// The orders to choose from.
    pub fn orders(&self) -> Vec<Choice> {
        let choice = |(sort, order, value, word): &(Sort, Order, &str, &str)| Choice {
            value: (*value).to_owned(),
            word: (*word).to_owned(),
            chosen: (*sort, *order) == (self.sort, self.order),
        };
        ORDERS.iter().map(choice).collect()
    }

    /// `newest first`.
    pub fn order_in_words(&self) -> String {
        let chosen = self.orders().into_iter().find(|order| order.chosen);
        chosen
            .map(|order| order.word.to_lowercase())
            .unwrap_or_default()
    }

    /// How a column is sorted, if the list is by it.
    pub fn sorted(&self, column: &str) -> Option<&'static str> {
        (column == self.column()).then_some(match self.order {
            Order::Ascending => "ascending",
            Order::Descending => "descending",
        })
    }

    /// The list sorted by a column: the other way round, if it is by it already.
    pub fn sort_link(&self, column: &str) -> String {
        let turned = match (self.sorted(column), column) {
            (Some("ascending"), _) => "desc",
            (Some(_), _) => "asc",
            (None, "created") => "desc",
            (None, _) => "asc",
        };
        self.link(&format!("{column}-{turned}"), "")
    }

    /// The list from a place on.
    pub fn page_link(&self, place: &Cursor) -> String {
        let word = ORDERS
            .iter()
            .find(|(sort, order, ..)| (*sort, *order) == (self.sort, self.order));
        self.link(word.map_or("", |(_, _, word, _)| word), &place.to_word())
    }

    fn link(&self, sort: &str, place: &str) -> String {
        let sort = if sort == "created-desc" { "" } else { sort };
        address::query(
            "/",
            &[
                ("name", &self.name),
                ("severity", &self.severity),
                ("from", &self.from),
                ("to", &self.to),
                ("least", &self.least),
                ("most", &self.most),
                ("sort", sort),
                ("place", place),
            ],
        )
    }

    fn column(&self) -> &'static str {
        match self.sort {
            Sort::Created => "created",
            Sort::Name => "name",
            Sort::Security => "security",
            Sort::Quality => "quality",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter<const N: usize>(pairs: [(&str, &str); N]) -> Filter {
        Filter::new(&Question::from(pairs))
    }

    #[test]
    fn an_empty_address_asks_for_the_newest() {
        let filter = filter([]);
        let (query, problem) = filter.asks(25);
        assert_eq!(
            query,
            ListQuery {
                limit: 25,
                ..ListQuery::default()
            }
        );
        assert_eq!(problem, None);
        assert!(!filter.is_filtered());
        assert_eq!(filter.order_in_words(), "newest first");
    }

    #[test]
    fn every_field_asks_for_something() {
        let (query, problem) = filter([
            ("name", " app "),
            ("severity", "high"),
            ("from", "2026-11-01"),
            ("to", "2026-11-30"),
            ("least", "10"),
            ("most", "90"),
            ("sort", "security-asc"),
        ])
        .asks(25);
        assert_eq!(problem, None);
        assert_eq!(query.name.as_deref(), Some("app"));
        assert_eq!(query.severity, Some(Severity::High));
        assert_eq!(query.since, "2026-11-01T00:00:00Z".parse().ok());
        assert_eq!(query.until, "2026-12-01T00:00:00Z".parse().ok());
        assert_eq!(
            (query.security_at_least, query.security_at_most),
            (Some(10), Some(90))
        );
        assert_eq!(
            (query.sort, query.order),
            (Sort::Security, Order::Ascending)
        );
    }

    #[test]
    fn what_is_no_date_or_number_is_named_and_left_out() {
        let (query, problem) =
            filter([("from", "soon"), ("most", "many"), ("place", "zz")]).asks(25);
        assert_eq!(
            (query.since, query.security_at_most, query.cursor),
            (None, None, None)
        );
        let problem = problem.unwrap();
        for word in ["first day", "greatest score", "place"] {
            assert!(problem.contains(word), "{problem}");
        }
    }

    #[test]
    fn a_column_sorts_the_other_way_round_and_keeps_the_filter() {
        let filter = filter([("name", "a&b"), ("sort", "security-asc")]);
        assert_eq!(filter.sorted("security"), Some("ascending"));
        assert_eq!(filter.sorted("name"), None);
        assert_eq!(
            filter.sort_link("security"),
            "/?name=a%26b&sort=security-desc"
        );
        assert_eq!(filter.sort_link("created"), "/?name=a%26b");
    }
}

//! The parameters of lists, as they stand in addresses: of the API and of the dashboard.

use serde::{Deserialize, Serialize};

use crate::store::list::{Cursor, ListQuery, MOST, Order, Severity, Sort};

/// `?q=&severity=&security_at_most=&sort=&order=&limit=&cursor=`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListParameters {
    /// Part of a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// The least severity of a finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// The most that the security score may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_at_most: Option<String>,
    /// By what it is sorted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// `asc` or `desc`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// From where on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

impl ListParameters {
    /// What they ask for. A form sends empty fields for what nobody filled in, so those say
    /// nothing. The error is a sentence for the person who wrote the address.
    pub fn query(&self) -> Result<ListQuery, String> {
        let default = ListQuery::default();
        let sort = word(
            "sort",
            &self.sort,
            |word| match word {
                "created" => Some(Sort::Created),
                "name" => Some(Sort::Name),
                "security" => Some(Sort::Security),
                "quality" => Some(Sort::Quality),
                _ => None,
            },
            "created, name, security or quality",
        )?
        .unwrap_or_default();
        let cursor = said(&self.cursor)
            .map(|word| match Cursor::from_word(word) {
                Ok(cursor) if cursor.fits(sort) => Ok(cursor),
                Ok(_) => Err("cursor is of a list that is sorted otherwise".to_owned()),
                Err(error) => Err(format!("cursor: {error}")),
            })
            .transpose()?;
        // No name has one, and PostgreSQL takes no text that does.
        let name = match said(&self.q) {
            Some(name) if name.contains('\0') => {
                return Err("q has a NUL in it, and no name does".to_owned());
            }
            name => name.map(str::to_owned),
        };
        Ok(ListQuery {
            name,
            severity: word(
                "severity",
                &self.severity,
                |word| match word {
                    "low" => Some(Severity::Low),
                    "medium" => Some(Severity::Medium),
                    "high" => Some(Severity::High),
                    _ => None,
                },
                "low, medium or high",
            )?,
            security_at_most: word(
                "security_at_most",
                &self.security_at_most,
                |word| word.parse().ok().filter(|score| *score <= 100),
                "0 to 100",
            )?,
            sort,
            order: word(
                "order",
                &self.order,
                |word| match word {
                    "asc" => Some(Order::Ascending),
                    "desc" => Some(Order::Descending),
                    _ => None,
                },
                "asc or desc",
            )?
            .unwrap_or_default(),
            limit: word(
                "limit",
                &self.limit,
                |word| word.parse().ok().filter(|limit| (1..=MOST).contains(limit)),
                "1 to 100",
            )?
            .unwrap_or(default.limit),
            cursor,
            ..default
        })
    }
}

fn said(value: &Option<String>) -> Option<&str> {
    value
        .as_deref()
        .map(str::trim)
        .filter(|value| !value.is_empty())
}

fn word<T>(
    name: &str,
    value: &Option<String>,
    parse: impl Fn(&str) -> Option<T>,
    expected: &str,
) -> Result<Option<T>, String> {
    said(value)
        .map(|word| {
            parse(word).ok_or_else(|| {
                let shown: String = crate::upload::name::printable(word)
                    .chars()
                    .take(40)
                    .collect();
                format!("{name} is {shown:?}: say {expected}")
            })
        })
        .transpose()
}

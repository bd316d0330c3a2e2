//! `DescribeParameters` answers in pages of the size that is asked for, at most fifty; moto's have always ten.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;

pub(super) struct SsmPages;

/// The size where none is asked for ("DescribeParameters", SSM API reference).
const USUAL: u64 = 10;
const LARGEST: u64 = 50;

#[async_trait]
impl Addition for SsmPages {
    fn name(&self) -> &'static str {
        "ssm_pages"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["ssm:DescribeParameters"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let mut asked = call.json();
        let size = size(&asked);
        let first = offset(&asked);
        let mut found: Vec<Value> = Vec::new();
        loop {
            let answer = moto.send(&call.with_json(&asked)).await;
            let mut said = answer.value();
            let Some(more) = said["Parameters"].as_array_mut() else {
                return answer;
            };
            found.append(more);
            let next = said["NextToken"].take();
            // One more than fits shows that there is a next page: moto promises one that may be empty.
            if !next.is_null() && found.len() <= size {
                asked["NextToken"] = next;
                continue;
            }
            let mut page = json!({});
            if found.len() > size {
                found.truncate(size);
                page["NextToken"] = json!((first + size).to_string());
            }
            page["Parameters"] = Value::Array(found);
            return answer.with_body(page.to_string());
        }
    }
}

fn size(asked: &Value) -> usize {
    let size = asked["MaxResults"]
        .as_u64()
        .unwrap_or(USUAL)
        .clamp(1, LARGEST);
    usize::try_from(size).unwrap_or_default()
}

/// The token counts the parameters before it, moto's as ours.
fn offset(asked: &Value) -> usize {
    asked["NextToken"]
        .as_str()
        .and_then(|token| token.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_as_large_as_was_asked_for_and_awss_bounds_allow() {
        assert_eq!(size(&json!({})), 10);
        assert_eq!(size(&json!({ "MaxResults": 50 })), 50);
        assert_eq!(size(&json!({ "MaxResults": 51 })), 50);
        assert_eq!(offset(&json!({})), 0);
        assert_eq!(offset(&json!({ "NextToken": "50" })), 50);
    }
}

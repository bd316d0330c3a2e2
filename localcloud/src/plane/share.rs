//! Which target group a request goes to, by weight.

use std::collections::HashMap;

use super::picture::GroupArn;

/// Smooth weighted round robin: of any run of requests each group gets its share, to within one, and the shares are mixed.
///
/// ALB says of its weights only that requests are distributed "based on" them; an exact share makes a canary's size a fact.
#[derive(Debug, Default)]
pub(crate) struct Shares {
    /// What is owed to each group, by rule.
    owed: HashMap<String, HashMap<GroupArn, i64>>,
}

impl Shares {
    /// The group that is next by this rule; none where all weights are 0.
    pub(crate) fn next<'a>(
        &mut self,
        rule: &str,
        weights: &'a [(GroupArn, u32)],
    ) -> Option<&'a GroupArn> {
        let total: i64 = weights.iter().map(|(_, weight)| i64::from(*weight)).sum();
        if total == 0 {
            return None;
        }
        let owed = self.owed.entry(rule.to_owned()).or_default();
        // A group that has got weight 0 keeps no claim from before.
        owed.retain(|group, _| {
            weights
                .iter()
                .any(|(arn, weight)| arn == group && *weight > 0)
        });
        for (group, weight) in weights.iter().filter(|(_, weight)| *weight > 0) {
            *owed.entry(group.clone()).or_default() += i64::from(*weight);
        }
        let (group, _) = weights
            .iter()
            .filter(|(_, weight)| *weight > 0)
            .max_by_key(|(group, _)| owed.get(group).copied().unwrap_or_default())?;
        *owed.entry(group.clone()).or_default() -= total;
        Some(group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(blue: u32, green: u32) -> Vec<(GroupArn, u32)> {
        vec![("blue".to_owned(), blue), ("green".to_owned(), green)]
    }

    fn green_of(shares: &mut Shares, weights: &[(GroupArn, u32)], requests: usize) -> usize {
        (0..requests)
            .filter(|_| shares.next("r", weights).is_some_and(|arn| arn == "green"))
            .count()
    }

    #[test]
    fn each_group_gets_its_share_of_any_run() {
        let mut shares = Shares::default();
        assert_eq!(green_of(&mut shares, &weights(95, 5), 1000), 50);
        assert_eq!(green_of(&mut shares, &weights(1, 1), 10), 5);
        assert_eq!(green_of(&mut shares, &weights(100, 0), 100), 0);
        assert_eq!(green_of(&mut shares, &weights(0, 100), 100), 100);
    }

    #[test]
    fn a_group_without_weight_gets_nothing_whatever_it_was_owed() {
        let mut shares = Shares::default();
        green_of(&mut shares, &weights(50, 50), 3);
        assert_eq!(green_of(&mut shares, &weights(100, 0), 50), 0);
    }

    #[test]
    fn with_no_weight_at_all_there_is_no_group() {
        assert_eq!(Shares::default().next("r", &weights(0, 0)), None);
    }
}

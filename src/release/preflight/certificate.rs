//! A certificate that lasts.

use super::{Aim, Known};

/// AWS renews 60 days before the end ("Managed certificate renewal"). What has so few left and is not being renewed will not be
/// without somebody's doing.
const DAYS: i64 = 14;

/// The listener's certificate ends soon, and AWS is not renewing it.
pub(super) fn check(aim: Aim, known: &Known<'_>) -> Vec<String> {
    let Some(certificate) = known
        .facts
        .certificate
        .as_ref()
        .filter(|_| aim != Aim::Rollback)
    else {
        return Vec::new();
    };
    if certificate.days_left >= DAYS || certificate.renewing {
        return Vec::new();
    }
    let when = match certificate.days_left {
        days if days < 0 => "has ended".to_owned(),
        1 => "ends within a day".to_owned(),
        days => format!("ends in {days} days"),
    };
    vec![format!(
        "the certificate of {} {when} and AWS is not renewing it: a release could not be told from clients that are turned away; see \
         that its validation record stands (`doctor`), or add --force",
        certificate.domain
    )]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::facts::Certificate;
    use crate::release::preflight::sample::{Sample, colour};

    #[test]
    fn a_certificate_near_its_end_is_refused_unless_it_is_being_renewed() {
        let mut sample = Sample::new(colour(1, 2, "healthy"), colour(0, 2, ""));
        for (days_left, renewing, refused) in [
            (60, false, false),
            (13, true, false),
            (13, false, true),
            (-1, false, true),
        ] {
            sample.facts.certificate = Some(Certificate {
                domain: "codedetect.example.com".to_owned(),
                days_left,
                renewing,
            });
            let found = check(Aim::Deploy, &sample.known());
            assert_eq!(
                !found.is_empty(),
                refused,
                "{days_left} {renewing}: {found:?}"
            );
            assert_eq!(check(Aim::Rollback, &sample.known()), Vec::<String>::new());
        }
    }
}

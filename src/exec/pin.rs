//! What is looked up before anything is planned, so that no count and no name depends on what
//! is known later.

use futures::future::{try_join_all, try_join3};

use crate::aws::{AwsError, Cloud};
use crate::kinds::ec2::{image, zones};
use crate::kinds::route53::lookup;
use crate::model::{Needed, Pinned};

/// Looks up all that is needed, side by side.
///
/// # Errors
/// What AWS answers; a hosted zone that does not exist, or exists more than once.
pub async fn pin(cloud: &Cloud, needed: &Needed) -> Result<Pinned, AwsError> {
    let names = async {
        match needed.zones {
            true => zones::available(cloud).await,
            false => Ok(Vec::new()),
        }
    };
    let images = try_join_all(needed.images.iter().map(|architecture| async {
        let id = image::amazon_linux(cloud, *architecture).await?;
        Ok((*architecture, id))
    }));
    let hosted_zone = async {
        match &needed.hosted_zone {
            Some(domain) => lookup::public_zone(cloud, domain.as_str())
                .await
                .map(|zone| Some(zone.id)),
            None => Ok(None),
        }
    };
    let (zones, images, hosted_zone) = try_join3(names, images, hosted_zone).await?;
    Ok(Pinned {
        zones,
        images: images.into_iter().collect(),
        hosted_zone,
        // Blue serves until something has switched, and nothing can yet.
        active: None,
    })
}

//! The zones of a region, which `plan` asks for and pins.

use aws_sdk_ec2::types::{AvailabilityZoneState, Filter};

use crate::aws::{AwsError, Cloud, During};

/// The names of the region's availability zones that can be used, sorted: `eu-west-1a`, ….
/// Local and wavelength zones are left out: load balancers and databases cannot span them.
///
/// # Errors
/// What AWS answers.
pub async fn available(cloud: &Cloud) -> Result<Vec<String>, AwsError> {
    let only_zones = Filter::builder()
        .name("zone-type")
        .values("availability-zone")
        .build();
    let answer = cloud
        .ec2()
        .describe_availability_zones()
        .filters(only_zones)
        .send()
        .await
        .during("ec2:DescribeAvailabilityZones")?;
    let mut names: Vec<String> = answer
        .availability_zones()
        .iter()
        .filter(|zone| zone.state() == Some(&AvailabilityZoneState::Available))
        .filter_map(|zone| zone.zone_name().map(str::to_owned))
        .collect();
    names.sort();
    Ok(names)
}

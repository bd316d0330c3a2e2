//! Load balancers, certificates and zones.

use serde_json::json;

use super::{balancer, network};
use crate::client::{Client, cloud};

#[test]
fn elbv2_balancers_groups_and_listeners_are_made_once() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let (vpc, subnets, group) = network(&mut client);
    let arn = balancer(&mut client, &subnets, &group);
    assert_eq!(balancer(&mut client, &subnets, &group), arn);
    let form = format!(
        "Name=front&Subnets.member.1={}&Subnets.member.2={}&Scheme=internal",
        subnets[0], subnets[1]
    );
    client
        .elb("CreateLoadBalancer", &form)
        .refused("DuplicateLoadBalancerName");
    let told = client
        .elb(
            "DescribeLoadBalancerAttributes",
            &format!("LoadBalancerArn={arn}"),
        )
        .ok()
        .text();
    assert!(
        told.contains("<Key>idle_timeout.timeout_seconds</Key><Value>60</Value>"),
        "{told}"
    );
    let target = format!(
        "Name=blue&Protocol=HTTP&Port=80&VpcId={vpc}&HealthCheckPath=/api/health&Matcher.HttpCode=200"
    );
    let blue = client
        .elb("CreateTargetGroup", &target)
        .ok()
        .element("TargetGroupArn");
    assert_eq!(
        client
            .elb("CreateTargetGroup", &target)
            .ok()
            .element("TargetGroupArn"),
        blue
    );
    client
        .elb("CreateTargetGroup", &target.replace("Port=80", "Port=81"))
        .refused("DuplicateTargetGroupName");
    let listener = format!(
        "LoadBalancerArn={arn}&Protocol=HTTP&Port=80&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={blue}"
    );
    client.elb("CreateListener", &listener).ok();
    client
        .elb("CreateListener", &listener)
        .refused("DuplicateListener");
    let told = client.elb("DescribeListeners", &format!("LoadBalancerArn={arn}"));
    let told = told.ok().text();
    assert!(told.contains("<Weight>1</Weight>"), "{told}");
    assert!(!told.contains("SslPolicy"), "{told}");
    let many: String = (1..=21)
        .map(|n| format!("ResourceArns.member.{n}={arn}&"))
        .collect();
    client.elb("DescribeTags", &many).refused("at most 20");
    client
        .elb("CreateListener", &listener.replace("Port=80", "Port=8080"))
        .ok();
    let protect = |on: bool| {
        format!(
            "LoadBalancerArn={arn}&Attributes.member.1.Key=deletion_protection.enabled&Attributes.member.1.Value={on}"
        )
    };
    client
        .elb("ModifyLoadBalancerAttributes", &protect(true))
        .ok();
    client
        .elb("DeleteLoadBalancer", &format!("LoadBalancerArn={arn}"))
        .refused("OperationNotPermitted");
    client
        .elb("ModifyLoadBalancerAttributes", &protect(false))
        .ok();
    client
        .elb("DeleteLoadBalancer", &format!("LoadBalancerArn={arn}"))
        .ok();
}

#[test]
fn elbv2_targets_get_no_cookie_behind_a_listener_without_one() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let (vpc, subnets, group) = network(&mut client);
    let arn = balancer(&mut client, &subnets, &group);
    let [blue, green] = ["blue", "green"].map(|name| {
        let form = format!("Name={name}&Protocol=HTTP&Port=80&VpcId={vpc}");
        let made = client.elb("CreateTargetGroup", &form).ok();
        made.element("TargetGroupArn")
    });
    let forward = |held: bool| {
        format!(
            "DefaultActions.member.1.Type=forward&DefaultActions.member.1.ForwardConfig.TargetGroups.member.1.TargetGroupArn={blue}\
             &DefaultActions.member.1.ForwardConfig.TargetGroups.member.1.Weight=100\
             &DefaultActions.member.1.ForwardConfig.TargetGroups.member.2.TargetGroupArn={green}\
             &DefaultActions.member.1.ForwardConfig.TargetGroups.member.2.Weight=0\
             &DefaultActions.member.1.ForwardConfig.TargetGroupStickinessConfig.Enabled={held}\
             &DefaultActions.member.1.ForwardConfig.TargetGroupStickinessConfig.DurationSeconds=60"
        )
    };
    let listener = format!(
        "LoadBalancerArn={arn}&Protocol=HTTP&Port=80&{}",
        forward(false)
    );
    let made = client.elb("CreateListener", &listener).ok();
    let listener = made.element("ListenerArn");
    let cookie = format!(
        "TargetGroupArn={green}&Attributes.member.1.Key=stickiness.enabled&Attributes.member.1.Value=true"
    );
    client
        .elb("ModifyTargetGroupAttributes", &cookie)
        .refused("group stickiness disabled");
    let held = format!("ListenerArn={listener}&{}", forward(true));
    client.elb("ModifyListener", &held).ok();
    client.elb("ModifyTargetGroupAttributes", &cookie).ok();
}

#[test]
fn acm_certificates_in_use_are_kept_and_options_change() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let (vpc, subnets, group) = network(&mut client);
    let mut acm =
        |action: &str, body| client.target("acm", &format!("CertificateManager.{action}"), &body);
    let made = acm(
        "RequestCertificate",
        json!({ "DomainName": "codedetect.example.com", "ValidationMethod": "DNS" }),
    )
    .ok()
    .json();
    let certificate = json!({ "CertificateArn": made["CertificateArn"] });
    let options = json!({ "CertificateTransparencyLoggingPreference": "DISABLED" });
    acm(
        "UpdateCertificateOptions",
        json!({ "CertificateArn": made["CertificateArn"], "Options": options }),
    )
    .ok();
    assert_eq!(
        acm("DescribeCertificate", certificate.clone()).ok().json()["Certificate"]["Options"],
        options
    );
    let arn = balancer(&mut client, &subnets, &group);
    let blue = client
        .elb(
            "CreateTargetGroup",
            &format!("Name=blue&Protocol=HTTP&Port=80&VpcId={vpc}"),
        )
        .ok()
        .element("TargetGroupArn");
    let certified = made["CertificateArn"].as_str().unwrap();
    let listener = format!(
        "LoadBalancerArn={arn}&Protocol=HTTPS&Port=443&Certificates.member.1.CertificateArn={certified}&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={blue}"
    );
    let listener = client
        .elb("CreateListener", &listener)
        .ok()
        .element("ListenerArn");
    let delete = |client: &mut Client| {
        client.target("acm", "CertificateManager.DeleteCertificate", &certificate)
    };
    delete(&mut client).refused("ResourceInUseException");
    client
        .elb("DeleteListener", &format!("ListenerArn={listener}"))
        .ok();
    delete(&mut client).ok();
}

#[test]
fn route53_zones_are_made_once_for_a_reference() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let zone = "<CreateHostedZoneRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Name>example.com</Name>\
                <CallerReference>once</CallerReference></CreateHostedZoneRequest>";
    client
        .rest("route53", "POST", "/2013-04-01/hostedzone", zone)
        .ok();
    let again = client
        .rest("route53", "POST", "/2013-04-01/hostedzone", zone)
        .refused("HostedZoneAlreadyExists");
    assert_eq!(again.status, 409);
    client
        .rest(
            "route53",
            "POST",
            "/2013-04-01/hostedzone",
            &zone.replace("once", "twice"),
        )
        .ok();
}

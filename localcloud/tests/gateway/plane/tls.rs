//! HTTPS at the local load balancer.

use std::process::Command;

use super::World;

/// What Python's own client says of `https://codedetect.example.com/` at that address, trusting only that authority.
const ASK: &str = r#"
import http.client, json, socket, ssl, sys
address, authority = sys.argv[1:]
host, port = address.rsplit(":", 1)
context = ssl.create_default_context(cafile=authority)
context.set_alpn_protocols(["http/1.1"])
raw = socket.create_connection((host, int(port)))
stream = context.wrap_socket(raw, server_hostname="codedetect.example.com")
connection = http.client.HTTPSConnection("codedetect.example.com")
connection.sock = stream
connection.request("GET", "/api/health")
told = json.load(connection.getresponse())
print(stream.version(), told["headers"]["x-forwarded-proto"], told["headers"]["host"])
"#;

#[test]
fn a_listener_with_https_has_a_certificate_for_the_name_that_is_asked_for() {
    let mut world = World::new("1.0.0", "2.0.0");
    world.until_states("blue", &["healthy"]);
    let balancer = world
        .client
        .elb("DescribeLoadBalancers", "")
        .ok()
        .element("LoadBalancerArn");
    let asked = serde_json::json!({ "DomainName": "codedetect.example.com" });
    let certificate = world
        .client
        .target("acm", "CertificateManager.RequestCertificate", &asked)
        .ok()
        .json();
    let certificate = certificate["CertificateArn"].as_str().unwrap();
    let form = format!(
        "LoadBalancerArn={balancer}&Protocol=HTTPS&Port=443&Certificates.member.1.CertificateArn={certificate}\
         &DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={}",
        world.blue
    );
    world.client.elb("CreateListener", &form).ok();
    let plane = world.until("the listener stands", |world| {
        let plane = world.plane();
        let stands = plane["listeners"].as_array().unwrap().len() == 2;
        stands.then_some(plane)
    });
    let secure = plane["listeners"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["protocol"] == "HTTPS")
        .unwrap();
    let output = Command::new("python3")
        .args(["-c", ASK])
        .arg(secure["address"].as_str().unwrap())
        .arg(plane["authority"].as_str().unwrap())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        told.trim(),
        "TLSv1.3 https codedetect.example.com",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

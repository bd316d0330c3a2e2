use super::*;

const BLUE: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/app-blue/1";
const GREEN: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/app-green/2";

fn forward(groups: &[(&str, &str)]) -> Action {
    Action::Forward(Forward {
        groups: groups
            .iter()
            .map(|(name, arn)| ((*name).to_owned(), Link::existing(*arn)))
            .collect(),
        stickiness: None,
    })
}

fn weights(pairs: &[(&str, u32)]) -> Weights {
    pairs.iter().map(|(n, w)| ((*n).to_owned(), *w)).collect()
}

fn there_and_back(action: &Action, set: &Weights) -> (Action, Weights) {
    let sent = sdk("t", action, set).unwrap();
    translate(&[sent], Some(action), &Estate::default())
}

#[test]
fn every_action_reads_as_it_was_written() {
    let blue_green = forward(&[("blue", BLUE), ("green", GREEN)]);
    let split = weights(&[("blue", 100), ("green", 0)]);
    assert_eq!(
        there_and_back(&blue_green, &split),
        (blue_green.clone(), split)
    );
    for action in [
        Action::Redirect(Redirect::to_https()),
        Action::FixedResponse(FixedResponse {
            status: 404,
            content_type: "text/plain".to_owned(),
            body: "no".to_owned(),
        }),
    ] {
        let none = Weights::new();
        assert_eq!(there_and_back(&action, &none), (action.clone(), none));
    }
}

#[test]
fn what_aws_leaves_out_of_a_redirect_is_what_the_request_had() {
    let terse = SdkAction::builder()
        .r#type(ActionTypeEnum::Redirect)
        .redirect_config(
            RedirectActionConfig::builder()
                .protocol("HTTPS")
                .port("443")
                .status_code(RedirectActionStatusCodeEnum::Http301)
                .build(),
        )
        .build();
    let (action, _) = translate(&[terse], None, &Estate::default());
    assert_eq!(action, Action::Redirect(Redirect::to_https()));
}

#[test]
fn the_short_form_of_one_target_group_is_understood() {
    let terse = SdkAction::builder()
        .r#type(ActionTypeEnum::Forward)
        .target_group_arn(BLUE)
        .build();
    let (action, set) = translate(&[terse], None, &Estate::default());
    assert_eq!(action, forward(&[("app-blue", BLUE)]));
    assert_eq!(set, weights(&[("app-blue", 1)]));
}

#[test]
fn an_action_made_by_hand_differs_from_any_wanted_one() {
    let foreign = SdkAction::builder()
        .r#type(ActionTypeEnum::AuthenticateOidc)
        .build();
    let (action, _) = translate(std::slice::from_ref(&foreign), None, &Estate::default());
    assert_eq!(action, Action::Other("authenticate-oidc".to_owned()));
    let sent = sdk("t", &forward(&[("blue", BLUE)]), &weights(&[("blue", 1)])).unwrap();
    let (both, _) = translate(&[foreign, sent], None, &Estate::default());
    assert_eq!(both, Action::Other("authenticate-oidc, forward".to_owned()));
}

#[test]
fn live_weights_are_kept_and_a_new_group_starts_with_its_own() {
    let old = forward(&[("blue", BLUE)]);
    let live = sdk("t", &old, &weights(&[("blue", 70)])).unwrap();
    let new = forward(&[("blue", BLUE), ("green", GREEN)]);
    let start = weights(&[("blue", 100), ("green", 5)]);
    assert_eq!(
        keep_live(&new, &start, &[live]),
        weights(&[("blue", 70), ("green", 5)])
    );
}

#[test]
fn a_group_in_the_place_of_another_has_its_weight() {
    let live = sdk("t", &forward(&[("blue", BLUE)]), &weights(&[("blue", 100)])).unwrap();
    let replaced = forward(&[("blue", GREEN)]);
    assert_eq!(
        keep_live(&replaced, &weights(&[("blue", 100)]), &[live]),
        weights(&[("blue", 100)])
    );
}

#[test]
fn the_group_with_the_traffic_is_not_taken_out() {
    let left = forward(&[("blue", BLUE)]);
    let error = sdk("t", &left, &weights(&[("blue", 0), ("green", 100)])).unwrap_err();
    assert!(error.message.contains("(blue)"), "{error}");
    assert!(error.hint.unwrap().contains("switch"));
}

//! Policy simulation, which moto lacks: whoever calls the local cloud may do everything.

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml::escape;

pub(super) struct IamSimulate;

#[async_trait]
impl Addition for IamSimulate {
    fn name(&self) -> &'static str {
        "iam_simulate"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["iam:SimulatePrincipalPolicy", "iam:SimulateCustomPolicy"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let resource = call
            .list("ResourceArns.member")
            .first()
            .map_or_else(|| "*".to_owned(), |arn| escape(arn));
        let results: String = call
            .list("ActionNames.member")
            .iter()
            .map(|action| {
                format!(
                    "<member><EvalActionName>{}</EvalActionName><EvalResourceName>{resource}</EvalResourceName>\
                     <EvalDecision>allowed</EvalDecision><MatchedStatements/><MissingContextValues/></member>",
                    escape(action)
                )
            })
            .collect();
        let (name, id) = (&call.action, moto.request_id());
        Answer::xml(format!(
            "<{name}Response><{name}Result><EvaluationResults>{results}</EvaluationResults><IsTruncated>false</IsTruncated></{name}Result>\
             <ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></{name}Response>"
        ))
    }
}

//! Adding and removing an audience of an OpenID Connect provider, which moto lacks: kept here, told by
//! `GetOpenIDConnectProvider`.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

#[derive(Default)]
pub(super) struct IamOidcClients {
    /// The audiences by provider, where they differ from moto's.
    clients: Mutex<HashMap<String, Vec<String>>>,
}

#[async_trait]
impl Addition for IamOidcClients {
    fn name(&self) -> &'static str {
        "iam_oidc_clients"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "iam:AddClientIDToOpenIDConnectProvider",
            "iam:RemoveClientIDFromOpenIDConnectProvider",
            "iam:GetOpenIDConnectProvider",
            "iam:DeleteOpenIDConnectProvider",
        ]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let arn = call
            .parameter("OpenIDConnectProviderArn")
            .unwrap_or_default();
        if call.action == "DeleteOpenIDConnectProvider" {
            self.clients
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&arn);
            return moto.send(call).await;
        }
        let provider = moto
            .send(&call.with_form(
                "GetOpenIDConnectProvider",
                &[("OpenIDConnectProviderArn", &arn)],
            ))
            .await;
        if !provider.is_success() {
            return provider;
        }
        let text = provider.text().into_owned();
        let told = xml::inner(&text, "ClientIDList").unwrap_or_default();
        let kept = self
            .clients
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&arn)
            .cloned();
        let mut clients =
            kept.unwrap_or_else(|| xml::elements(told, "member").map(str::to_owned).collect());
        let client = call.parameter("ClientID").unwrap_or_default();
        match call.action.as_str() {
            "GetOpenIDConnectProvider" => {
                let members: String = clients
                    .iter()
                    .map(|client| format!("<member>{}</member>", xml::escape(client)))
                    .collect();
                let text = text.replacen(
                    &format!("<ClientIDList>{told}</ClientIDList>"),
                    &format!("<ClientIDList>{members}</ClientIDList>"),
                    1,
                );
                return provider.with_body(text);
            }
            // Both succeed where there is nothing to do.
            "AddClientIDToOpenIDConnectProvider" if !clients.contains(&client) => {
                clients.push(client)
            }
            "AddClientIDToOpenIDConnectProvider" => {}
            _ => clients.retain(|kept| *kept != client),
        }
        self.clients
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(arn, clients);
        let (name, id) = (&call.action, moto.request_id());
        Answer::xml(format!(
            "<{name}Response><ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></{name}Response>"
        ))
    }
}

//! The one list of parameters under the stack's path, which both kinds read, and the values of
//! those that are compared. The values of a page are asked for while the next one is listed: a
//! page holds fifty at most and cannot be had before the one ahead of it.

use std::collections::BTreeMap;
use std::future::ready;
use std::sync::Arc;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::{Parameter, ParameterMetadata, ParameterStringFilter};
use futures::future::{BoxFuture, Shared};
use futures::stream::{self, Stream};
use futures::{FutureExt, StreamExt, TryStreamExt};

use crate::aws::{AwsError, Cloud, During, Reads};
use crate::scope::Scope;

/// `DescribeParameters` lists at most fifty.
const PAGE: i32 = 50;
/// `GetParameters` takes at most ten names.
const BATCH: usize = 10;

/// A page, had once for all who wait for it.
type Pending = Shared<BoxFuture<'static, Result<Page, AwsError>>>;

#[derive(Clone)]
struct Page {
    parameters: Arc<Vec<ParameterMetadata>>,
    next: Option<Pending>,
}

/// What stands under the stack's path.
pub(super) struct Listed {
    /// Everything, in AWS's order.
    pub(super) parameters: Vec<ParameterMetadata>,
    /// The values that were asked for, by name.
    pub(super) values: BTreeMap<String, String>,
}

/// Lists all parameters under the stack's path with the values of those that `is_compared`: plain
/// ones, for a secret is never asked for, and would not be decrypted.
pub(super) async fn parameters(
    cloud: &Cloud,
    scope: &Scope,
    reads: &Reads,
    is_compared: impl Fn(&ParameterMetadata) -> bool + Send,
) -> Result<Listed, AwsError> {
    let first = reads
        .once("ssm:parameters", async {
            Ok(page(cloud.ssm().clone(), scope.path(), None))
        })
        .await?;
    let mut parameters = Vec::new();
    let values = pages(first.as_ref().clone())
        .map_ok(|page| stream::iter(page.as_ref().clone()).map(Ok))
        .try_flatten()
        .inspect_ok(|one| parameters.push(one.clone()))
        .try_filter_map(|one| ready(Ok(one.name.clone().filter(|_| is_compared(&one)))))
        .try_chunks(BATCH)
        .map_err(|broken_off| broken_off.1)
        .map_ok(|names| values(cloud, names))
        .try_buffer_unordered(usize::MAX)
        .map_ok(|some| stream::iter(some).map(Ok))
        .try_flatten()
        .try_filter_map(|one| ready(Ok(one.name.zip(one.value))))
        .try_collect()
        .await?;
    Ok(Listed { parameters, values })
}

fn page(client: Client, path: String, token: Option<String>) -> Pending {
    let operation = "ssm:DescribeParameters";
    async move {
        let filter = ParameterStringFilter::builder()
            .key("Name")
            .option("BeginsWith")
            .values(&path)
            .build()
            .map_err(|error| AwsError::unexpected(operation, error.to_string()))?;
        let answer = client
            .describe_parameters()
            .parameter_filters(filter)
            .max_results(PAGE)
            .set_next_token(token)
            .send()
            .await
            .during(operation)?;
        let next = answer.next_token.filter(|token| !token.is_empty());
        Ok(Page {
            parameters: Arc::new(answer.parameters.unwrap_or_default()),
            next: next.map(|token| page(client, path, Some(token))),
        })
    }
    .boxed()
    .shared()
}

fn pages(first: Pending) -> impl Stream<Item = Result<Arc<Vec<ParameterMetadata>>, AwsError>> {
    stream::try_unfold(Some(first), async |pending| {
        let Some(pending) = pending else {
            return Ok(None);
        };
        let page = pending.await?;
        Ok(Some((page.parameters, page.next)))
    })
}

async fn values(cloud: &Cloud, names: Vec<String>) -> Result<Vec<Parameter>, AwsError> {
    let answer = cloud
        .ssm()
        .get_parameters()
        .set_names(Some(names))
        .with_decryption(false)
        .send()
        .await
        .during("ssm:GetParameters")?;
    Ok(answer.parameters.unwrap_or_default())
}

//! What is known of the place where the migrations run.

use crate::django::DjangoVersion;
use crate::django::apply::StateContext;
use crate::schema::vendor::Vendor;
use crate::workspace::config::DeployOrder;

/// What all judgements of one run share.
#[derive(Clone, Debug)]
pub struct Setting {
    pub vendor: Vendor,
    pub django: DjangoVersion,
    pub deploy_order: DeployOrder,
    pub state: StateContext,
}

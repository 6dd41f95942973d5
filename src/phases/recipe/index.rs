//! Indexes that are built while others write.

use super::announce::indexes;
use crate::django::operation::OperationKind;
use crate::phases::chain::{Chain, Deploy, Step, Transaction};
use crate::phases::wish::Wish;
use crate::schema::vendor::VendorKind;

/// `None` where nothing is to be built on a table that exists, or where the vendor builds it in the open anyway.
pub(super) fn chain(wish: &Wish<'_>) -> Option<Chain> {
    if wish.setting.vendor.kind != VendorKind::PostgreSql {
        return None;
    }
    let model = wish.operation.kind.model()?;
    wish.table(model)?.origin.as_ref()?;
    let slug = format!("index_{}", model.to_lowercase());
    let steps = match &wish.operation.kind {
        OperationKind::AddIndex { index, concurrently, .. } if !index.name.is_empty() => {
            let is_alone = *concurrently && wish.breaks.is_empty() && !wish.is_unsafe;
            if is_alone {
                return None;
            }
            let add = OperationKind::AddIndex { model: model.clone(), index: index.clone(), concurrently: true };
            vec![Step::new(wish.app, slug, vec![add]).transaction(Transaction::None)]
        }
        OperationKind::AlterField { .. } | OperationKind::AlterIndexTogether { .. } if !wish.is_unsafe => indexes(wish, &slug)?,
        _ => return None,
    };
    let deploy = Deploy { steps, ..Deploy::default() };
    Some(Chain { deploys: vec![deploy], code: 0, accepts: Vec::new() })
}

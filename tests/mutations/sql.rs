//! SQL of each database, from text to what it does to a schema.

use crate::random::mutate;
use crate::{corpus_of, run};
use preboot::django::apply::StateContext;
use preboot::django::operation::{Operation, OperationKind, SqlStatement};
use preboot::django::state::ProjectState;
use preboot::schema::Schema;
use preboot::schema::effects::{self, Context};
use preboot::schema::vendor::VendorKind;
use preboot::syntax::ast::Span;
use preboot::syntax::sql::{SqlStyle, statements};
use preboot::workspace::django_version::DjangoVersion;
use preboot::workspace::vendor::Vendor;
use std::sync::Arc;

const DJANGO: DjangoVersion = DjangoVersion { major: 5, minor: 2 };

/// The files whose text is given to databases of these kinds.
fn check(files: &[&str], vendors: &[VendorKind]) {
    let corpus = corpus_of("sql");
    let own: Vec<&String> = corpus.iter().filter(|(path, _)| files.contains(&path.as_str())).map(|(_, text)| text).collect();
    assert_eq!(own.len(), files.len());
    run(5_000, 1, |rng| {
        let other = &corpus[rng.usize(..corpus.len())].1;
        let text = mutate(own[rng.usize(..own.len())], other, rng);
        // A few statements of it: what was changed is not to be lost among what is left alone.
        let from = text.floor_char_boundary(rng.usize(..=text.len()));
        let text = if rng.bool() { &text } else { &text[from..] };
        let vendor = vendors[rng.usize(..vendors.len())];
        let has_params = rng.bool();
        let is_mysql = matches!(vendor, VendorKind::MySql | VendorKind::MariaDb);
        for token in statements(text, SqlStyle { is_mysql, has_params }).iter().flatten() {
            assert!(text.get(token.span.range()).is_some(), "{token:?}");
        }
        let mut schema = Schema::new(Vendor::from(vendor), DJANGO);
        apply(
            "CREATE TABLE shop_order (id integer NOT NULL PRIMARY KEY, note varchar(20) NULL, total integer NOT NULL)",
            false,
            vendor,
            &mut schema,
        );
        apply(text, has_params, vendor, &mut schema);
    });
}

fn apply(text: &str, has_params: bool, vendor: VendorKind, schema: &mut Schema) {
    let sql = vec![SqlStatement { text: Some(Arc::from(text)), has_params, span: Span::default() }];
    let kind = OperationKind::RunSql { sql, reversible: false, state_operations: Vec::new() };
    let operation = Operation { span: Span::default(), class: "RunSQL".into(), kind };
    let (vendor, state) = (Vendor::from(vendor), StateContext::default());
    let context = Context { app: "shop", migration: "0001_a", vendor: &vendor, django: DJANGO, atomic: true, state: &state };
    let models = ProjectState::default();
    effects::apply(&operation, &models, &models, schema, &context);
}

#[test]
fn sql_of_postgresql() {
    check(&["postgresql.sql"], &[VendorKind::PostgreSql]);
}

#[test]
fn sql_of_mysql() {
    check(&["mysql.sql"], &[VendorKind::MySql, VendorKind::MariaDb]);
}

#[test]
fn sql_of_others() {
    check(&["others.sql", "postgresql.sql", "mysql.sql"], &VendorKind::ALL);
}

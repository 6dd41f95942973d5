//! The names that Django derives for what a declaration does not name (`BaseDatabaseSchemaEditor._create_index_name`), and
//! those that PostgreSQL gives.

use super::vendor::{Vendor, VendorKind};
use crate::syntax::ast::Name;
use md5::hex_digest;

mod md5;

/// The longest identifier; `None` where the vendor has no limit that matters (Django then counts 200).
fn max_length(vendor: &Vendor) -> usize {
    match vendor.kind {
        VendorKind::PostgreSql => 63,
        VendorKind::MySql | VendorKind::MariaDb => 64,
        VendorKind::Sqlite => 200,
        VendorKind::Oracle => 30,
    }
}

/// An index's or constraint's name: table, columns, eight digits, suffix (`_uniq`, `_fk_shop_author_id`).
pub(super) fn derived(table: &str, columns: &[Name], suffix: &str, vendor: &Vendor) -> Name {
    let parts: String = std::iter::once(table).chain(columns.iter().map(Name::as_str)).collect();
    let digest: String = hex_digest(parts.as_bytes()).chars().take(8).collect();
    let mut ending = format!("{digest}{suffix}");
    let joined = columns.join("_");
    let limit = max_length(vendor);
    let whole = format!("{table}_{joined}_{ending}");
    if whole.chars().count() <= limit {
        return whole.into();
    }
    let cut = |text: &str, length: usize| text.chars().take(length).collect::<String>();
    if ending.chars().count() > limit / 3 {
        ending = cut(&ending, limit / 3);
    }
    let other = ((limit - ending.chars().count()) / 2).saturating_sub(1);
    format!("{}_{}_{ending}", cut(table, other), cut(&joined, other)).into()
}

pub(super) fn foreign_key(table: &str, column: &Name, to_table: &str, to_column: &str, vendor: &Vendor) -> Name {
    derived(table, std::slice::from_ref(column), &format!("_fk_{to_table}_{to_column}"), vendor)
}

/// What PostgreSQL calls a constraint that is declared with its column (`ChooseConstraintName`): `_key`, `_check`, `_pkey`.
pub(super) fn implicit(table: &str, column: Option<&str>, label: &str) -> Name {
    const LIMIT: usize = 63;
    let (mut table, mut column) = (table.to_owned(), column.map(str::to_owned));
    let length = |table: &str, column: &Option<String>| table.len() + label.len() + 1 + column.as_ref().map_or(0, |it| it.len() + 1);
    // The longer of the two is shortened until all fits (`makeObjectName`).
    while length(&table, &column) > LIMIT {
        match &mut column {
            Some(column) if column.len() > table.len() => column.pop(),
            _ => table.pop(),
        };
    }
    match column {
        Some(column) => format!("{table}_{column}_{label}").into(),
        None => format!("{table}_{label}").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn postgresql() -> Vendor {
        Vendor { kind: VendorKind::PostgreSql, version: "15".into() }
    }

    /// Names that Django gave in observed migrations.
    #[test]
    fn names_are_djangos() {
        let name = |table: &str, columns: &[&str], suffix: &str| {
            derived(table, &columns.iter().map(|it| Name::from(*it)).collect::<Vec<_>>(), suffix, &postgresql())
        };
        assert_eq!(name("shop_book", &["title", "ed"], "_uniq"), "shop_book_title_ed_8a29a6c6_uniq");
        assert_eq!(name("shop_book", &["author_id"], ""), "shop_book_author_id_82b8ab51");
        assert_eq!(name("shop_book", &["code"], "_like"), "shop_book_code_6d2c2ad5_like");
        assert_eq!(
            foreign_key("shop_book_tags", &"tag_id".into(), "shop_tag", "id", &postgresql()),
            "shop_book_tags_tag_id_c7a5d3dd_fk_shop_tag_id"
        );
        assert_eq!(implicit("shop_book", Some("title"), "key"), "shop_book_title_key");
    }

    #[test]
    fn long_names_are_cut_in_the_middle() {
        let long = derived(&"t".repeat(40), &["c".repeat(40).into()], "_uniq", &postgresql());
        assert!(long.ends_with("_uniq"));
        assert!(long.len() <= 63);
    }
}

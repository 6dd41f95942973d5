//! How SQL makes a value of one type from one of another; where it can't, NULL comes out, and no error.

use crate::schema::column_type::{ColumnType, Family};
use crate::schema::vendor::VendorKind;

/// An expression with `{}` where the value stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Conversion {
    template: String,
    /// Some values have no counterpart.
    pub(super) may_fail: bool,
}

impl Conversion {
    fn new(template: impl Into<String>) -> Self {
        Self { template: template.into(), may_fail: false }
    }

    fn may_fail(self) -> Self {
        Self { may_fail: true, ..self }
    }

    pub(super) fn of(&self, value: &str) -> String {
        self.template.replace("{}", value)
    }
}

/// `None` where the types have nothing to do with each other.
pub(super) fn conversion(from: &ColumnType, to: &ColumnType, vendor: VendorKind) -> Option<Conversion> {
    if from == to {
        return Some(Conversion::new("{}"));
    }
    if vendor == VendorKind::Sqlite { sqlite(from, to) } else { postgresql(from, to) }
}

/// PostgreSQL's casts (`pg_cast`, and the ones through text); those that refuse a value raise an error, which the trigger catches.
fn postgresql(from: &ColumnType, to: &ColumnType) -> Option<Conversion> {
    let cast = || Conversion::new(format!("{{}}::{}", to.sql()));
    let fits = |conversion: Conversion| match to {
        // A cast would cut the text off.
        ColumnType::Varchar(Some(length)) if !is_shorter(from, *length) => {
            let text = conversion.of("{}");
            Conversion::new(format!("CASE WHEN length(({{}})::text) <= {length} THEN {text} END")).may_fail()
        }
        _ => conversion,
    };
    Some(match (from.family(), to.family()) {
        (Family::Unknown | Family::Own | Family::Bytes, _) | (_, Family::Unknown | Family::Own | Family::Bytes) => return None,
        (Family::Inet, Family::Text) => fits(Conversion::new("host({})")),
        (_, Family::Text) => fits(cast()),
        (Family::Number, Family::Number) if is_wider(from, to) => cast(),
        (Family::Number, Family::Number)
        | (Family::Text, _)
        | (Family::Json, Family::Number | Family::Boolean)
        | (Family::Date, Family::Date)
        | (Family::Date, Family::Time)
        | (Family::Interval, Family::Time) => cast().may_fail(),
        (Family::Time, Family::Interval) => cast(),
        // Only `integer` has casts from and to `boolean`.
        (Family::Boolean, Family::Number) => Conversion::new(format!("{{}}::integer::{}", to.sql())),
        (Family::Number, Family::Boolean) => Conversion::new("({} <> 0)"),
        (Family::Number | Family::Boolean, Family::Json) => Conversion::new("to_jsonb({})"),
        _ => return None,
    })
}

/// What Django writes into SQLite's columns, which have no types of their own.
fn sqlite(from: &ColumnType, to: &ColumnType) -> Option<Conversion> {
    const DATE: &str = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]";
    let is_number = "({} GLOB '[0-9]*' OR {} GLOB '-[0-9]*') AND substr({}, 2) NOT GLOB '*[^0-9]*'";
    Some(match (from.family(), to.family()) {
        // A UUID has 32 letters there: another text is none.
        (Family::Text, Family::Text) => match to {
            ColumnType::Varchar(Some(length)) if !is_shorter(from, *length) => {
                Conversion::new(format!("CASE WHEN length({{}}) <= {length} THEN {{}} END")).may_fail()
            }
            ColumnType::Char(_) => return None,
            _ => Conversion::new("{}"),
        },
        (Family::Number, Family::Number) if is_whole(to) && !is_whole(from) => Conversion::new("CAST(round({}) AS integer)"),
        (Family::Number, Family::Number) | (Family::Boolean, Family::Number) => Conversion::new("{}"),
        (Family::Number, Family::Boolean) => Conversion::new("({} <> 0)"),
        (Family::Number, Family::Text) => Conversion::new("CAST({} AS text)"),
        (Family::Boolean, Family::Text) => Conversion::new("CASE WHEN {} THEN 'True' ELSE 'False' END"),
        (Family::Text, Family::Number) => Conversion::new(format!("CASE WHEN {is_number} THEN CAST({{}} AS integer) END")).may_fail(),
        (Family::Text, Family::Boolean) => {
            Conversion::new("CASE lower({}) WHEN 'true' THEN 1 WHEN '1' THEN 1 WHEN 'false' THEN 0 WHEN '0' THEN 0 END").may_fail()
        }
        (Family::Date | Family::Time, Family::Text) => Conversion::new("{}"),
        (Family::Text, Family::Date) if *to == ColumnType::Date => {
            Conversion::new(format!("CASE WHEN {{}} GLOB '{DATE}' THEN date({{}}) END")).may_fail()
        }
        (Family::Text, Family::Date) => Conversion::new(format!("CASE WHEN {{}} GLOB '{DATE}*' THEN datetime({{}}) END")).may_fail(),
        (Family::Text, Family::Time) => Conversion::new("CASE WHEN {} GLOB '[0-9][0-9]:[0-9][0-9]*' THEN time({}) END").may_fail(),
        (Family::Date, Family::Date) if *to == ColumnType::Date => Conversion::new("date({})"),
        (Family::Date, Family::Date) => Conversion::new("datetime({})"),
        _ => return None,
    })
}

/// Every text of the type has at most so many letters.
fn is_shorter(from: &ColumnType, length: u32) -> bool {
    match from {
        ColumnType::Varchar(Some(own)) | ColumnType::Char(own) => *own <= length,
        ColumnType::Boolean => length >= 5,
        ColumnType::Integer { bytes, .. } => length >= if *bytes > 4 { 20 } else { 11 },
        ColumnType::Uuid => length >= 36,
        ColumnType::Date => length >= 10,
        _ => false,
    }
}

fn is_whole(column_type: &ColumnType) -> bool {
    matches!(column_type, ColumnType::Integer { .. })
}

/// Every number of the one is one of the other.
fn is_wider(from: &ColumnType, to: &ColumnType) -> bool {
    match (from, to) {
        (ColumnType::Integer { bytes: from, .. }, ColumnType::Integer { bytes: to, unsigned }) => from <= to && !unsigned,
        (ColumnType::Integer { .. } | ColumnType::Numeric(_), ColumnType::Numeric(None) | ColumnType::Float) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn postgres(from: &ColumnType, to: &ColumnType) -> Option<(String, bool)> {
        conversion(from, to, VendorKind::PostgreSql).map(|it| (it.of("a"), it.may_fail))
    }

    #[test]
    fn what_may_be_no_date_is_no_error() {
        assert_eq!(postgres(&ColumnType::Text, &ColumnType::Date), Some(("a::date".to_owned(), true)));
        assert_eq!(postgres(&ColumnType::Date, &ColumnType::Text), Some(("a::text".to_owned(), false)));
    }

    #[test]
    fn types_without_a_cast_have_no_conversion() {
        assert_eq!(postgres(&ColumnType::Boolean, &ColumnType::Date), None);
        assert_eq!(postgres(&ColumnType::BIGINT, &ColumnType::Uuid), None);
        assert_eq!(conversion(&ColumnType::Boolean, &ColumnType::Date, VendorKind::Sqlite), None);
    }

    #[test]
    fn a_text_is_not_cut_off() {
        let short = ColumnType::Varchar(Some(3));
        assert_eq!(postgres(&ColumnType::Text, &short), Some(("CASE WHEN length((a)::text) <= 3 THEN a::varchar(3) END".to_owned(), true)));
        assert_eq!(postgres(&short, &ColumnType::Varchar(Some(5))), Some(("a::varchar(5)".to_owned(), false)));
    }

    #[test]
    fn a_truth_becomes_a_large_number_by_way_of_a_small_one() {
        assert_eq!(postgres(&ColumnType::Boolean, &ColumnType::BIGINT), Some(("a::integer::bigint".to_owned(), false)));
    }
}

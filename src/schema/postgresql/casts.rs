//! Which types PostgreSQL casts into each other: `ALTER COLUMN … TYPE … USING column::type` fails where there is no cast, whatever
//! the rows hold (the catalog `pg_cast`; texts are cast by their input and output functions).

use crate::schema::column_type::{ColumnType, Family};

/// Whether `value::to` is refused for every value of type `from`.
pub(in crate::schema) fn is_refused(from: &ColumnType, to: &ColumnType) -> bool {
    use ColumnType as Type;
    if let (Type::Array(from), Type::Array(to)) = (from, to) {
        return is_refused(from, to);
    }
    let is_text = |it: &Type| it.family() == Family::Text;
    if is_text(from) || is_text(to) || [from.family(), to.family()].contains(&Family::Unknown) {
        return false;
    }
    let is_integer = |it: &Type| matches!(it, Type::Integer { bytes: 4, .. });
    match (from.family(), to.family()) {
        (Family::Own, _) | (_, Family::Own) => from != to && !matches!((from, to), (Type::HStore, Type::Json)),
        (a, b) if a == b => false,
        // A truth value is cast to and from `integer` alone.
        (Family::Boolean, Family::Number) => !is_integer(to),
        (Family::Number, Family::Boolean) => !is_integer(from),
        (Family::Json, Family::Number | Family::Boolean) => false,
        (Family::Date, Family::Time) => *from == Type::Date,
        (Family::Time, Family::Interval) | (Family::Interval, Family::Time) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cast_and_what_not() {
        let zoned = ColumnType::Timestamp { zone: true };
        let numeric = ColumnType::Numeric(Some((8, 2)));
        let of = |base: &ColumnType| ColumnType::Array(Box::new(base.clone()));
        for (from, to) in [
            (&ColumnType::INTEGER, &ColumnType::Date),
            (&ColumnType::BIGINT, &ColumnType::Boolean),
            (&ColumnType::Boolean, &numeric),
            (&numeric, &ColumnType::Json),
            (&ColumnType::Date, &ColumnType::Time),
            (&ColumnType::Time, &zoned),
            (&ColumnType::Uuid, &ColumnType::Bytes),
            (&of(&ColumnType::INTEGER), &of(&ColumnType::Date)),
            (&of(&ColumnType::INTEGER), &ColumnType::INTEGER),
            (&ColumnType::Range("int4range".into()), &ColumnType::Range("int8range".into())),
        ] {
            assert!(is_refused(from, to), "{} to {}", from.sql(), to.sql());
        }
        for (from, to) in [
            (&ColumnType::INTEGER, &ColumnType::Boolean),
            (&ColumnType::BIGINT, &ColumnType::Float),
            (&ColumnType::Json, &numeric),
            (&zoned, &ColumnType::Time),
            (&ColumnType::Date, &zoned),
            (&ColumnType::Interval, &ColumnType::Time),
            (&ColumnType::Text, &ColumnType::Uuid),
            (&ColumnType::Bytes, &ColumnType::Varchar(Some(5))),
            (&of(&ColumnType::INTEGER), &of(&ColumnType::Text)),
            (&of(&ColumnType::INTEGER), &ColumnType::Text),
            (&ColumnType::Unknown, &ColumnType::Date),
        ] {
            assert!(!is_refused(from, to), "{} to {}", from.sql(), to.sql());
        }
    }
}

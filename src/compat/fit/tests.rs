use super::*;

const ANY: ColumnType = ColumnType::Varchar(None);

fn varchar(length: u32) -> ColumnType {
    ColumnType::Varchar(Some(length))
}

fn array(element: ColumnType) -> ColumnType {
    ColumnType::Array(Box::new(element))
}

fn numeric(precision: u32) -> ColumnType {
    ColumnType::Numeric(Some((precision, 2)))
}

fn column(column_type: ColumnType, was: Option<ColumnType>) -> Column {
    Column {
        name: "n".into(),
        column_type,
        was,
        origin: None,
        null: false,
        default: None,
        identity: None,
        generated: None,
        collation: None,
        is_empty: false,
        is_uncertain: false,
        may_be_gone: false,
        forgotten: None,
    }
}

/// What fails, in a word each.
fn misfits(field: &ColumnType, column: &Column, vendor: VendorKind) -> String {
    let fit = fit(&Speaker { column_type: field, deals: Deals::of_type(field), is_nullable: false }, column, vendor);
    let words = [
        (fit.reads == Reads::None, "reads"),
        (!fit.saves, "saves"),
        (fit.reads == Reads::Own, "foreign-rows"),
        (!fit.filters, "filters"),
        (fit.writes == Writes::None, "writes"),
        (fit.writes == Writes::Convertible, "some-writes"),
        (fit.overflows, "greatest"),
    ];
    words.iter().filter(|(holds, _)| *holds).map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

/// As observed: each line is a type change that was run, seen from the code of one side.
#[test]
fn types_of_postgresql() {
    for (field, to, was, expected) in [
        (varchar(50), varchar(100), None, ""),
        (varchar(100), varchar(20), None, "greatest"),
        (ColumnType::Text, varchar(200), None, "greatest"),
        (varchar(50), ANY, None, ""),
        (ColumnType::BIGINT, ColumnType::INTEGER, None, "greatest"),
        (ColumnType::INTEGER, ColumnType::Text, None, "filters"),
        (ColumnType::Text, ColumnType::INTEGER, None, "writes"),
        (ColumnType::INTEGER, numeric(12), None, ""),
        (numeric(12), ColumnType::INTEGER, None, "greatest"),
        (numeric(12), numeric(8), None, "greatest"),
        (ColumnType::Boolean, ColumnType::INTEGER, None, "filters writes"),
        (ColumnType::Date, ColumnType::Timestamp { zone: true }, None, ""),
        (ColumnType::Uuid, varchar(36), None, "filters"),
        (ColumnType::Json, ColumnType::Text, None, "filters"),
        (varchar(30), ColumnType::Date, Some(varchar(30)), "some-writes"),
        (ColumnType::Unknown, ColumnType::Text, None, ""),
        (array(varchar(20)), array(varchar(10)), None, "greatest"),
        (array(ColumnType::INTEGER), array(ColumnType::BIGINT), None, "filters"),
        (array(ColumnType::INTEGER), array(ColumnType::Uuid), None, "filters writes"),
        (varchar(10), ColumnType::Bytes, Some(varchar(10)), ""),
        (ColumnType::Bytes, varchar(80), None, "saves"),
        (ColumnType::Bytes, varchar(80), Some(ColumnType::Bytes), "saves"),
        (ColumnType::Boolean, varchar(80), Some(ColumnType::Boolean), "saves filters"),
        (ColumnType::Uuid, varchar(80), Some(ColumnType::Uuid), "filters"),
        (ColumnType::Timestamp { zone: true }, ColumnType::Time, Some(ColumnType::Timestamp { zone: true }), "saves filters"),
        (ColumnType::Interval, ColumnType::Time, None, ""),
        (ColumnType::Timestamp { zone: true }, varchar(10), None, "filters writes"),
        (ColumnType::Inet, varchar(5), None, "filters writes"),
        (ColumnType::Inet, varchar(80), None, "filters"),
    ] {
        assert_eq!(misfits(&field, &column(to.clone(), was), VendorKind::PostgreSql), expected, "{field:?} in {to:?}");
    }
}

#[test]
fn types_of_mariadb() {
    let datetime = || ColumnType::Timestamp { zone: false };
    for (field, to, was, expected) in [
        (datetime(), ColumnType::Date, Some(datetime()), "reads"),
        (ColumnType::Date, datetime(), None, ""),
        (ColumnType::Uuid, varchar(36), None, "foreign-rows"),
        (ColumnType::Text, ColumnType::INTEGER, None, "writes"),
        (ColumnType::INTEGER, ColumnType::Text, None, ""),
        (ColumnType::INTEGER, ColumnType::Boolean, None, "writes"),
        (varchar(30), ColumnType::Date, Some(varchar(30)), ""),
        (numeric(12), numeric(8), None, "greatest"),
    ] {
        assert_eq!(misfits(&field, &column(to.clone(), was), VendorKind::MariaDb), expected, "{field:?} in {to:?}");
    }
}

#[test]
fn types_of_sqlite() {
    let datetime = || ColumnType::Timestamp { zone: false };
    for (field, to, was, expected) in [
        (varchar(100), varchar(20), None, ""),
        (datetime(), ColumnType::Date, None, "reads"),
        (datetime(), ColumnType::Date, Some(datetime()), "saves foreign-rows"),
        (numeric(8), numeric(12), None, "foreign-rows"),
        (numeric(12), numeric(8), None, ""),
        (ColumnType::Char(32), varchar(36), None, "foreign-rows"),
        (ColumnType::Text, ColumnType::Json, None, "writes"),
        (varchar(20), ColumnType::Json, Some(varchar(20)), ""),
        (ColumnType::Date, ColumnType::BIGINT, None, "reads"),
        (ColumnType::Date, ColumnType::BIGINT, Some(ColumnType::Date), "foreign-rows"),
        (ColumnType::BIGINT, ColumnType::Date, Some(ColumnType::BIGINT), "saves"),
        (ColumnType::Date, ColumnType::Date, Some(ColumnType::BIGINT), "saves"),
        (ColumnType::Date, ColumnType::Boolean, Some(ColumnType::Date), "reads"),
        (numeric(8), varchar(20), Some(numeric(8)), "reads"),
        (ColumnType::Char(32), ColumnType::BIGINT, None, "reads"),
        (ColumnType::INTEGER, ColumnType::Text, None, ""),
    ] {
        assert_eq!(misfits(&field, &column(to.clone(), was), VendorKind::Sqlite), expected, "{field:?} in {to:?}");
    }
}

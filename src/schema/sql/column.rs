//! Columns and table constraints, as `CREATE TABLE` and `ADD` declare them.

use super::cursor::Cursor;
use super::expression;
use crate::schema::column_type::ColumnType;
use crate::schema::condition::Condition;
use crate::schema::names;
use crate::schema::table::{Column, Constraint, ConstraintKind, ForeignKey, ForeignKeyAction, GeneratedColumn, Identity};
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::Name;

/// A column with the constraints that stand behind it.
pub(super) struct Declared {
    pub column: Column,
    pub constraints: Vec<Constraint>,
}

/// The words that end a column's default or type.
const CLAUSES: [&str; 20] = [
    "AFTER",
    "AUTO_INCREMENT",
    "AUTOINCREMENT",
    "CHECK",
    "COLLATE",
    "COMMENT",
    "CONSTRAINT",
    "DEFAULT",
    "DEFERRABLE",
    "FIRST",
    "GENERATED",
    "INITIALLY",
    "KEY",
    "NOT",
    "NULL",
    "ON",
    "PRIMARY",
    "REFERENCES",
    "UNIQUE",
    "VISIBLE",
];

/// `name type [constraints…]`, to the end of the cursor.
pub(super) fn column(cursor: &mut Cursor<'_, '_>, table: &str) -> Option<Declared> {
    let name = cursor.name()?;
    let (column_type, is_serial) = column_type(cursor)?;
    let column = Column {
        name,
        column_type,
        was: None,
        origin: None,
        null: true,
        default: None,
        identity: is_serial.then_some(Identity::Follows),
        generated: None,
        collation: None,
        is_empty: false,
        is_uncertain: false,
        may_be_gone: false,
        forgotten: None,
    };
    let mut declared = Declared { column, constraints: Vec::new() };
    if is_serial {
        declared.column.null = false;
    }
    while !cursor.is_end() {
        clause(cursor, table, &mut declared)?;
    }
    Some(declared)
}

fn clause(cursor: &mut Cursor<'_, '_>, table: &str, declared: &mut Declared) -> Option<()> {
    let named = if cursor.eat(&["CONSTRAINT"]) { Some(cursor.name()?) } else { None };
    let column = declared.column.name.clone();
    let name = |label: &str| named.clone().unwrap_or_else(|| names::implicit(table, Some(&column), label));
    let constraint = |name: Name, kind: ConstraintKind| Constraint { name, kind, is_validated: true };
    if cursor.eat(&["NOT", "NULL"]) {
        declared.column.null = false;
    } else if cursor.eat(&["NULL"]) {
        declared.column.null = true;
    } else if cursor.eat(&["DEFAULT"]) {
        declared.column.default = expression::default(&default_expression(cursor));
    } else if cursor.eat(&["PRIMARY", "KEY"]) {
        cursor.eat_any(&["ASC", "DESC"]);
        declared.column.null = false;
        // The row's own number.
        if cursor.vendor == VendorKind::Sqlite && declared.column.column_type == ColumnType::INTEGER {
            declared.column.identity = Some(Identity::Follows);
        }
        let kind = ConstraintKind::PrimaryKey { columns: vec![column.clone()] };
        declared.constraints.push(constraint(names::implicit(table, None, "pkey"), kind));
    } else if cursor.eat(&["UNIQUE"]) {
        cursor.eat(&["KEY"]);
        let nulls_distinct = !cursor.eat(&["NULLS", "NOT", "DISTINCT"]);
        let kind = ConstraintKind::Unique { columns: vec![column.clone()], is_deferrable: false, nulls_distinct };
        declared.constraints.push(constraint(name("key"), kind));
    } else if cursor.eat(&["CHECK"]) {
        let condition = expression::condition(&cursor.parens()?);
        cursor.eat(&["NO", "INHERIT"]);
        declared.constraints.push(constraint(name("check"), ConstraintKind::Check(condition)));
    } else if cursor.at_word("REFERENCES") {
        let key = references(cursor, vec![column.clone()])?;
        declared.constraints.push(constraint(name("fkey"), ConstraintKind::ForeignKey(key)));
    } else if cursor.eat(&["COLLATE"]) {
        declared.column.collation = Some(cursor.name()?);
    } else if cursor.eat(&["AUTO_INCREMENT"]) || cursor.eat(&["AUTOINCREMENT"]) {
        declared.column.identity = Some(Identity::Follows);
    } else if cursor.eat(&["GENERATED"]) || cursor.at_word("AS") {
        generated(cursor, declared)?;
    } else if cursor.eat(&["COMMENT"]) {
        cursor.advance()?;
    } else if cursor.eat(&["FIRST"]) || deferrable(cursor).is_some() {
    } else if cursor.eat(&["AFTER"]) {
        cursor.name()?;
    } else if cursor.eat(&["ON", "UPDATE"]) {
        default_expression(cursor);
    } else {
        return None;
    }
    Some(())
}

fn default_expression<'a, 't>(cursor: &mut Cursor<'a, 't>) -> Cursor<'a, 't> {
    // `NULL` may be the default itself.
    if cursor.at_word("NULL") {
        let mut one = cursor.clone();
        one.advance();
        let expression = Cursor::new(&cursor.rest()[..1], cursor.vendor);
        *cursor = one;
        return expression;
    }
    cursor.until(&CLAUSES)
}

/// `ALWAYS AS IDENTITY`, `BY DEFAULT AS IDENTITY (…)`, `ALWAYS AS (expression) STORED`, and MySQL's `AS (expression)`.
fn generated(cursor: &mut Cursor<'_, '_>, declared: &mut Declared) -> Option<()> {
    if !cursor.eat(&["ALWAYS"]) {
        cursor.eat(&["BY", "DEFAULT"]);
    }
    if !cursor.eat(&["AS"]) {
        return None;
    }
    if cursor.eat(&["IDENTITY"]) {
        cursor.parens();
        declared.column.identity = Some(Identity::Follows);
        declared.column.null = false;
        return Some(());
    }
    let expression = cursor.parens()?;
    let stored = cursor.eat(&["STORED"]) || cursor.eat(&["PERSISTENT"]);
    if !stored {
        cursor.eat(&["VIRTUAL"]);
    }
    let sources = expression::words(&expression);
    declared.column.generated = Some(GeneratedColumn { stored, sources, may_overflow: false, text: expression.text() });
    Some(())
}

/// `REFERENCES t (a) ON DELETE … DEFERRABLE …`; without columns the target's primary key is meant.
fn references(cursor: &mut Cursor<'_, '_>, columns: Vec<Name>) -> Option<ForeignKey> {
    if !cursor.eat(&["REFERENCES"]) {
        return None;
    }
    let table = cursor.relation()?;
    let target_columns = if cursor.at_symbol("(") { cursor.names()? } else { Vec::new() };
    let mut on_delete = ForeignKeyAction::Refuse;
    let mut is_deferred = false;
    loop {
        if cursor.eat(&["ON", "DELETE"]) {
            on_delete = action(cursor)?;
        } else if cursor.eat(&["ON", "UPDATE"]) {
            action(cursor)?;
        } else if cursor.eat(&["MATCH"]) {
            cursor.advance()?;
        } else if cursor.eat(&["INITIALLY", "DEFERRED"]) {
            is_deferred = true;
        } else if deferrable(cursor).is_none() {
            return Some(ForeignKey { columns, table, target_columns, on_delete, is_deferred });
        }
    }
}

fn action(cursor: &mut Cursor<'_, '_>) -> Option<ForeignKeyAction> {
    if cursor.eat(&["CASCADE"]) {
        Some(ForeignKeyAction::Cascade)
    } else if cursor.eat(&["SET", "NULL"]) {
        Some(ForeignKeyAction::SetNull)
    } else if cursor.eat(&["SET", "DEFAULT"]) {
        Some(ForeignKeyAction::SetDefault)
    } else if cursor.eat(&["NO", "ACTION"]) || cursor.eat(&["RESTRICT"]) {
        Some(ForeignKeyAction::Refuse)
    } else {
        None
    }
}

/// `[NOT] DEFERRABLE`, `INITIALLY DEFERRED`: whether it is deferrable; `None` where nothing of that stands here.
fn deferrable(cursor: &mut Cursor<'_, '_>) -> Option<bool> {
    if cursor.eat(&["NOT", "DEFERRABLE"]) {
        return Some(false);
    }
    if cursor.eat(&["DEFERRABLE"]) {
        return Some(true);
    }
    if cursor.eat(&["INITIALLY"]) {
        cursor.eat_any(&["DEFERRED", "IMMEDIATE"])?;
        return Some(true);
    }
    None
}

/// A constraint of a table, with the index that it takes over (`USING INDEX`).
pub(super) struct TableConstraint {
    pub constraint: Constraint,
    pub using_index: Option<Name>,
}

/// `[CONSTRAINT name] UNIQUE (…)` and its sisters, to the end of the cursor.
pub(super) fn table_constraint(cursor: &mut Cursor<'_, '_>, table: &str) -> Option<TableConstraint> {
    let mut named = if cursor.eat(&["CONSTRAINT"]) && !starts_constraint(cursor) { Some(cursor.name()?) } else { None };
    let mut using_index = None;
    let kind = if cursor.eat(&["PRIMARY", "KEY"]) {
        match index_to_use(cursor) {
            Some(index) => {
                using_index = Some(index?);
                ConstraintKind::PrimaryKey { columns: Vec::new() }
            }
            None => ConstraintKind::PrimaryKey { columns: cursor.names()? },
        }
    } else if cursor.eat(&["UNIQUE"]) {
        unique(cursor, &mut named, &mut using_index)?
    } else if cursor.eat(&["CHECK"]) {
        let condition = expression::condition(&cursor.parens()?);
        cursor.eat(&["NO", "INHERIT"]);
        ConstraintKind::Check(condition)
    } else if cursor.eat(&["FOREIGN", "KEY"]) {
        if !cursor.at_symbol("(") {
            cursor.name()?;
        }
        let columns = cursor.names()?;
        ConstraintKind::ForeignKey(references(cursor, columns)?)
    } else if cursor.eat(&["EXCLUDE"]) {
        exclusion(cursor)?
    } else {
        return None;
    };
    let mut kind = kind;
    while let Some(deferrable) = deferrable(cursor) {
        if let ConstraintKind::Unique { is_deferrable, .. } = &mut kind {
            *is_deferrable = deferrable;
        }
    }
    let is_validated = !cursor.eat(&["NOT", "VALID"]);
    if !cursor.is_end() {
        return None;
    }
    let name = named.or_else(|| using_index.clone()).unwrap_or_else(|| implicit_name(table, &kind));
    Some(TableConstraint { constraint: Constraint { name, kind, is_validated }, using_index })
}

/// Whether a constraint begins here, so that `CONSTRAINT` has no name (MySQL).
fn starts_constraint(cursor: &Cursor<'_, '_>) -> bool {
    ["PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE"].iter().any(|word| cursor.at_word(word))
}

/// Whether the item of a `CREATE TABLE` or of an `ADD` is a constraint, and no column.
pub(super) fn is_table_constraint(cursor: &Cursor<'_, '_>) -> bool {
    cursor.at_word("CONSTRAINT") || starts_constraint(cursor)
}

fn index_to_use(cursor: &mut Cursor<'_, '_>) -> Option<Option<Name>> {
    cursor.eat(&["USING", "INDEX"]).then(|| cursor.name())
}

fn unique(cursor: &mut Cursor<'_, '_>, named: &mut Option<Name>, using_index: &mut Option<Name>) -> Option<ConstraintKind> {
    let nulls_distinct = !cursor.eat(&["NULLS", "NOT", "DISTINCT"]);
    let columns = match index_to_use(cursor) {
        Some(index) => {
            *using_index = Some(index?);
            Vec::new()
        }
        None => {
            // MySQL: `UNIQUE [INDEX | KEY] [name] (…)`.
            cursor.eat_any(&["INDEX", "KEY"]);
            if !cursor.at_symbol("(") {
                *named = Some(cursor.name()?);
            }
            cursor.names()?
        }
    };
    if cursor.eat(&["INCLUDE"]) {
        cursor.parens()?;
    }
    Some(ConstraintKind::Unique { columns, is_deferrable: false, nulls_distinct })
}

fn exclusion(cursor: &mut Cursor<'_, '_>) -> Option<ConstraintKind> {
    if cursor.eat(&["USING"]) {
        cursor.name()?;
    }
    let elements = cursor.parens()?;
    let columns = elements.split_list().into_iter().flat_map(|mut element| expression::words(&element.until(&["WITH"]))).collect();
    let text = elements.text();
    if cursor.eat(&["WHERE"]) {
        cursor.parens()?;
    }
    Some(ConstraintKind::Exclusion { columns, text })
}

fn implicit_name(table: &str, kind: &ConstraintKind) -> Name {
    let columns = kind.columns().join("_");
    match kind {
        ConstraintKind::PrimaryKey { .. } => names::implicit(table, None, "pkey"),
        ConstraintKind::Unique { .. } => names::implicit(table, Some(&columns), "key"),
        ConstraintKind::Check(Condition::Opaque { .. }) => names::implicit(table, None, "check"),
        ConstraintKind::Check(_) => names::implicit(table, Some(&columns), "check"),
        ConstraintKind::ForeignKey(_) => names::implicit(table, Some(&columns), "fkey"),
        ConstraintKind::Exclusion { .. } => names::implicit(table, Some(&columns), "excl"),
    }
}

/// A type, and whether it is one that counts by itself (`serial`).
pub(super) fn column_type(cursor: &mut Cursor<'_, '_>) -> Option<(ColumnType, bool)> {
    // SQLite knows columns without a type.
    if cursor.is_end() || CLAUSES.iter().any(|clause| cursor.at_word(clause)) {
        return (cursor.vendor == VendorKind::Sqlite).then_some((ColumnType::Unknown, false));
    }
    let name = cursor.name()?.to_lowercase();
    let mut arguments = arguments(cursor);
    let mut is_serial = false;
    let column_type = match name.as_str() {
        "smallint" | "int2" => ColumnType::SMALLINT,
        "int" | "integer" | "int4" | "mediumint" => integer(cursor, 4),
        "bigint" | "int8" => integer(cursor, 8),
        "tinyint" if arguments == [1] => ColumnType::Boolean,
        "tinyint" => integer(cursor, 1),
        "serial" | "serial4" | "bigserial" | "serial8" | "smallserial" | "serial2" => {
            is_serial = true;
            match name.as_str() {
                "bigserial" | "serial8" => ColumnType::BIGINT,
                "smallserial" | "serial2" => ColumnType::SMALLINT,
                _ => ColumnType::INTEGER,
            }
        }
        "numeric" | "decimal" => match arguments.as_slice() {
            [precision, scale] => ColumnType::Numeric(Some((*precision, *scale))),
            [precision] => ColumnType::Numeric(Some((*precision, 0))),
            _ => ColumnType::Numeric(None),
        },
        "real" | "float" | "float4" | "float8" => ColumnType::Float,
        "double" => {
            cursor.eat(&["PRECISION"]);
            ColumnType::Float
        }
        "boolean" | "bool" => ColumnType::Boolean,
        "varchar" | "nvarchar" => ColumnType::Varchar(arguments.first().copied()),
        "character" | "char" | "nchar" => {
            if cursor.eat(&["VARYING"]) {
                arguments = self::arguments(cursor);
                ColumnType::Varchar(arguments.first().copied())
            } else {
                ColumnType::Char(arguments.first().copied().unwrap_or(1))
            }
        }
        "text" | "tinytext" | "mediumtext" | "longtext" | "clob" => ColumnType::Text,
        "citext" => ColumnType::CiText,
        "date" => ColumnType::Date,
        "time" | "timetz" => {
            zone(cursor);
            ColumnType::Time
        }
        "timestamp" => ColumnType::Timestamp { zone: zone(cursor) },
        "timestamptz" => ColumnType::Timestamp { zone: true },
        "datetime" => ColumnType::Timestamp { zone: false },
        "interval" => ColumnType::Interval,
        "uuid" => ColumnType::Uuid,
        "json" | "jsonb" => ColumnType::Json,
        "bytea" | "blob" | "longblob" | "mediumblob" | "tinyblob" | "binary" | "varbinary" => ColumnType::Bytes,
        "inet" | "cidr" => ColumnType::Inet,
        "hstore" => ColumnType::HStore,
        "tsvector" => ColumnType::TextSearch,
        range if range.ends_with("range") => ColumnType::Range(range.into()),
        other => ColumnType::Other(other.into()),
    };
    if cursor.eat(&["CHARACTER", "SET"]) || cursor.eat(&["CHARSET"]) {
        cursor.name()?;
    }
    let mut column_type = column_type;
    while cursor.eat_symbol("[") {
        while !cursor.at_symbol("]") {
            cursor.advance()?;
        }
        cursor.expect_symbol("]")?;
        column_type = ColumnType::Array(Box::new(column_type));
    }
    Some((column_type, is_serial))
}

fn integer(cursor: &mut Cursor<'_, '_>, bytes: u8) -> ColumnType {
    // SQLite keeps what fits into eight bytes, whatever the column is called.
    let bytes = if cursor.vendor == VendorKind::Sqlite { 8 } else { bytes };
    ColumnType::Integer { bytes, unsigned: cursor.eat(&["UNSIGNED"]) }
}

fn zone(cursor: &mut Cursor<'_, '_>) -> bool {
    let with = cursor.eat(&["WITH", "TIME", "ZONE"]);
    if !with {
        cursor.eat(&["WITHOUT", "TIME", "ZONE"]);
    }
    with
}

/// `(12, 2)`
fn arguments(cursor: &mut Cursor<'_, '_>) -> Vec<u32> {
    let Some(inner) = cursor.parens() else { return Vec::new() };
    inner.rest().iter().filter_map(|token| token.text.parse().ok()).collect()
}

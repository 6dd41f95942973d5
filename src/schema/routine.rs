//! Functions of the database, as far as they write rows: what triggers do.

use crate::syntax::ast::Name;

/// What a function does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routine {
    pub inserts: Vec<RoutineInsert>,
    /// Columns of the trigger's own row that it gives values to (`NEW.total := …`).
    pub assigns: Vec<Name>,
    /// Tables and columns whose rows it updates (`UPDATE t SET c = …`).
    pub updates: Vec<(Name, Name)>,
    /// Something in it could not be read: it may refuse what sets it off.
    pub is_opaque: bool,
}

/// `INSERT INTO t (a, b) VALUES (NEW.x, 1)`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutineInsert {
    pub table: Name,
    /// Each column with the column of the trigger's row that goes into it, where it is one.
    pub columns: Vec<(Name, Option<Name>)>,
}

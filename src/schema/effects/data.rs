//! Operations whose statements a migration writes itself: SQL and Python.

use super::editor::Editor;
use crate::django::operation::{RunPython, SqlStatement};

impl Editor<'_> {
    pub(super) fn run_sql(&mut self, statements: &[SqlStatement]) {
        for statement in statements {
            match &statement.text {
                Some(text) if text.trim().is_empty() => {}
                Some(_) => self.footprint.not_known("the SQL of RunSQL is not read"),
                None => self.footprint.not_known("the SQL of RunSQL could not be evaluated"),
            }
        }
    }

    pub(super) fn run_python(&mut self, _: &RunPython) {}
}

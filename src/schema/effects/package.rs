//! Operations of packages that Django has none like.

use super::editor::Editor;
use crate::django::field::ModelKey;
use crate::django::state::ProjectState;
use crate::facts::value::Value;
use crate::schema::change::SchemaChange;
use crate::schema::column_type::ColumnType;
use crate::schema::query;
use crate::schema::table::ColumnDefault;
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::Name;

impl Editor<'_> {
    /// `AddDefaultValue.database_forwards`: nothing where the vendor is none of its own, or MySQL's texts can have no default.
    pub(super) fn set_default(&mut self, key: &ModelKey, field: &Name, value: &Value, state: &ProjectState) {
        let is_mysql = match self.context.vendor.kind {
            VendorKind::PostgreSql => false,
            VendorKind::MySql | VendorKind::MariaDb => true,
            VendorKind::Sqlite | VendorKind::Oracle => return,
        };
        let Some(model) = self.migrated(state, key) else { return };
        let Some(column) = model.fields.iter().find(|it| it.field.name == *field).map(|it| it.column.clone()) else {
            self.footprint.not_known(format!("the field {key}.{field} is not in the state at this point"));
            return;
        };
        let is_text = |it: &ColumnType| *it == ColumnType::Text;
        let known = self.schema.table(&model.table).and_then(|table| table.column(&column));
        if is_mysql && known.is_some_and(|column| is_text(&column.column_type)) {
            return;
        }
        let default = ColumnDefault { text: query::text_of(value), is_volatile: false };
        self.run(SchemaChange::SetDefault { table: model.table, column, default: Some(default) });
    }

    /// `RemoveTrigger.database_forwards`: the trigger is called `pgtrigger_NAME_HASH` (`Trigger.get_pgid`), and PostgreSQL's alone.
    pub(super) fn remove_trigger(&mut self, key: &ModelKey, name: &Name, state: &ProjectState) {
        let Some(model) = self.migrated(state, key) else { return };
        let prefix = format!("pgtrigger_{name}_").to_lowercase();
        let table = self.schema.table(&model.table);
        let triggers: Vec<Name> = table.iter().flat_map(|it| &it.triggers).map(|it| it.name.clone()).collect();
        for trigger in triggers.into_iter().filter(|trigger| trigger.starts_with(&prefix)) {
            self.run(SchemaChange::DropTrigger { table: Some(model.table.clone()), trigger });
        }
    }
}

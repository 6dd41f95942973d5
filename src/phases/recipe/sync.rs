//! Two columns that hold the same, kept so by a trigger while one version of the code writes one and another the other.

use crate::phases::chain::Sql;
use crate::schema::column_type::ColumnType;
use crate::syntax::ast::Name;

/// The trigger between two columns of a table; PostgreSQL's alone is known.
///
/// The new column must have no default: the trigger could not tell that nobody wrote it.
pub(super) fn trigger(table: &Name, (old, old_type): (&Name, &ColumnType), (new, new_type): (&Name, &ColumnType)) -> Sql {
    let name: String = format!("{table}_{old}_sync").chars().take(63).collect();
    let cast = |to: &ColumnType, from: &ColumnType| if to == from { String::new() } else { format!("::{}", to.sql()) };
    let (to_new, to_old) = (cast(new_type, old_type), cast(old_type, new_type));
    let function = format!(
        "CREATE FUNCTION \"{name}\"() RETURNS trigger LANGUAGE plpgsql AS $$\n\
         BEGIN\n\
         \x20   IF TG_OP = 'INSERT' THEN\n\
         \x20       IF NEW.\"{new}\" IS NULL THEN\n\
         \x20           NEW.\"{new}\" := NEW.\"{old}\"{to_new};\n\
         \x20       ELSIF NEW.\"{old}\" IS NULL THEN\n\
         \x20           NEW.\"{old}\" := NEW.\"{new}\"{to_old};\n\
         \x20       END IF;\n\
         \x20   ELSIF NEW.\"{new}\" IS DISTINCT FROM OLD.\"{new}\" THEN\n\
         \x20       NEW.\"{old}\" := NEW.\"{new}\"{to_old};\n\
         \x20   ELSIF NEW.\"{old}\" IS DISTINCT FROM OLD.\"{old}\" THEN\n\
         \x20       NEW.\"{new}\" := NEW.\"{old}\"{to_new};\n\
         \x20   END IF;\n\
         \x20   RETURN NEW;\n\
         END $$"
    );
    let trigger = format!("CREATE TRIGGER \"{name}\" BEFORE INSERT OR UPDATE ON \"{table}\" FOR EACH ROW EXECUTE FUNCTION \"{name}\"()");
    Sql {
        forwards: vec![function, trigger],
        backwards: vec![format!("DROP TRIGGER \"{name}\" ON \"{table}\""), format!("DROP FUNCTION \"{name}\"()")],
        state: Vec::new(),
    }
}

/// Takes the trigger away.
pub(super) fn drop(sql: &Sql) -> Sql {
    Sql { forwards: sql.backwards.clone(), backwards: sql.forwards.clone(), state: Vec::new() }
}

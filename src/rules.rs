//! The rules: one file each, and one sorted table of them all.
//!
//! A rule is the name and the explanation of a kind of break, never a second opinion on it: what breaks, and which
//! operation is to blame, is `analysis`' answer. The page of a rule is the documentation above its `rule!`.

/// Declares `RULE`, with the documentation above it as the page.
macro_rules! rule {
    (
        $(#[doc = $line:literal])+
        code: $code:literal,
        name: $name:literal,
        severity: $severity:ident,
        summary: $summary:literal,
        check: $check:expr $(,)?
    ) => {
        $(#[doc = $line])+
        pub(super) static RULE: $crate::rules::Rule = $crate::rules::Rule {
            code: $code,
            name: $name,
            severity: $crate::rules::finding::Severity::$severity,
            summary: $summary,
            raw_page: concat!($($line, "\n"),+),
            check: $check,
        };
    };
}

pub mod finding;
pub mod selection;
pub mod words;

mod backfill_before_dual_write;
mod blanket_ignore;
mod breaks_between_steps;
mod broken;
mod changed_column_type;
mod code_ahead_of_schema;
mod column_without_field;
mod concurrently_in_transaction;
mod conflicting_migrations;
mod constraint_unknown_to_deployed_code;
mod constraint_validates_under_lock;
mod data;
mod declared;
mod deployed_migration_edited;
mod deployed_sql_names_removed;
mod effect;
mod engine;
mod field_without_column;
mod index_blocks_writes;
mod irreversible;
mod leftover;
mod locked;
mod migration_fails;
mod missing_dependency;
mod models_imported_in_migration;
mod narrowed_column;
mod null_no_longer_allowed;
mod parent_delete_breaks;
mod phase_due;
mod phases_in_one_change;
mod reference_to_removed_field;
mod reference_to_removed_model;
mod reference_to_renamed_field;
mod removed_column_in_use;
mod removed_table_in_use;
mod rename_could_keep_column;
mod rename_written_as_remove_and_add;
mod renamed_column;
mod renamed_table;
mod required_column_unknown_to_deployed_code;
mod rows_removed;
mod schema_and_data_in_one_transaction;
mod settings;
mod several_locks_in_one_transaction;
mod sql_without_state;
mod suppression;
mod table_rewrite;
mod unbatched_backfill;
mod unique_builds_under_lock;
mod unknown_code;
mod unknown_operation;
mod unreadable_sql;
mod unresolved_operand;
mod unused_ignore;

#[cfg(test)]
mod tests;

pub use engine::find_all;
pub use settings::RuleSettings;

use crate::analysis::Analysis;
use finding::{Finding, Severity};

/// A rule, with everything that a tool needs to know about it.
#[derive(Debug)]
pub struct Rule {
    /// `PB101`
    pub code: &'static str,
    /// `removed-column-in-use`
    pub name: &'static str,
    /// The severity it has by default; a conditional break is a warning whatever stands here.
    pub severity: Severity,
    /// One line.
    pub summary: &'static str,
    /// As the `rule!` captured it: [`Rule::page`] is for readers.
    raw_page: &'static str,
    check: Check,
}

/// Where the findings of a rule come from.
#[derive(Debug)]
enum Check {
    Analysis(fn(&Analysis, &mut Vec<Finding>)),
    /// From what the other rules found and nobody suppressed.
    Findings(fn(&Analysis, &[Finding], &mut Vec<Finding>)),
    /// From the suppressions themselves: `suppression` makes them.
    Suppressions,
}

impl Rule {
    /// Its page, in Markdown.
    pub fn page(&self) -> String {
        // rustdoc's convention: each line is what follows `///`, which is the text after one space.
        let lines: Vec<&str> = self.raw_page.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
        lines.join("\n")
    }
}

/// The rules that a migration's own file is enough for.
const LOCAL: [&str; 5] = ["PB002", "PB402", "PB501", "PB502", "PB503"];

impl Rule {
    /// What it finds in a migration depends on nothing but its file.
    pub fn is_local(&self) -> bool {
        LOCAL.contains(&self.code)
    }
}

/// The rule of that code or name, in any case.
pub fn find(code_or_name: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.code.eq_ignore_ascii_case(code_or_name) || rule.name.eq_ignore_ascii_case(code_or_name))
}

/// All rules, by code.
pub static ALL: &[&Rule] = &[
    &unused_ignore::RULE,
    &blanket_ignore::RULE,
    &unknown_code::RULE,
    &removed_column_in_use::RULE,
    &removed_table_in_use::RULE,
    &renamed_column::RULE,
    &renamed_table::RULE,
    &required_column_unknown_to_deployed_code::RULE,
    &changed_column_type::RULE,
    &narrowed_column::RULE,
    &null_no_longer_allowed::RULE,
    &constraint_unknown_to_deployed_code::RULE,
    &deployed_sql_names_removed::RULE,
    &parent_delete_breaks::RULE,
    &breaks_between_steps::RULE,
    &code_ahead_of_schema::RULE,
    &rows_removed::RULE,
    &reference_to_removed_field::RULE,
    &reference_to_renamed_field::RULE,
    &reference_to_removed_model::RULE,
    &field_without_column::RULE,
    &column_without_field::RULE,
    &phases_in_one_change::RULE,
    &phase_due::RULE,
    &backfill_before_dual_write::RULE,
    &rename_could_keep_column::RULE,
    &rename_written_as_remove_and_add::RULE,
    &index_blocks_writes::RULE,
    &concurrently_in_transaction::RULE,
    &constraint_validates_under_lock::RULE,
    &table_rewrite::RULE,
    &unique_builds_under_lock::RULE,
    &schema_and_data_in_one_transaction::RULE,
    &several_locks_in_one_transaction::RULE,
    &irreversible::RULE,
    &models_imported_in_migration::RULE,
    &unbatched_backfill::RULE,
    &unreadable_sql::RULE,
    &sql_without_state::RULE,
    &unknown_operation::RULE,
    &conflicting_migrations::RULE,
    &missing_dependency::RULE,
    &deployed_migration_edited::RULE,
    &unresolved_operand::RULE,
    &migration_fails::RULE,
];

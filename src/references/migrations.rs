//! Names in the operations of migrations: `AddField(model_name="order", name="note")`, `CreateModel("Order", [("note", …)])`.

use super::model_fields::last_part;
use super::roles::keyword;
use super::subject::Verdict;
use super::walk::{Around, Walk};
use crate::syntax::ast::*;

impl<'s> Walk<'_, 's> {
    /// A string in an operation; `Unknown` outside of one.
    pub(crate) fn operation_string(&self, text: &str) -> Verdict {
        let mut around = self.around().iter().rev();
        let mut path: Vec<&'s Expr> = Vec::new();
        let operation = around.find_map(|it| match it {
            Around::Expr(expr) => match &expr.kind {
                ExprKind::Call { func, args } if func.dotted().is_some_and(|it| is_operation(last_part(&it))) => Some(args),
                _ => {
                    path.push(expr);
                    None
                }
            },
            _ => None,
        });
        let Some(args) = operation else { return Verdict::Unknown };
        let model = keyword(args, "model_name").or_else(|| keyword(args, "name").filter(|_| keyword(args, "fields").is_some()));
        let model = model.or_else(|| args.first().filter(|arg| arg.kind == ArgumentKind::Positional).map(|arg| &arg.value));
        let Some(model) = model.and_then(Expr::as_str) else { return Verdict::Unknown };
        let is_model = model.eq_ignore_ascii_case(&self.subject.name) && self.engine.app_label(self.file) == self.subject.app;
        match &self.subject.field {
            None if is_model && text.eq_ignore_ascii_case(model) => Verdict::Yes,
            // What an argument of a field names is not this model's: a label, a help text.
            Some(field) if is_model && text == field.name && !path.iter().any(|it| matches!(it.kind, ExprKind::Call { .. })) => {
                Verdict::Yes
            }
            _ => Verdict::No,
        }
    }
}

fn is_operation(class: &str) -> bool {
    let verbs = ["Add", "Remove", "Alter", "Rename", "Create", "Delete", "Validate"];
    let nouns = ["Field", "Model", "Together", "Options", "Index", "Concurrently", "Constraint", "Table", "To", "Managers", "NotValid"];
    verbs.iter().any(|it| class.contains(it)) && nouns.iter().any(|it| class.ends_with(it))
}

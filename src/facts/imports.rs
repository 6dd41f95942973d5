//! Import statements: which path a name stands for.

use super::interpret::Interpreter;
use super::scope::{Binding, ScopeKind};
use super::value::Path;
use super::{Import, StarImport};
use crate::syntax::ast::{Alias, Identifier, Name, Span};

impl Interpreter<'_> {
    /// `import a.b.c` binds `a`; `import a.b.c as d` binds `d` to the whole path.
    pub(super) fn import(&mut self, names: &[Alias], stmt: Span) {
        for alias in names {
            let path = alias.name.name.as_str();
            match &alias.asname {
                Some(name) => self.bind_import(&name.name, Path(path.into()), stmt),
                None => {
                    let first = Name::from(path.split('.').next().unwrap_or_default());
                    self.bind_import(&first, Path(first.clone()), stmt);
                }
            }
        }
    }

    /// `from ..a import b as c, *`.
    pub(super) fn import_from(&mut self, level: u32, module: Option<&Identifier>, names: &[Alias], stmt: Span) {
        let mut prefix = ".".repeat(level as usize);
        if let Some(module) = module {
            prefix.push_str(&module.name);
        }
        let module = Path(prefix.into());
        for alias in names {
            if alias.name.name == "*" {
                if self.scopes.current_kind() == ScopeKind::Module && self.dry == 0 {
                    self.facts.star_imports.push(StarImport { module: module.clone(), span: stmt, conditional: self.is_uncertain() });
                }
                continue;
            }
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            self.bind_import(&name.name, module.join(&alias.name.name), stmt);
        }
    }

    fn bind_import(&mut self, name: &Name, target: Path, stmt: Span) {
        let current = self.scopes.current();
        self.scopes.set(current, name, Some(Binding::Import(target.clone())));
        if self.scopes.kind(current) == ScopeKind::Module && self.dry == 0 {
            self.facts.imports.push(Import { name: name.clone(), target, span: stmt });
        }
    }

    /// Keeps of each imported name what it stands for at the end of the file, in the order of the statements.
    pub(super) fn settle_imports(&mut self) {
        let mut imports = std::mem::take(&mut self.facts.imports);
        imports.reverse();
        let mut seen = rustc_hash::FxHashSet::default();
        imports.retain(|import| {
            let stands = matches!(self.scopes.binding(0, &import.name), Some(Binding::Import(path)) if *path == import.target);
            stands && seen.insert(import.name.clone())
        });
        imports.reverse();
        self.facts.imports = imports;
    }
}

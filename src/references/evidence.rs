//! What speaks for a reference whose receiver can't be inferred.

use super::engine::Cx;
use super::judge::Judge;
use super::reference::Confidence;
use super::walk::Walk;
use crate::syntax::ast::*;

/// What is known of the name in the whole project.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// Other classes that define something of this name: other models, and classes that are no models.
    pub(crate) rivals: u32,
    /// The name is long enough not to be used by chance.
    pub(crate) is_distinctive: bool,
}

impl Evidence {
    pub(crate) fn of_attribute<'s>(&self, walk: &Walk<'_, 's>, _cx: &Cx<'_>, _receiver: &'s Expr, name: &str) -> Option<Confidence> {
        if !walk.subject.is_own_word(name) {
            return Some(Confidence::Possible);
        }
        Some(self.of_word())
    }

    pub(crate) fn of_keyword<'s>(&self, _walk: &Walk<'_, 's>, _cx: &Cx<'_>, _func: &'s Expr, _name: &str) -> Option<Confidence> {
        Some(self.of_word())
    }

    pub(crate) fn of_string(&self, _walk: &Walk<'_, '_>, _cx: &Cx<'_>, _path: &str) -> Option<Confidence> {
        Some(Confidence::Possible)
    }

    pub(crate) fn of_template(&self, judge: &Judge<'_, '_>, _receiver: &str, name: &str) -> Option<Confidence> {
        if !judge.subject.is_own_word(name) {
            return Some(Confidence::Possible);
        }
        Some(self.of_word())
    }

    fn of_word(&self) -> Confidence {
        if self.rivals == 0 && self.is_distinctive { Confidence::Likely } else { Confidence::Possible }
    }
}

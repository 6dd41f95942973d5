//! The class headers of a file, found without parsing it: enough to tell which files may declare models.

use crate::syntax::ast::Name;
use memchr::memmem;
use std::sync::LazyLock;

/// `class Name(a.Base, Other[T], metaclass=M):`, in lower case, as Django compares the names of models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    pub name: Name,
    /// The last part of each base: `base`, `other`. Of a call, the function's: `with_metaclass`.
    pub bases: Box<[Name]>,
}

static CLASS: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(b"class "));

/// One of these stands in every file that adds members to classes of other files (`FileFacts::additions`): `add_to_class`,
/// `contribute_to_class`. Three plain searches are several times as fast as one for all words at once.
static ADDITIONS: LazyLock<[memmem::Finder<'static>; 3]> =
    LazyLock::new(|| ["_to_class", "modeltranslation", "mptt"].map(|word| memmem::Finder::new(word.as_bytes())));

/// Whether a file may add members to classes of other files.
pub fn may_add_members(text: &[u8]) -> bool {
    ADDITIONS.iter().any(|word| word.find(text).is_some())
}

/// All class headers that stand at the start of a line, indented or not. Texts inside strings may be among them: whoever asks
/// parses the file next.
pub fn headers(text: &[u8]) -> Vec<Header> {
    CLASS.find_iter(text).filter(|at| starts_line(text, *at)).filter_map(|at| header(text.get(at + "class ".len()..)?)).collect()
}

/// Whether only blanks stand between `at` and the start of its line.
fn starts_line(text: &[u8], at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let line = before.iter().rposition(|byte| !matches!(byte, b' ' | b'\t' | 0x0c));
    match line {
        None => true,
        // A byte order mark ends in 0xBF.
        Some(last) => matches!(before.get(last), Some(b'\n' | b'\r' | 0xbf | b';')),
    }
}

fn header(rest: &[u8]) -> Option<Header> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    let rest = rest.trim_ascii_start();
    let end = rest.iter().position(|byte| !is_word(byte)).unwrap_or(rest.len());
    let (name, mut rest) = rest.split_at_checked(end)?;
    if name.is_empty() {
        return None;
    }
    // PEP 695: `class Name[T](Base):`
    rest = rest.trim_ascii_start();
    if rest.first() == Some(&b'[') {
        let close = rest.iter().position(|byte| *byte == b']')?;
        rest = rest.get(close + 1..)?.trim_ascii_start();
    }
    let bases = if rest.first() == Some(&b'(') { bases(rest.get(1..)?) } else { Vec::new() };
    Some(Header { name: lower(name), bases: bases.into() })
}

fn lower(word: &[u8]) -> Name {
    String::from_utf8_lossy(word).to_lowercase().into()
}

/// How far a list of bases is followed: nobody's is longer, and a text that is no class must not cost its length.
const LONGEST: usize = 4096;

fn bases(text: &[u8]) -> Vec<Name> {
    let mut out = Vec::new();
    let mut depth = 0usize;
    // The last word that was seen at this level, and whether it is a keyword's name or behind a bracket.
    let mut word: Option<&[u8]> = None;
    let mut is_done = false;
    let mut at = 0;
    let text = text.get(..text.len().min(LONGEST)).unwrap_or_default();
    while let Some(byte) = text.get(at) {
        match byte {
            b'(' | b'[' | b'{' => {
                is_done = true;
                depth += 1;
            }
            b')' if depth == 0 => {
                out.extend(word.map(lower));
                return out;
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                out.extend(word.take().map(lower));
                is_done = false;
            }
            b'=' if depth == 0 => {
                word = None;
                is_done = true;
            }
            b'#' => at += text.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'\n')).unwrap_or(LONGEST),
            byte if depth == 0 && !is_done && (byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80) => {
                let rest = text.get(at..).unwrap_or_default();
                let len =
                    rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80)).unwrap_or(rest.len());
                word = rest.get(..len);
                at += len;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found: Vec<String> = headers(text.as_bytes()).iter().map(|it| format!("{}({})", it.name, it.bases.join(", "))).collect();
        assert_eq!(found.join("; "), expected);
    }

    #[test]
    fn headers_are_found_at_the_start_of_lines() {
        check("class Book(models.Model):\n    class Meta:\n        pass\n", "book(model); meta()");
        check("x = 'a class of its own'\n# class No(Model):\nclass_ = 1\n", "");
        check("\u{feff}class Book: pass\r\nclass Author(a.b.C, D): pass", "book(); author(c, d)");
    }

    #[test]
    fn bases_are_their_last_parts() {
        check("class A(Generic[T], with_metaclass(Meta, Base), metaclass=X, **kw):", "a(generic, with_metaclass, kw)");
        check("class A(\n    models.Model,  # a comment, with (brackets\n    Mixin,\n):", "a(model, mixin)");
        check("class A[T: (int, str)](Base):", "a(base)");
        check("class A(unclosed", "a()");
    }
}

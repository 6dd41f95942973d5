//! What stands around the cursor in Python that somebody is just typing: no tree has that yet, so brackets and strings are read from
//! the start, and whatever can't be made sense of is left behind at the next statement.

/// The brackets that are open at the cursor, the innermost last, and what the cursor is in.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) frames: Vec<Frame>,
    pub(super) token: Token,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Token {
    #[default]
    Code,
    /// What stands of a string before the cursor begins at this offset.
    Text { start: usize },
    /// The `#` is at this offset.
    Comment { start: usize },
}

/// An open bracket.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Frame {
    /// What is called: `migrations.AddField`; empty for a tuple, a list, a set, a dict.
    pub(super) callee: String,
    /// What the bracket's value is given to: `dependencies = [`, `fields=[`; empty where that has no name.
    pub(super) target: String,
    pub(super) bracket: char,
    /// How many arguments or items are complete.
    pub(super) index: usize,
    /// Of the argument that the cursor is in.
    pub(super) keyword: Option<String>,
    /// The arguments that are strings, by keyword or place.
    texts: Vec<(Option<String>, usize, String)>,
}

impl Frame {
    /// The string that was given as a keyword, or at a place.
    pub(super) fn text(&self, keyword: &str, index: usize) -> Option<&str> {
        let found = self.texts.iter().find(|(name, at, _)| match name {
            Some(name) => name == keyword,
            None => *at == index,
        });
        found.map(|(_, _, text)| text.as_str())
    }
}

/// The names in the body of a migration that begin a statement, wherever a bracket was left open before.
const STATEMENTS: [&str; 6] = ["dependencies", "operations", "replaces", "run_before", "atomic", "initial"];

/// Words that begin a statement and never an expression.
const KEYWORDS: [&str; 5] = ["class", "def", "import", "from", "return"];

impl Cursor {
    /// The place at the byte `offset` of `text`.
    pub(super) fn at(text: &str, offset: usize) -> Self {
        let mut reader = Reader { text: text.get(..offset).unwrap_or(text), at: 0, word: String::new(), cursor: Self::default() };
        reader.read();
        reader.cursor
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// The dotted name just before, or the one before a `=`, with it.
    word: String,
    cursor: Cursor,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn read(&mut self) {
        while let Some(c) = self.rest().chars().next() {
            match c {
                '#' => {
                    let start = self.at;
                    let Some(length) = self.rest().find('\n') else {
                        self.cursor.token = Token::Comment { start };
                        return;
                    };
                    self.at += length;
                }
                '"' | '\'' => {
                    if !self.string(c) {
                        return;
                    }
                }
                '(' | '[' | '{' => self.open(c),
                ')' | ']' | '}' => self.close(),
                _ if c.is_alphanumeric() || c == '_' => self.name(),
                _ => self.mark(c),
            }
        }
    }

    /// Whether it ends before the cursor.
    fn string(&mut self, quote: char) -> bool {
        let triple: String = std::iter::repeat_n(quote, 3).collect();
        let (mark, is_long) = if self.rest().starts_with(&triple) { (triple, true) } else { (quote.to_string(), false) };
        let start = self.at + mark.len();
        let mut end = start;
        loop {
            let rest = self.text.get(end..).unwrap_or_default();
            if rest.starts_with(&mark) {
                break;
            }
            match rest.chars().next() {
                None => {
                    self.cursor.token = Token::Text { start };
                    return false;
                }
                // The quote that would end it is not typed yet.
                Some('\n') if !is_long => {
                    self.at = end;
                    self.word.clear();
                    return true;
                }
                Some('\\') => end += 1 + rest.chars().nth(1).map_or(0, char::len_utf8),
                Some(c) => end += c.len_utf8(),
            }
        }
        let text = self.text.get(start..end).unwrap_or_default().to_owned();
        if let Some(frame) = self.cursor.frames.last_mut() {
            frame.texts.push((frame.keyword.clone(), frame.index, text));
        }
        self.at = end + mark.len();
        self.word.clear();
        true
    }

    fn name(&mut self) {
        let rest = self.rest();
        let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(rest.len());
        let name = rest.get(..length).unwrap_or_default().to_owned();
        if self.begins_statement(&name) {
            self.cursor.frames.clear();
        }
        self.at += length;
        self.word = name;
    }

    fn begins_statement(&self, name: &str) -> bool {
        let before = self.text.get(..self.at).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let is_first = line.trim_start().is_empty();
        let is_assigned = || self.rest().get(name.len()..).is_some_and(|rest| rest.starts_with(" ="));
        is_first && (KEYWORDS.contains(&name) || (STATEMENTS.contains(&name) && is_assigned()))
    }

    fn open(&mut self, bracket: char) {
        let word = std::mem::take(&mut self.word);
        let (callee, target) = match word.strip_suffix('=') {
            Some(target) => (String::new(), target.to_owned()),
            None => (word, String::new()),
        };
        self.cursor.frames.push(Frame { callee, target, bracket, ..Frame::default() });
        self.at += 1;
    }

    fn close(&mut self) {
        self.cursor.frames.pop();
        self.word.clear();
        self.at += 1;
    }

    fn mark(&mut self, c: char) {
        match c {
            '=' if !self.word.is_empty() && !self.word.ends_with('=') => {
                if let Some(frame) = self.cursor.frames.last_mut() {
                    frame.keyword = Some(self.word.clone());
                }
                self.word.push('=');
            }
            ',' => {
                if let Some(frame) = self.cursor.frames.last_mut() {
                    frame.index += 1;
                    frame.keyword = None;
                }
                self.word.clear();
            }
            ' ' | '\t' => {}
            '\n' | '\r' if !self.cursor.frames.is_empty() => {}
            _ => self.word.clear(),
        }
        self.at += c.len_utf8();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cursor is at the `|`.
    fn at(text: &str) -> Cursor {
        let offset = text.find('|').unwrap();
        Cursor::at(&text.replacen('|', "", 1), offset)
    }

    fn callees(cursor: &Cursor) -> Vec<&str> {
        cursor.frames.iter().map(|frame| frame.callee.as_str()).collect()
    }

    #[test]
    fn brackets_and_what_they_belong_to_are_told() {
        let cursor = at("class M:\n    dependencies = [\n        (\"shop\", \"00|");
        assert!(matches!(cursor.token, Token::Text { .. }));
        assert_eq!(cursor.frames[0].target, "dependencies");
        assert_eq!((cursor.frames[1].bracket, cursor.frames[1].index, cursor.frames[1].text("", 0)), ('(', 1, Some("shop")));
    }

    #[test]
    fn arguments_have_names_and_places() {
        let cursor = at("operations = [\n migrations.RemoveField(model_name='order', name=\"|\")]");
        assert_eq!(callees(&cursor), ["", "migrations.RemoveField"]);
        let call = &cursor.frames[1];
        assert_eq!((call.keyword.as_deref(), call.index, call.text("model_name", 0)), (Some("name"), 1, Some("order")));
        let positional = at("migrations.RemoveField('order', '|");
        assert_eq!(positional.frames[0].text("model_name", 0), Some("order"));
        assert_eq!(positional.frames[0].keyword, None);
    }

    #[test]
    fn what_was_left_open_before_is_forgotten() {
        assert_eq!(callees(&at("x = foo(bar[\n\nclass Migration:\n    operations = [f(|")), ["", "f"]);
        assert_eq!(callees(&at("    dependencies = [(\"a\", \"b\n    operations = [f(|")), ["", "f"]);
        assert_eq!(at("x = 'a\ny = '|").token, Token::Text { start: 12 });
    }

    #[test]
    fn comments_and_strings_hide_brackets() {
        assert_eq!(callees(&at("f(  # g(\n  ')', \"\"\"\n(\"\"\", |")), ["f"]);
        assert!(matches!(at("f(x)  # preboot: ign|").token, Token::Comment { start: 6 }));
        assert_eq!(at("f('a\\'b|").token, Token::Text { start: 3 });
    }

    #[test]
    fn any_text_can_be_read_to_any_place() {
        let text = "a = [('é', \"\"\"x\ny\"\"\"), {'😀': f(b=1)}]  # ü\n\\'";
        for (offset, _) in text.char_indices() {
            Cursor::at(text, offset);
        }
        Cursor::at(text, 6);
        Cursor::at(text, 1000);
    }
}

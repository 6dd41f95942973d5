//! Byte offsets into lines and columns, and back.
//!
//! A line ends at `\n`, `\r\n` or `\r`, as both LSP and Python have it; form feeds and U+2028 end none. Lines and columns count
//! from zero. Offsets and positions outside the text are clamped, as LSP asks for.

use memchr::memchr2;

/// What a column counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ColumnUnit {
    /// Unicode scalar values: what the command line shows.
    Chars,
    /// UTF-16 code units: what LSP clients count unless they say otherwise.
    Utf16,
    /// Bytes.
    Utf8,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// Where the lines of a text start. It goes with the text that it was made of, which every method wants to see again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineIndex {
    /// The first is 0.
    starts: Vec<u32>,
}

impl LineIndex {
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        let mut at = 0;
        while let Some(end) = bytes.get(at..).and_then(|rest| memchr2(b'\n', b'\r', rest)) {
            at += end;
            at += terminator(bytes.get(at..).unwrap_or_default());
            starts.push(at as u32);
        }
        Self { starts }
    }

    pub fn line_count(&self) -> usize {
        self.starts.len()
    }

    /// The line's text without its end; empty for a line that doesn't exist.
    pub fn line<'t>(&self, text: &'t str, line: u32) -> &'t str {
        let Some(start) = self.starts.get(line as usize) else { return "" };
        let rest = text.get(*start as usize..).unwrap_or_default();
        rest.get(..memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len())).unwrap_or_default()
    }

    pub fn position(&self, text: &str, offset: u32, unit: ColumnUnit) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let line = line as u32;
        Position { line, column: column(self.line(text, line), (offset - start) as usize, unit) }
    }

    pub fn offset(&self, text: &str, position: Position, unit: ColumnUnit) -> u32 {
        match self.starts.get(position.line as usize) {
            Some(start) => start + byte(self.line(text, position.line), position.column, unit) as u32,
            None => text.len() as u32,
        }
    }
}

/// The length of the line end that the bytes start with.
fn terminator(bytes: &[u8]) -> usize {
    match bytes {
        [b'\r', b'\n', ..] => 2,
        _ => 1,
    }
}

/// The column of a byte of the line. Past the end of the line it's the end; inside a character it's where that starts.
pub fn column(line: &str, byte: usize, unit: ColumnUnit) -> u32 {
    let before = line.get(..floor(line, byte)).unwrap_or_default();
    let count = match unit {
        ColumnUnit::Chars => before.chars().count(),
        ColumnUnit::Utf16 => before.chars().map(char::len_utf16).sum(),
        ColumnUnit::Utf8 => before.len(),
    };
    count as u32
}

/// The byte of the line at a column. Past the end of the line it's the end; inside a character it's where that starts.
pub fn byte(line: &str, column: u32, unit: ColumnUnit) -> usize {
    let mut left = column as usize;
    match unit {
        ColumnUnit::Utf8 => floor(line, left),
        ColumnUnit::Chars => line.char_indices().nth(left).map_or(line.len(), |(byte, _)| byte),
        ColumnUnit::Utf16 => {
            for (byte, c) in line.char_indices() {
                if left < c.len_utf16() {
                    return byte;
                }
                left -= c.len_utf16();
            }
            line.len()
        }
    }
}

fn floor(line: &str, byte: usize) -> usize {
    line.floor_char_boundary(byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UNITS: [ColumnUnit; 3] = [ColumnUnit::Chars, ColumnUnit::Utf16, ColumnUnit::Utf8];

    /// Walks the text a character at a time.
    fn reference(text: &str, offset: usize, unit: ColumnUnit) -> Position {
        let mut position = Position::default();
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if at + c.len_utf8() > offset {
                break;
            }
            let next = chars.peek().map(|(_, next)| *next);
            match (c, next) {
                ('\r', Some('\n')) => {}
                ('\n' | '\r', _) => position = Position { line: position.line + 1, column: 0 },
                _ => {
                    position.column += match unit {
                        ColumnUnit::Chars => 1,
                        ColumnUnit::Utf16 => c.len_utf16() as u32,
                        ColumnUnit::Utf8 => c.len_utf8() as u32,
                    }
                }
            }
        }
        position
    }

    fn texts() -> impl Strategy<Value = String> {
        let pieces = prop_oneof![
            Just("\n"),
            Just("\r\n"),
            Just("\r"),
            Just("a"),
            Just("bc "),
            Just("é"),
            Just("😀"),
            Just("\u{2028}"),
            Just("\x0C"),
            Just("👩‍🚒")
        ];
        proptest::collection::vec(pieces, 0..30).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn positions_are_those_of_the_reference(text in texts(), beyond in 0usize..4) {
            let index = LineIndex::new(&text);
            for unit in UNITS {
                for offset in 0..=text.len() + beyond {
                    prop_assert_eq!(index.position(&text, offset as u32, unit), reference(&text, offset, unit));
                }
            }
        }

        #[test]
        fn there_and_back(text in texts()) {
            let index = LineIndex::new(&text);
            for unit in UNITS {
                for (offset, _) in text.char_indices().chain([(text.len(), ' ')]) {
                    let back = index.offset(&text, index.position(&text, offset as u32, unit), unit) as usize;
                    let in_crlf = text[..offset].ends_with('\r') && text[offset..].starts_with('\n');
                    prop_assert_eq!(back, if in_crlf { offset - 1 } else { offset });
                }
            }
        }

        #[test]
        fn no_position_is_outside(text in texts(), line in 0u32..40, column in 0u32..40) {
            let index = LineIndex::new(&text);
            for unit in UNITS {
                let offset = index.offset(&text, Position { line, column }, unit) as usize;
                prop_assert!(text.is_char_boundary(offset));
                prop_assert!(line as usize >= index.line_count() || reference(&text, offset, unit).line == line);
            }
        }
    }

    #[test]
    fn a_column_inside_a_surrogate_pair_rounds_down() {
        let index = LineIndex::new("😀b");
        assert_eq!(index.offset("😀b", Position { line: 0, column: 1 }, ColumnUnit::Utf16), 0);
        assert_eq!(index.offset("😀b", Position { line: 0, column: 2 }, ColumnUnit::Utf16), 4);
    }
}

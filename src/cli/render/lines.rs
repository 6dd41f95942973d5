//! Byte offsets into the lines and columns that a person counts.

/// Where the lines of a text start. A line ends at `\n`, `\r\n` or `\r`, as Python has it.
pub(in crate::cli) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    pub(in crate::cli) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|&(at, byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        Self { starts: std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect() }
    }

    /// How many lines there are; a line end at the end begins another.
    pub(in crate::cli) fn count(&self) -> usize {
        self.starts.len()
    }

    /// The line that holds `offset`, counted from 0.
    pub(in crate::cli) fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// Line and column of `offset`, both counted from 1, the column in Unicode scalar values.
    pub(in crate::cli) fn position(&self, text: &str, offset: usize) -> (usize, usize) {
        let line = self.line(offset);
        let start = self.starts.get(line).copied().unwrap_or_default();
        let before = text.get(start..offset.min(text.len())).unwrap_or_default();
        (line + 1, before.chars().count() + 1)
    }

    /// The bytes of the lines from `first` to `last` (counted from 0, both included), with their ends.
    pub(in crate::cli) fn range(&self, text: &str, first: usize, last: usize) -> std::ops::Range<usize> {
        let start = self.starts.get(first).copied().unwrap_or(text.len());
        let end = self.starts.get(last + 1).copied().unwrap_or(text.len());
        start..end.max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_scalar_values() {
        let text = "a\n\u{e9}\u{1f600}x = 1\n";
        let lines = Lines::new(text);
        assert_eq!(lines.position(text, 0), (1, 1));
        assert_eq!(lines.position(text, text.find('x').unwrap()), (2, 3));
        assert_eq!(lines.position(text, text.len()), (3, 1));
    }

    #[test]
    fn every_line_end_of_python_counts_once() {
        let text = "a\r\nb\rc\nd";
        let lines = Lines::new(text);
        let position = |word: &str| lines.position(text, text.find(word).unwrap());
        assert_eq!([position("b"), position("c"), position("d")], [(2, 1), (3, 1), (4, 1)]);
        assert_eq!(&text[lines.range(text, 1, 2)], "b\rc\n");
    }

    #[test]
    fn an_offset_past_the_end_is_the_end() {
        let lines = Lines::new("ab");
        assert_eq!(lines.position("ab", 9), (1, 3));
        assert_eq!(lines.range("ab", 4, 5), 2..2);
    }
}

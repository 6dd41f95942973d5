//! Lines of a text: what stands above and beside an item of a list, and what goes when it goes.

use crate::syntax::ast::Span;

/// A text, for questions about its lines.
#[derive(Clone, Copy)]
pub(super) struct Lines<'t>(pub(super) &'t str);

/// What goes with an item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) span: Span,
    /// The comments in the lines above it.
    pub(super) above: Vec<String>,
    /// The comment behind it.
    pub(super) beside: Option<String>,
}

impl<'t> Lines<'t> {
    /// Where the line of an offset starts.
    pub(super) fn line_start(self, offset: u32) -> u32 {
        self.before(offset).rfind('\n').map_or(0, |at| at as u32 + 1)
    }

    /// Where the next line starts; the text's end after the last.
    pub(super) fn next_line(self, offset: u32) -> u32 {
        self.after(offset).find('\n').map_or(self.0.len() as u32, |at| offset + at as u32 + 1)
    }

    /// Where the lines of comments right above the line of an offset start; that of the line itself, where there are none.
    pub(super) fn with_comments_above(self, offset: u32) -> u32 {
        let mut start = self.line_start(offset);
        while let Some(above) = start.checked_sub(1).map(|it| self.line_start(it)) {
            let is_comment = self.0.get(above as usize..start as usize).is_some_and(|line| line.trim_start().starts_with('#'));
            if !is_comment {
                break;
            }
            start = above;
        }
        start
    }

    pub(super) fn has_blank_line(self, span: Span) -> bool {
        let lines: Vec<&str> = self.0.get(span.range()).unwrap_or_default().split('\n').collect();
        lines.get(1..lines.len() - 1).is_some_and(|between| between.iter().any(|line| line.trim().is_empty()))
    }

    /// What goes with the item at `at` of those at `items`, its comma included. `None` where that can't be told.
    pub(super) fn cut(self, items: &[Span], at: usize) -> Option<Cut> {
        let item = *items.get(at)?;
        let comma = self.after(item.end);
        let comma = comma.len() - comma.trim_start().len();
        let has_comma = self.after(item.end + comma as u32).starts_with(',');
        let end = if has_comma { item.end + comma as u32 + 1 } else { item.end };
        let line_end = self.next_line(end);
        let beside = self.0.get(end as usize..line_end as usize)?.trim();
        let starts_line = self.0.get(self.line_start(item.start) as usize..item.start as usize)?.trim().is_empty();
        if starts_line && (beside.is_empty() || beside.starts_with('#')) {
            let start = self.with_comments_above(item.start);
            let above = self.0.get(start as usize..self.line_start(item.start) as usize)?;
            let beside = (!beside.is_empty()).then(|| beside.to_owned());
            let above = above.lines().map(|line| line.trim().to_owned()).collect();
            return Some(Cut { span: Span { start, end: line_end }, above, beside });
        }
        let span = match (items.get(at + 1), at.checked_sub(1).and_then(|it| items.get(it))) {
            (Some(next), _) => Span { start: item.start, end: next.start },
            (None, Some(previous)) => Span { start: previous.end, end: item.end },
            (None, None) => item,
        };
        // A comment on the way to the next item may be about either.
        let is_plain = !self.0.get(item.end as usize..span.end.max(item.end) as usize)?.contains('#')
            && !self.0.get(span.start as usize..item.start as usize)?.contains('#');
        is_plain.then_some(Cut { span, above: Vec::new(), beside: None })
    }

    fn before(self, offset: u32) -> &'t str {
        self.0.get(..offset as usize).unwrap_or_default()
    }

    fn after(self, offset: u32) -> &'t str {
        self.0.get(offset as usize..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str, items: &[&str], at: usize) -> Option<(String, Cut)> {
        let spans: Vec<Span> = items.iter().map(|it| text.find(it).map(|at| Span::new(at, at + it.len())).unwrap()).collect();
        let cut = Lines(text).cut(&spans, at)?;
        let mut rest = text.to_owned();
        rest.replace_range(cut.span.range(), "");
        Some((rest, cut))
    }

    #[test]
    fn an_item_goes_with_its_comments() {
        let text = "x = [\n    # why\n    # indeed\n    a(),  # here\n    # of b\n    b()\n]\n";
        let (rest, cut) = without(text, &["a()", "b()"], 0).unwrap();
        assert_eq!(rest, "x = [\n    # of b\n    b()\n]\n");
        assert_eq!((cut.above, cut.beside), (vec!["# why".to_owned(), "# indeed".to_owned()], Some("# here".to_owned())));
        assert_eq!(without(text, &["a()", "b()"], 1).unwrap().0, "x = [\n    # why\n    # indeed\n    a(),  # here\n]\n");
    }

    #[test]
    fn an_item_goes_from_a_line_that_it_shares() {
        assert_eq!(without("x = [a(), b()]", &["a()", "b()"], 0).unwrap().0, "x = [b()]");
        assert_eq!(without("x = [a(), b()]", &["a()", "b()"], 1).unwrap().0, "x = [a()]");
        assert_eq!(without("x = [\n    a(), b(\n    ),\n]", &["a()", "b(\n    )"], 1).unwrap().0, "x = [\n    a(),\n]");
        assert_eq!(without("x = [a(),  # of which?\n b()]", &["a()", "b()"], 0), None);
    }

    #[test]
    fn lines_are_found_with_what_belongs_to_them() {
        let text = "a = 1\n\n# of b\nb = 2\n";
        assert_eq!(Lines(text).with_comments_above(14), 7);
        assert!(Lines(text).has_blank_line(Span::new(5, 7)) && !Lines(text).has_blank_line(Span::new(5, 6)));
        assert_eq!(Lines(text).next_line(14), text.len() as u32);
    }
}

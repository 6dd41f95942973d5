//! Where a place of an earlier text is now, after the edits since.

use crate::syntax::ast::Span;
use crate::syntax::difference::{common_prefix, common_suffix};

/// The edits that lead from one text to another, in order.
///
/// Those since the text was last known to be sound stand in the order of the text, and none touches the next: however long somebody
/// types, there are as many of them as places where they did.
#[derive(Clone, Debug, Default)]
pub(super) struct Shift {
    edits: Vec<Replaced>,
    /// After so many of them the text said the same as at first.
    sound: usize,
}

/// `removed` bytes at `start` gave way to `inserted` others.
#[derive(Clone, Copy, Debug)]
struct Replaced {
    start: u32,
    removed: u32,
    inserted: u32,
}

impl Replaced {
    /// Where the inserted bytes end, in the text after the edit.
    fn end(&self) -> u32 {
        self.start + self.inserted
    }
}

impl Shift {
    pub(super) fn clear(&mut self) {
        self.edits.clear();
        self.sound = 0;
    }

    /// The text says the same as at first: what an edit lies inside of has only grown or shrunk.
    pub(super) fn is_sound(&mut self) {
        self.sound = self.edits.len();
    }

    pub(super) fn replace(&mut self, start: usize, removed: usize, inserted: usize) {
        let (start, removed, inserted) = (start as u32, removed as u32, inserted as u32);
        let end = start + removed;
        let edits = self.edits.get(self.sound..).unwrap_or_default();
        // From the first that this one touches to the last.
        let first = edits.partition_point(|it| it.end() < start);
        let after = edits.partition_point(|it| it.start <= end);
        let touched = edits.get(first..after).unwrap_or_default();
        let from = touched.first().map_or(start, |it| it.start.min(start));
        let to = touched.last().map_or(end, |it| it.end().max(end));
        let sum = |size: fn(&Replaced) -> u32| touched.iter().map(size).sum::<u32>();
        let whole = Replaced {
            start: from,
            removed: to - from - sum(|it| it.inserted) + sum(|it| it.removed),
            inserted: to - from - removed + inserted,
        };
        let (first, after) = (self.sound + first, self.sound + after);
        for later in self.edits.iter_mut().skip(after) {
            later.start = later.start - removed + inserted;
        }
        self.edits.splice(first..after, [whole]);
    }

    /// Where a span of the earlier text is now; `None` if an edit touched it and nobody knows what is left of it.
    pub(super) fn forward(&self, mut span: Span) -> Option<Span> {
        for (at, edit) in self.edits.iter().enumerate() {
            let moved = |at: u32| at - edit.removed + edit.inserted;
            let end = edit.start + edit.removed;
            if span.start >= end {
                span = Span { start: moved(span.start), end: moved(span.end) };
            } else if at < self.sound && span.start < edit.start && end < span.end {
                span.end = moved(span.end);
            } else if span.end > edit.start {
                return None;
            }
        }
        Some(span)
    }

    /// Where an offset of the present text was; `None` if an edit made it.
    pub(super) fn back(&self, mut offset: u32) -> Option<u32> {
        for edit in self.edits.iter().rev() {
            if offset >= edit.start + edit.inserted {
                offset = offset - edit.inserted + edit.removed;
            } else if offset > edit.start {
                return None;
            }
        }
        Some(offset)
    }
}

/// The least replacement of whole characters that makes `new` of `old`: the bytes of `old`, and the text that takes their place.
pub(super) fn difference<'n>(old: &str, new: &'n str) -> (std::ops::Range<usize>, &'n str) {
    let start = old.floor_char_boundary(common_prefix(old.as_bytes(), new.as_bytes()));
    let (old_rest, new_rest) = (old.get(start..).unwrap_or_default(), new.get(start..).unwrap_or_default());
    let suffix = common_suffix(old_rest.as_bytes(), new_rest.as_bytes());
    // What follows a boundary is the same in both.
    let end = old.ceil_char_boundary(old.len() - suffix);
    (start..end, new.get(start..new.len() - (old.len() - end)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_lies_behind_an_edit_moves_and_what_it_touches_is_lost() {
        let mut shift = Shift::default();
        shift.replace(10, 3, 5);
        assert_eq!(shift.forward(Span::new(2, 10)), Some(Span::new(2, 10)));
        assert_eq!(shift.forward(Span::new(13, 20)), Some(Span::new(15, 22)));
        assert_eq!(shift.forward(Span::new(8, 11)), None);
        assert_eq!(shift.forward(Span::new(11, 12)), None);
        assert_eq!(shift.back(15), Some(13));
        assert_eq!(shift.back(10), Some(10));
        assert_eq!(shift.back(12), None);
    }

    #[test]
    fn a_sound_edit_inside_makes_it_longer() {
        let mut shift = Shift::default();
        shift.replace(10, 3, 5);
        shift.is_sound();
        assert_eq!(shift.forward(Span::new(8, 20)), Some(Span::new(8, 22)));
        assert_eq!(shift.forward(Span::new(8, 11)), None);
        shift.replace(12, 0, 1);
        assert_eq!(shift.forward(Span::new(8, 20)), None, "the second is not known to be sound");
        assert_eq!(shift.forward(Span::new(20, 30)), Some(Span::new(23, 33)));
    }

    #[test]
    fn there_are_as_many_edits_as_places_that_were_typed_at() {
        let mut shift = Shift::default();
        for round in 0..100 {
            // Back and forth between two lines, with a mistake taken back in each.
            for start in [10, 60 + 2 * round] {
                shift.replace(start, 0, 3);
                shift.replace(start + 2, 1, 0);
            }
        }
        assert_eq!(shift.edits.len(), 2, "{:?}", shift.edits);
        assert_eq!(shift.forward(Span::new(20, 30)), Some(Span::new(220, 230)));
        assert_eq!(shift.back(225), Some(25));
    }

    proptest! {
        /// Words that no edit touches are found again, whatever the edits.
        #[test]
        fn untouched_text_is_found_again(edits in proptest::collection::vec((0usize..60, 0usize..8, "[a-z]{0,5}"), 0..8)) {
            let first: String = ('!'..='\\').collect();
            let mut text = first.clone();
            let mut shift = Shift::default();
            for (start, removed, inserted) in edits {
                let start = start.min(text.len());
                let end = (start + removed).min(text.len());
                text.replace_range(start..end, &inserted);
                shift.replace(start, end - start, inserted.len());
            }
            for at in 0..first.len() {
                let span = Span::new(at, at + 1);
                if let Some(now) = shift.forward(span) {
                    prop_assert_eq!(&text[now.range()], &first[span.range()]);
                    prop_assert_eq!(shift.back(now.start), Some(span.start));
                } else {
                    prop_assert!(!text.contains(&first[span.range()]));
                }
            }
        }

        #[test]
        fn a_difference_makes_the_one_of_the_other(old in "[ab\u{e9}\r\n]{0,12}", new in "[ab\u{e9}\r\n]{0,12}") {
            let (range, text) = difference(&old, &new);
            let mut made = old.clone();
            made.replace_range(range, text);
            prop_assert_eq!(made, new);
        }
    }
}

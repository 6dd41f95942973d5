//! A lookup path, and which part of it is asked about.

/// `note` of `order__note__gt`: the path and the part's offset in it. A plain name is a path of one part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PathPart<'t> {
    pub(crate) path: &'t str,
    pub(crate) at: usize,
}

impl<'t> PathPart<'t> {
    pub(crate) fn name(name: &'t str) -> Self {
        Self { path: name, at: 0 }
    }

    /// The path around an offset of a string: the string is a path, after a sign that sorts or searches.
    pub(crate) fn in_string(text: &'t str, at: usize) -> Option<Self> {
        let start = usize::from(text.starts_with(['-', '+', '^', '=', '@', '$', '*']));
        let path = text.get(start..)?;
        let is_path = path.chars().all(|it| it.is_alphanumeric() || it == '_' || it == '.');
        Some(Self { path, at: at.checked_sub(start)? }).filter(|_| is_path)
    }

    /// The path is one name, and that is asked about.
    pub(crate) fn is_whole(self) -> bool {
        self.at == 0 && !self.path.contains("__")
    }

    /// `note__count`, as `aggregate()` calls what it was given without a name.
    pub(crate) fn is_aggregate(self) -> bool {
        let last = self.path.rsplit_once("__").map_or("", |(_, last)| last);
        matches!(last, "avg" | "count" | "max" | "min" | "stddev" | "sum" | "variance")
    }

    /// The first part of the path.
    pub(crate) fn first(self) -> &'t str {
        self.path.split("__").next().unwrap_or(self.path)
    }

    /// The part before the one that is asked about, where there is one.
    pub(crate) fn before(self) -> Option<&'t str> {
        let before = self.path.get(..self.at)?.trim_end_matches("__").trim_end_matches('.');
        let last = before.rsplit('.').next()?.rsplit("__").next()?;
        (!last.is_empty()).then_some(last)
    }

    /// `customer.note` as lookups write it, with the offset there.
    pub(crate) fn undotted(self) -> (String, usize) {
        let at = self.at + self.path.get(..self.at).unwrap_or_default().matches('.').count();
        (self.path.replace('.', "__"), at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_paths_after_a_sign() {
        let part = PathPart::in_string("-order__note", 8).unwrap();
        assert_eq!((part.path, part.at, part.first(), part.before()), ("order__note", 7, "order", Some("order")));
        assert!(PathPart::in_string("a note", 2).is_none());
        assert!(PathPart::in_string("-note", 0).is_none());
        assert_eq!(PathPart { path: "order.note", at: 6 }.undotted(), ("order__note".to_owned(), 7));
        assert!(PathPart::name("note").is_whole());
    }
}

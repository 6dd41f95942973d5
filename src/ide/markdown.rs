//! Texts that hold what others wrote, inside of our Markdown: names of files, models and columns are no markup.

/// Inline code that no text ends.
pub(super) fn code(text: &str) -> String {
    format!("`{}`", one_line(text).replace('`', "'"))
}

/// A text of ours in which names may stand: what is between backticks stays code, the rest can be no link, no image and no HTML.
pub(super) fn text(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut parts = source.split('`').enumerate().peekable();
    while let Some((at, part)) = parts.next() {
        match (at % 2 == 1, parts.peek().is_some()) {
            (true, true) => out.push_str(&code(part)),
            // The last part has nothing that closes it.
            (true, false) => out.extend(["'", &escaped(part)]),
            (false, _) => out.push_str(&escaped(part)),
        }
    }
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '\\' | '[' | ']' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_markup() {
        assert_eq!(code("a`b\nc"), "`a'b c`");
        assert_eq!(text("use `a[0]` now"), "use `a[0]` now");
        assert_eq!(text("![x](http://a/b) <img src=x>"), "!\\[x\\](http://a/b) &lt;img src=x>");
        assert_eq!(text("column `a` ` [x](y)"), "column `a` ' \\[x\\](y)");
        assert_eq!(text("a\n\n# b\u{1b}[0m"), "a  # b \\[0m");
    }
}

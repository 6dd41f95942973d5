//! Unified diffs, as `git apply` and people read them.

use std::fmt::Write;

/// Lines around a change.
const CONTEXT: usize = 3;

/// Texts that differ in more lines than this are replaced as a whole: the table of the search would not fit.
const MAX_LINES: usize = 4000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Line<'a> {
    Both(&'a str),
    Removed(&'a str),
    Added(&'a str),
}

/// The difference of a file's two texts; `None` stands for no file. Empty where there is none.
pub fn unified(path: &str, before: Option<&str>, after: Option<&str>) -> String {
    if before == after {
        return String::new();
    }
    let mut out = format!("diff --git a/{path} b/{path}\n");
    match (before, after) {
        (None, _) => out.push_str("new file mode 100644\n"),
        (_, None) => out.push_str("deleted file mode 100644\n"),
        _ => {}
    }
    let (before_lines, after_lines) = (lines(before.unwrap_or_default()), lines(after.unwrap_or_default()));
    if before_lines.is_empty() && after_lines.is_empty() {
        return out;
    }
    let name = |side: &str, text: Option<&str>| if text.is_some() { format!("{side}/{path}") } else { "/dev/null".to_owned() };
    // Writing to a `String` can't fail.
    let _ = writeln!(out, "--- {}\n+++ {}", name("a", before), name("b", after));
    let script = script(&before_lines, &after_lines);
    for hunk in hunks(&script) {
        write_hunk(&mut out, &script, hunk);
    }
    out
}

/// With their line ends.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// The shortest script by a longest common subsequence, between the common beginning and end.
fn script<'a>(before: &[&'a str], after: &[&'a str]) -> Vec<Line<'a>> {
    let head = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let tail = before[head..].iter().rev().zip(after[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&before[head..before.len() - tail], &after[head..after.len() - tail]);
    let mut out: Vec<Line<'a>> = before[..head].iter().copied().map(Line::Both).collect();
    if a.len().max(b.len()) > MAX_LINES {
        out.extend(a.iter().copied().map(Line::Removed));
        out.extend(b.iter().copied().map(Line::Added));
    } else {
        out.extend(middle(a, b));
    }
    out.extend(before[before.len() - tail..].iter().copied().map(Line::Both));
    out
}

fn middle<'a>(a: &[&'a str], b: &[&'a str]) -> Vec<Line<'a>> {
    let width = b.len() + 1;
    // `common[i][j]`: how many lines `a[i..]` and `b[j..]` have in common, in order.
    let mut common = vec![0u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i * width + j] =
                if a[i] == b[j] { common[(i + 1) * width + j + 1] + 1 } else { common[(i + 1) * width + j].max(common[i * width + j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut out = Vec::new();
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            out.push(Line::Both(a[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < a.len() && (j == b.len() || common[(i + 1) * width + j] >= common[i * width + j + 1]) {
            out.push(Line::Removed(a[i]));
            i += 1;
        } else {
            out.push(Line::Added(b[j]));
            j += 1;
        }
    }
    out
}

/// Ranges of the script, each change with the lines around it.
fn hunks(script: &[Line<'_>]) -> Vec<std::ops::Range<usize>> {
    let mut hunks: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, _) in script.iter().enumerate().filter(|(_, line)| !matches!(line, Line::Both(_))) {
        let (start, end) = (at.saturating_sub(CONTEXT), (at + CONTEXT + 1).min(script.len()));
        match hunks.last_mut() {
            Some(last) if last.end >= start => last.end = end,
            _ => hunks.push(start..end),
        }
    }
    hunks
}

fn write_hunk(out: &mut String, script: &[Line<'_>], hunk: std::ops::Range<usize>) {
    let count = |lines: &[Line<'_>], is: fn(&Line<'_>) -> bool| lines.iter().filter(|line| is(line)).count();
    let in_before = |line: &Line<'_>| !matches!(line, Line::Added(_));
    let in_after = |line: &Line<'_>| !matches!(line, Line::Removed(_));
    let (head, body) = (&script[..hunk.start], &script[hunk]);
    let place = |skipped: usize, length: usize| if length == 0 { skipped } else { skipped + 1 };
    let (old, new) = (count(body, in_before), count(body, in_after));
    let _ = writeln!(out, "@@ -{},{old} +{},{new} @@", place(count(head, in_before), old), place(count(head, in_after), new));
    for line in body {
        let (sign, text) = match line {
            Line::Both(text) => (' ', text),
            Line::Removed(text) => ('-', text),
            Line::Added(text) => ('+', text),
        };
        out.push(sign);
        out.push_str(text);
        if !text.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn a_change_has_three_lines_around_it() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let after = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n";
        expect![[r"
            diff --git a/x b/x
            --- a/x
            +++ b/x
            @@ -2,7 +2,7 @@
             2
             3
             4
            -5
            +five
             6
             7
             8
        "]]
        .assert_eq(&unified("x", Some(before), Some(after)));
    }

    #[test]
    fn files_come_and_go() {
        expect![[r"
            diff --git a/x b/x
            new file mode 100644
            --- /dev/null
            +++ b/x
            @@ -0,0 +1,1 @@
            +a
            \ No newline at end of file
        "]]
        .assert_eq(&unified("x", None, Some("a")));
        assert!(unified("x", Some("a\n"), None).contains("@@ -1,1 +0,0 @@\n-a\n"));
        assert_eq!(unified("x", Some("a"), Some("a")), "");
    }
}

//! Markdown of ours as plain text, for clients that show nothing else.

/// Takes off the marks of bold text and code; what stands between backticks stays as it is.
pub fn plain(markdown: &str) -> String {
    let mut result = String::with_capacity(markdown.len());
    let mut is_fenced = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
            continue;
        }
        if !result.is_empty() {
            result.push('\n');
        }
        if is_fenced {
            result.push_str(line);
            continue;
        }
        for (at, part) in line.split('`').enumerate() {
            let is_code = at % 2 == 1;
            if is_code { result.push_str(part) } else { result.push_str(&unescaped(&part.replace("**", ""))) }
        }
    }
    result
}

/// What `markdown::text` has kept from being markup.
fn unescaped(text: &str) -> String {
    text.replace("\\[", "[").replace("\\]", "]").replace("&lt;", "<").replace("\\\\", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_words_stay() {
        assert_eq!(plain("**RemoveField** `shop.Order`\n\n- `a ** b` **c**"), "RemoveField shop.Order\n\n- a ** b c");
        assert_eq!(plain("a\n```python\nx = `1`\n```\nb"), "a\nx = `1`\nb");
    }
}

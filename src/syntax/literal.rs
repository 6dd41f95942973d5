//! Literals from their text: what tree-sitter leaves undecoded.

use std::borrow::Cow;

use memchr::memchr;

/// What stands before the quotes of a string.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Prefix {
    pub(super) raw: bool,
    pub(super) bytes: bool,
    /// An f-string or a t-string.
    pub(super) interpolated: bool,
}

impl Prefix {
    /// Of the text that opens a string: `rb"""`.
    pub(super) fn of(start: &str) -> Self {
        let mut prefix = Self::default();
        for letter in start.bytes() {
            match letter.to_ascii_lowercase() {
                b'r' => prefix.raw = true,
                b'b' => prefix.bytes = true,
                b'f' | b't' => prefix.interpolated = true,
                _ => {}
            }
        }
        prefix
    }
}

/// The value of what stands between the quotes. Line ends are `\n`, as Python reads them.
///
/// As in ruff's parser, a surrogate is U+FFFD, and an escape that Python would refuse stays as it is.
pub(super) fn decode(content: &str, prefix: Prefix) -> Cow<'_, str> {
    let special = content.bytes().any(|byte| match byte {
        b'\\' => !prefix.raw,
        b'{' | b'}' => prefix.interpolated,
        byte => byte == b'\r',
    });
    match special {
        true => Cow::Owned(decode_specials(content, prefix)),
        false => Cow::Borrowed(content),
    }
}

fn decode_specials(content: &str, prefix: Prefix) -> String {
    let mut value = String::with_capacity(content.len());
    let mut chars = content.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if !prefix.raw => unescape(&mut chars, prefix, &mut value),
            // Doubled braces are one.
            '{' | '}' if prefix.interpolated => {
                value.push(c);
                if chars.as_str().starts_with(c) {
                    chars.next();
                }
            }
            '\r' => {
                value.push('\n');
                if chars.as_str().starts_with('\n') {
                    chars.next();
                }
            }
            c => value.push(c),
        }
    }
    value
}

/// What follows a backslash: https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences
fn unescape(chars: &mut std::str::Chars<'_>, prefix: Prefix, value: &mut String) {
    let rest = chars.as_str();
    // The backslash before a doubled brace stands for itself.
    if prefix.interpolated && (rest.starts_with("{{") || rest.starts_with("}}")) {
        value.push('\\');
        return;
    }
    let Some(c) = chars.next() else {
        value.push('\\');
        return;
    };
    let plain = match c {
        '\\' | '\'' | '"' => c,
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0C',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0B',
        '\n' => return,
        '\r' => {
            if chars.as_str().starts_with('\n') {
                chars.next();
            }
            return;
        }
        _ => {
            let (decoded, length) = match c {
                '0'..='7' => {
                    let length = rest.bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
                    (code_point(rest, 0, length, 8), length)
                }
                'x' => (code_point(rest, 1, 2, 16), 3),
                'u' => (code_point(rest, 1, 4, 16), 5),
                'U' => (code_point(rest, 1, 8, 16), 9),
                'N' => named(rest).unwrap_or((None, 1)),
                _ => (None, 1),
            };
            match decoded {
                Some(decoded) => {
                    *chars = rest.get(length..).unwrap_or_default().chars();
                    decoded
                }
                None => {
                    value.push('\\');
                    c
                }
            }
        }
    };
    value.push(plain);
}

fn code_point(text: &str, start: usize, digits: usize, radix: u32) -> Option<char> {
    let digits = text.get(start..start + digits)?;
    if !digits.bytes().all(|byte| char::from(byte).is_digit(radix)) {
        return None;
    }
    match u32::from_str_radix(digits, radix).ok()? {
        0xD800..=0xDFFF => Some(char::REPLACEMENT_CHARACTER),
        code => char::from_u32(code),
    }
}

/// `N{EM DASH}`: the character, and the length of the text.
fn named(text: &str) -> Option<(Option<char>, usize)> {
    let name = text.strip_prefix("N{")?;
    let end = memchr(b'}', name.as_bytes())?;
    Some((unicode_names2::character(name.get(..end)?), end + 3))
}

/// The value of an integer literal; `None` where it doesn't fit.
pub(super) fn integer(text: &str) -> Option<i64> {
    let (digits, radix) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (text.get(2..)?, 16),
        [b'0', b'o' | b'O', ..] => (text.get(2..)?, 8),
        [b'0', b'b' | b'B', ..] => (text.get(2..)?, 2),
        _ => (text, 10),
    };
    match digits.contains('_') {
        true => i64::from_str_radix(&digits.replace('_', ""), radix).ok(),
        false => i64::from_str_radix(digits, radix).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(start: &str, content: &str, expected: &str) {
        assert_eq!(decode(content, Prefix::of(start)), expected);
    }

    #[test]
    fn escapes() {
        check("'", r#"a\n\t\\\'\"\x41\u00e9\U0001F600\101\0"#, "a\n\t\\'\"Aé😀A\0");
        check("'", r"\N{EM DASH}\N{no such name}", "—\\N{no such name}");
        check("'", r"\d\x4\u12\ud800", "\\d\\x4\\u12\u{FFFD}");
        check("'", "a\\\nb\\\r\nc", "abc");
        check("'", "\\", "\\");
    }

    #[test]
    fn raw_strings_have_no_escapes() {
        check("r'", r"\d\n", r"\d\n");
    }

    #[test]
    fn line_ends_are_one_byte() {
        check("'''", "a\r\nb\rc", "a\nb\nc");
        check("r'''", "a\\\r\nb", "a\\\nb");
    }

    #[test]
    fn doubled_braces_of_interpolated_strings() {
        check("f'", r"{{a}}\{{", r"{a}\{");
        check("rf'", r"{{\d}}", r"{\d}");
        check("'", "{{", "{{");
    }

    #[test]
    fn integers() {
        assert_eq!(integer("0"), Some(0));
        assert_eq!(integer("1_000"), Some(1000));
        assert_eq!(integer("0xFF"), Some(255));
        assert_eq!(integer("0o17"), Some(15));
        assert_eq!(integer("0b1_0"), Some(2));
        assert_eq!(integer("9223372036854775808"), None);
    }
}

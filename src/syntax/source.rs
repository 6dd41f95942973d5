//! The bytes of a file into text: byte order mark, PEP 263 coding cookie, and the refusal of what is not text.

use std::borrow::Cow;

use memchr::memchr;

/// Files above this size are not read: no hand-written Python file comes near, and a generated one is not worth its memory.
pub const MAX_FILE_BYTES: usize = 16 * 1024 * 1024;

const UTF8_BOM: &[u8] = b"\xEF\xBB\xBF";

/// Why a file's bytes are not text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SourceError {
    /// Above `MAX_FILE_BYTES`.
    TooLarge { bytes: usize },
    /// Holds a NUL byte, which neither Python nor a template may.
    Binary { offset: usize },
    /// Not UTF-8 from this byte on, and no coding cookie says that it's something else.
    NotUtf8 { offset: usize },
    /// Declares an encoding that isn't supported, or holds a byte (at this offset) that the declared encoding doesn't have.
    Encoding { offset: usize },
}

impl std::fmt::Display for SourceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLarge { bytes } => write!(f, "is too large to be read ({bytes} bytes)"),
            Self::Binary { offset } => write!(f, "is not text (a NUL byte at offset {offset})"),
            Self::NotUtf8 { offset } => write!(f, "is not valid UTF-8 (at offset {offset})"),
            Self::Encoding { offset } => write!(f, "can't be decoded by the encoding that it declares (at offset {offset})"),
        }
    }
}

impl std::error::Error for SourceError {}

/// The text of a Python file, without its byte order mark. Borrowed where the bytes are UTF-8 already.
pub fn decode_python(bytes: &[u8]) -> Result<Cow<'_, str>, SourceError> {
    let bytes = check(bytes)?;
    match std::str::from_utf8(bytes) {
        // A cookie that lies about pure UTF-8 text changes nothing that the analysis looks at, unless the encoding gives the
        // bytes above 0x7F another meaning.
        Ok(text) => match text.is_ascii() {
            true => Ok(Cow::Borrowed(text)),
            false => match declared_encoding(bytes) {
                None | Some(Encoding::Utf8 | Encoding::Ascii | Encoding::Other) => Ok(Cow::Borrowed(text)),
                Some(encoding) => decode_single_byte(bytes, encoding).map(Cow::Owned),
            },
        },
        Err(error) => match declared_encoding(bytes) {
            None | Some(Encoding::Utf8) => Err(SourceError::NotUtf8 { offset: error.valid_up_to() }),
            Some(encoding) => decode_single_byte(bytes, encoding).map(Cow::Owned),
        },
    }
}

/// The text of a template, fixture or SQL file, without its byte order mark.
pub fn decode_utf8(bytes: &[u8]) -> Result<&str, SourceError> {
    let bytes = check(bytes)?;
    std::str::from_utf8(bytes).map_err(|error| SourceError::NotUtf8 { offset: error.valid_up_to() })
}

/// Refuses what is too large or binary, and strips the byte order mark.
fn check(bytes: &[u8]) -> Result<&[u8], SourceError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(SourceError::TooLarge { bytes: bytes.len() });
    }
    if let Some(offset) = memchr(0, bytes) {
        return Err(SourceError::Binary { offset });
    }
    Ok(bytes.strip_prefix(UTF8_BOM).unwrap_or(bytes))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Ascii,
    Latin1,
    Windows1252,
    Other,
}

/// The encoding that a comment in the first two lines declares, as PEP 263 has it.
///
/// The second line counts only if the first is blank or a comment.
fn declared_encoding(bytes: &[u8]) -> Option<Encoding> {
    for line in bytes.split(|&byte| byte == b'\n').take(2) {
        let line = line.trim_ascii_start().strip_prefix(b"\x0C").unwrap_or(line).trim_ascii_start();
        match line.first() {
            None => continue,
            Some(b'#') => {
                if let Some(name) = cookie(line) {
                    return Some(encoding_of(&name));
                }
            }
            Some(_) => return None,
        }
    }
    None
}

/// The name in `coding: name` or `coding=name`, in lower case with `_` as `-`.
fn cookie(comment: &[u8]) -> Option<String> {
    let at = memchr::memmem::find_iter(comment, b"coding")
        .map(|at| at + b"coding".len())
        .find(|&at| matches!(comment.get(at), Some(b':' | b'=')))?;
    let name: String = comment
        .get(at + 1..)?
        .trim_ascii_start()
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        .map(|byte| if *byte == b'_' { '-' } else { char::from(byte.to_ascii_lowercase()) })
        .collect();
    (!name.is_empty()).then_some(name)
}

/// The aliases are those of Python's `encodings.aliases`.
fn encoding_of(name: &str) -> Encoding {
    match name {
        "utf-8" | "utf8" | "u8" | "utf" | "cp65001" | "utf-8-sig" => Encoding::Utf8,
        "ascii" | "us-ascii" | "646" => Encoding::Ascii,
        "latin-1" | "latin1" | "latin" | "l1" | "iso-8859-1" | "iso8859-1" | "8859" | "cp819" => Encoding::Latin1,
        "cp1252" | "windows-1252" | "1252" => Encoding::Windows1252,
        _ => Encoding::Other,
    }
}

fn decode_single_byte(bytes: &[u8], encoding: Encoding) -> Result<String, SourceError> {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for (offset, &byte) in bytes.iter().enumerate() {
        let c = match (byte, encoding) {
            (0..=0x7F, _) | (_, Encoding::Latin1) | (0xA0.., Encoding::Windows1252) => Some(char::from(byte)),
            (0x80..=0x9F, Encoding::Windows1252) => WINDOWS_1252.get(usize::from(byte - 0x80)).copied().flatten(),
            (_, Encoding::Utf8 | Encoding::Ascii | Encoding::Other) => None,
        };
        text.push(c.ok_or(SourceError::Encoding { offset })?);
    }
    Ok(text)
}

/// 0x80 to 0x9F, as in https://www.unicode.org/Public/MAPPINGS/VENDORS/MICSFT/WINDOWS/CP1252.TXT.
#[rustfmt::skip] // The columns are those of the code page.
const WINDOWS_1252: [Option<char>; 32] = [
    Some('€'), None, Some('‚'), Some('ƒ'), Some('„'), Some('…'), Some('†'), Some('‡'),
    Some('ˆ'), Some('‰'), Some('Š'), Some('‹'), Some('Œ'), None, Some('Ž'), None,
    None, Some('‘'), Some('’'), Some('“'), Some('”'), Some('•'), Some('–'), Some('—'),
    Some('˜'), Some('™'), Some('š'), Some('›'), Some('œ'), None, Some('ž'), Some('Ÿ'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_text(bytes: &[u8], expected: &str) {
        assert_eq!(decode_python(bytes).as_deref(), Ok(expected));
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        check_text(b"\xEF\xBB\xBFx = 1\n", "x = 1\n");
        assert_eq!(decode_utf8(b"\xEF\xBB\xBF{{ x }}"), Ok("{{ x }}"));
    }

    #[test]
    fn a_cookie_in_the_first_two_lines_counts() {
        check_text(b"# -*- coding: latin-1 -*-\nx = '\xE9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n");
        check_text(
            b"#!/usr/bin/python\n# vim: set fileencoding=ISO_8859-1 :\nx = '\xE9'",
            "#!/usr/bin/python\n# vim: set fileencoding=ISO_8859-1 :\nx = 'é'",
        );
        check_text(b"# coding=cp1252\nx = '\x80\x93\xE9'", "# coding=cp1252\nx = '€“é'");
    }

    #[test]
    fn valid_utf8_under_a_latin_cookie_is_still_latin() {
        check_text("# coding: latin-1\n'é'".as_bytes(), "# coding: latin-1\n'Ã©'");
    }

    #[test]
    fn a_cookie_below_code_does_not_count() {
        assert_eq!(decode_python(b"x = 1\n# coding: latin-1\n'\xE9'"), Err(SourceError::NotUtf8 { offset: 25 }));
        assert_eq!(decode_python(b"# a\n# b\n# coding: latin-1\n'\xE9'"), Err(SourceError::NotUtf8 { offset: 27 }));
    }

    #[test]
    fn what_is_not_text_is_an_error() {
        assert_eq!(decode_python(b"x = '\xE9'"), Err(SourceError::NotUtf8 { offset: 5 }));
        assert_eq!(decode_python(b"\x7FELF\0"), Err(SourceError::Binary { offset: 4 }));
        assert_eq!(decode_python(b"# coding: ascii\n\xE9"), Err(SourceError::Encoding { offset: 16 }));
        assert_eq!(decode_python(b"# coding: koi8-r\n\xE9"), Err(SourceError::Encoding { offset: 17 }));
        assert_eq!(decode_python(b"# coding: cp1252\n\x81"), Err(SourceError::Encoding { offset: 17 }));
        assert_eq!(decode_python(&vec![b' '; MAX_FILE_BYTES + 1]), Err(SourceError::TooLarge { bytes: MAX_FILE_BYTES + 1 }));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = decode_python(&bytes);
            let mut with_cookie = b"# coding: cp1252\n".to_vec();
            with_cookie.extend(bytes);
            let _ = decode_python(&with_cookie);
        }
    }
}

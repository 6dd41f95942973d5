//! What a mutation does to a text.

use fastrand::Rng;

/// Pieces that mean something in the languages that are read.
const TOKENS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "=",
    ".",
    "\"",
    "'",
    "\"\"\"",
    "f\"{",
    "\\",
    "#",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "    ",
    "\u{c}",
    "\u{feff}",
    "\0",
    "é",
    "\u{1f600}",
    "\u{202e}",
    "*",
    "**",
    "->",
    ":=",
    "@",
    ";",
    "if ",
    "else ",
    "for x in ",
    "class ",
    "def ",
    "lambda: ",
    "return ",
    "from . import *",
    "import ",
    "None",
    "True",
    "...",
    "0",
    "1e999",
    "99999999999999999999",
    "-",
    "models.",
    "migrations.",
    "Migration",
    "self",
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "{% for %}",
    "{% endfor %}",
    "|",
    "$$",
    "--",
    "/*",
    "*/",
    "ALTER TABLE ",
    "DROP COLUMN ",
    "\"shop.order\"",
    "# preboot: ignore",
    "[PB101]",
    "<",
    "</",
    "&amp;",
    "- ",
    "null",
];

/// One to four changes, each at a place of its own.
pub(crate) fn mutate(text: &str, other: &str, rng: &mut Rng) -> String {
    let mut text = text.to_owned();
    for _ in 0..rng.usize(1..=4) {
        let (from, to) = range(&text, rng, 40);
        match rng.u8(0..9) {
            0 | 1 => text.replace_range(from..to, ""),
            2 | 3 => text.insert_str(from, TOKENS[rng.usize(..TOKENS.len())]),
            4 => text.replace_range(from..to, TOKENS[rng.usize(..TOKENS.len())]),
            5 => {
                let piece = text[from..to].repeat(rng.usize(1..4));
                let (at, _) = range(&text, rng, 1);
                text.insert_str(at, &piece);
            }
            6 => {
                let (start, end) = range(other, rng, 200);
                text.insert_str(from, &other[start..end]);
            }
            7 => text.truncate(from),
            // What nests is followed by calling itself.
            _ => {
                let token = TOKENS[rng.usize(..TOKENS.len())];
                text.insert_str(from, &token.repeat(rng.usize(1..400)));
            }
        }
    }
    text
}

/// The bytes from one character to another, at most `longest` bytes apart.
fn range(text: &str, rng: &mut Rng, longest: usize) -> (usize, usize) {
    let from = text.floor_char_boundary(rng.usize(..=text.len()));
    let to = text.floor_char_boundary((from + rng.usize(..=longest)).min(text.len()));
    (from, to.max(from))
}

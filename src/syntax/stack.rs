//! Room on the stack for parsing any text at all.
//!
//! ruff's parser grows its own stack where it recurses most, but not for every construct, and dropping its tree recurses as
//! deeply as the tree is nested. A list nested 20,000 times is a valid input that would end the process. So before the parser
//! runs, the stack is made as large as the text could possibly need.

use memchr::memmem;

/// Every level of a tree comes from a punctuation mark or a keyword (`not not x`). Measured: no construct without `lambda`
/// takes more than 330 bytes of stack a level, to parse or to drop, and that one (`{1:{1:{`) has two marks a level.
const BYTES_PER_MARK: usize = 256;
const BYTES_PER_BYTE: usize = 32;
/// Defaults of lambdas (`lambda x=lambda x=1`) are parsed by unguarded recursion: measured at 2,600 bytes a level.
const BYTES_PER_LAMBDA: usize = 4 * 1024;
/// What parsing and lowering take at any rate: `MAX_DEPTH` levels of our own.
const BYTES_AT_LEAST: usize = 512 * 1024;
/// Ordinary files take 70 bytes of stack a byte, so this is reached at 15 MB of Python. It's address space, not memory.
const MAX_BYTES: usize = 1024 * 1024 * 1024;

/// The stacks of the threads that parse. Nearly every file fits, so that none has to be mapped for it.
pub const THREAD_BYTES: usize = 16 * 1024 * 1024;

/// Gives the threads of the global pool stacks that files can be parsed on. Before its first use, and once: otherwise nothing
/// changes, and larger files get a stack of their own.
pub fn prepare_threads() {
    let _ = rayon::ThreadPoolBuilder::new().stack_size(THREAD_BYTES).build_global();
}

/// Runs `f` with enough stack for the parse of `text`; `None` if that were too much.
pub(super) fn with_room_for<T>(text: &str, f: impl FnOnce() -> T) -> Option<T> {
    let lambdas = memmem::find_iter(text.as_bytes(), "lambda").count();
    let room = BYTES_AT_LEAST + marks(text) * BYTES_PER_MARK + text.len() * BYTES_PER_BYTE + lambdas * BYTES_PER_LAMBDA;
    (room <= MAX_BYTES).then(|| stacker::maybe_grow(room, room + BYTES_AT_LEAST, f))
}

/// The number of punctuation marks. Counted in bytes, a chunk at a time, so that it's done many bytes at once.
fn marks(text: &str) -> usize {
    text.as_bytes()
        .chunks(255)
        .map(|chunk| usize::from(chunk.iter().fold(0_u8, |count, byte| count.wrapping_add(u8::from(byte.is_ascii_punctuation())))))
        .sum()
}

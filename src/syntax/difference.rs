//! Where two texts differ.

/// How much is compared at a time.
const CHUNK: usize = 256;

/// How many bytes two texts have in common at their beginning.
pub fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    let same = a.chunks_exact(CHUNK).zip(b.chunks_exact(CHUNK)).take_while(|(a, b)| a == b).count() * CHUNK;
    let (a, b) = (a.iter().skip(same), b.iter().skip(same));
    same + a.zip(b).take_while(|(a, b)| a == b).count()
}

/// How many bytes two texts have in common at their end.
pub fn common_suffix(a: &[u8], b: &[u8]) -> usize {
    let same = a.rchunks_exact(CHUNK).zip(b.rchunks_exact(CHUNK)).take_while(|(a, b)| a == b).count() * CHUNK;
    let (a, b) = (a.iter().rev().skip(same), b.iter().rev().skip(same));
    same + a.zip(b).take_while(|(a, b)| a == b).count()
}

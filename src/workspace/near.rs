//! The names that somebody may have meant.

/// At most `limit` of `names`, the likest first; only those that differ by a third of their letters at most.
pub fn nearest<'n>(wanted: &str, names: impl IntoIterator<Item = &'n str>, limit: usize) -> Vec<String> {
    let wanted_letters: Vec<char> = wanted.to_lowercase().chars().collect();
    let bound = wanted_letters.len().div_ceil(3).max(1);
    let mut near: Vec<(usize, &str)> = names
        .into_iter()
        .filter(|name| !name.is_empty())
        .filter_map(|name| {
            let letters: Vec<char> = name.to_lowercase().chars().collect();
            // The length alone excludes most names, and long ones would be costly to compare.
            if letters.len().abs_diff(wanted_letters.len()) > bound {
                return None;
            }
            let distance = distance(&wanted_letters, &letters);
            (distance <= bound).then_some((distance, name))
        })
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(limit).map(|(_, name)| name.to_owned()).collect()
}

/// How many letters must be inserted, removed, replaced or swapped with their neighbour (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let replaced = above[j] + usize::from(x != y);
            let mut best = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likest_come_first() {
        let names = ["main", "maintenance", "origin/main", "origin/mian", "release"];
        assert_eq!(nearest("origin/mian", names, 3), ["origin/mian", "origin/main"]);
        assert_eq!(nearest("mian", names, 3), ["main"]);
        assert_eq!(nearest("ignroe", ["ignore", "select"], 1), ["ignore"]);
        assert!(nearest("something", names, 3).is_empty());
    }

    #[test]
    fn distances() {
        let letters = |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert_eq!(letters("", "abc"), 3);
        assert_eq!(letters("abc", "abc"), 0);
        assert_eq!(letters("abcd", "acbd"), 1);
        assert_eq!(letters("kitten", "sitting"), 3);
    }
}

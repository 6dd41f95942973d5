//! Which versions are allowed: PEP 440, and what poetry, pipenv and conda write instead.

use crate::workspace::django_version::DjangoVersion;

/// The clauses must all hold; none at all allows every version.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Specifier {
    clauses: Vec<Clause>,
}

/// A bound, with the release numbers of its version.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Clause {
    /// `==4.2.1`, or what a lock file holds.
    Exact(Vec<u32>),
    /// `==4.2.*`
    Series(Vec<u32>),
    AtLeast(Vec<u32>),
    Above(Vec<u32>),
    AtMost(Vec<u32>),
    Below(Vec<u32>),
}

/// Every minor version of Django so far that migrations can belong to.
const RELEASES: [(u32, u32); 17] = [
    (1, 8),
    (1, 9),
    (1, 10),
    (1, 11),
    (2, 0),
    (2, 1),
    (2, 2),
    (3, 0),
    (3, 1),
    (3, 2),
    (4, 0),
    (4, 1),
    (4, 2),
    (5, 0),
    (5, 1),
    (5, 2),
    (6, 0),
];

impl Specifier {
    /// The version of a lock file: `4.2.11`.
    pub(super) fn locked(version: &str) -> Self {
        Self { clauses: release(version).map(Clause::Exact).into_iter().collect() }
    }

    /// `>=4.2,<5`, `~=4.2.0`, `==4.2.*`. What is not understood allows everything.
    pub(super) fn parse(text: &str) -> Self {
        // Of poetry's alternatives the first is as good as any.
        let text = text.split("||").next().unwrap_or_default();
        Self { clauses: text.split(',').flat_map(|clause| clauses(clause.trim())).collect() }
    }

    /// The one version that is allowed, if it is one only.
    pub fn exact(&self) -> Option<DjangoVersion> {
        self.clauses.iter().find_map(|clause| match clause {
            Clause::Exact(release) => Some(minor(release)),
            _ => None,
        })
    }

    /// Whether it excludes anything.
    pub fn is_bounded(&self) -> bool {
        !self.clauses.is_empty()
    }

    /// Whether any release of that minor version is allowed.
    pub fn allows(&self, version: DjangoVersion) -> bool {
        let first = [version.major, version.minor, 0];
        self.clauses.iter().all(|clause| match clause {
            Clause::Exact(release) => minor(release) == version,
            Clause::Series(release) => release.iter().zip(&first).take(2).all(|(a, b)| a == b),
            Clause::AtLeast(release) | Clause::Above(release) => version >= minor(release),
            Clause::AtMost(release) => first.as_slice() <= padded(release).as_slice(),
            Clause::Below(release) => first.as_slice() < padded(release).as_slice(),
        })
    }

    /// The highest of its lower ends: what is allowed is not older.
    pub(super) fn lower_end(&self) -> Option<DjangoVersion> {
        self.lower_ends().max()
    }

    fn lower_ends(&self) -> impl Iterator<Item = DjangoVersion> {
        self.clauses.iter().filter_map(|clause| match clause {
            Clause::Exact(release) | Clause::Series(release) | Clause::AtLeast(release) | Clause::Above(release) => Some(minor(release)),
            Clause::AtMost(_) | Clause::Below(_) => None,
        })
    }

    /// The lowest minor version of Django allowed, or the highest where there is no lower end.
    pub(super) fn lowest(&self) -> Option<DjangoVersion> {
        let has_lower_end = self.clauses.iter().any(|clause| !matches!(clause, Clause::AtMost(_) | Clause::Below(_)));
        // The ends themselves: they may be newer than any release known here.
        let known = RELEASES.iter().map(|(major, minor)| DjangoVersion { major: *major, minor: *minor });
        let allowed = known.chain(self.lower_ends()).filter(|version| self.allows(*version));
        if has_lower_end { allowed.min() } else { allowed.max() }
    }
}

/// One clause as it is written may mean two: `~=4.2` is `>=4.2,==4.*`.
fn clauses(text: &str) -> Vec<Clause> {
    let operator_end = text.find(|letter: char| !matches!(letter, '=' | '<' | '>' | '~' | '!' | '^')).unwrap_or(text.len());
    let (operator, version) = text.split_at(operator_end);
    let version = version.trim();
    let (numbers, is_series) = match version.strip_suffix(".*").or_else(|| version.strip_suffix('*')) {
        Some(series) => (release(series), true),
        None => (release(version), false),
    };
    let Some(numbers) = numbers else { return Vec::new() };
    match operator {
        "==" | "=" | "===" | "" if is_series => vec![Clause::Series(numbers)],
        // Conda's `=4.2` means the series.
        "=" => vec![Clause::Series(numbers)],
        "==" | "===" | "" => vec![Clause::Exact(numbers)],
        ">=" => vec![Clause::AtLeast(numbers)],
        ">" => vec![Clause::Above(numbers)],
        "<=" => vec![Clause::AtMost(numbers)],
        "<" => vec![Clause::Below(numbers)],
        "~=" => {
            let series = numbers.split_last().map(|(_, series)| series.to_vec()).unwrap_or_default();
            vec![Clause::AtLeast(numbers), Clause::Series(series)]
        }
        // Poetry: up to the next major version.
        "^" => {
            let series = numbers.first().map(|major| vec![*major]).unwrap_or_default();
            vec![Clause::AtLeast(numbers), Clause::Series(series)]
        }
        // Poetry: up to the next minor version.
        "~" => {
            let series = numbers.iter().take(2).copied().collect();
            vec![Clause::AtLeast(numbers), Clause::Series(series)]
        }
        _ => Vec::new(),
    }
}

/// `4.2rc1` → 4, 2. `None` where there is no number.
fn release(version: &str) -> Option<Vec<u32>> {
    let version = version.trim().trim_start_matches('v');
    let mut numbers = Vec::new();
    for part in version.split('.') {
        let digits = part.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(part.len());
        let Some(number) = part.get(..digits).and_then(|digits| digits.parse().ok()) else { break };
        numbers.push(number);
        if digits < part.len() {
            break;
        }
    }
    (!numbers.is_empty()).then_some(numbers)
}

fn minor(release: &[u32]) -> DjangoVersion {
    DjangoVersion { major: release.first().copied().unwrap_or_default(), minor: release.get(1).copied().unwrap_or_default() }
}

fn padded(release: &[u32]) -> Vec<u32> {
    let mut release = release.to_vec();
    release.resize(release.len().max(3), 0);
    release
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let specifier = Specifier::parse(text);
        let found = specifier.exact().or_else(|| specifier.lowest()).filter(|_| specifier.is_bounded());
        assert_eq!(found.map(|version| version.to_string()).as_deref().unwrap_or("any"), expected, "{text}");
    }

    #[test]
    fn exact_versions() {
        check("==4.2.11", "4.2");
        check("== 5.2", "5.2");
        check("===3.2.0", "3.2");
        check("==6.0rc1", "6.0");
        check("4.2.1", "4.2");
    }

    #[test]
    fn the_lowest_version_of_a_range() {
        check(">=4.2,<5", "4.2");
        check(">=4.2.3, <6.0", "4.2");
        check(">=3.2", "3.2");
        check(">4.1", "4.1");
        check("~=5.2.0", "5.2");
        check("~=4.1", "4.1");
        check("==4.2.*", "4.2");
        check("==4.*", "4.0");
        check("^4.1", "4.1");
        check("^5", "5.0");
        check("~5.1.2", "5.1");
        check("=4.2", "4.2");
        check(">=4.2,!=4.2.3,<5", "4.2");
        check(">=7.1", "7.1");
        check("^4.2 || ^5.2", "4.2");
    }

    #[test]
    fn the_highest_version_where_there_is_no_lower_end() {
        check("<5", "4.2");
        check("<=5.1", "5.1");
        check("<5.2.1", "5.2");
    }

    #[test]
    fn what_says_nothing_allows_everything() {
        for text in ["", "*", "latest", "!=3.0"] {
            check(text, "any");
        }
    }
}

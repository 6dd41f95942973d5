//! Conditions on a row: of check constraints and of partial indexes, from Django's `Q` or from SQL.

use crate::syntax::ast::Name;

/// A condition, as far as it is understood.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    IsNull(Name),
    Compare(Name, Comparison, Literal),
    In(Name, Vec<Literal>),
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    /// Not understood: the columns that it names, and its text for comparison.
    Opaque {
        columns: Vec<Name>,
        text: Name,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    Bool(bool),
    Integer(i64),
    Text(Name),
}

/// What is known of a column's value in some row.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    Null,
    /// Some value.
    NotNull,
    Value(Literal),
    Unknown,
}

/// SQL's three truth values, and a fourth for what can't be known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    True,
    False,
    Null,
    Unknown,
}

impl Condition {
    pub fn not_null(column: Name) -> Self {
        Self::Not(Box::new(Self::IsNull(column)))
    }

    /// `column >= 0`, which comes with Django's positive integers.
    pub fn not_negative(column: Name) -> Self {
        Self::Compare(column, Comparison::GreaterOrEqual, Literal::Integer(0))
    }

    /// The column that it forbids to be NULL, where it does nothing else.
    pub fn as_not_null(&self) -> Option<&Name> {
        match self {
            Self::Not(inner) => match &**inner {
                Self::IsNull(column) => Some(column),
                _ => None,
            },
            Self::And(parts) | Self::Or(parts) => match parts.as_slice() {
                [only] => only.as_not_null(),
                _ => None,
            },
            _ => None,
        }
    }

    /// The columns that it names, each once, in order.
    pub fn columns(&self) -> Vec<Name> {
        let mut out = Vec::new();
        self.collect_columns(&mut out);
        out
    }

    fn collect_columns(&self, out: &mut Vec<Name>) {
        let mut add = |column: &Name| {
            if !out.contains(column) {
                out.push(column.clone());
            }
        };
        match self {
            Self::IsNull(column) | Self::Compare(column, ..) | Self::In(column, _) => add(column),
            Self::Opaque { columns, .. } => columns.iter().for_each(add),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.collect_columns(out)),
            Self::Not(inner) => inner.collect_columns(out),
        }
    }

    pub(super) fn rename_column(&mut self, old: &str, new: &Name) {
        match self {
            Self::IsNull(column) | Self::Compare(column, ..) | Self::In(column, _) => {
                if column == old {
                    *column = new.clone();
                }
            }
            Self::Opaque { columns, .. } => super::table::rename_in(columns, old, new),
            Self::And(parts) | Self::Or(parts) => parts.iter_mut().for_each(|part| part.rename_column(old, new)),
            Self::Not(inner) => inner.rename_column(old, new),
        }
    }

    /// Its value for a row of which `known` tells what it can. A check constraint refuses a row only where this is `False`.
    pub fn evaluate(&self, known: &dyn Fn(&str) -> Known) -> Truth {
        match self {
            Self::IsNull(column) => match known(column) {
                Known::Null => Truth::True,
                Known::Value(_) | Known::NotNull => Truth::False,
                Known::Unknown => Truth::Unknown,
            },
            Self::Compare(column, comparison, literal) => match known(column) {
                Known::Null => Truth::Null,
                Known::Value(value) => compare(&value, *comparison, literal),
                Known::NotNull | Known::Unknown => Truth::Unknown,
            },
            Self::In(column, literals) => match known(column) {
                Known::Null => Truth::Null,
                Known::Value(value) => any(literals.iter().map(|literal| compare(&value, Comparison::Equal, literal))),
                Known::NotNull | Known::Unknown => Truth::Unknown,
            },
            Self::And(parts) => any(parts.iter().map(|part| part.evaluate(known).not())).not(),
            Self::Or(parts) => any(parts.iter().map(|part| part.evaluate(known))),
            Self::Not(inner) => inner.evaluate(known).not(),
            Self::Opaque { .. } => Truth::Unknown,
        }
    }
}

impl Truth {
    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Null | Self::Unknown => self,
        }
    }
}

/// `OR` over truth values.
fn any(truths: impl Iterator<Item = Truth>) -> Truth {
    let mut result = Truth::False;
    for truth in truths {
        match truth {
            Truth::True => return Truth::True,
            Truth::Unknown => result = Truth::Unknown,
            Truth::Null if result == Truth::False => result = Truth::Null,
            Truth::Null | Truth::False => {}
        }
    }
    result
}

fn compare(value: &Literal, comparison: Comparison, literal: &Literal) -> Truth {
    let ordering = match (value, literal) {
        (Literal::Bool(a), Literal::Bool(b)) => a.cmp(b),
        (Literal::Integer(a), Literal::Integer(b)) => a.cmp(b),
        // Order depends on the collation; equality does not (in a deterministic one).
        (Literal::Text(a), Literal::Text(b)) if comparison == Comparison::Equal => a.cmp(b),
        _ => return Truth::Unknown,
    };
    let holds = match comparison {
        Comparison::Equal => ordering.is_eq(),
        Comparison::Less => ordering.is_lt(),
        Comparison::LessOrEqual => ordering.is_le(),
        Comparison::Greater => ordering.is_gt(),
        Comparison::GreaterOrEqual => ordering.is_ge(),
    };
    if holds { Truth::True } else { Truth::False }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(a: Known, b: Known) -> impl Fn(&str) -> Known {
        move |column| if column == "a" { a.clone() } else { b.clone() }
    }

    #[test]
    fn a_check_refuses_only_what_is_false() {
        let either = Condition::Or(vec![Condition::not_null("a".into()), Condition::not_null("b".into())]);
        assert_eq!(either.evaluate(&row(Known::Null, Known::Null)), Truth::False);
        assert_eq!(either.evaluate(&row(Known::Null, Known::Unknown)), Truth::Unknown);
        let positive = Condition::Compare("a".into(), Comparison::Greater, Literal::Integer(0));
        assert_eq!(positive.evaluate(&row(Known::Null, Known::Null)), Truth::Null);
        assert_eq!(positive.evaluate(&row(Known::Value(Literal::Integer(0)), Known::Null)), Truth::False);
        let among = Condition::In("a".into(), vec![Literal::Text("x".into())]);
        assert_eq!(among.evaluate(&row(Known::Value(Literal::Text("y".into())), Known::Null)), Truth::False);
        let both = Condition::And(vec![positive, either]);
        assert_eq!(both.evaluate(&row(Known::Unknown, Known::Null)), Truth::Unknown);
        assert_eq!(both.columns(), ["a", "b"]);
    }
}

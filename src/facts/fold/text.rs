//! Text from templates: `%`, `str.format`, f-strings, `textwrap.dedent`.

use super::super::value::{Value, ValueKind};
use super::{MAX_TEXT, look_up_key};

/// What `str()` makes of a literal.
pub(super) fn to_text(value: &Value) -> Option<String> {
    Some(match &value.kind {
        ValueKind::Str(text) => text.to_string(),
        ValueKind::Int(number) => number.to_string(),
        ValueKind::Bool(true) => "True".into(),
        ValueKind::Bool(false) => "False".into(),
        ValueKind::None => "None".into(),
        _ => return None,
    })
}

/// `template % operand` for the conversions `%s`, `%d`, `%i`, `%(name)s` and `%%`, without flags.
pub(super) fn percent(template: &str, operand: &Value) -> Option<String> {
    let mut positional: &[Value] = match &operand.kind {
        ValueKind::Tuple(items) => items,
        _ => std::slice::from_ref(operand),
    };
    let mut by_name = false;
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('%') {
        out.push_str(rest.get(..at)?);
        rest = rest.get(at + 1..)?;
        let argument = if let Some(named) = rest.strip_prefix('(') {
            let close = named.find(')')?;
            rest = named.get(close + 1..)?;
            by_name = true;
            Some(named.get(..close)?)
        } else {
            None
        };
        let conversion = rest.chars().next()?;
        rest = rest.get(conversion.len_utf8()..)?;
        match (conversion, argument) {
            ('%', None) => out.push('%'),
            ('s' | 'd' | 'i', Some(name)) => {
                let ValueKind::Dict(entries) = &operand.kind else { return None };
                let key = Value::new(operand.span, ValueKind::Str(name.into()));
                out.push_str(&convert(conversion, look_up_key(entries, &key)?)?);
            }
            ('s' | 'd' | 'i', None) => {
                let (first, others) = positional.split_first()?;
                out.push_str(&convert(conversion, first)?);
                positional = others;
            }
            _ => return None,
        }
        if out.len() > MAX_TEXT {
            return None;
        }
    }
    out.push_str(rest);
    // Too many arguments are an error, but a dictionary may have more keys than are asked for.
    (positional.is_empty() || by_name || matches!(operand.kind, ValueKind::Dict(_))).then_some(out)
}

fn convert(conversion: char, value: &Value) -> Option<String> {
    if conversion == 's' { to_text(value) } else { value.as_int().map(|number| number.to_string()) }
}

/// `template.format(*args, **kwargs)` for `{}`, `{0}`, `{name}` and escaped braces.
pub(super) fn format<'a>(template: &str, args: &'a [Value], kwarg: impl Fn(&str) -> Option<&'a Value>) -> Option<String> {
    let mut next = 0;
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(rest.get(..at)?);
        let brace = rest.get(at..=at)?;
        rest = rest.get(at + 1..)?;
        if let Some(after) = rest.strip_prefix(brace) {
            out.push_str(brace);
            rest = after;
            continue;
        }
        if brace == "}" {
            return None;
        }
        let close = rest.find('}')?;
        let name = rest.get(..close)?;
        rest = rest.get(close + 1..)?;
        let value = if name.is_empty() {
            next += 1;
            args.get(next - 1)?
        } else if let Ok(position) = name.parse::<usize>() {
            args.get(position)?
        } else if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            kwarg(name)?
        } else {
            return None;
        };
        out.push_str(&to_text(value)?);
        if out.len() > MAX_TEXT {
            return None;
        }
    }
    out.push_str(rest);
    Some(out)
}

/// `textwrap.dedent`: the white space that all lines start with is taken away; blank lines become empty.
pub(super) fn dedent(text: &str) -> String {
    let margin = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| &line[..line.len() - line.trim_start_matches([' ', '\t']).len()])
        .reduce(|a, b| {
            let common = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
            &a[..common]
        })
        .unwrap_or_default();
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match line.trim().is_empty() {
            true => out.push_str(if line.ends_with('\n') { "\n" } else { "" }),
            false => out.push_str(line.strip_prefix(margin).unwrap_or(line)),
        }
    }
    out
}

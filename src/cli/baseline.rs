//! The findings that a legacy project has agreed to live with: a file of them, which `check --baseline` leaves out.

use super::arguments::BaselineFlags;
use crate::rules::finding::Finding;
use anyhow::{Context, anyhow};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// The version of the file's shape.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    findings: Vec<Entry>,
}

/// What is told apart in a baseline: not lines, which move.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    code: String,
    message: String,
}

impl Entry {
    fn of(finding: &Finding) -> Self {
        Self { path: finding.path.to_string(), code: finding.rule.code.to_owned(), message: finding.message.clone() }
    }
}

/// How often each is known.
type Known = BTreeMap<Entry, usize>;

/// Does with the findings what the flags ask for, and says what it did. `is_checked` tells whether the findings of a file are all
/// there: those that PATHs left out are neither new nor gone.
pub(super) fn apply(flags: &BaselineFlags, findings: &mut Vec<Finding>, is_checked: impl Fn(&str) -> bool) -> anyhow::Result<Vec<String>> {
    let Some(file) = &flags.baseline else { return Ok(Vec::new()) };
    let name = file.display();
    let old = read(file, flags.write_baseline)?;
    if flags.write_baseline {
        let mut new: Known = old.into_iter().filter(|(entry, _)| !is_checked(&entry.path)).collect();
        for finding in findings.iter() {
            *new.entry(Entry::of(finding)).or_default() += 1;
        }
        write(file, &new)?;
        let remark = format!("{} written to {name}", counted(findings.len()));
        findings.clear();
        return Ok(vec![remark]);
    }

    let mut left = old.clone();
    let before = findings.len();
    findings.retain(|finding| match left.get_mut(&Entry::of(finding)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    let mut remarks = Vec::new();
    let hidden = before - findings.len();
    if hidden > 0 {
        remarks.push(format!("{} left out: {name} has them", counted(hidden)));
    }
    left.retain(|entry, count| *count > 0 && is_checked(&entry.path));
    let gone: usize = left.values().sum();
    if gone > 0 && flags.prune_baseline {
        let mut kept = old;
        for (entry, count) in &left {
            if let Some(known) = kept.get_mut(entry) {
                *known -= count;
            }
        }
        kept.retain(|_, count| *count > 0);
        write(file, &kept)?;
        remarks.push(format!("{} taken out of {name}: nothing is found there any more", counted(gone)));
    } else if gone > 0 {
        remarks.push(format!("{} in {name} can't be found any more: `--prune-baseline` takes them out", counted(gone)));
    }
    Ok(remarks)
}

fn counted(number: usize) -> String {
    if number == 1 { "1 finding".to_owned() } else { format!("{number} findings") }
}

fn read(file: &Path, may_be_missing: bool) -> anyhow::Result<Known> {
    let text = match fs::read_to_string(file) {
        Err(error) if error.kind() == ErrorKind::NotFound && may_be_missing => return Ok(Known::new()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(anyhow!("there is no baseline {}: `--write-baseline` makes it", file.display()));
        }
        result => result.with_context(|| format!("the baseline {} can't be read", file.display()))?,
    };
    let document: Document = serde_json::from_str(&text).with_context(|| format!("{} is no baseline", file.display()))?;
    if document.version != VERSION {
        return Err(anyhow!("the baseline {} is of version {}, and this program knows {VERSION}", file.display(), document.version));
    }
    let mut known = Known::new();
    for entry in document.findings {
        *known.entry(entry).or_default() += 1;
    }
    Ok(known)
}

/// Sorted, so that a change of it reads well; one that occurs twice stands there twice.
fn write(file: &Path, known: &Known) -> anyhow::Result<()> {
    let findings = known.iter().flat_map(|(entry, count)| std::iter::repeat_n(entry.clone(), *count)).collect();
    let text = serde_json::to_string_pretty(&Document { version: VERSION, findings })?;
    fs::write(file, text + "\n").with_context(|| format!("the baseline {} can't be written", file.display()))
}

//! `preboot check`: the migrations that the deployed code does not have, and the references left behind.

use super::Answer;
use super::arguments::CheckArguments;
use super::baseline;
use super::project::Setup;
use super::render::{Report, Style, render};
use crate::analysis::analyse::analyse;
use crate::analysis::open::Opened;
use crate::rules::finding::{Finding, Severity};
use crate::rules::{RuleSettings, find_all};
use crate::workspace::config::{FailOn, Settings};
use crate::workspace::files::is_below;
use anyhow::anyhow;
use std::path::PathBuf;
use std::sync::Arc;

pub(super) fn run(arguments: &CheckArguments, style: Style) -> anyhow::Result<Answer> {
    let flags = Settings {
        select: arguments.rules.select.clone(),
        extend_select: (!arguments.rules.extend_select.is_empty()).then(|| arguments.rules.extend_select.clone()),
        ignore: (!arguments.rules.ignore.is_empty()).then(|| arguments.rules.ignore.clone()),
        fail_on: arguments.fail_on,
        ..Settings::default()
    };
    let setup = Setup::new(&arguments.project, flags)?;
    let settings = RuleSettings::new(&setup.configuration).map_err(|error| anyhow!(error))?;
    let paths = paths(&setup, &arguments.paths)?;
    let Opened { request, sources } = setup.open(&arguments.project, &paths, arguments.all)?;
    let versions = || std::iter::once(&sources.working).chain(&sources.deployed);
    if let Some(path) = paths.iter().find(|path| !versions().any(|version| version.files().iter().any(|file| is_below(&file.path, path)))) {
        return Err(anyhow!("there is nothing to check at {path}: no file of the project is there"));
    }
    let is_guess = request.deployed.is_guess();
    let analysis = analyse(request)?;

    let mut findings = find_all(&analysis, &settings, &sources);
    if !paths.is_empty() {
        findings.retain(|finding| paths.iter().any(|path| is_below(&finding.path, path)));
    }
    if is_guess {
        findings.iter_mut().for_each(Finding::make_a_remark);
    }
    let is_checked = |path: &str| paths.is_empty() || paths.iter().any(|folder| is_below(path, folder));
    let mut remarks = baseline::apply(&arguments.baseline, &mut findings, is_checked)?;
    let fail_on = setup.configuration.settings().fail_on.unwrap_or_default();
    let failed = !is_guess && findings.iter().any(|finding| fails(fail_on, finding.severity));
    let root = arguments.project.root.to_string_lossy();
    let prefix = setup.prefix();
    let report = Report { analysis: &analysis, findings: &findings, sources: &sources, root: &root, prefix: &prefix };
    let text = render(&report, arguments.output_format, style);
    remarks.extend(report.remarks(arguments.output_format));
    if !arguments.watch {
        // See `analyse`: the process ends here.
        std::mem::forget(analysis);
    }
    Ok(Answer { text, remarks, failed })
}

/// The PATHs, relative to the root.
fn paths(setup: &Setup, given: &[PathBuf]) -> anyhow::Result<Vec<Arc<str>>> {
    given
        .iter()
        .map(|path| match setup.relative(path) {
            Some(inside) => Ok(inside.into()),
            None => Err(anyhow!("{} is not in the project's folder {}", path.display(), setup.root.display())),
        })
        .collect()
}

fn fails(fail_on: FailOn, severity: Severity) -> bool {
    match fail_on {
        FailOn::Error => severity >= Severity::Error,
        FailOn::Warning => severity >= Severity::Warning,
        FailOn::Info => severity >= Severity::Info,
        FailOn::Never => false,
    }
}

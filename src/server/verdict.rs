//! What the analysis says of one state of a folder, and the one call that finds it out.

use super::settings::EditorSettings;
use crate::analysis::Analysis;
use crate::analysis::analyse::analyse;
use crate::analysis::open::{Old, Opened, Opening, open};
use crate::analysis::sources::{Sources, VersionSources};
use crate::references::reference::CodeVersion;
use crate::rules::finding::Finding;
use crate::rules::{RuleSettings, find_all};
use crate::syntax::ast::Span;
use crate::syntax::position::{ColumnUnit, LineIndex};
use crate::workspace::config::{ConfigError, ConfigFile, Configuration};
use crate::workspace::variables::Variables;
use rustc_hash::FxHashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::proto;
use tower_lsp::ls_types::Range;

/// Everything that a verdict depends on besides the disk and git.
#[derive(Clone)]
pub(super) struct Inputs {
    /// Canonical.
    pub(super) root: PathBuf,
    pub(super) editor: Arc<EditorSettings>,
    pub(super) variables: Arc<Variables>,
    /// The texts of the open documents, by relative path.
    pub(super) unsaved: FxHashMap<Arc<str>, Arc<str>>,
}

pub(super) struct Verdict {
    pub(super) inputs: Inputs,
    pub(super) analysis: Analysis,
    pub(super) findings: Vec<Finding>,
    /// What is wrong in the configuration file: it was left aside.
    pub(super) configuration: Option<ConfigError>,
    sources: VersionSources,
    texts: Mutex<FxHashMap<(CodeVersion, Arc<str>), Option<Arc<Text>>>>,
}

/// A file as the analysis saw it.
pub(super) struct Text {
    pub(super) text: Arc<str>,
    index: LineIndex,
}

/// How a job ended.
pub(super) type Outcome = Result<Arc<Verdict>, Failure>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// There is something that the user must set right first.
    Refused(String),
    /// A newer state made it pointless.
    Abandoned,
    Panicked,
}

/// Judges a folder. `previous` is what was found out last, of which whatever did not change may be used again.
pub(super) fn judge(inputs: &Inputs, _previous: Option<&Verdict>, is_abandoned: &dyn Fn() -> bool) -> Result<Verdict, Failure> {
    let go_on = || if is_abandoned() { Err(Failure::Abandoned) } else { Ok(()) };
    let (file, wrong) = match ConfigFile::find(&inputs.root) {
        Ok(file) => (file, None),
        Err(error) => (None, Some(error)),
    };
    let configuration = Configuration { flags: inputs.editor.settings.clone(), file };
    let refused = |error: &dyn std::fmt::Display| Failure::Refused(error.to_string());
    let settings = RuleSettings::new(&configuration).map_err(|error| refused(&error))?;
    let opening = Opening {
        root: &inputs.root,
        configuration: &configuration,
        variables: &inputs.variables,
        unsaved: &inputs.unsaved,
        old: Old::Deployed { unless_known: &[] },
        staged: false,
    };
    go_on()?;
    let Opened { request, sources } = open(&opening).map_err(|error| refused(&error))?;
    go_on()?;
    let is_guess = request.deployed.is_guess();
    let analysis = analyse(request).map_err(|error| refused(&error))?;
    go_on()?;
    let mut findings = find_all(&analysis, &settings, &sources);
    if is_guess {
        findings.iter_mut().for_each(Finding::make_a_remark);
    }
    Ok(Verdict { inputs: inputs.clone(), analysis, findings, configuration: wrong, sources, texts: Mutex::default() })
}

impl Verdict {
    pub(super) fn sources(&self) -> &VersionSources {
        &self.sources
    }

    /// A file of either version, read once; `None` where there is none, or where it can't be read.
    pub(super) fn text(&self, version: CodeVersion, path: &Arc<str>) -> Option<Arc<Text>> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let read = || {
            let text = self.sources.text(version, path)?;
            let index = LineIndex::new(&text);
            Some(Arc::new(Text { text, index }))
        };
        texts.entry((version, Arc::clone(path))).or_insert_with(read).clone()
    }
}

impl Text {
    pub(super) fn range(&self, span: Span, unit: ColumnUnit) -> Range {
        let position = |offset| proto::lsp_position(self.index.position(&self.text, offset, unit));
        Range { start: position(span.start), end: position(span.end) }
    }

    /// The line that holds an offset, counted from 0, and where it starts.
    pub(super) fn line_at(&self, offset: u32) -> (u32, &str) {
        let line = self.index.position(&self.text, offset, ColumnUnit::Utf8).line;
        (line, self.index.line(&self.text, line))
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = (u32, &str)> {
        (0..self.index.line_count() as u32).map(|line| (line, self.index.line(&self.text, line)))
    }

    pub(super) fn line_start(&self, line: u32) -> u32 {
        self.index.offset(&self.text, crate::syntax::position::Position { line, column: 0 }, ColumnUnit::Utf8)
    }
}

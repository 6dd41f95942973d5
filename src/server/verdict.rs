//! What the analysis says of one state of a folder, and how that is found out: at once, or from what was found out before.

mod follow;

use super::documents::JudgedText;
use super::settings::EditorSettings;
use super::text::Text;
use crate::analysis::Analysis;
use crate::analysis::history::History;
use crate::analysis::open::{Alone, Old, Opened, Opening, open, open_alone};
use crate::analysis::point::history_of;
use crate::analysis::request::RequestError;
use crate::analysis::session::Session;
use crate::analysis::sources::{Sources, VersionSources, VersionTexts};
use crate::django::graph::MigrationKey;
use crate::ide::{Judged, Resolve};
use crate::phases::words::Team;
use crate::references::reference::CodeVersion;
use crate::rules::finding::Finding;
use crate::rules::{RuleSettings, find_all};
use crate::workspace::config::{ConfigError, ConfigFile, Configuration};
use crate::workspace::variables::Variables;
use crate::workspace::version::Version;
use follow::{Followed, carry, follow};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Everything that a verdict depends on.
#[derive(Clone)]
pub(super) struct Inputs {
    /// Canonical.
    pub(super) root: PathBuf,
    pub(super) editor: Arc<EditorSettings>,
    pub(super) variables: Arc<Variables>,
    /// Grows when the disk or the repository may have changed.
    pub(super) disk: u64,
    /// The open documents, by relative path.
    pub(super) unsaved: BTreeMap<Arc<str>, Arc<JudgedText>>,
}

pub(super) struct Verdict {
    pub(super) inputs: Inputs,
    project: Arc<Project>,
    pub(super) analysis: Analysis,
    pub(super) findings: Vec<Finding>,
    /// The references left behind were looked for in this very state. Else they are those of an earlier one, moved along with the
    /// text, and nothing is known of what is gone since.
    pub(super) is_complete: bool,
    sources: VersionSources,
    texts: Mutex<Texts>,
}

/// What is loaded of a project.
struct Project {
    session: Session,
    rules: Arc<RuleSettings>,
    /// Whom a plan's texts speak to.
    team: Arc<Team>,
    /// What is wrong in the configuration file: it was left aside.
    configuration: Option<Arc<ConfigError>>,
    /// Nobody said which migrations are new.
    is_guess: bool,
}

/// What was read already; `None` for what can't be.
type Texts = FxHashMap<(CodeVersion, Arc<str>), Option<Arc<Text>>>;

/// Asked now and then by whoever takes long.
pub(super) type Abandoned<'a> = dyn Fn() -> bool + Sync + 'a;

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

/// Judges a state. `previous` is what was found out last, of which whatever did not change is used again.
pub(super) fn judge(inputs: &Inputs, previous: Option<&Verdict>, is_abandoned: &Abandoned<'_>) -> Result<Verdict, Failure> {
    if let Some(previous) = previous
        && let Some(Followed { project, moved }) = follow(previous, inputs)
    {
        let mut analysis = project.session.judge();
        let is_complete = carry(previous, project.session.gone(&analysis), &moved, &mut analysis.leftovers);
        // The deployed code does not change: what it names, it names still, as far as the operations are the same.
        analysis.deployed_sql =
            previous.analysis.deployed_sql.iter().filter(|it| analysis.step(&it.operation).is_some()).cloned().collect();
        let deployed = previous.sources.deployed.clone();
        return Ok(Verdict::new(inputs, project, deployed, analysis, is_complete));
    }
    let (project, deployed) = load(inputs, previous, is_abandoned)?;
    let mut analysis = project.session.judge();
    go_on(is_abandoned)?;
    analysis.leftovers = project.session.leftovers_unless(&analysis, is_abandoned);
    analysis.deployed_sql = project.session.deployed_sql(&analysis);
    go_on(is_abandoned)?;
    Ok(Verdict::new(inputs, Arc::new(project), deployed, analysis, true))
}

/// What a migration's own file says of it, long before the whole is read: nothing, where the deployed code has it. `None` where that
/// can't be told at once, and where a new one says nothing by itself: no findings would look like an answer.
pub(super) fn judge_alone(inputs: &Inputs, path: &Arc<str>) -> Option<Verdict> {
    let text = &inputs.unsaved.get(path)?.text;
    let configuration = Configuration { flags: inputs.editor.settings.clone(), file: ConfigFile::find(&inputs.root).ok()? };
    let rules = RuleSettings::new(&configuration).ok()?;
    let unsaved = FxHashMap::default();
    let Alone { is_new, opened } = open_alone(&opening(inputs, &configuration, &unsaved), path, text)?;
    let session = Session::open(opened.request).ok()?;
    let analysis = session.judge();
    let team = Arc::new(Team::of(&configuration.settings()));
    let project = Project { session, rules: Arc::new(rules), team, configuration: None, is_guess: false };
    let mut verdict = Verdict::new(inputs, Arc::new(project), None, analysis, true);
    verdict.findings.retain(|finding| is_new && finding.rule.is_local());
    (!is_new || !verdict.findings.is_empty()).then_some(verdict)
}

/// The verdict with the references looked for.
pub(super) fn complete(verdict: &Verdict, is_abandoned: &Abandoned<'_>) -> Result<Verdict, Failure> {
    let mut analysis = verdict.project.session.judge();
    analysis.leftovers = verdict.project.session.leftovers_unless(&analysis, is_abandoned);
    analysis.deployed_sql = verdict.project.session.deployed_sql(&analysis);
    go_on(is_abandoned)?;
    Ok(Verdict::new(&verdict.inputs, Arc::clone(&verdict.project), verdict.sources.deployed.clone(), analysis, true))
}

fn go_on(is_abandoned: &Abandoned<'_>) -> Result<(), Failure> {
    if is_abandoned() { Err(Failure::Abandoned) } else { Ok(()) }
}

/// Reads both versions anew; what `previous` parsed of the same bytes is not parsed again.
fn load(inputs: &Inputs, previous: Option<&Verdict>, is_abandoned: &Abandoned<'_>) -> Result<(Project, Option<Version>), Failure> {
    let refused = |error: &dyn std::fmt::Display| Failure::Refused(error.to_string());
    let (file, wrong) = match ConfigFile::find(&inputs.root) {
        Ok(file) => (file, None),
        Err(error) => (None, Some(Arc::new(error))),
    };
    let configuration = Configuration { flags: inputs.editor.settings.clone(), file };
    let rules = RuleSettings::new(&configuration).map_err(|error| refused(&error))?;
    let unsaved = inputs.unsaved.iter().map(|(path, judged)| (Arc::clone(path), Arc::clone(&judged.text))).collect();
    go_on(is_abandoned)?;
    let Opened { mut request, sources } = open(&opening(inputs, &configuration, &unsaved)).map_err(|error| refused(&error))?;
    if let Some(previous) = previous {
        request.memo = Arc::clone(previous.project.session.memo());
        request.memo.sweep();
    }
    go_on(is_abandoned)?;
    let is_guess = request.deployed.is_guess();
    let session = Session::open(request).map_err(|error| refused(&error))?;
    go_on(is_abandoned)?;
    let team = Arc::new(Team::of(&configuration.settings()));
    Ok((Project { session, rules: Arc::new(rules), team, configuration: wrong, is_guess }, sources.deployed))
}

fn opening<'a>(inputs: &'a Inputs, configuration: &'a Configuration, unsaved: &'a FxHashMap<Arc<str>, Arc<str>>) -> Opening<'a> {
    Opening {
        root: &inputs.root,
        configuration,
        variables: &inputs.variables,
        unsaved,
        old: Old::Deployed { unless_known: &[] },
        staged: false,
    }
}

impl Verdict {
    fn new(inputs: &Inputs, project: Arc<Project>, deployed: Option<Version>, analysis: Analysis, is_complete: bool) -> Self {
        let sources = VersionSources { working: project.session.working().sources.version().clone(), deployed };
        let mut findings = find_all(&analysis, &project.rules, &sources);
        if project.is_guess {
            findings.iter_mut().for_each(Finding::make_a_remark);
        }
        Self { inputs: inputs.clone(), project, analysis, findings, is_complete, sources, texts: Mutex::default() }
    }

    /// For the features.
    pub(super) fn judged<'a>(&'a self, resolve: Option<&'a dyn Resolve>) -> Judged<'a> {
        Judged {
            analysis: &self.analysis,
            findings: &self.findings,
            working: self.project.session.working(),
            sources: &self.sources,
            resolve,
        }
    }

    /// The files of the working code.
    pub(super) fn files(&self) -> &Version {
        &self.sources.working
    }

    /// The working code, as the search for references reads it.
    pub(super) fn texts(&self) -> VersionTexts<'_> {
        VersionTexts::of(self.project.session.working())
    }

    /// The state and the schema after a migration and all that it depends on.
    pub(super) fn history_at(&self, migration: &MigrationKey) -> Result<History, RequestError> {
        history_of(self.project.session.working(), self.project.session.setting(), Some(migration))
    }

    pub(super) fn team(&self) -> &Team {
        &self.project.team
    }

    pub(super) fn configuration_error(&self) -> Option<&ConfigError> {
        self.project.configuration.as_deref()
    }

    /// A file of either version, read once; `None` where there is none, or where it can't be read.
    pub(super) fn text(&self, version: CodeVersion, path: &Arc<str>) -> Option<Arc<Text>> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let read = || {
            let text = self.sources.text(version, path)?;
            Some(Arc::new(Text::new(text)))
        };
        texts.entry((version, Arc::clone(path))).or_insert_with(read).clone()
    }
}

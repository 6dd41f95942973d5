//! `preboot split`: the PRs of the plan as stacked branches, or as patch files. Nothing that exists is rewritten.

use super::Answer;
use super::arguments::SplitArguments;
use super::plan::chosen;
use super::project::Setup;
use super::render::plan::{listed, patch};
use crate::analysis::open::Opened;
use crate::analysis::session::Session;
use crate::analysis::sources::{Sources, VersionSources};
use crate::phases::ground::Ground;
use crate::phases::plan::{Phase, Plan};
use crate::phases::planner;
use crate::phases::words::Team;
use crate::references::reference::CodeVersion;
use crate::workspace::config::Settings;
use crate::workspace::files::{create_folder, exists, read_inside, write_new};
use crate::workspace::git::{NewFile, ObjectId, Repository};
use anyhow::{anyhow, bail};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

pub(super) fn run(arguments: &SplitArguments) -> anyhow::Result<Answer> {
    let setup = Setup::new(&arguments.project, Settings::default())?;
    let Opened { request, sources } = setup.open(&arguments.project, &[], false)?;
    let session = Session::open(request)?;
    let mut analysis = session.judge();
    analysis.leftovers = session.leftovers(&analysis);
    let plan = planner::plan(&Ground { analysis: &analysis, working: session.working(), sources: &sources });
    let plan = chosen(plan, arguments.alternative)?;
    if plan.phases.is_empty() {
        let reasons: Vec<String> = plan.unplanned.iter().map(|it| format!("{}: {}", it.what, it.why)).collect();
        bail!("{}{}{}", plan.summary, if reasons.is_empty() { "" } else { ": " }, reasons.join("; "));
    }
    let names = match &arguments.patches {
        Some(folder) => patches(folder, &plan, &setup.team(), arguments.dry_run)?,
        None => {
            let base = analysis.base.as_ref().ok_or_else(|| anyhow!("branches begin at the deployed code: there is no commit of it"))?;
            let written: Vec<&Arc<str>> = analysis.migrations.iter().map(|it| &it.path).collect();
            branches(&setup, &plan, (base.commit, &written), arguments, &sources)?
        }
    };
    Ok(Answer::ok(listed(&plan, &names, arguments.dry_run)))
}

/// `0001-forget-shop-order-note`
fn slug(phase: &Phase) -> String {
    let words: Vec<String> =
        phase.title.to_lowercase().split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let words: String = words.join("-").chars().take(60).collect();
    format!("{:04}-{}", phase.number, words.trim_end_matches('-'))
}

fn patches(folder: &Path, plan: &Plan, team: &Team, dry_run: bool) -> anyhow::Result<Vec<String>> {
    let files: Vec<_> = plan.phases.iter().map(|phase| folder.join(format!("{}.patch", slug(phase)))).collect();
    // All or none.
    if let Some(taken) = files.iter().find(|file| exists(file)) {
        bail!("{} exists already", taken.display());
    }
    if !dry_run {
        create_folder(folder)?;
        for (phase, file) in plan.phases.iter().zip(&files) {
            write_new(file, &patch(phase, plan.phases.len(), team))?;
        }
    }
    Ok(files.iter().map(|file| file.display().to_string()).collect())
}

/// `base` is the deployed commit, `written` are the author's own migrations: the plan has others in their place.
fn branches(
    setup: &Setup,
    plan: &Plan,
    (base, written): (ObjectId, &[&Arc<str>]),
    arguments: &SplitArguments,
    sources: &VersionSources,
) -> anyhow::Result<Vec<String>> {
    let root = &setup.root;
    let repository = Repository::discover(root, None)?;
    let working = |path: &str| sources.working.read(sources.working.file(path)?).ok();
    let lost = repository.only_staged(|path| working(path).or_else(|| read_inside(root, path)))?;
    if !lost.is_empty() {
        bail!("the index has changes that the work tree hasn't, and the branches would be without them: {}", lost.join(", "));
    }
    let names: Vec<String> = plan.phases.iter().map(|phase| format!("{}{}", arguments.prefix, slug(phase))).collect();
    for name in &names {
        if repository.has_branch(name)? {
            bail!("the branch {name} exists already");
        }
    }
    if arguments.dry_run {
        return Ok(names);
    }
    let head = repository.commit("HEAD")?;
    let mut files: BTreeMap<&Arc<str>, &Option<Arc<str>>> = written.iter().map(|path| (*path, &None)).collect();
    let mut parent = base;
    let mut commits = Vec::new();
    let mut is_working = false;
    for phase in &plan.phases {
        files.extend(phase.files.iter().map(|change| (&change.path, &change.after)));
        is_working |= phase.has_working_code;
        // Whatever the program doesn't look at comes with the working code.
        let onto = if is_working { head } else { base };
        let new = files.iter().map(|(path, text)| {
            let bytes = text.as_ref().map(|text| {
                // As it is on disk, where it is the same text.
                let is_same = sources.text(CodeVersion::Working, path).as_ref() == Some(text);
                is_same.then(|| working(path)).flatten().unwrap_or_else(|| text.as_bytes().to_vec())
            });
            NewFile { path: path.to_string(), bytes }
        });
        let new: Vec<NewFile> = new.collect();
        let message = format!("{}\n\n{}", phase.title, phase.body(plan.phases.len(), &setup.team()));
        parent = repository.write_commit(onto, parent, &new, &message)?;
        commits.push(parent);
    }
    // The branches come when all commits are there.
    for (name, commit) in names.iter().zip(commits) {
        repository.create_branch(name, commit)?;
    }
    Ok(names)
}

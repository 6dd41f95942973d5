//! The command line: subcommands and flags.

use super::render::{Color, Format, PlanFormat};
use crate::django::graph::MigrationKey;
use crate::workspace::config::{DeployOrder, FailOn};
use crate::workspace::django_version::DjangoVersion;
use crate::workspace::vendor::Vendor;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;

/// Makes Django migrations safe to deploy with no downtime.
#[derive(Debug, Parser)]
#[command(name = "preboot", version, max_term_width = 100, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,

    #[command(flatten)]
    pub(super) output: OutputFlags,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check the migrations that the deployed code does not have, and the references left behind.
    Check(CheckArguments),
    /// List every reference of a model or a field.
    Refs(RefsArguments),
    /// Split the change into PRs that are safe to deploy one after the other.
    Plan(PlanArguments),
    /// Write the PRs of the plan as branches or as patch files.
    Split(SplitArguments),
    /// Print a rule's page, or the risk of the operation at a place.
    Explain(ExplainArguments),
    /// Print the simulated schema.
    Schema(SchemaArguments),
    /// List all the rules.
    Rules(RulesArguments),
    /// Print the effective configuration, and where each value came from.
    Config(ConfigArguments),
    /// Run the language server on stdin and stdout.
    Server(ServerArguments),
    /// Print what completes the command line in a shell.
    Completions(CompletionsArguments),
    /// Print the manual page, in roff.
    Man,
}

#[derive(Debug, Args)]
pub(super) struct OutputFlags {
    /// Whether to colour the output.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(super) color: Color,

    /// Print the answer only: no logs.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,

    /// Log to stderr what is done; twice for more.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
}

/// Which project, which two versions of it, and what they run on.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Project")]
pub(super) struct ProjectFlags {
    /// The project's folder.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(super) root: PathBuf,

    /// The configuration file, instead of `preboot.toml` or `pyproject.toml` in the project's folder.
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,

    /// The deployed code, as git names a revision.
    #[arg(long, value_name = "REV", conflicts_with = "no_base")]
    pub(super) base: Option<String>,

    /// Do without git: the old code is the state before the new migrations.
    #[arg(long)]
    pub(super) no_base: bool,

    /// Deployed is everything up to this migration.
    #[arg(long, value_name = "APP.MIGRATION", value_parser = migration)]
    pub(super) since: Option<MigrationName>,

    /// Take git's index for the new code, not the work tree.
    #[arg(long)]
    pub(super) staged: bool,

    /// The database, with its version: `postgresql@15`, `mysql`, `mariadb`, `sqlite`, `oracle`.
    #[arg(long, value_name = "VENDOR")]
    pub(super) vendor: Option<Vendor>,

    /// The version of Django: `5.2`.
    #[arg(long, value_name = "VERSION")]
    pub(super) django_version: Option<DjangoVersion>,

    /// Which comes first in a deploy: the migrations, or the new code.
    #[arg(long, value_name = "ORDER", value_parser = one_of(&DEPLOY_ORDERS))]
    pub(super) deploy_order: Option<DeployOrder>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Rules")]
pub(super) struct RuleFlags {
    /// The rules to run: codes, prefixes as `PB4`, names, or `ALL`.
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(super) select: Option<Vec<String>>,

    /// Rules to run besides those that are selected.
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(super) extend_select: Vec<String>,

    /// Rules not to run; the longest prefix wins.
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub(super) ignore: Vec<String>,
}

/// What a legacy project has agreed to live with.
#[derive(Debug, Args)]
#[command(next_help_heading = "Baseline")]
pub(super) struct BaselineFlags {
    /// Leave out the findings that this file lists.
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,

    /// Write the findings into the baseline, which lists them from then on.
    #[arg(long, requires = "baseline", conflicts_with = "prune_baseline")]
    pub(super) write_baseline: bool,

    /// Take out of the baseline what is not found any more.
    #[arg(long, requires = "baseline")]
    pub(super) prune_baseline: bool,
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// Report only what is in these files and folders; with no deployed code they say which migrations are new.
    pub(super) paths: Vec<PathBuf>,

    /// Judge every migration against the state before it.
    #[arg(long)]
    pub(super) all: bool,

    /// Check again whenever a file changes, until it is interrupted.
    #[arg(long, conflicts_with = "staged")]
    pub(super) watch: bool,

    /// Exit with 1 if there is a finding at least this grave.
    #[arg(long, value_name = "SEVERITY", value_parser = one_of(&FAIL_ON))]
    pub(super) fail_on: Option<FailOn>,

    /// How to print the findings.
    #[arg(long, alias = "format", value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) output_format: Format,

    #[command(flatten)]
    pub(super) project: ProjectFlags,

    #[command(flatten)]
    pub(super) rules: RuleFlags,

    #[command(flatten)]
    pub(super) baseline: BaselineFlags,
}

#[derive(Debug, Args)]
pub(super) struct PlanArguments {
    /// How to print the plan.
    #[arg(long, alias = "format", value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) output_format: PlanFormat,

    /// Another of the plan's ways, as it counts them.
    #[arg(long, value_name = "N")]
    pub(super) alternative: Option<usize>,

    #[command(flatten)]
    pub(super) project: ProjectFlags,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("where").required(true).args(["branches", "patches", "dry_run"]).multiple(true)))]
pub(super) struct SplitArguments {
    /// Make a branch for each PR, each on top of the one before, the first on the deployed code. Nothing is checked out.
    #[arg(long, conflicts_with = "patches")]
    pub(super) branches: bool,

    /// Write a patch file for each PR into this folder.
    #[arg(long, value_name = "DIR")]
    pub(super) patches: Option<PathBuf>,

    /// Only say what would be written.
    #[arg(long)]
    pub(super) dry_run: bool,

    /// What the branches' names begin with.
    #[arg(long, value_name = "PREFIX", default_value = "preboot/")]
    pub(super) prefix: String,

    /// Write another of the plan's ways, as `preboot plan` counts them.
    #[arg(long, value_name = "N")]
    pub(super) alternative: Option<usize>,

    #[command(flatten)]
    pub(super) project: ProjectFlags,
}

#[derive(Debug, Args)]
pub(super) struct RefsArguments {
    /// `app.Model` or `app.Model.field`.
    pub(super) target: String,

    /// Print what only has the name in common, too.
    #[arg(long)]
    pub(super) possible: bool,

    /// Count them instead of listing them.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(super) by: Option<CountBy>,

    /// How to print the references.
    #[arg(long, alias = "format", value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) output_format: TextFormat,

    #[command(flatten)]
    pub(super) project: ProjectFlags,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// A rule's code or name, or a place as `shop/migrations/0002_x.py:11`.
    #[arg(value_name = "CODE|FILE:LINE")]
    pub(super) subject: String,

    #[arg(long, alias = "format", value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) output_format: TextFormat,

    #[command(flatten)]
    pub(super) project: ProjectFlags,
}

#[derive(Debug, Args)]
pub(super) struct SchemaArguments {
    /// Only this app's tables, or this model's.
    #[arg(value_name = "APP[.MODEL]")]
    pub(super) of: Option<String>,

    /// After this migration and those that it depends on, not after the last one.
    #[arg(long, value_name = "APP.MIGRATION", value_parser = migration)]
    pub(super) at: Option<MigrationName>,

    /// How to print the schema.
    #[arg(long, alias = "format", value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) output_format: TextFormat,

    #[command(flatten)]
    pub(super) project: ProjectFlags,
}

#[derive(Debug, Args)]
pub(super) struct RulesArguments {
    #[arg(long, alias = "format", value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) output_format: TextFormat,
}

#[derive(Debug, Args)]
pub(super) struct ConfigArguments {
    #[arg(long, alias = "format", value_enum, default_value_t, value_name = "FORMAT")]
    pub(super) output_format: TextFormat,

    #[command(flatten)]
    pub(super) project: ProjectFlags,
}

#[derive(Debug, Args)]
pub(super) struct ServerArguments {
    /// Nothing else is spoken: accepted because editors pass it.
    #[arg(long, hide = true)]
    stdio: bool,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    pub(super) shell: Shell,
}

/// What references are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CountBy {
    Kind,
    File,
}

/// How the commands besides `check` print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum TextFormat {
    #[default]
    Text,
    Json,
}

const DEPLOY_ORDERS: [(&str, DeployOrder); 2] = [("migrate-first", DeployOrder::MigrateFirst), ("migrate-last", DeployOrder::MigrateLast)];

const FAIL_ON: [(&str, FailOn); 4] =
    [("error", FailOn::Error), ("warning", FailOn::Warning), ("info", FailOn::Info), ("never", FailOn::Never)];

/// A flag that takes one of these words.
fn one_of<T: Copy + Send + Sync + 'static>(values: &'static [(&'static str, T)]) -> impl TypedValueParser<Value = T> {
    let words = PossibleValuesParser::new(values.iter().map(|(word, _)| *word));
    words.try_map(|word| values.iter().find(|(known, _)| *known == word).map(|(_, value)| *value).ok_or("no such value"))
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MigrationName {
    pub(super) app: String,
    pub(super) name: String,
}

impl MigrationName {
    pub(super) fn key(&self) -> MigrationKey {
        MigrationKey { app: self.app.as_str().into(), name: self.name.as_str().into() }
    }
}

fn migration(text: &str) -> Result<MigrationName, String> {
    match text.split_once('.') {
        Some((app, name)) if !app.is_empty() && !name.is_empty() => Ok(MigrationName { app: app.to_owned(), name: name.to_owned() }),
        _ => Err("expected APP.MIGRATION, as in `shop.0002_drop_note`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(std::iter::once("preboot").chain(line.split_whitespace()))
    }

    fn check(line: &str) -> CheckArguments {
        match parse(line).unwrap().command {
            Command::Check(arguments) => arguments,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_declaration_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn check_takes_all_its_flags() {
        let it = check(
            "check shop/migrations --base heroku/main --vendor mariadb@10.6 --django-version 3.2 --deploy-order migrate-last --all \
             --select PB1,PB4 --ignore PB401 --extend-select PB5 --fail-on warning --format json --config p.toml --root x --staged -vv",
        );
        assert_eq!(it.project.base.as_deref(), Some("heroku/main"));
        assert_eq!(it.project.vendor, Some("mariadb@10.6".parse().unwrap()));
        assert_eq!(it.project.django_version, Some(DjangoVersion { major: 3, minor: 2 }));
        assert_eq!(it.rules.select.as_deref(), Some(&["PB1".to_owned(), "PB4".to_owned()][..]));
        assert_eq!(it.output_format, Format::Json);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for line in [
            "check --base a --no-base",
            "check --since nothing",
            "check --django-version five",
            "check --vendor postgres",
            "check --output-format xml",
            "",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}

//! The command line: reads the arguments, runs one subcommand, prints its answer.

mod arguments;
mod baseline;
mod check;
mod config;
mod explain;
mod manual;
mod plan;
mod progress;
mod project;
mod refs;
mod render;
mod rules;
mod schema;
mod schemas;
mod server;
mod split;
mod watch;

use crate::syntax::prepare_threads;
use crate::workspace::config::ConfigError;
use crate::workspace::variables::Variables;
use arguments::{Arguments, Command, OutputFlags};
use clap::Parser;
use progress::Progress;
use render::Style;
use std::process::ExitCode;

pub use schemas::schemas;

/// What a subcommand answers.
struct Answer {
    /// For stdout.
    text: String,
    /// For stderr: what the text has no place for.
    remarks: Vec<String>,
    /// It found something to fail on.
    failed: bool,
}

impl Answer {
    fn ok(text: String) -> Self {
        Self { text, remarks: Vec::new(), failed: false }
    }
}

/// The exit status where there are findings.
const FINDINGS: u8 = 1;

/// The exit status where the command could not run; clap's own for a wrong command line.
const COULD_NOT_RUN: u8 = 2;

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let Arguments { command, output } = Arguments::parse();
    log(&output);
    // The server answers first: its threads come with its first work.
    if !matches!(command, Command::Server(_)) {
        prepare_threads();
    }
    let style = Style::of(output.color, &Variables::of_process());
    let progress = at_work(&command).filter(|_| output.verbose == 0).map(|what| Progress::start(what, output.quiet));
    let answer = match &command {
        Command::Check(arguments) if arguments.watch => watch::run(arguments, style, output.quiet),
        Command::Check(arguments) => check::run(arguments, style),
        Command::Config(arguments) => config::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Plan(arguments) => plan::run(arguments, style),
        Command::Refs(arguments) => refs::run(arguments),
        Command::Rules(arguments) => Ok(rules::run(arguments)),
        Command::Schema(arguments) => schema::run(arguments),
        Command::Split(arguments) => split::run(arguments),
        Command::Server(_) => server::run(),
        Command::Completions(arguments) => Ok(manual::completions(arguments)),
        Command::Man => manual::man(),
    };
    drop(progress);
    let result = answer.and_then(|answer| {
        if !output.quiet {
            remark(&answer.remarks);
        }
        render::print(&answer.text)?;
        Ok(answer.failed)
    });
    match result {
        Ok(false) => ExitCode::SUCCESS,
        Ok(true) => ExitCode::from(FINDINGS),
        Err(error) => {
            complain(&error);
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

/// What a command that may take long is doing.
fn at_work(command: &Command) -> Option<&'static str> {
    match command {
        Command::Check(arguments) if arguments.watch => None,
        Command::Check(_) => Some("checking"),
        Command::Plan(_) | Command::Split(_) => Some("planning"),
        Command::Refs(_) => Some("searching"),
        Command::Explain(_) | Command::Schema(_) => Some("reading"),
        Command::Rules(_) | Command::Config(_) | Command::Server(_) | Command::Completions(_) | Command::Man => None,
    }
}

#[expect(clippy::print_stderr, reason = "stdout carries the answer and nothing else")]
fn remark(remarks: &[String]) {
    for line in remarks {
        eprintln!("{line}");
    }
}

/// Says on stderr why a command could not run.
#[expect(clippy::print_stderr, reason = "the one place that complains")]
fn complain(error: &anyhow::Error) {
    match error.downcast_ref::<ConfigError>() {
        Some(error) => eprint!("{}", render::config_error(error)),
        None => eprintln!("error: {}", render::escape(&format!("{error:#}"))),
    }
}

/// Logs go to stderr. `-v` asks for more of them, `-q` for none.
fn log(output: &OutputFlags) {
    use tracing::level_filters::LevelFilter;
    let level = match (output.quiet, output.verbose) {
        (true, _) => LevelFilter::OFF,
        (_, 0) => LevelFilter::WARN,
        (_, 1) => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(level).with_target(false).without_time().init();
}

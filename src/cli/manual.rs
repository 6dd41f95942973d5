//! `preboot completions` and `preboot man`: what packages install beside the program.

use super::Answer;
use super::arguments::{Arguments, CompletionsArguments};
use clap::CommandFactory;
use clap_mangen::Man;

pub(super) fn completions(arguments: &CompletionsArguments) -> Answer {
    let mut bytes = Vec::new();
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(arguments.shell, &mut command, name, &mut bytes);
    Answer::ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The page of the program, and after it one section for each subcommand.
pub(super) fn man() -> anyhow::Result<Answer> {
    let command = Arguments::command();
    let mut bytes = Vec::new();
    Man::new(command.clone()).render(&mut bytes)?;
    for subcommand in command.get_subcommands() {
        let title = format!("preboot {}", subcommand.get_name()).to_uppercase();
        let page = Man::new(subcommand.clone());
        bytes.extend_from_slice(format!(".SH {title}\n").as_bytes());
        page.render_description_section(&mut bytes)?;
        page.render_options_section(&mut bytes)?;
    }
    Ok(Answer::ok(String::from_utf8_lossy(&bytes).into_owned()))
}

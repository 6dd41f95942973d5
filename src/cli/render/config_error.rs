//! A mistake in the configuration file, shown where it stands.

use super::escape::escape;
use super::places::SourceFile;
use crate::workspace::config::ConfigError;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use std::sync::Arc;

/// For stderr, and so without colours: `--color` speaks of stdout.
pub(in crate::cli) fn config_error(error: &ConfigError) -> String {
    let mut group = Group::with_title(Level::ERROR.primary_title(escape(&error.message)));
    let place = error.span.filter(|span| error.text.get(span.range()).is_some());
    group = match place {
        Some(span) => {
            let file = SourceFile::new(Arc::clone(&error.text));
            let first = file.line_of(span.start);
            let cut = file.lines(first, file.line_of(span.end));
            let within = span.start as usize - cut.start..span.end as usize - cut.start;
            let source = error.text.get(cut).unwrap_or_default();
            group.element(
                Snippet::source(source)
                    .path(escape(&error.path))
                    .line_start(first as usize + 1)
                    .annotation(AnnotationKind::Primary.span(within)),
            )
        }
        None => group.element(Origin::path(escape(&error.path))),
    };
    if let Some(help) = &error.help {
        group = group.element(Level::HELP.message(escape(help)));
    }
    format!("{}\n", Renderer::plain().render(&[group]))
}

//! `textDocument/definition` and `textDocument/typeDefinition`

use crate::ide::definition::Definition;
use crate::ide::{NeedsReferences, definition, type_definition};
use crate::server::view::{Here, View};
use tower_lsp::ls_types::{GotoDefinitionResponse, LocationLink, Position};

pub(in crate::server) fn definition(
    view: &View<'_>,
    here: Here<'_>,
    position: &Position,
) -> Result<Option<GotoDefinitionResponse>, NeedsReferences> {
    let Some(offset) = here.document.offset(*position) else { return Ok(None) };
    let found = definition::definition(&view.judged(), here.path, offset)?;
    Ok(found.map(|found| response(view, here, &found, view.snapshot.abilities.definition_links)))
}

pub(in crate::server) fn type_definition(
    view: &View<'_>,
    here: Here<'_>,
    position: &Position,
) -> Result<Option<GotoDefinitionResponse>, NeedsReferences> {
    let Some(offset) = here.document.offset(*position) else { return Ok(None) };
    let found = type_definition::type_definition(&view.judged(), here.path, offset)?;
    Ok(found.map(|found| response(view, here, &found, view.snapshot.abilities.type_definition_links)))
}

fn response(view: &View<'_>, here: Here<'_>, found: &Definition, has_links: bool) -> GotoDefinitionResponse {
    let locations = found.targets.iter().filter_map(|(version, place)| view.location(*version, &place.path, place.span));
    if !has_links {
        return GotoDefinitionResponse::Array(locations.collect());
    }
    let origin_selection_range = here.document.range(found.origin);
    let links = locations.map(|location| LocationLink {
        origin_selection_range,
        target_uri: location.uri,
        target_range: location.range,
        target_selection_range: location.range,
    });
    GotoDefinitionResponse::Link(links.collect())
}

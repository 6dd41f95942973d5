//! `textDocument/definition`

use crate::ide::{NeedsReferences, definition};
use crate::server::view::{Here, View};
use tower_lsp::ls_types::{GotoDefinitionResponse, LocationLink, Position};

pub(in crate::server) fn definition(
    view: &View<'_>,
    here: Here<'_>,
    position: &Position,
) -> Result<Option<GotoDefinitionResponse>, NeedsReferences> {
    let Some(offset) = here.document.offset(*position) else { return Ok(None) };
    let Some(found) = definition::definition(&view.judged(), here.path, offset)? else { return Ok(None) };
    let locations = found.targets.iter().filter_map(|(version, place)| view.location(*version, &place.path, place.span));
    if !view.snapshot.abilities.definition_links {
        return Ok(Some(GotoDefinitionResponse::Array(locations.collect())));
    }
    let origin_selection_range = here.document.range(found.origin);
    let links = locations.map(|location| LocationLink {
        origin_selection_range,
        target_uri: location.uri,
        target_range: location.range,
        target_selection_range: location.range,
    });
    Ok(Some(GotoDefinitionResponse::Link(links.collect())))
}

//! Which class attributes name fields.

/// What the strings in a class attribute's value are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum OptionRole {
    /// Names or paths of the model's fields.
    Fields,
    /// Something else for certain: texts, names of templates, …
    Other,
    Unknown,
}

/// Options whose strings are fields, by the classes that have them.
const FIELDS: &[&str] = &[
    // Admins.
    "list_display list_display_links list_filter list_editable list_select_related search_fields ordering readonly_fields \
     raw_id_fields autocomplete_fields filter_horizontal filter_vertical date_hierarchy prepopulated_fields radio_fields fields \
     exclude fk_name sortable_by admin_order_field list_export sortable_field_name",
    // Forms, serializers, tables, resources, factories.
    "widgets labels help_texts error_messages field_classes localized_fields read_only_fields write_only_fields extra_kwargs \
     field_order sequence order_by import_id_fields export_order import_order django_get_or_create",
    // Models.
    "unique_together index_together get_latest_by order_with_respect_to indexes constraints USERNAME_FIELD EMAIL_FIELD \
     REQUIRED_FIELDS order_insertion_by parent_attr",
    // Wagtail's pages and snippets.
    "panels content_panels promote_panels settings_panels api_fields translatable_fields override_translatable_fields edit_handler \
     required_languages fallback_values fallback_undefined",
    // Views and viewsets.
    "filterset_fields filter_fields ordering_fields lookup_field slug_field date_field only_fields exclude_fields",
];

/// Options whose strings never are.
const OTHER: &str = "app_label verbose_name verbose_name_plural db_table permissions default_related_name template_name url_name \
     context_object_name queryset name basename help description title slug_url_kwarg lookup_url_kwarg pk_url_kwarg prefix css js \
     choices fixtures group short_description parameter_name";

/// Whether a name says that it is about fields: `TRACKED_FIELDS`, `field_labels`.
pub(crate) fn says_fields(name: &str) -> bool {
    let lower = name.to_lowercase();
    ["field", "attr", "column"].iter().any(|it| lower.contains(it))
}

/// `key`: the nearest key, where the string stands under one (`"fields"` in an admin's `fieldsets`).
pub(crate) fn option_role(name: &str, key: Option<&str>) -> OptionRole {
    let is_in = |words: &str| words.split_whitespace().any(|it| it == name);
    match name {
        "fieldsets" if key == Some("fields") => OptionRole::Fields,
        "fieldsets" => OptionRole::Other,
        _ if FIELDS.iter().any(|words| is_in(words)) => OptionRole::Fields,
        _ if is_in(OTHER) => OptionRole::Other,
        _ => OptionRole::Unknown,
    }
}

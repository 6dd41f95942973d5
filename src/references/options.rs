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

/// `key`: the nearest key, where the string stands under one (`"fields"` in an admin's `fieldsets`).
pub(crate) fn option_role(name: &str, key: Option<&str>) -> OptionRole {
    match name {
        // Admin.
        "list_display"
        | "list_display_links"
        | "list_filter"
        | "list_editable"
        | "list_select_related"
        | "search_fields"
        | "ordering"
        | "readonly_fields"
        | "raw_id_fields"
        | "autocomplete_fields"
        | "filter_horizontal"
        | "filter_vertical"
        | "date_hierarchy"
        | "prepopulated_fields"
        | "radio_fields"
        | "fields"
        | "exclude"
        | "fk_name"
        | "sortable_by"
        | "save_on"
        | "list_export"
        | "admin_order_field"
        | "inline_fields"
        | "sortable_field_name" => OptionRole::Fields,
        "fieldsets" => match key {
            Some("fields") => OptionRole::Fields,
            _ => OptionRole::Other,
        },
        // Forms, serializers, filters, tables.
        "widgets" | "labels" | "help_texts" | "error_messages" | "field_classes" | "localized_fields" | "read_only_fields"
        | "write_only_fields" | "extra_kwargs" | "sequence" | "order_by" | "row_attrs" | "filter_overrides" => OptionRole::Fields,
        // Models.
        "unique_together"
        | "index_together"
        | "get_latest_by"
        | "order_with_respect_to"
        | "indexes"
        | "constraints"
        | "USERNAME_FIELD"
        | "EMAIL_FIELD"
        | "REQUIRED_FIELDS"
        | "order_insertion_by"
        | "parent_attr" => OptionRole::Fields,
        // Wagtail.
        "panels"
        | "content_panels"
        | "promote_panels"
        | "settings_panels"
        | "api_fields"
        | "translatable_fields"
        | "override_translatable_fields"
        | "search_panels"
        | "edit_handler"
        | "body_fields" => OptionRole::Fields,
        // Views and viewsets.
        "filterset_fields" | "filter_fields" | "ordering_fields" | "lookup_field" | "slug_field" | "date_field" | "orderable_columns"
        | "only_fields" | "exclude_fields" | "filter_only_fields" => OptionRole::Fields,
        "import_id_fields" | "export_order" | "import_order" | "skip_diff" => OptionRole::Fields,
        "django_get_or_create" | "required_languages" | "translation_fields" => OptionRole::Fields,
        "app_label"
        | "verbose_name"
        | "verbose_name_plural"
        | "db_table"
        | "permissions"
        | "default_related_name"
        | "template_name"
        | "url_name"
        | "context_object_name"
        | "queryset"
        | "name"
        | "basename"
        | "help"
        | "description"
        | "title"
        | "slug_url_kwarg"
        | "lookup_url_kwarg"
        | "pk_url_kwarg"
        | "prefix"
        | "css"
        | "js"
        | "choices"
        | "fixtures"
        | "group"
        | "short_description" => OptionRole::Other,
        _ => OptionRole::Unknown,
    }
}

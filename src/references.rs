//! What names a field or a model: Python inference, templates, fixtures, SQL text, the word index.

pub mod reference;

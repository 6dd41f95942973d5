//! Parsing and lowering, by both parsers: `cargo bench --bench parse`.

use std::fmt::Write as _;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use preboot::syntax::document::{Document, Edit};
use preboot::syntax::{Dialect, parse};

fn main() {
    divan::main();
}

const SOURCES: &[Source] = &[Source::Models, Source::Migration, Source::StreamFields];

#[derive(Clone, Copy, Debug)]
enum Source {
    /// 200 models of 20 fields.
    Models,
    /// 1,000 operations on ordinary fields.
    Migration,
    /// 10 operations, each on a stream field of 100,000 characters, which lowering leaves out.
    StreamFields,
}

impl Source {
    fn dialect(self) -> Dialect {
        match self {
            Self::Models => Dialect::Module,
            Self::Migration | Self::StreamFields => Dialect::Migration,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Models => models(),
            Self::Migration => migration(1_000, |text, index| {
                let _ = write!(text, "models.CharField(blank=True, default='', max_length={index}, verbose_name='field {index}')");
            }),
            Self::StreamFields => migration(10, |text, _| {
                text.push_str("wagtail.fields.StreamField([");
                for block in 0..1_600 {
                    let _ = write!(text, "('block_{block}', wagtail.blocks.CharBlock(required=False)), ");
                }
                text.push_str("], use_json_field=True)");
            }),
        }
    }
}

fn models() -> String {
    let mut text = String::from("from django.db import models\n\n\n");
    for model in 0..200 {
        let _ = write!(text, "class Model{model}(models.Model):\n    \"\"\"A model.\"\"\"\n\n");
        for field in 0..20 {
            let _ = writeln!(text, "    field_{field} = models.CharField(\"Field {field}\", max_length=100, null=True, blank=True)");
        }
        let _ = write!(
            text,
            "\n    class Meta:\n        ordering = [\"-field_1\", \"field_2\"]\n\n    def __str__(self):\n        return f\"{{self.field_1}} ({{self.pk}})\"\n\n\n"
        );
    }
    text
}

fn migration(operations: usize, mut field: impl FnMut(&mut String, usize)) -> String {
    let mut text = String::from(
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    dependencies = [('app', '0001_initial')]\n\n    operations = [\n",
    );
    for index in 0..operations {
        let _ = write!(
            text,
            "        migrations.AddField(\n            model_name='model',\n            name='field_{index}',\n            field="
        );
        field(&mut text, index);
        text.push_str(",\n        ),\n");
    }
    text.push_str("    ]\n");
    text
}

/// The part of `closed_file` that is ruff's.
#[divan::bench(args = SOURCES)]
fn ruff_alone(bencher: Bencher<'_, '_>, source: &Source) {
    let text = source.text();
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| ruff_python_parser::parse_unchecked_source(black_box(&text), ruff_python_ast::PySourceType::Python));
}

#[divan::bench(args = SOURCES)]
fn closed_file(bencher: Bencher<'_, '_>, source: &Source) {
    let text = source.text();
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| parse(black_box(&text), source.dialect()));
}

#[divan::bench(args = SOURCES)]
fn open_document(bencher: Bencher<'_, '_>, source: &Source) {
    let text = source.text();
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| Document::new(black_box(&text), 1));
}

#[divan::bench(args = SOURCES)]
fn lower_open_document(bencher: Bencher<'_, '_>, source: &Source) {
    let text = source.text();
    let document = Document::new(&text, 1);
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| document.lower(source.dialect()));
}

/// A keystroke in the middle of the text, without lowering.
#[divan::bench(args = SOURCES)]
fn keystroke(bencher: Bencher<'_, '_>, source: &Source) {
    let text = source.text();
    let at = text[..text.len() / 2].rfind('=').map_or(0, |at| at + 1);
    let edit = Edit { range: at..at, text: " ".to_owned() };
    let document = Document::new(&text, 1);
    bencher.with_inputs(|| document.clone()).bench_local_values(|mut document| {
        document.edit(2, [black_box(&edit)]);
        document
    });
}

//! Configuration files, from text to the rules that run.

use crate::random::mutate;
use crate::run;
use preboot::ide::completion::{Known, configuration};
use preboot::rules::RuleSettings;
use preboot::workspace::config::{ConfigFile, Configuration, Settings};
use preboot::workspace::variables::Variables;

const TOML: &str = r#"base = "heroku/main"
vendor = "postgresql@15"
django-version = "5.2"
deploy-order = "migrate-first"
select = ["ALL"]
extend-select = ["PB1", 'removed-column-in-use']
ignore = [
  "PB501",  # a comment
]
fail-on = "warning"
large-tables = ["shop_order"]
require-ignore-reason = true
exclude = ["vendor/**", "{a,b}/[c-d]?.py"]
settings-module = "site.settings"
virtual-environment = ".venv"
[per-file-ignores]
"shop/migrations/0001_*" = ["PB4"]
"#;

#[test]
fn configurations() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    run(3_000, 1, |rng| {
        let is_ours = rng.bool();
        let (name, text) = match is_ours {
            true => ("preboot.toml", TOML.to_owned()),
            false => {
                ("pyproject.toml", format!("[project]\nname = \"shop\"\n[tool.preboot]\n{}", TOML.replace("[per", "[tool.preboot.per")))
            }
        };
        let text = mutate(&text, TOML, rng);
        std::fs::write(root.join(name), &text).unwrap();
        match ConfigFile::named(&root.join(name), &root) {
            Ok(file) => {
                let configuration = Configuration { flags: Settings::default(), file: Some(file) };
                configuration.settings();
                configuration.entries(&Variables::default());
                // A rule that doesn't exist is an error that is told.
                let _ = RuleSettings::new(&configuration);
            }
            Err(error) => {
                if let Some(span) = error.span {
                    assert!(error.text.get(span.range()).is_some(), "{error:?}");
                }
            }
        }
        let offset = text.floor_char_boundary(rng.usize(..=text.len()));
        let proposed = configuration(name, &text, offset, &Known::default());
        assert!(proposed.items.is_empty() || text.get(proposed.span.range()).is_some(), "{proposed:?}");
    });
}

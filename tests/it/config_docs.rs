//! The pages made from the table of settings are up to date. `UPDATE_DOCS=1` writes them.

use std::path::Path;

use git_session::config;
use git_session::sys::env::Env;
use git_session::sys::fs::{self, Sharing};

#[test]
fn the_configuration_page_is_up_to_date() {
    check("docs/configuration.md", &config::reference());
}

#[test]
fn the_configuration_schema_is_up_to_date() {
    let schema = serde_json::to_string_pretty(&config::schema()).unwrap();
    check("docs/config.schema.json", &format!("{schema}\n"));
}

/// A page is what its source says. `UPDATE_DOCS=1` writes it.
pub(crate) fn check(file: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if Env::from_process().has("UPDATE_DOCS") {
        fs::write_atomic(&path, expected.as_bytes(), Sharing::Umask)
            .expect("the page can be written");
    }
    let found = fs::read(&path)
        .expect("the page can be read")
        .unwrap_or_default();
    assert!(
        found == expected.as_bytes(),
        "{file} is not what its table says: UPDATE_DOCS=1 cargo test --test it"
    );
}

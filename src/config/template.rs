//! The text of a fresh `.session/config.toml`, made from the table: every key with its default, commented
//! out, so that the file says what can be said and sets nothing.

use std::fmt::Write as _;

use super::table::{KEYS, Key, Kind, SECTIONS, Scope};

/// A fresh `.session/config.toml`.
pub fn file_template() -> String {
    let mut text = String::from(
        "# Settings of git session for everybody who works in this repository.\n\
         # Each line that is commented out shows the default. `git session config list` says what holds and why;\n\
         # git config overrides this file.\n",
    );
    for (section, help) in SECTIONS {
        let keys = || {
            KEYS.iter()
                .filter(|key| key.section == *section && key.scope == Scope::Anywhere)
        };
        if keys().next().is_none() {
            continue;
        }
        write!(text, "\n# {help}\n[{section}]\n").expect(INFALLIBLE);
        for key in keys() {
            write_key(&mut text, key);
        }
    }
    text.push_str(
        "\n# These name programs or addresses and are personal, so they are ignored here and belong into git config:\n",
    );
    for key in KEYS.iter().filter(|key| key.scope == Scope::PersonalOnly) {
        writeln!(text, "#   git config {} <value>", key.git_name()).expect(INFALLIBLE);
    }
    text
}

/// The help and the commented default of one key.
fn write_key(text: &mut String, key: &Key) {
    let words = match key.kind {
        Kind::Choice(words) | Kind::List(words) if !words.is_empty() => {
            format!(" ({})", words.join(", "))
        }
        _ => String::new(),
    };
    let value = key.default_value().to_toml();
    let value = value.unwrap_or_else(|| "\"\"".to_owned());
    writeln!(text, "# {}{words}", sentence(key.help)).expect(INFALLIBLE);
    writeln!(text, "{}{} = {value}", COMMENTED, key.name).expect(INFALLIBLE);
}

/// What stands before a default that is not set.
pub(super) const COMMENTED: &str = "#";

/// Why writing into a text cannot fail.
const INFALLIBLE: &str = "a String takes everything";

/// The phrase with a capital letter.
pub(super) fn sentence(phrase: &str) -> String {
    let mut letters = phrase.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

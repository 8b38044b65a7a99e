//! The page `docs/configuration.md`, made from the table.

use std::fmt::Write as _;

use super::table::{KEYS, Key, Kind, SECTIONS, Scope};
use super::template::sentence;
use super::value::Value;

/// What stands above the tables.
const INTRODUCTION: &str = "\
<!-- Made from the table in src/config/table.rs. Refresh it with: UPDATE_DOCS=1 cargo test --test it config_docs -->

# Configuration

`.session/config.toml` is tracked and holds for everybody who works in the repository; git config is personal and
overrides it. In git config a key has no underscore: `checkpoint_interval` of the section `session` is
`session.checkpointInterval`, `test_command` of the section `quality` is `session.quality.testCommand`.

    git session config set --file session.checkpoint_interval 1h   # the tracked file
    git config session.checkpointInterval 1h                       # this clone
    git config --global session.trailers compact                   # this person
    git -c session.trailers=none commit                            # this command
    git session config list                                        # what holds, and who said so

The order is: default, file, then git config from system over global, local and worktree to `git -c`. Of a list in git
config the values of the most specific of these count together, separated by commas or as several lines; an empty value
empties the list. A value that does not fit is reported and leaves the one below it standing; an unknown key is reported
too. Durations are written `30m`, `1h30m`, `90s`, `2d`; sizes `50MiB`, `512KiB`.

Keys marked *personal* name a program, a remote or an address, or belong to the loop that starts one. A cloned repository
has no say in those: in the file they are ignored with a warning.

Editors that know JSON Schema can check the file with [config.schema.json](config.schema.json).
";

/// The reference of every key, as markdown.
pub fn reference() -> String {
    let mut text = INTRODUCTION.to_owned();
    for (section, help) in SECTIONS {
        write!(
            text,
            "\n## `[{section}]`\n\n{help}\n\n| key | git config | values | default | |\n|---|---|---|---|---|\n"
        )
        .expect(INFALLIBLE);
        for key in KEYS.iter().filter(|key| key.section == *section) {
            row(&mut text, key);
        }
    }
    text
}

/// Why writing into a text cannot fail.
const INFALLIBLE: &str = "a String takes everything";

fn row(text: &mut String, key: &Key) {
    let personal = match key.scope {
        Scope::Anywhere => "",
        Scope::PersonalOnly => " *Personal.*",
    };
    writeln!(
        text,
        "| `{}` | `{}` | {} | {} | {}.{personal} |",
        key.name,
        key.git_name(),
        values(key.kind),
        default(&key.default_value()),
        sentence(key.help),
    )
    .expect(INFALLIBLE);
}

/// The values that a key takes, in a few words.
fn values(kind: Kind) -> String {
    match kind {
        Kind::Bool => "`true`, `false`".to_owned(),
        Kind::Text => "text".to_owned(),
        Kind::DateFormat => "strftime format".to_owned(),
        Kind::Address => "address".to_owned(),
        Kind::Choice(words) => code(words),
        Kind::Duration => "duration".to_owned(),
        Kind::Size => "size".to_owned(),
        Kind::Integer(least) => format!("number from {least}"),
        Kind::Percent => "0 to 100".to_owned(),
        Kind::List([]) => "list".to_owned(),
        Kind::List(words) => format!("list of {}", code(words)),
    }
}

fn default(value: &Value) -> String {
    match value {
        Value::Unset => "unset".to_owned(),
        Value::List(items) if items.is_empty() => "empty".to_owned(),
        Value::List(items) => code(items),
        other => format!("`{other}`"),
    }
}

fn code(words: &[impl AsRef<str>]) -> String {
    let words: Vec<_> = words
        .iter()
        .map(|word| format!("`{}`", word.as_ref()))
        .collect();
    words.join(", ")
}

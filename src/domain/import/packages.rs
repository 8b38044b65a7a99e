//! Handoffs and checkpoints that agents left as JSON: each is a note with its date. What they hold of the work is
//! a commit id, so there is nothing to bring back.

use serde_json::Value;

use super::{Found, Reason, Record, Stamp, What, bounded, json, listed, member, name, texts};

/// Reads a package. `path`: where it is.
pub fn parse(path: &str, bytes: &[u8]) -> Result<Found, Reason> {
    let package = json(bytes)?;
    let text = if package.get("git_state").is_some() || package.get("feature_state").is_some() {
        checkpoint(&package)
    } else if package.get("state").is_some() || member(&package, "summary").is_some() {
        handoff(&package)
    } else {
        return Err("it is neither handoff nor checkpoint");
    };
    let id = member(&package, "id");
    let at = member(&package, "timestamp").and_then(Stamp::parse);
    Ok(Found {
        branch: None,
        records: vec![Record {
            // a pointer to the newest one holds the same package again
            key: format!("package\n{}", id.unwrap_or(path)),
            at: at.or_else(|| Stamp::in_name(id.unwrap_or(path))),
            what: What::Note {
                text: bounded(&text),
            },
        }],
    })
}

fn handoff(package: &Value) -> String {
    let none = Value::Null;
    let state = package.get("state").unwrap_or(&none);
    let context = package.get("context").unwrap_or(&none);
    let mut text = String::from("Handoff");
    if let Some(from) = member(package, "source_agent") {
        text += &[" of ", &name(from)].concat();
    }
    if let Some(summary) = member(package, "summary") {
        text += &[": ", summary].concat();
    }
    push(
        &mut text,
        "Current feature",
        feature(state.get("current_feature")),
    );
    push(&mut text, "Commit", member(context, "git_hash").map(name));
    let of = |list: &str| texts(state.get(list), &["id", "text", "description"]);
    text.push_str(&listed("Completed", &of("completed_features")));
    text.push_str(&listed("Blockers", &of("blockers")));
    text.push_str(&listed("Next", &of("next_steps")));
    text.push_str(&listed(
        "Recent files",
        &texts(context.get("recent_files"), &[]),
    ));
    text
}

fn checkpoint(package: &Value) -> String {
    let none = Value::Null;
    let git = package.get("git_state").unwrap_or(&none);
    let features = package.get("feature_state").unwrap_or(&none);
    let label = member(package, "name").or_else(|| member(package, "id"));
    let mut text = format!("Checkpoint: {}", name(label.unwrap_or("without a name")));
    if let Some(description) = member(package, "description") {
        text += &["\n\n", description].concat();
    }
    push(&mut text, "Commit", member(git, "commit_hash").map(name));
    push(&mut text, "Branch", member(git, "branch").map(name));
    push(
        &mut text,
        "Current feature",
        feature(features.get("current")),
    );
    text.push_str(&listed(
        "Completed",
        &texts(features.get("completed"), &["id", "description"]),
    ));
    text.push_str(&listed(
        "Uncommitted files",
        &texts(git.get("dirty_files"), &["path"]),
    ));
    text
}

/// A feature is named by a text or by an object.
fn feature(value: Option<&Value>) -> Option<String> {
    let value = value?;
    let inner = || member(value, "id").or_else(|| member(value, "description"));
    value
        .as_str()
        .or_else(inner)
        .map(name)
        .filter(|text| !text.is_empty())
}

/// Adds a line with a name in front.
fn push(text: &mut String, title: &str, value: Option<String>) {
    if let Some(value) = value {
        *text += &["\n", title, ": ", &value].concat();
    }
}

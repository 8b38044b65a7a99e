//! `feature_list.json`, in the shapes that are known: a list of features without ids, with ids, with priorities,
//! and an object that holds the list.

use serde_json::Value;

use super::{Found, Reason, Record, Stage, Stamp, What, bounded, json, member, name};

/// Reads the file.
pub fn parse(path: &str, bytes: &[u8]) -> Result<Found, Reason> {
    let whole = json(bytes)?;
    let list = whole
        .as_array()
        .or_else(|| whole.get("features")?.as_array());
    let features = list.ok_or("it holds no list of features")?;
    let records = features.iter().filter_map(|feature| record(path, feature));
    Ok(Found {
        branch: None,
        records: records.collect(),
    })
}

fn record(path: &str, feature: &Value) -> Option<Record> {
    let description = member(feature, "description").or_else(|| member(feature, "name"))?;
    let id = feature.get("id").map(|id| match id {
        Value::String(id) => name(id),
        Value::Number(id) => id.to_string(),
        _ => String::new(),
    });
    let id = id.filter(|id| !id.is_empty());
    let text = match &id {
        Some(id) => bounded(&format!("{id}: {description}")),
        None => bounded(description),
    };
    Some(Record {
        key: format!("{path}\n{}", id.as_deref().unwrap_or(text.as_str())),
        at: member(feature, "started_at").and_then(Stamp::parse),
        what: What::Objective {
            stage: stage(feature),
            text,
        },
    })
}

/// How far something is, by `passes` and `status`.
pub(super) fn stage(item: &Value) -> Stage {
    if item.get("passes").and_then(Value::as_bool) == Some(true) {
        return Stage::Completed;
    }
    match member(item, "status") {
        Some("completed" | "complete" | "done") => Stage::Completed,
        Some("in_progress" | "in-progress") => Stage::Started,
        _ => Stage::Open,
    }
}

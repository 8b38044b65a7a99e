//! `.sessions/state.json`: the session of a work tree.

use super::{Found, Reason, Record, Stage, Stamp, What, bounded, json, member};
use serde_json::Value;

/// Where the session stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// It goes on.
    #[default]
    Active,
    /// The clock stopped.
    Paused,
    /// It ended.
    Ended,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Its branch and its objectives.
    pub found: Found,
    /// What tells the session from every other one.
    pub key: String,
    /// When it began.
    pub started: Option<Stamp>,
    /// When it ended.
    pub ended: Option<Stamp>,
    /// Where it stands.
    pub status: Status,
    /// Test-driven mode.
    pub tdd: bool,
}

/// Reads the file.
pub fn parse(path: &str, bytes: &[u8]) -> Result<Whole, Reason> {
    let state = json(bytes)?;
    if !state.is_object() {
        return Err("it holds no object");
    }
    let branch = member(&state, "branch").ok_or("it names no branch")?;
    let began = member(&state, "started_at").unwrap_or_default();
    let key = format!("{path}\n{branch}\n{began}");
    let started = Stamp::parse(began);
    let list = state.get("objectives").and_then(Value::as_array);
    let objectives = list.into_iter().flatten();
    let record = |item: &Value| {
        let text = bounded(item.as_str().or_else(|| member(item, "text"))?);
        (!text.is_empty()).then(|| Record {
            key: format!("{key}\nobjective\n{text}"),
            at: started,
            what: What::Objective {
                stage: stage(item),
                text,
            },
        })
    };
    let records = objectives.filter_map(record).collect();
    let ended = member(&state, "ended_at").and_then(Stamp::parse);
    let status = match member(&state, "status") {
        Some("completed" | "complete" | "ended" | "done") => Status::Ended,
        Some("paused") => Status::Paused,
        None if ended.is_some() => Status::Ended,
        _ => Status::Active,
    };
    Ok(Whole {
        found: Found {
            branch: Some(branch.to_owned()),
            records,
        },
        started,
        ended,
        status,
        tdd: member(&state, "mode") == Some("tdd"),
        key,
    })
}

/// How far an objective is that is written as an object.
fn stage(item: &Value) -> Stage {
    if item.get("completed").and_then(Value::as_bool) == Some(true) {
        return Stage::Completed;
    }
    super::features::stage(item)
}

//! The form in which a hook hands a brief to a coding agent: what Claude Code, Codex and Gemini CLI read from the
//! standard output of a `SessionStart` hook.

use serde::Serialize;

use crate::domain::escape;

/// The most UTF-16 units of a brief in an envelope: Claude Code replaces more than 10,000 by the start of a file.
pub const MOST_UNITS: usize = 9_500;

/// The line that stands where a text was cut.
const CUT: &str = "… cut here: git session brief\n";

/// The answer. Another member would cost it what it says.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    hook_specific_output: Output<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Output<'a> {
    hook_event_name: &'a str,
    additional_context: String,
}

/// The answer of a hook of this name, one line. A text that is too long is cut at the end of a line.
pub fn envelope(event: &str, text: &str) -> serde_json::Result<String> {
    let answer = Answer {
        hook_specific_output: Output {
            hook_event_name: event,
            additional_context: bounded(text),
        },
    };
    Ok(escape::json(&serde_json::to_string(&answer)?).into_owned())
}

/// The text, or its first lines.
fn bounded(text: &str) -> String {
    if units(text) <= MOST_UNITS {
        return text.to_owned();
    }
    let mut room = MOST_UNITS - units(CUT);
    let mut kept = String::new();
    for line in text.split_inclusive('\n') {
        let Some(left) = room.checked_sub(units(line)) else {
            break;
        };
        room = left;
        kept.push_str(line);
    }
    kept + CUT
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

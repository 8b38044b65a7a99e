//! `claude-progress.txt`: a document that grows by one section a session, a page that is rewritten, or free text.

use super::{Found, Reason, Record, Stamp, What, bounded, fingerprint, text};

/// What begins the section of a session.
const SECTION: &str = "## Session ";

/// What begins a part of the page that is rewritten.
const PART: &str = "=== ";

/// The part that says when it was written.
const UPDATED: &str = "=== LAST UPDATED ===";

/// Reads the file.
pub fn parse(path: &str, bytes: &[u8]) -> Result<Found, Reason> {
    let text = text(bytes)?;
    if text.trim().is_empty() {
        return Err("there is nothing in it");
    }
    let records = if text.lines().any(|line| line.starts_with(SECTION)) {
        sections(path, text)
    } else {
        vec![page(path, text)]
    };
    Ok(Found {
        branch: None,
        records,
    })
}

/// One record a session. The last one may still grow, so its words belong to what it is known by.
fn sections(path: &str, text: &str) -> Vec<Record> {
    let mut sections: Vec<Vec<&str>> = Vec::new();
    for line in text.lines() {
        if line.starts_with(SECTION) {
            sections.push(vec![line]);
        } else if let Some(section) = sections.last_mut() {
            section.push(line);
        }
    }
    let record = |lines: Vec<&str>| {
        let title = lines[0].trim_start_matches('#').trim();
        let date = title.split_once(" - ").map(|(_, date)| date);
        let body = lines[1..].join("\n");
        let body = body.trim();
        Record {
            key: format!("{path}\n{title}\n{}", fingerprint(body.as_bytes())),
            at: date.and_then(Stamp::parse),
            what: What::Note {
                text: bounded(&format!("Progress: {title}\n\n{body}")),
            },
        }
    };
    sections.into_iter().map(record).collect()
}

/// The whole text.
fn page(path: &str, text: &str) -> Record {
    let mut lines = text
        .lines()
        .skip_while(|line| line.trim() != UPDATED)
        .skip(1);
    let updated = lines.find(|line| !line.trim().is_empty());
    let updated = updated.filter(|line| !line.starts_with(PART));
    Record {
        key: format!("{path}\n{}", fingerprint(text.trim().as_bytes())),
        at: updated.and_then(Stamp::parse),
        what: What::Note {
            text: bounded(&format!("Progress\n\n{}", text.trim())),
        },
    }
}

//! Checkpoints and handoffs in Markdown. They hold no tree, so each is a note with its date and its label.

use super::{Found, Reason, Record, Stamp, What, bounded, name, text};

/// How a document of each kind begins.
const TITLES: &[(&str, &str)] = &[
    ("# Session Handoff", "Handoff"),
    ("# Checkpoint", "Checkpoint"),
];

/// Reads a document. `path`: where it is, which is its name.
pub fn parse(path: &str, bytes: &[u8]) -> Result<Found, Reason> {
    let text = text(bytes)?;
    let mut lines = text.lines().skip_while(|line| line.trim().is_empty());
    let first = lines.next().unwrap_or_default();
    let titles = TITLES.iter();
    let known = titles.filter_map(|(title, kind)| Some((first.strip_prefix(title)?, kind)));
    let (rest, kind) = known
        .into_iter()
        .next()
        .ok_or("it is neither checkpoint nor handoff")?;
    let title = rest.trim_start_matches(':').trim();
    let body: Vec<&str> = lines.collect();
    let header = body.iter().take_while(|line| !line.starts_with('#'));
    let fields: Vec<(&str, &str)> = header.filter_map(|line| field(line)).collect();
    let value = |wanted: &[&str]| {
        let mut found = fields.iter().filter(|(name, _)| wanted.contains(name));
        found.next().map(|(_, value)| *value)
    };
    let label = value(&["Label"]);
    let time = value(&["Time", "Date"]);
    let file = path.rsplit('/').next().unwrap_or(path);
    let at = time.and_then(Stamp::parse);
    let at = at
        .or_else(|| Stamp::parse(title))
        .or_else(|| Stamp::in_name(file));
    let shown = name(label.or(time).unwrap_or(title));
    let content = body.iter().filter(|line| {
        let known = ["Label", "Time", "Date"];
        field(line).is_none_or(|(name, _)| !known.contains(&name))
    });
    let content: Vec<&str> = content.copied().collect();
    let text = format!("{kind}: {shown}\n\n{}", content.join("\n").trim());
    Ok(Found {
        branch: value(&["Branch"]).map(|branch| branch.trim_matches('`').to_owned()),
        records: vec![Record {
            key: path.to_owned(),
            at,
            what: What::Note {
                text: bounded(&text),
            },
        }],
    })
}

/// `**Label**: Before the merge`
fn field(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.trim().strip_prefix("**")?.split_once("**")?;
    let value = rest.trim_start_matches(':').trim();
    Some((name.trim_end_matches(':'), value)).filter(|(_, value)| !value.is_empty())
}

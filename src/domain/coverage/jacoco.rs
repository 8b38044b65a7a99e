//! JaCoCo XML (`report.dtd` of JaCoCo): a line ran when one of its instructions did.

use std::collections::BTreeMap;

use super::{Format, LineCoverage, Lines, Report, files, unite};
use crate::domain::xml::{Element, Node, walk};

#[derive(Default)]
struct State {
    claimed: LineCoverage,
    /// A count that cannot be.
    broken: bool,
    package: String,
    /// The source file that is being read.
    file: Option<(Vec<u8>, Lines)>,
    /// By group, so that two modules may have the same package.
    known: BTreeMap<Vec<u8>, Lines>,
    done: Vec<super::FileReport>,
}

/// Reads a document whose root is `report`.
pub(super) fn parse(bytes: &[u8]) -> Option<Report> {
    let mut state = State::default();
    walk(bytes, |node| match node {
        Node::Open(root, 0) => root.name() == "report",
        Node::Open(element, depth) => {
            state.open(&element, depth);
            true
        }
        Node::Close(name, _) => {
            state.close(name);
            true
        }
        Node::Text(_) => true,
    })?;
    state.close("group");
    if state.broken {
        return None;
    }
    let files = state.done;
    Some(Report {
        format: Format::Jacoco,
        total: LineCoverage::of_files(&files, state.claimed),
        sources: Vec::new(),
        files,
    })
}

impl State {
    fn open(&mut self, element: &Element<'_>, depth: usize) {
        let number = |name| element.number(name).unwrap_or(0);
        match element.name() {
            "package" => self.package = element.text("name").unwrap_or_default(),
            "sourcefile" => {
                let name = element.text("name").unwrap_or_default();
                let path = match self.package.as_str() {
                    "" => name,
                    package => format!("{package}/{name}"),
                };
                self.file = Some((path.into_bytes(), Lines::new()));
            }
            "line" => {
                let (missed, covered) = (number("mi"), number("ci"));
                if let Some((_, lines)) = &mut self.file
                    && let Some(Ok(line)) = element.number("nr").map(u32::try_from)
                    && (missed > 0 || covered > 0)
                {
                    *lines.entry(line).or_default() |= covered > 0;
                }
            }
            // the counter of the whole
            "counter" if depth == 1 && element.text("type").as_deref() == Some("LINE") => {
                let (missed, covered) = (number("missed"), number("covered"));
                match missed.checked_add(covered) {
                    Some(found) => {
                        self.claimed = LineCoverage {
                            found,
                            hit: covered,
                        }
                    }
                    None => self.broken = true,
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "sourcefile" => {
                if let Some((path, lines)) = self.file.take() {
                    unite(self.known.entry(path).or_default(), &lines);
                }
            }
            "group" => self.done.extend(files(std::mem::take(&mut self.known))),
            _ => {}
        }
    }
}

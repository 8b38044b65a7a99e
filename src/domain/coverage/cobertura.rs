//! Cobertura XML (`coverage-04.dtd`): coverage.py, gcovr, Istanbul, tarpaulin, coverlet, PHPUnit write it.

use std::collections::BTreeMap;

use super::{Format, LineCoverage, Lines, Report, files, unite};
use crate::domain::xml::{Element, Node, walk};

#[derive(Default)]
struct State {
    claimed: LineCoverage,
    sources: Vec<Vec<u8>>,
    source: Option<String>,
    /// The class that is being read.
    class: Option<(Vec<u8>, Lines)>,
    known: BTreeMap<Vec<u8>, Lines>,
}

/// Reads a document whose root is `coverage`. Lines of methods and of inner classes are united by file.
pub(super) fn parse(bytes: &[u8]) -> Option<Report> {
    let mut state = State::default();
    walk(bytes, |node| match node {
        // Clover has the same root
        Node::Open(root, 0) => {
            let ours = root.name() == "coverage" && root.text("clover").is_none();
            let rate = root.float("line-rate");
            let claimed = claimed(&root).filter(|_| rate.is_none_or(f64::is_finite));
            state.claimed = claimed.unwrap_or_default();
            ours && claimed.is_some()
        }
        Node::Open(element, _) => {
            state.open(&element);
            true
        }
        Node::Text(text) => {
            if let Some(source) = &mut state.source {
                source.push_str(text);
            }
            true
        }
        Node::Close(name, _) => {
            state.close(name);
            true
        }
    })?;
    let files = files(state.known);
    Some(Report {
        format: Format::Cobertura,
        total: LineCoverage::of_files(&files, state.claimed),
        sources: state.sources,
        files,
    })
}

/// What the root says; `None` when it counts what cannot be.
fn claimed(root: &Element<'_>) -> Option<LineCoverage> {
    let number = |name| match root.text(name) {
        None => Some(0),
        Some(_) => root.number(name),
    };
    LineCoverage::claimed(number("lines-valid")?, number("lines-covered")?)
}

impl State {
    fn open(&mut self, element: &Element<'_>) {
        match element.name() {
            "source" => self.source = Some(String::new()),
            "class" => {
                let path = element.text("filename").map(String::into_bytes);
                self.class = path.map(|path| (path, Lines::new()));
            }
            "line" => {
                let Some((_, lines)) = &mut self.class else {
                    return;
                };
                let number = element.number("number").map(u32::try_from);
                if let (Some(Ok(number)), Some(hits)) = (
                    number,
                    element.float("hits").filter(|hits| hits.is_finite()),
                ) {
                    *lines.entry(number).or_default() |= hits > 0.0;
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "source" => {
                let source = self.source.take().unwrap_or_default();
                let source = source.trim();
                if !source.is_empty() {
                    self.sources.push(source.as_bytes().to_owned());
                }
            }
            "class" => {
                if let Some((path, lines)) = self.class.take() {
                    unite(self.known.entry(path).or_default(), &lines);
                }
            }
            _ => {}
        }
    }
}

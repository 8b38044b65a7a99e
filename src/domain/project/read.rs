//! What is quoted of a context file. It was written by whoever wrote the repository, so it is data: comments and
//! front matter are left out, secrets are redacted, control characters become visible, everything is shortened,
//! nothing is followed.
//!
//! Rules: <https://spec.commonmark.org/0.31.2/>, 4.2 (ATX headings), 4.3 (setext headings), 4.5 (fences), 4.6 (HTML
//! comments), 5.2 (list items); of each only what a quotation needs.

use super::{ContextKind, Excerpt, PAGES, Page};
use crate::domain::escape::terminal;
use crate::domain::redact::without_secrets;

/// The most characters of one quoted line.
const WIDTH: usize = 200;
/// The most patterns, and gotchas, that are quoted.
const MOST_ITEMS: usize = 3;
/// The most lines of a section that are quoted.
const MOST_LINES: usize = 8;
/// The most sections of a page.
const MOST_SECTIONS: usize = 40;
/// A line is read up to here.
const LONGEST_LINE: usize = 4096;
/// So many lines are read.
const MOST_READ: usize = 20_000;

/// What is quoted of a context file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quoted {
    /// What it is for: its section of that name, else the paragraph below its title.
    pub purpose: Option<String>,
    /// The items of its sections on patterns.
    pub patterns: Vec<String>,
    /// The items of its sections on gotchas, warnings, cautions.
    pub gotchas: Vec<String>,
}

/// One thing that a section says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Block {
    Item(String),
    Nested(String),
    Text(String),
    Code(String),
}

/// A heading and what stands below it.
#[derive(Clone, Debug, Default)]
struct Section {
    level: usize,
    name: String,
    blocks: Vec<Block>,
}

/// What a context file says. The bytes may be anything.
pub fn quote(bytes: &[u8]) -> Quoted {
    let sections = sections(bytes);
    let purpose = below(&sections, is_purpose).find_map(|block| match block {
        Block::Text(text) => Some(text),
        _ => None,
    });
    let first = sections.iter().find(|section| section.level <= 1);
    let first = first.and_then(|section| {
        section.blocks.iter().find_map(|block| match block {
            Block::Text(text) => Some(text),
            _ => None,
        })
    });
    Quoted {
        purpose: purpose.or(first).map(|text| tame(text)),
        patterns: items(below(&sections, is_patterns)),
        gotchas: items(below(&sections, is_gotchas)),
    }
}

/// The files that a context file consists of, when it only imports others (`@AGENTS.md`), as Claude Code does it.
pub fn imports(bytes: &[u8]) -> Option<Vec<String>> {
    if bytes.len() > LONGEST_LINE {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    let named = lines.iter().map(|line| {
        let name = line.strip_prefix('@')?;
        (!name.is_empty() && !name.contains(char::is_whitespace)).then(|| tame(name))
    });
    let named: Option<Vec<String>> = named.collect();
    named.filter(|named| !named.is_empty())
}

/// What a page of `.session/` says; `None` for another kind of file.
pub fn page(kind: ContextKind, bytes: &[u8]) -> Option<Page> {
    let (path, _) = PAGES.into_iter().find(|(_, page)| *page == kind)?;
    let template = match kind {
        ContextKind::Architecture => {
            include_str!("../../../templates/session/architecture.md.hbs")
        }
        _ => include_str!("../../../templates/session/conventions.md.hbs"),
    };
    let template = sections(template.as_bytes());
    let is_template = |section: &Section| {
        let mut same = template.iter().filter(|known| known.name == section.name);
        same.any(|known| known.blocks == section.blocks)
    };
    let said = sections(bytes)
        .into_iter()
        .filter(|section| !section.blocks.is_empty() && !is_template(section));
    let said = said.take(MOST_SECTIONS);
    Some(Page {
        path,
        kind,
        sections: said.map(|section| excerpt(&section)).collect(),
    })
}

fn excerpt(section: &Section) -> Excerpt {
    let more = section.blocks.len().saturating_sub(MOST_LINES);
    let line = |block: &Block| match block {
        Block::Item(text) => format!("- {}", tame(text)),
        Block::Nested(text) => format!("  - {}", tame(text)),
        Block::Text(text) => tame(text),
        Block::Code(text) => tame_code(text),
    };
    Excerpt {
        name: tame(&section.name),
        lines: section.blocks.iter().take(MOST_LINES).map(line).collect(),
        more,
    }
}

/// The blocks of the sections whose heading is of a kind, with those of the sections below them.
fn below(sections: &[Section], wanted: fn(&str) -> bool) -> impl Iterator<Item = &Block> {
    let mut inside: Option<usize> = None;
    let chosen = sections.iter().filter(move |section| {
        if inside.is_some_and(|level| section.level > level) {
            return true;
        }
        inside = wanted(&section.name).then_some(section.level);
        inside.is_some()
    });
    chosen.flat_map(|section| &section.blocks)
}

fn items<'a>(blocks: impl Iterator<Item = &'a Block>) -> Vec<String> {
    let items = blocks.filter_map(|block| match block {
        Block::Item(text) => Some(tame(text)),
        _ => None,
    });
    items.take(MOST_ITEMS).collect()
}

fn has_word(heading: &str, wanted: &[&str]) -> bool {
    let lower = heading.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric());
    words.any(|word| wanted.contains(&word))
}

fn is_purpose(heading: &str) -> bool {
    has_word(heading, &["purpose", "overview"])
}

fn is_patterns(heading: &str) -> bool {
    has_word(heading, &["pattern", "patterns"]) && !is_gotchas(heading)
}

fn is_gotchas(heading: &str) -> bool {
    let words = [
        "gotcha",
        "gotchas",
        "warning",
        "warnings",
        "caution",
        "cautions",
        "pitfall",
        "pitfalls",
        "caveat",
        "caveats",
        "anti",
        "antipatterns",
    ];
    has_word(heading, &words)
}

/// One line without secrets and control characters, of at most [`WIDTH`] characters.
fn tame(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // before it is cut: the start of a token is no token that could be told
    shortened(&terminal(&without_secrets(&line)))
}

/// The same for a line of code, whose indent says something.
fn tame_code(text: &str) -> String {
    let indent = text.len() - text.trim_start_matches(' ').len();
    let code = without_secrets(text.trim());
    shortened(&format!(
        "{}{}",
        " ".repeat(indent.min(16)),
        terminal(&code)
    ))
}

fn shortened(line: &str) -> String {
    if line.chars().count() <= WIDTH {
        return line.to_owned();
    }
    let cut: String = line.chars().take(WIDTH - 3).collect();
    let end = cut.rfind(' ').filter(|at| *at > cut.len() / 2);
    format!("{}...", cut[..end.unwrap_or(cut.len())].trim_end())
}

/// The sections of a file, those without a heading of their own first.
fn sections(bytes: &[u8]) -> Vec<Section> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    // a private key is one over several lines
    let text = &without_secrets(text);
    let mut reader = Reader::default();
    for line in without_front_matter(text).lines().take(MOST_READ) {
        reader.line(start(line.trim_end()));
    }
    reader.sections.push(reader.current);
    let empty = |section: &Section| section.name.is_empty() && section.blocks.is_empty();
    reader.sections.retain(|section| !empty(section));
    reader.sections
}

/// The first bytes of a line, cut between characters.
fn start(line: &str) -> &str {
    let mut end = line.len().min(LONGEST_LINE);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    &line[..end]
}

/// What follows a `---` block at the start, which is for machines.
fn without_front_matter(text: &str) -> &str {
    let rest = text.strip_prefix("---\n").or(text.strip_prefix("---\r\n"));
    let Some(rest) = rest else { return text };
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        at += line.len();
        if line.trim_end() == "---" {
            return &rest[at..];
        }
    }
    text
}

/// Where the reader is.
#[derive(Debug, Default)]
struct Reader {
    sections: Vec<Section>,
    current: Section,
    /// The mark and length of the fence that is open.
    fence: Option<(char, usize)>,
    in_comment: bool,
    /// The last block goes on with the next line.
    is_open: bool,
}

impl Reader {
    fn line(&mut self, line: &str) {
        if let Some((mark, length)) = self.fence {
            let trimmed = line.trim();
            let run = trimmed.chars().take_while(|c| *c == mark).count();
            if run >= length && run == trimmed.chars().count() {
                self.fence = None;
            } else if !trimmed.is_empty() {
                self.current.blocks.push(Block::Code(line.to_owned()));
            }
            return;
        }
        let line = self.without_comments(line);
        let text = line.trim();
        let indent = line.len() - line.trim_start().len();
        if text.is_empty() {
            self.is_open = false;
        } else if let Some(fence) = fence(text) {
            self.fence = Some(fence);
            self.is_open = false;
        } else if let Some((level, name)) = heading(text).filter(|_| indent < 4) {
            self.begin(level, name.to_owned());
        } else if let Some(level) = underline(text).filter(|_| indent < 4) {
            self.underlined(level);
        } else if let Some(item) = item(text) {
            let block = if indent < 2 {
                Block::Item
            } else {
                Block::Nested
            };
            self.current.blocks.push(block(item.to_owned()));
            self.is_open = true;
        } else if !is_rule(text) {
            self.text(text);
        }
    }

    fn begin(&mut self, level: usize, name: String) {
        let section = Section {
            level,
            name,
            blocks: Vec::new(),
        };
        self.sections
            .push(std::mem::replace(&mut self.current, section));
        self.is_open = false;
    }

    /// A line of `=` or `-`: the text above it was a heading, if there is any.
    fn underlined(&mut self, level: usize) {
        if !self.is_open {
            return;
        }
        if let Some(Block::Text(name)) = self.current.blocks.pop_if(|b| matches!(b, Block::Text(_)))
        {
            self.begin(level, name);
        }
    }

    /// A line of a paragraph, or of what it goes on with.
    fn text(&mut self, text: &str) {
        let open = self.current.blocks.last_mut().filter(|_| self.is_open);
        match open {
            Some(Block::Item(said) | Block::Nested(said) | Block::Text(said)) => {
                if said.len() < LONGEST_LINE {
                    said.push(' ');
                    said.push_str(text);
                }
            }
            _ => self.current.blocks.push(Block::Text(text.to_owned())),
        }
        self.is_open = true;
    }

    /// The line without what stands in `<!-- -->`, also over several lines.
    fn without_comments<'a>(&mut self, line: &'a str) -> std::borrow::Cow<'a, str> {
        if !self.in_comment && !line.contains("<!--") {
            return line.into();
        }
        let mut kept = String::new();
        let mut rest = line;
        loop {
            if self.in_comment {
                let Some(end) = rest.find("-->") else { break };
                rest = &rest[end + 3..];
                self.in_comment = false;
            }
            let Some(begin) = rest.find("<!--") else {
                kept.push_str(rest);
                break;
            };
            kept.push_str(&rest[..begin]);
            rest = &rest[begin + 4..];
            self.in_comment = true;
        }
        kept.into()
    }
}

fn fence(text: &str) -> Option<(char, usize)> {
    let mark = text.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = text.chars().take_while(|c| *c == mark).count();
    let rest = &text[length..];
    (length >= 3 && !(mark == '`' && rest.contains('`'))).then_some((mark, length))
}

fn heading(text: &str) -> Option<(usize, &str)> {
    let level = text.bytes().take_while(|byte| *byte == b'#').count();
    let rest = &text[level..];
    if !(1..=6).contains(&level) || !(rest.is_empty() || rest.starts_with([' ', '\t'])) {
        return None;
    }
    let name = rest.trim();
    let bare = name.trim_end_matches('#');
    let closed = bare.is_empty() || bare.ends_with(' ');
    Some((level, if closed { bare.trim_end() } else { name }))
}

fn underline(text: &str) -> Option<usize> {
    if text.bytes().all(|byte| byte == b'=') {
        Some(1)
    } else {
        (text.len() > 1 && text.bytes().all(|byte| byte == b'-')).then_some(2)
    }
}

/// The text of a list item.
fn item(text: &str) -> Option<&str> {
    if is_rule(text) {
        return None;
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mark = match text.as_bytes().get(digits)? {
        b'-' | b'*' | b'+' if digits == 0 => 1,
        b'.' | b')' if (1..=9).contains(&digits) => digits + 1,
        _ => return None,
    };
    let rest = &text[mark..];
    let item = rest.trim_start();
    (rest.starts_with([' ', '\t']) && !item.is_empty()).then_some(item)
}

/// `---`, `***`, `* * *`: a line across the page.
fn is_rule(text: &str) -> bool {
    let marks = text.chars().filter(|c| !c.is_whitespace());
    let first = text.chars().next().filter(|c| matches!(c, '-' | '*' | '_'));
    first.is_some_and(|first| marks.clone().all(|c| c == first)) && marks.count() >= 3
}

#[cfg(test)]
mod tests;

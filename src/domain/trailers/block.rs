//! Git's rule for the trailer block of a message, and the block's items.

use std::ops::Range;

use super::message::{Message, is_blank, is_space, last_line, lines};

/// The prefix of the line that `git commit -s` adds.
pub(super) const SIGN_OFF: &[u8] = b"Signed-off-by: ";

/// Lines that git itself writes; one of them makes a paragraph of a quarter trailers a block.
const GENERATED: [&[u8]; 2] = [SIGN_OFF, b"(cherry picked from commit "];

/// What a part of a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A key and a value; where the colon stands, counted from the start of the item.
    Trailer { separator: usize },
    /// A line that git skips.
    Comment,
    /// Anything else, `(cherry picked from commit …)` included.
    Text,
}

/// A trailer with its continuation lines, or another line.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
}

/// Where the block starts that git would accept (`find_trailer_block_start` of `trailer.c`).
pub(super) fn start(message: &Message<'_>) -> Option<usize> {
    let title_end = title_end(message);
    let mut count = Count::default();
    let mut at = message.end;
    while let Some(start) = last_line(message.bytes, at).filter(|start| *start >= title_end) {
        let line = &message.bytes[start..at];
        if message.is_comment(line) {
            count.end_of_item();
        } else if is_blank(line) {
            if count.any {
                count.end_of_item();
                return count.is_block().then_some(at);
            }
        } else {
            count.line(line);
        }
        at = start;
    }
    None
}

/// Where the first blank line starts: the paragraph before it is the title.
fn title_end(message: &Message<'_>) -> usize {
    lines(message.bytes, 0..message.end)
        .find(|line| {
            let text = &message.bytes[line.clone()];
            !message.is_comment(text) && is_blank(text)
        })
        .map_or(message.end, |line| line.start)
}

/// What git counts on its way up.
#[derive(Debug, Default)]
struct Count {
    any: bool,
    generated: bool,
    trailers: usize,
    others: usize,
    continuations: usize,
}

impl Count {
    fn line(&mut self, line: &[u8]) {
        self.any = true;
        if GENERATED.iter().any(|prefix| line.starts_with(prefix)) {
            self.trailers += 1;
            self.continuations = 0;
            self.generated = true;
        } else if line.first().copied().is_some_and(is_space) {
            self.continuations += 1;
        } else if separator(line).is_some() {
            self.trailers += 1;
            self.continuations = 0;
        } else {
            self.others += 1;
            self.end_of_item();
        }
    }

    /// Indented lines that no trailer stands above are text.
    fn end_of_item(&mut self) {
        self.others += self.continuations;
        self.continuations = 0;
    }

    fn is_block(&self) -> bool {
        (self.generated && self.trailers * 3 >= self.others)
            || (self.trailers > 0 && self.others == 0)
    }
}

/// Where the colon of a trailer line stands: after letters, digits, `-`, then blanks.
pub(super) fn separator(line: &[u8]) -> Option<usize> {
    let key = line
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-')
        .count();
    let blanks = line[key..]
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    let at = key + blanks;
    (key > 0 && line.get(at) == Some(&b':')).then_some(at)
}

/// The items of a paragraph; an indented line belongs to the trailer above it. Blank lines, which
/// can stand below the paragraph, belong to nothing.
pub(super) fn items(bytes: &[u8], part: Range<usize>, comment: &[u8]) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for line in lines(bytes, part) {
        let text = &bytes[line.clone()];
        if is_blank(text) {
            continue;
        }
        if text.first().copied().is_some_and(is_space)
            && let Some(last) = items.last_mut()
            && matches!(last.kind, Kind::Trailer { .. })
        {
            last.range.end = line.end;
            continue;
        }
        let kind = if text.starts_with(comment) {
            Kind::Comment
        } else {
            separator(text).map_or(Kind::Text, |separator| Kind::Trailer { separator })
        };
        items.push(Item { range: line, kind });
    }
    items
}

/// Where lines can be put in front of a block's items. Indented lines at its start are text of
/// somebody's; below a trailer of ours they would become part of it, so they stay above.
pub(super) fn insertion(message: &Message<'_>, block: Range<usize>) -> usize {
    let mut at = block.start;
    for line in lines(message.bytes, block) {
        let text = &message.bytes[line.clone()];
        if message.is_comment(text) {
            continue;
        }
        if !text.first().copied().is_some_and(is_space) {
            break;
        }
        at = line.end;
    }
    at
}

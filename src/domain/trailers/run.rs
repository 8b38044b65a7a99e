//! Own runs in a message in progress: finding, removing, writing them.

use std::ops::Range;

use super::block::{self, Item, Kind, SIGN_OFF};
use super::message::{Message, is_blank, is_space, last_line, lines};
use super::{Encoding, Key, RATIONALE, Run, Style, Trailer, is_session_id};

/// A run with the place of its lines.
pub(super) struct Placed {
    pub(super) range: Range<usize>,
    pub(super) run: Run,
}

/// The message with the run in it. A run of the same session in the last block is replaced, else
/// the block's first run; without one, the lines go to the start of the last block, else they are
/// a new last paragraph before trailing comments and the cut line. A line end is added to a last
/// line that has none; nothing else of the message changes.
///
/// Idempotent. Meant for messages that [have content](has_content): in another one the lines
/// stand below an empty first line.
pub fn upsert(message: &[u8], run: &Run, style: &Style) -> Vec<u8> {
    let view = Message::new(message, style);
    let block = last_block(&view);
    let lines = run.to_bytes(style.encoding, view.newline());
    let runs = block
        .clone()
        .map_or_else(Vec::new, |block| runs_in(&view, block, style.encoding));
    let same = runs
        .iter()
        .position(|placed| placed.run.session_id() == run.session_id());
    if let Some(old) = runs.get(same.unwrap_or(0)) {
        let replaced = splice(message, &old.range, &lines);
        if holds(&replaced, &lines, style) {
            return replaced;
        }
        // With fewer lines of ours the paragraph is no longer a quarter trailers.
        let kept = without(&view, std::slice::from_ref(old));
        return new_paragraph(&Message::new(&kept, style), &lines);
    }
    match block {
        Some(block) => {
            let at = block::insertion(&view, block);
            splice(message, &(at..at), &lines)
        }
        None => new_paragraph(&view, &lines),
    }
}

/// The message without the runs in its last block; a blank line before goes with a run that was
/// a paragraph of its own. Everything else stays as it was.
pub fn remove(message: &[u8], style: &Style) -> Vec<u8> {
    let view = Message::new(message, style);
    let Some(block) = last_block(&view) else {
        return message.to_vec();
    };
    let runs = runs_in(&view, block, style.encoding);
    without(&view, &runs)
}

/// The first own run in the last block. Its values are what stands in the message, unfolded but
/// not cleaned: somebody else may have written them.
pub fn find(message: &[u8], style: &Style) -> Option<Run> {
    let view = Message::new(message, style);
    let runs = runs_in(&view, last_block(&view)?, style.encoding);
    runs.into_iter().next().map(|placed| placed.run)
}

/// The first line that is neither blank nor a comment nor in a block of own lines and sign-offs,
/// without its line end; `None` if there is no such line before the cut line.
pub fn subject<'a>(message: &'a [u8], style: &Style) -> Option<&'a [u8]> {
    let view = Message::new(message, style);
    let first = view.first_content()?;
    if last_block(&view).is_some_and(|block| block.contains(&first.start)) {
        return None;
    }
    Some(message[first].trim_ascii_end())
}

/// Whether anything but blank lines, comments, own runs and sign-offs stands before the cut line.
/// If not, the own lines have to [go](remove), so that git can abort the commit.
pub fn has_content(message: &[u8], style: &Style) -> bool {
    !content(message, style).is_empty()
}

/// The lines before the cut line that are neither blank nor comments, own runs or sign-offs, one
/// newline each. Two messages with the same content are the same to whoever reads them.
pub fn content(message: &[u8], style: &Style) -> Vec<u8> {
    let view = Message::new(message, style);
    let own =
        last_block(&view).map_or_else(Vec::new, |block| runs_in(&view, block, style.encoding));
    let mut found = Vec::new();
    for line in lines(message, 0..view.cut) {
        let text = &message[line.clone()];
        if view.is_content(text) && !text.starts_with(SIGN_OFF) && !covers(&own, line.start) {
            found.extend_from_slice(text.trim_ascii_end());
            found.push(b'\n');
        }
    }
    found
}

/// The last block: git's, but the first paragraph with content is a title even below an empty
/// line, as cleaning up removes that. Unless there is nothing else and it can be no title: own
/// lines and sign-offs below the empty first line of a template, or several own lines that were
/// left at the top when everything else was deleted.
pub(super) fn last_block(view: &Message<'_>) -> Option<Range<usize>> {
    let first = view.first_content()?.start;
    let (part, at_least) = match block::start(view) {
        Some(start) if first < start => return Some(start..view.end),
        Some(start) => (start..view.end, 0),
        None => (first..view.content_end(), 2),
    };
    let inside = lines(view.bytes, part.clone()).map(|line| &view.bytes[line]);
    let below = lines(view.bytes, part.end..view.cut).map(|line| &view.bytes[line]);
    let is_all = inside
        .skip_while(|line| !is_blank(line))
        .chain(below)
        .all(|line| !view.is_content(line));
    (is_all && is_bare(view, part.clone(), at_least)).then_some(part)
}

/// Whether the part holds nothing but sign-offs, comments and a run of at least so many lines.
fn is_bare(view: &Message<'_>, part: Range<usize>, at_least: usize) -> bool {
    let runs = runs_in(view, part.clone(), Encoding::Utf8);
    let items = block::items(view.bytes, part, view.comment);
    let bare = |item: &Item| {
        item.kind == Kind::Comment
            || view.bytes[item.range.clone()].starts_with(SIGN_OFF)
            || covers(&runs, item.range.start)
    };
    let longest = runs.iter().map(|placed| placed.run.trailers().len()).max();
    longest.unwrap_or(0) >= at_least && items.iter().all(bare)
}

/// The own runs of a part of the message.
fn runs_in(view: &Message<'_>, part: Range<usize>, encoding: Encoding) -> Vec<Placed> {
    runs(
        view.bytes,
        &block::items(view.bytes, part, view.comment),
        encoding,
    )
}

/// The own runs among the items: own keys in their order, up to a well-formed `Session-Id`. A key
/// out of order starts anew, so that somebody's `Impact:` above a run stays theirs.
pub(super) fn runs(bytes: &[u8], items: &[Item], encoding: Encoding) -> Vec<Placed> {
    let mut found = Vec::new();
    let mut open: Vec<Trailer> = Vec::new();
    let mut start = 0;
    for item in items {
        let Some(trailer) = own(bytes, item, encoding) else {
            open.clear();
            continue;
        };
        if open.last().is_some_and(|last| last.key > trailer.key) {
            open.clear();
        }
        if open.is_empty() {
            start = item.range.start;
        }
        let is_id = trailer.key == Key::Id;
        let closes = is_id && is_session_id(&trailer.text);
        open.push(trailer);
        if closes {
            let run = Run(std::mem::take(&mut open));
            found.push(Placed {
                range: start..item.range.end,
                run,
            });
        } else if is_id {
            open.clear();
        }
    }
    found
}

/// The item as a trailer of ours; its value is unfolded as git does it.
fn own(bytes: &[u8], item: &Item, encoding: Encoding) -> Option<Trailer> {
    let Kind::Trailer { separator } = item.kind else {
        return None;
    };
    let text = &bytes[item.range.clone()];
    let key = Key::from_bytes(text[..separator].trim_ascii_end())?;
    let mut value = Vec::new();
    let mut rationale: Option<Vec<u8>> = None;
    for line in lines(text, separator + 1..text.len()) {
        let folded = line.start > separator + 1;
        let mut line = &text[line];
        if folded {
            let indent = line.iter().take_while(|byte| is_space(**byte)).count();
            line = &line[indent..];
        }
        line = line.strip_suffix(b"\n").unwrap_or(line);
        line = line.strip_suffix(b"\r").unwrap_or(line);
        if key == Key::Decisions
            && folded
            && rationale.is_none()
            && let Some(why) = line.strip_prefix(RATIONALE.as_bytes())
        {
            rationale = Some(why.to_vec());
            continue;
        }
        let joined = rationale.as_mut().unwrap_or(&mut value);
        if folded {
            joined.push(b' ');
        }
        joined.extend_from_slice(line);
    }
    let trimmed = |bytes: &[u8]| {
        let text = encoding.decode(bytes);
        text.trim_matches([' ', '\t', '\r', '\n']).to_owned()
    };
    Some(Trailer {
        key,
        text: trimmed(&value),
        rationale: rationale
            .as_deref()
            .map(trimmed)
            .filter(|why| !why.is_empty()),
    })
}

/// Whether exactly these lines are a run in the last block.
fn holds(message: &[u8], lines: &[u8], style: &Style) -> bool {
    let view = Message::new(message, style);
    let Some(block) = last_block(&view) else {
        return false;
    };
    runs_in(&view, block, style.encoding)
        .iter()
        .any(|placed| message[placed.range.clone()] == *lines)
}

/// The message without the lines of these runs of the last block.
fn without(view: &Message<'_>, runs: &[Placed]) -> Vec<u8> {
    let Some(first) = runs.first().map(|placed| placed.range.start) else {
        return view.bytes.to_vec();
    };
    let stays = |line: &Range<usize>| {
        let text = &view.bytes[line.clone()];
        !covers(runs, line.start) && !is_blank(text) && !view.is_comment(text)
    };
    let before = last_line(view.bytes, first)
        .filter(|start| is_blank(&view.bytes[*start..first]))
        .filter(|_| !lines(view.bytes, first..view.end).any(|line| stays(&line)));
    let mut kept = Vec::with_capacity(view.bytes.len());
    kept.extend_from_slice(&view.bytes[..before.unwrap_or(first)]);
    let ends = runs
        .iter()
        .skip(1)
        .map(|next| next.range.start)
        .chain([view.bytes.len()]);
    for (placed, end) in runs.iter().zip(ends) {
        kept.extend_from_slice(&view.bytes[placed.range.end..end]);
    }
    kept
}

/// Whether the byte is in one of the runs, which are in order.
fn covers(runs: &[Placed], at: usize) -> bool {
    let next = runs.partition_point(|placed| placed.range.end <= at);
    runs.get(next)
        .is_some_and(|placed| placed.range.contains(&at))
}

/// The message with the lines as its last paragraph.
fn new_paragraph(view: &Message<'_>, lines: &[u8]) -> Vec<u8> {
    let at = view.content_end();
    let newline = view.newline().as_bytes();
    let mut paragraph = Vec::with_capacity(lines.len() + 2 * newline.len());
    match &view.bytes[..at] {
        [] | [.., b'\n'] => {}
        [.., b'\r'] => paragraph.push(b'\n'),
        _ => paragraph.extend_from_slice(newline),
    }
    paragraph.extend_from_slice(newline);
    paragraph.extend_from_slice(lines);
    splice(view.bytes, &(at..at), &paragraph)
}

/// The bytes with a part of them replaced.
fn splice(bytes: &[u8], part: &Range<usize>, by: &[u8]) -> Vec<u8> {
    [&bytes[..part.start], by, &bytes[part.end..]].concat()
}

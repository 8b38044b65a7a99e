//! A message in progress cut into what counts and what git ignores: the comment string, the cut
//! line with the diff below it, trailing comments.

use std::ops::Range;

use super::Style;

/// What git writes after the comment string of a cut line (`wt-status.c`).
const CUT_LINE: &[u8] = b" ------------------------ >8 ------------------------\n";

/// The characters that `core.commentChar=auto` picks from, in git's order (`builtin/commit.c`).
const CANDIDATES: &[u8] = b"#;@!$%^&|:";

/// What starts a comment line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommentString {
    /// `core.commentChar=auto`: git picks a character that starts no line of the message, so it
    /// is read from the cut line, else from the help block at the end; `#` if there is neither.
    Auto,
    /// Exactly these bytes.
    Fixed(Vec<u8>),
}

impl CommentString {
    /// The meaning of a value of `core.commentChar` or `core.commentString`; empty is the default.
    pub fn from_config(value: &[u8]) -> Self {
        if value.eq_ignore_ascii_case(b"auto") {
            Self::Auto
        } else if value.is_empty() {
            Self::default()
        } else {
            Self::Fixed(value.to_vec())
        }
    }
}

impl Default for CommentString {
    fn default() -> Self {
        Self::Fixed(b"#".to_vec())
    }
}

/// What git does with comment lines when it cleans the message up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Comments {
    /// They go: an editor is used and `commit.cleanup` is `strip` or not set.
    #[default]
    Stripped,
    /// They stay: there is no editor (`git commit -m '#12 …'`), another `commit.cleanup`, or the
    /// commit is finished. Such a line can be the title; trailers are sought as always.
    Kept,
}

/// A message with the places that git's own parser would find in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'a> {
    /// The whole message.
    pub(super) bytes: &'a [u8],
    /// What starts a comment line.
    pub(super) comment: &'a [u8],
    /// Whether a comment line can be content.
    comments: Comments,
    /// Where the cut line starts, else the length.
    pub(super) cut: usize,
    /// Where trailing comments, blank lines and an old `Conflicts:` list start, else `cut`.
    pub(super) end: usize,
}

impl<'a> Message<'a> {
    pub(super) fn new(bytes: &'a [u8], style: &'a Style) -> Self {
        let (comment, cut) = match &style.comment {
            CommentString::Fixed(fixed) if fixed.is_empty() => cut_at(bytes, b"#"),
            CommentString::Fixed(fixed) => cut_at(bytes, fixed),
            CommentString::Auto => detect(bytes),
        };
        let mut message = Self {
            bytes,
            comment,
            comments: style.comments,
            cut,
            end: cut,
        };
        message.end = message.ignored_from();
        message
    }

    /// Whether git skips the line as a comment.
    pub(super) fn is_comment(&self, line: &[u8]) -> bool {
        line.starts_with(self.comment)
    }

    /// Whether the line is neither blank nor a comment that goes.
    pub(super) fn is_content(&self, line: &[u8]) -> bool {
        !is_blank(line) && (self.comments == Comments::Kept || !self.is_comment(line))
    }

    /// The first content line before the cut line.
    pub(super) fn first_content(&self) -> Option<Range<usize>> {
        lines(self.bytes, 0..self.cut).find(|line| self.is_content(&self.bytes[line.clone()]))
    }

    /// Where the text ends that trailing comments, kept or not, stand below; 0 if there is none.
    pub(super) fn content_end(&self) -> usize {
        let Some(title) = self.first_content() else {
            return 0;
        };
        let title_end = title.end;
        // What git ignores can be all there is: a comment that is kept as the title.
        let mut at = if title.start < self.end {
            self.end
        } else {
            self.cut
        };
        while let Some(start) = last_line(self.bytes, at).filter(|start| *start >= title_end) {
            let line = &self.bytes[start..at];
            if !is_blank(line) && !self.is_comment(line) {
                return at;
            }
            at = start;
        }
        title_end
    }

    /// The line end that the message's first line has.
    pub(super) fn newline(&self) -> &'static str {
        let first = lines(self.bytes, 0..self.cut)
            .next()
            .map(|line| &self.bytes[line]);
        let text = first.map(|line| line.strip_suffix(b"\n").unwrap_or(line));
        if text.is_some_and(|text| text.ends_with(b"\r")) {
            "\r\n"
        } else {
            "\n"
        }
    }

    /// `ignored_log_message_bytes` of git's `commit.c`, its quirk with a comment on the very
    /// first line included. Only a title `Conflicts:` is no list to us: with lines of ours below
    /// its paragraph it is none to git either.
    fn ignored_from(&self) -> usize {
        let title = self.first_content().map_or(0, |line| line.start);
        let mut ignored = 0;
        let mut in_conflicts = false;
        for line in lines(self.bytes, 0..self.cut) {
            let text = &self.bytes[line.clone()];
            if self.is_comment(text) || text == b"\n" {
                ignored = if ignored == 0 { line.start } else { ignored };
            } else if text == b"Conflicts:\n" && line.start > title {
                in_conflicts = true;
                ignored = if ignored == 0 { line.start } else { ignored };
            } else if !(in_conflicts && text.starts_with(b"\t")) {
                ignored = 0;
                in_conflicts = false;
            }
        }
        if ignored == 0 { self.cut } else { ignored }
    }
}

/// The fixed comment string and the place of its cut line.
fn cut_at<'a>(bytes: &[u8], comment: &'a [u8]) -> (&'a [u8], usize) {
    let is_cut = |line: &[u8]| line.strip_prefix(comment) == Some(CUT_LINE);
    let cut = lines(bytes, 0..bytes.len()).find(|line| is_cut(&bytes[line.clone()]));
    (comment, cut.map_or(bytes.len(), |line| line.start))
}

/// The comment string that git picked, and the place of the cut line.
fn detect(bytes: &[u8]) -> (&'static [u8], usize) {
    for line in lines(bytes, 0..bytes.len()) {
        let Some((first, rest)) = bytes[line.clone()].split_first() else {
            continue;
        };
        if rest == CUT_LINE
            && let Some(candidate) = candidate(*first)
        {
            return (candidate, line.start);
        }
    }
    (detect_from_help(bytes), bytes.len())
}

/// The comment string of the help block at the end. Any other character than `#` must be used as
/// git uses it, in two lines or more and nowhere above, because a text without a help block may
/// end in a line like `! important`; a last line that starts with `#` is a comment to every
/// reader that has not configured another one.
fn detect_from_help(bytes: &[u8]) -> &'static [u8] {
    let hash = &CANDIDATES[..1];
    let starts: Vec<u8> = lines(bytes, 0..bytes.len())
        .filter(|line| !is_blank(&bytes[line.clone()]))
        .map(|line| comment_start(&bytes[line]))
        .collect();
    let Some(last) = starts.last() else {
        return hash;
    };
    let help = starts
        .iter()
        .rev()
        .take_while(|start| *start == last)
        .count();
    let above = &starts[..starts.len() - help];
    match candidate(*last) {
        Some(found) if help >= 2 && !above.contains(last) => found,
        _ => hash,
    }
}

/// The first byte of a line that could be one of git's comments, else 0.
fn comment_start(line: &[u8]) -> u8 {
    match line {
        [first, b' ' | b'\t' | b'\n' | b'\r', ..] | [first] => *first,
        _ => 0,
    }
}

fn candidate(byte: u8) -> Option<&'static [u8]> {
    let at = CANDIDATES.iter().position(|candidate| *candidate == byte)?;
    Some(&CANDIDATES[at..=at])
}

/// White space as git's C code has it: no vertical tab, no form feed.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Whether the line holds white space only.
pub(super) fn is_blank(line: &[u8]) -> bool {
    line.iter().copied().all(is_space)
}

/// The lines of a part of a text, each with its line end.
pub(super) fn lines(bytes: &[u8], part: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = part.start;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..part.end).filter(|rest| !rest.is_empty())?;
        let length = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(rest.len(), |n| n + 1);
        at += length;
        Some(at - length..at)
    })
}

/// Where the last line before `end` starts.
pub(super) fn last_line(bytes: &[u8], end: usize) -> Option<usize> {
    let before = end.checked_sub(1)?;
    Some(
        bytes[..before]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1),
    )
}

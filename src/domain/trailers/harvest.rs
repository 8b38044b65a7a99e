//! Own runs wherever they stand: in the block of a finished commit, and in the bodies of commits
//! that were squashed into it.

use std::collections::HashSet;

use super::block;
use super::message::{Comments, Message, is_blank, lines};
use super::run::{last_block, runs};
use super::{Encoding, Run, Style};

/// The indentation that `git merge --squash` gives to the messages it quotes.
const SQUASH_INDENT: &[u8] = b"    ";

/// The runs of a finished commit, in order, each once: the last block's, and those of squashed
/// bodies, at column 0 (`git rebase`, GitHub) or 4 (`git merge --squash`). The first paragraph is
/// the title and never read. The message is UTF-8; what is malformed becomes U+FFFD.
/// Values are what stands in the message, unfolded but not cleaned.
pub fn harvest(message: &[u8]) -> Vec<Run> {
    let style = Style {
        comments: Comments::Kept,
        ..Style::default()
    };
    let view = Message::new(message, &style);
    let mut seen = HashSet::new();
    paragraphs(&view)
        .skip(1)
        .flat_map(|paragraph| runs_of(&paragraph, view.comment, Encoding::Utf8))
        .filter(|run| seen.insert(run.clone()))
        .collect()
}

/// Whether a message in progress holds an own run anywhere but in its title: in the last block,
/// in a squashed body, or glued to a paragraph that git does not accept as a block.
pub fn mentions_run(message: &[u8], style: &Style) -> bool {
    let view = Message::new(message, style);
    let first = view.first_content().map_or(0, |line| line.start);
    let untitled = last_block(&view).is_some_and(|block| block.contains(&first));
    paragraphs(&view)
        .skip(usize::from(!untitled))
        .any(|paragraph| !runs_of(&paragraph, view.comment, style.encoding).is_empty())
}

/// The paragraphs with content before the cut line; an indented one is moved to column 0.
fn paragraphs<'a>(view: &'a Message<'a>) -> impl Iterator<Item = Vec<u8>> + 'a {
    let mut rest = lines(view.bytes, 0..view.cut).map(|line| &view.bytes[line]);
    std::iter::from_fn(move || {
        let text = |line: &&[u8]| !is_blank(line);
        let first = rest.find(text)?;
        let paragraph: Vec<_> = std::iter::once(first)
            .chain(rest.by_ref().take_while(text))
            .collect();
        Some(paragraph)
    })
    .filter(|paragraph| paragraph.iter().any(|line| view.is_content(line)))
    .map(|paragraph| dedent(&paragraph))
}

/// The lines joined, without the indentation if all of them have it.
fn dedent(paragraph: &[&[u8]]) -> Vec<u8> {
    let inner: Option<Vec<&[u8]>> = paragraph
        .iter()
        .map(|line| line.strip_prefix(SQUASH_INDENT))
        .collect();
    inner.map_or_else(|| paragraph.concat(), |inner| inner.concat())
}

fn runs_of(paragraph: &[u8], comment: &[u8], encoding: Encoding) -> Vec<Run> {
    let items = block::items(paragraph, 0..paragraph.len(), comment);
    runs(paragraph, &items, encoding)
        .into_iter()
        .map(|placed| placed.run)
        .collect()
}

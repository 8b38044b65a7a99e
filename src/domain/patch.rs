//! A patch without context lines, read for its figures: lines of each file, and the marks such as `TODO:` that
//! came in.

use std::collections::HashMap;

use super::path_text::unquote_path;
use super::redact::without_secrets;

/// A mark in an added line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// The path, relative to the top of the work tree.
    pub path: Vec<u8>,
    /// The number of the line, from 1.
    pub line: u64,
    /// The mark and what stands behind it.
    pub text: String,
}

/// What a patch does to one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilePatch {
    /// The path; empty when the patch does not say, as for a binary file.
    pub path: Vec<u8>,
    /// Lines added.
    pub added: u64,
    /// Lines removed.
    pub removed: u64,
    /// The marks in added lines.
    pub annotations: Vec<Annotation>,
    /// The texts of the marks in removed lines.
    pub gone: Vec<String>,
}

/// The longest text of a mark, in characters.
const LONGEST: usize = 120;

/// Reads the output of `git diff-tree -p -U0`. `marks`: what counts as an annotation.
pub fn parse(patch: &[u8], marks: &[String]) -> Vec<FilePatch> {
    let mut files: Vec<FilePatch> = Vec::new();
    let mut hunk = Hunk::default();
    for line in patch.split(|byte| *byte == b'\n') {
        if hunk.is_open() && matches!(line.first(), Some(b'+' | b'-')) {
            if let Some(file) = files.last_mut() {
                hunk.take(file, line, marks);
            }
        } else if line.starts_with(b"diff --git ") {
            files.push(FilePatch::default());
        } else if let Some(counts) = line.strip_prefix(b"@@ ") {
            hunk = Hunk::parse(counts).unwrap_or_default();
        } else if let Some(file) = files.last_mut() {
            name(file, line);
        }
    }
    files
}

/// `--- a/path`, `+++ b/path`; the new name counts.
fn name(file: &mut FilePatch, line: &[u8]) {
    let old = line.strip_prefix(b"--- ".as_slice());
    let Some(name) = old.or_else(|| line.strip_prefix(b"+++ ".as_slice())) else {
        return;
    };
    let name = String::from_utf8_lossy(name.strip_suffix(b"\t").unwrap_or(name)).into_owned();
    if name == "/dev/null" {
        return;
    }
    if let Some(path) = unquote_path(&name)
        && let Some(path) = path.get(2..)
    {
        file.path = path.to_vec();
    }
}

/// Where a hunk is.
#[derive(Clone, Copy, Debug, Default)]
struct Hunk {
    removed_left: u64,
    added_left: u64,
    line: u64,
}

impl Hunk {
    /// `-1,2 +3,4 @@ …`
    fn parse(text: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(text);
        let mut words = text.split(' ');
        let (_, removed) = range(words.next()?.strip_prefix('-')?)?;
        let (line, added) = range(words.next()?.strip_prefix('+')?)?;
        Some(Self {
            removed_left: removed,
            added_left: added,
            line,
        })
    }

    const fn is_open(self) -> bool {
        self.removed_left > 0 || self.added_left > 0
    }

    fn take(&mut self, file: &mut FilePatch, line: &[u8], marks: &[String]) {
        if line.first() == Some(&b'-') {
            self.removed_left = self.removed_left.saturating_sub(1);
            file.removed += 1;
            file.gone.extend(mark(&line[1..], marks));
            return;
        }
        self.added_left = self.added_left.saturating_sub(1);
        file.added += 1;
        if let Some(text) = mark(&line[1..], marks) {
            file.annotations.push(Annotation {
                path: file.path.clone(),
                line: self.line,
                text,
            });
        }
        self.line += 1;
    }
}

/// `3` or `3,4`: where it begins and how many lines it has.
fn range(text: &str) -> Option<(u64, u64)> {
    match text.split_once(',') {
        Some((start, count)) => Some((start.parse().ok()?, count.parse().ok()?)),
        None => Some((text.parse().ok()?, 1)),
    }
}

/// The marks that came in. One that a removed line had, in whichever file, was only moved.
pub fn new_annotations(files: Vec<FilePatch>) -> Vec<Annotation> {
    let mut gone: HashMap<String, usize> = HashMap::new();
    for text in files.iter().flat_map(|file| &file.gone) {
        *gone.entry(text.clone()).or_default() += 1;
    }
    let mut new: Vec<_> = files
        .into_iter()
        .flat_map(|file| file.annotations)
        .collect();
    new.retain(|annotation| match gone.get_mut(&annotation.text) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    new
}

/// The first mark of a line, with what stands behind it but for secrets.
pub fn mark(line: &[u8], marks: &[String]) -> Option<String> {
    let line = String::from_utf8_lossy(line);
    let first = |line: &str| {
        let marks = marks.iter().filter(|mark| !mark.is_empty());
        marks
            .filter_map(|mark| Some((line.find(mark.as_str())?, mark.len())))
            .min()
    };
    let (at, length) = first(&line)?;
    let clean = without_secrets(&line);
    // a mark inside a secret stands alone
    let said = first(&clean).map_or(&line[at..at + length], |(at, _)| &clean[at..]);
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let text: String = words.chars().filter(|c| !c.is_control()).collect();
    Some(text.chars().take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marks() -> Vec<String> {
        vec!["TODO:".to_owned(), "FIXME:".to_owned()]
    }

    #[test]
    fn figures_and_marks_are_read() {
        let patch = b"diff --git a/src/a.rs b/src/a.rs\nindex 1..2 100644\n--- a/src/a.rs\n+++ b/src/a.rs\n\
            @@ -1,2 +1,3 @@ fn x\n--- old\n-old\n+++ new\n+// TODO:  tidy \tup\n+x\n\
            @@ -9,0 +11 @@\n+ FIXME: and TODO: this\n\
            diff --git \"a/\\303\\244 b\" \"b/\\303\\244 b\"\nnew file mode 100644\n--- /dev/null\n+++ \"b/\\303\\244 b\"\n\
            @@ -0,0 +1 @@\n+TODO: one\n\\ No newline at end of file\n\
            diff --git a/gone b/gone\ndeleted file mode 100644\n--- a/gone\t\n+++ /dev/null\n@@ -1 +0,0 @@\n-TODO: old\n\
            diff --git a/x.bin b/x.bin\nBinary files a/x.bin and b/x.bin differ\n";
        let files = parse(patch, &marks());
        let shown: Vec<_> = files
            .iter()
            .map(|f| {
                (
                    String::from_utf8_lossy(&f.path).into_owned(),
                    f.added,
                    f.removed,
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("src/a.rs".to_owned(), 4, 2),
                ("\u{e4} b".to_owned(), 1, 0),
                ("gone".to_owned(), 0, 1),
                (String::new(), 0, 0),
            ]
        );
        let found: Vec<_> = files
            .iter()
            .flat_map(|f| &f.annotations)
            .map(|a| (a.line, a.text.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                (2, "TODO: tidy up"),
                (11, "FIXME: and TODO: this"),
                (1, "TODO: one")
            ]
        );
    }

    #[test]
    fn a_mark_that_was_moved_is_not_new() {
        let patch = b"diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +0,0 @@\n-TODO: x\n\
            diff --git a/b b/b\n--- a/b\n+++ b/b\n@@ -0,0 +1,2 @@\n+  TODO: x\n+TODO: x\n";
        let new = new_annotations(parse(patch, &marks()));
        let places: Vec<_> = new.iter().map(|found| found.line).collect();
        assert_eq!(places, [2]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in any::<Vec<u8>>()) {
            parse(&bytes, &marks());
        }

        #[test]
        fn almost_patches_are_read(lines in prop::collection::vec(
            "(diff --git a|@@ -[0-9]{1,3} \\+[0-9]{1,22},[0-9]{1,22} @@|[-+]TODO: x|--- \"a/\\\\3|\\+\\+\\+ b/x)", 0..30
        )) {
            parse(lines.join("\n").as_bytes(), &marks());
        }
    }
}

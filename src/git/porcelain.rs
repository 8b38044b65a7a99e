//! The lines of `git status --porcelain=v2 -z`, whoever asked for them and whatever they are counted for.
//! Source: git-status(1), "Porcelain Format Version 2".

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry<'a> {
    /// Commits that the upstream lacks, and that it has more (`--branch`).
    Upstream(u64, u64),
    /// A tracked path that differs: the letters of the index and of the work tree, `.` where they are the same,
    /// and the four letters about a submodule.
    Tracked {
        /// Between HEAD and the index.
        index: u8,
        /// Between the index and the work tree.
        tree: u8,
        /// `N...`, or `S` with flags.
        submodule: &'a [u8],
        /// The path.
        path: &'a [u8],
    },
    /// A path in conflict, with mode and id of what the branch has there.
    Unmerged {
        /// `000000` when it has nothing there.
        mode: &'a [u8],
        /// The id in hexadecimal.
        id: &'a [u8],
        /// The path.
        path: &'a [u8],
    },
    /// An untracked path; a directory ends with `/`.
    Untracked(&'a [u8]),
}

/// The lines of an answer. What is not understood is passed over.
pub fn entries(output: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    let mut lines = output.split(|byte| *byte == 0);
    std::iter::from_fn(move || {
        loop {
            let line = lines.next()?;
            let entry = entry(line);
            if line.first() == Some(&b'2') {
                // the path that it was renamed from
                lines.next();
            }
            if entry.is_some() {
                return entry;
            }
        }
    })
}

fn entry(line: &[u8]) -> Option<Entry<'_>> {
    match line.first()? {
        b'#' => upstream(line),
        // `1 <XY> <sub> <mH> <mI> <mW> <hH> <hI> <path>`
        b'1' => tracked(line, 8),
        // `2 <XY> <sub> <mH> <mI> <mW> <hH> <hI> <X><score> <path>`
        b'2' => tracked(line, 9),
        b'u' => unmerged(line),
        b'?' => line.get(2..).map(Entry::Untracked),
        _ => None,
    }
}

/// `# branch.ab +2 -1`
fn upstream(line: &[u8]) -> Option<Entry<'_>> {
    let counts = std::str::from_utf8(line.strip_prefix(b"# branch.ab ")?).ok()?;
    let (ahead, behind) = counts.split_once(' ')?;
    Some(Entry::Upstream(
        ahead.strip_prefix('+')?.parse().ok()?,
        behind.strip_prefix('-')?.parse().ok()?,
    ))
}

/// `spaces`: how many stand in front of the path.
fn tracked(line: &[u8], spaces: usize) -> Option<Entry<'_>> {
    let mut fields = line.splitn(spaces + 1, |byte| *byte == b' ').skip(1);
    let [index, tree] = fields.next()? else {
        return None;
    };
    Some(Entry::Tracked {
        index: *index,
        tree: *tree,
        submodule: fields.next()?,
        path: fields.last()?,
    })
}

/// `u <XY> <sub> <m1> <m2> <m3> <mW> <h1> <h2> <h3> <path>`
fn unmerged(line: &[u8]) -> Option<Entry<'_>> {
    let fields: Vec<&[u8]> = line.splitn(11, |byte| *byte == b' ').collect();
    let [_, _, _, _, mode, _, _, _, id, _, path] = fields[..] else {
        return None;
    };
    Some(Entry::Unmerged { mode, id, path })
}

//! Lineage: which of the commits that a branch has now took the place of those that it lost. For rewrites that
//! git tells no hook about; from what a rewrite keeps, never from the size of a change.

use std::collections::HashMap;

use super::id::CommitId;

/// What identifies a commit to a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    /// The commit.
    pub id: CommitId,
    /// Its author, `Name <address>`.
    pub author: String,
    /// When it was written, Unix seconds; `None` when the commit is not here any more.
    pub written: Option<i64>,
    /// Its tree; `None` when the commit is not here any more.
    pub tree: Option<String>,
    /// Its subject line.
    pub subject: String,
}

/// A feature that old and new commit share when one was made from the other.
type Feature = fn(&Face) -> Option<String>;

/// From the surest to the weakest. Author and date stay when a commit is amended, rebased, reworded or picked;
/// of commits that are not here any more only author and subject are known.
const FEATURES: [Feature; 4] = [
    |face| {
        Some(format!(
            "{} {} {}",
            face.written?, face.author, face.subject
        ))
    },
    |face| {
        Some(format!(
            "{} {} {}",
            face.written?,
            face.author,
            face.tree.as_ref()?
        ))
    },
    |face| Some(format!("{} {}", face.written?, face.author)),
    |face| (!face.subject.is_empty()).then(|| format!("{} {}", face.author, face.subject)),
];

/// What is known of the commits besides their faces.
pub struct Ties<'a> {
    /// Whether a new commit has a record of its own, so that it can take in others and is none of them.
    pub recorded: &'a dyn Fn(&CommitId) -> bool,
    /// Whether the first commit is an ancestor of the second.
    pub leads_to: &'a dyn Fn(&CommitId, &CommitId) -> bool,
    /// Whether something was rewritten, so that author and date alone may tell; else they tell of haste.
    pub rewritten: bool,
}

/// Pairs of lost and new commits; both lists oldest first. A new commit can take the place of several: its tree
/// is that of the last of them.
pub fn pairs(lost: &[Face], came: &[Face], ties: &Ties<'_>) -> Vec<(CommitId, CommitId)> {
    let mut new_of: Vec<Option<usize>> = vec![None; lost.len()];
    let mut taken: Vec<bool> = came.iter().map(|face| (ties.recorded)(&face.id)).collect();
    for (rank, feature) in FEATURES.iter().enumerate() {
        let by_author_alone = rank >= 2;
        if by_author_alone && !ties.rewritten {
            break;
        }
        let mut free: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, face) in came.iter().enumerate().filter(|(at, _)| !taken[*at]) {
            free.entry(feature(face).unwrap_or_default())
                .or_default()
                .push(at);
        }
        let mut wanted: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, face) in lost.iter().enumerate() {
            let open = new_of[at].is_none() && (rank < 3 || face.written.is_none());
            if let Some(key) = feature(face).filter(|_| open) {
                wanted.entry(key).or_default().push(at);
            }
        }
        for (key, old) in wanted {
            let new = free.remove(&key).unwrap_or_default();
            if by_author_alone && (old.len() != 1 || new.len() != 1) {
                continue;
            }
            for (old, new) in old.into_iter().zip(new) {
                new_of[old] = Some(new);
                taken[new] = true;
            }
        }
    }
    join_squashed(lost, came, ties.leads_to, &mut new_of);
    let pair =
        |(old, new): (&Face, &Option<usize>)| Some((old.id.clone(), came[(*new)?].id.clone()));
    lost.iter().zip(&new_of).filter_map(pair).collect()
}

/// Lost commits that became one: a new commit has the tree of the last of them, whether that one is known to have
/// become it or not.
fn join_squashed(
    lost: &[Face],
    came: &[Face],
    leads_to: &dyn Fn(&CommitId, &CommitId) -> bool,
    new_of: &mut [Option<usize>],
) {
    let mut waiting = Vec::new();
    for (at, face) in lost.iter().enumerate() {
        let same = |other: &Face| face.tree.is_some() && other.tree == face.tree;
        let new = match new_of[at] {
            Some(new) => Some(new).filter(|new| same(&came[*new])),
            None => came.iter().position(same),
        };
        if new_of[at].is_some() && new.is_none() {
            waiting.clear();
            continue;
        }
        if new.is_some() {
            new_of[at] = new;
            // what was lost earlier, on another line, is not part of it
            waiting.retain(|old: &usize| leads_to(&lost[*old].id, &face.id));
            for old in waiting.drain(..) {
                new_of[old] = new;
            }
        } else {
            waiting.push(at);
        }
    }
}

#[cfg(test)]
mod tests;

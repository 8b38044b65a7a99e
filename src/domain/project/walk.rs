//! Who knew what: for every context file the commits that are not behind a change of it, from one walk over
//! history. A commit counts as *since* the last change of a file when it is no ancestor of a commit that changed
//! the file, whatever its date says.

use std::collections::HashMap;

use super::scope::{Scope, WHOLE};
use super::score::Numbers;

/// One commit of the walk.
#[derive(Clone, Debug, Default)]
struct Step {
    parents: Vec<usize>,
    author_time: i64,
}

/// What the walk was told, in any order.
#[derive(Debug)]
pub struct Walk<'s> {
    scope: &'s mut Scope,
    numbers: HashMap<Vec<u8>, usize>,
    steps: Vec<Step>,
    /// By place: commits and how many files they changed beside it.
    touches: Vec<Vec<(usize, u64)>>,
    /// By context file: commits that changed it.
    changes: Vec<Vec<usize>>,
    /// The newest commit whose parents are not in this clone, seconds since 1970.
    edge: Option<i64>,
    oldest: Option<i64>,
}

/// One commit, as git shows it.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// Its id.
    pub id: &'a [u8],
    /// Its parents, separated by spaces.
    pub parents: &'a [u8],
    /// When it was written, seconds since 1970.
    pub author_time: i64,
    /// Its parents exist elsewhere only, so what it changed is not known.
    pub is_edge: bool,
}

impl<'s> Walk<'s> {
    /// A walk for the files of a scope.
    pub fn new(scope: &'s mut Scope) -> Self {
        Self {
            touches: vec![Vec::new(); scope.count()],
            changes: vec![Vec::new(); scope.files().len()],
            scope,
            numbers: HashMap::new(),
            steps: Vec::new(),
            edge: None,
            oldest: None,
        }
    }

    /// Takes one commit with the paths that it changed against all its parents.
    pub fn add<'a>(&mut self, told: &Told<'_>, paths: impl IntoIterator<Item = &'a [u8]>) {
        let number = self.number(told.id);
        let parents = told.parents.split(|byte| *byte == b' ');
        let parents: Vec<&[u8]> = parents.filter(|id| !id.is_empty()).collect();
        let parents = parents.into_iter().map(|id| self.number(id)).collect();
        self.steps[number] = Step {
            parents,
            author_time: told.author_time,
        };
        let oldest = self.oldest.get_or_insert(told.author_time);
        *oldest = (*oldest).min(told.author_time);
        if told.is_edge {
            self.edge = self.edge.max(Some(told.author_time));
            return;
        }
        let mut all = 0;
        let mut by_place: Vec<(usize, u64)> = Vec::new();
        for path in paths {
            if let Some(file) = self.scope.find(path) {
                self.changes[file].push(number);
            } else if let Some(place) = self.scope.owner(path) {
                all += 1;
                match by_place.iter_mut().find(|(known, _)| *known == place) {
                    Some((_, count)) => *count += 1,
                    None => by_place.push((place, 1)),
                }
            }
        }
        if all > 0 {
            self.touches[WHOLE].push((number, all));
        }
        for (place, count) in by_place {
            if place != WHOLE {
                self.touches[place].push((number, count));
            }
        }
    }

    /// The numbers of every file of the scope, in its order.
    pub fn finish(&self) -> Vec<Numbers> {
        let order = self.order();
        let files: Vec<usize> = (0..self.changes.len()).collect();
        let mut all = Vec::with_capacity(files.len());
        for chunk in files.chunks(64) {
            let known = self.known(chunk, &order);
            for (bit, file) in chunk.iter().enumerate() {
                let mut numbers = self.last_change(*file);
                for (commit, count) in &self.touches[self.scope.place_of(*file)] {
                    if known[*commit] >> bit & 1 == 0 {
                        numbers.commits += 1;
                        numbers.churn += count;
                    }
                }
                all.push(numbers);
            }
        }
        all
    }

    /// The commits that one file is behind, by their ids, in the order in which the walk was told them.
    pub fn behind(&self, file: usize) -> Vec<&[u8]> {
        let known = self.known(&[file], &self.order());
        let ids = self.ids();
        let touches = self.touches[self.scope.place_of(file)].iter();
        touches
            .filter(|(commit, _)| known[*commit] == 0)
            .map(|(commit, _)| ids[*commit])
            .collect()
    }

    /// The commits that changed a file, in the order in which the walk was told them.
    pub fn changes(&self, file: usize) -> Vec<&[u8]> {
        let ids = self.ids();
        let changes = self.changes[file].iter();
        changes.map(|commit| ids[*commit]).collect()
    }

    /// Whether a commit that was told changed a file.
    pub fn has_changed(&self, file: usize) -> bool {
        !self.changes[file].is_empty()
    }

    /// The ids by number.
    fn ids(&self) -> Vec<&[u8]> {
        let mut ids: Vec<&[u8]> = vec![&[]; self.steps.len()];
        for (id, number) in &self.numbers {
            ids[*number] = id;
        }
        ids
    }

    fn number(&mut self, id: &[u8]) -> usize {
        if let Some(number) = self.numbers.get(id) {
            return *number;
        }
        let number = self.steps.len();
        self.numbers.insert(id.to_owned(), number);
        self.steps.push(Step::default());
        number
    }

    /// When a file was last changed: the newest of its changes, else at the edge of what is here, or before.
    fn last_change(&self, file: usize) -> Numbers {
        let changes = self.changes[file].iter();
        let newest = changes.map(|commit| self.steps[*commit].author_time).max();
        Numbers {
            changed_at: newest.or(self.edge).or(self.oldest).unwrap_or_default(),
            is_whole: newest.is_some(),
            ..Numbers::default()
        }
    }

    /// By commit, a bit for each of at most 64 files: whether it is, or is behind, a change of the file.
    fn known(&self, files: &[usize], order: &[usize]) -> Vec<u64> {
        let mut known = vec![0_u64; self.steps.len()];
        for (bit, file) in files.iter().enumerate() {
            for commit in &self.changes[*file] {
                known[*commit] |= 1 << bit;
            }
        }
        for commit in order {
            for parent in &self.steps[*commit].parents {
                known[*parent] |= known[*commit];
            }
        }
        known
    }

    /// The commits, each before its parents.
    fn order(&self) -> Vec<usize> {
        let mut children = vec![0_usize; self.steps.len()];
        for parent in self.steps.iter().flat_map(|step| &step.parents) {
            children[*parent] += 1;
        }
        let mut ready: Vec<usize> = (0..self.steps.len())
            .filter(|commit| children[*commit] == 0)
            .collect();
        let mut order = Vec::with_capacity(self.steps.len());
        while let Some(commit) = ready.pop() {
            order.push(commit);
            for parent in &self.steps[commit].parents {
                children[*parent] -= 1;
                if children[*parent] == 0 {
                    ready.push(*parent);
                }
            }
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::super::scope::ContextFile;
    use super::*;
    use proptest::prelude::*;

    fn scope(paths: &[&str]) -> Scope {
        let files = paths
            .iter()
            .filter_map(|path| ContextFile::new(path.as_bytes()));
        Scope::new(files.collect(), Vec::new())
    }

    /// `id parents time: paths`, parents joined by `,`.
    fn numbers(scope: &mut Scope, history: &[(&str, &str, i64, &[&str])]) -> Vec<Numbers> {
        let mut walk = Walk::new(scope);
        for (id, parents, time, paths) in history {
            let told = Told {
                id: id.as_bytes(),
                parents: parents.as_bytes(),
                author_time: *time,
                is_edge: *parents == "edge",
            };
            walk.add(&told, paths.iter().map(|path| path.as_bytes()));
        }
        walk.finish()
    }

    fn of(changed_at: i64, commits: u64, churn: u64) -> Numbers {
        Numbers {
            changed_at,
            commits,
            churn,
            is_whole: true,
        }
    }

    #[test]
    fn work_since_the_last_change_counts() {
        let found = numbers(
            &mut scope(&["CLAUDE.md", "src/CLAUDE.md", ".session/architecture.md"]),
            &[
                ("5", "4", 50, &["src/a", "src/b", "top"]),
                ("4", "3", 40, &["src/CLAUDE.md", "src/a"]),
                ("3", "2", 30, &["src/a", "src/b"]),
                ("2", "1", 20, &["CLAUDE.md"]),
                (
                    "1",
                    "",
                    10,
                    &["src/a", "src/CLAUDE.md", ".session/architecture.md"],
                ),
            ],
        );
        // by path: `.session` first
        assert_eq!(found, [of(10, 3, 6), of(20, 1, 1), of(40, 1, 2)]);
    }

    #[test]
    fn work_of_a_branch_that_was_merged_later_counts_whatever_its_date() {
        let history: [(&str, &str, i64, &[&str]); 5] = [
            ("m", "doc side2", 50, &[]),
            ("doc", "root", 40, &["CLAUDE.md"]),
            ("side2", "side1", 30, &["a"]),
            ("side1", "root", 20, &["a"]),
            ("root", "", 10, &["a", "CLAUDE.md"]),
        ];
        assert_eq!(
            numbers(&mut scope(&["CLAUDE.md"]), &history),
            [of(40, 2, 2)]
        );
        let mut turned = history;
        turned.reverse();
        assert_eq!(numbers(&mut scope(&["CLAUDE.md"]), &turned), [of(40, 2, 2)]);
    }

    #[test]
    fn what_either_of_two_changes_knew_is_not_since() {
        let found = numbers(
            &mut scope(&["CLAUDE.md"]),
            &[
                ("m", "b2 a2", 60, &[]),
                ("b2", "b1", 50, &["CLAUDE.md"]),
                ("b1", "root", 40, &["x"]),
                ("a2", "a1", 30, &["y"]),
                ("a1", "root", 20, &["CLAUDE.md"]),
                ("root", "", 10, &["x"]),
            ],
        );
        assert_eq!(found, [of(50, 1, 1)]);
    }

    #[test]
    fn the_edge_of_a_shallow_clone_is_no_change() {
        let found = numbers(
            &mut scope(&["CLAUDE.md"]),
            &[
                ("2", "1", 20, &["a"]),
                ("1", "edge", 10, &["a", "CLAUDE.md"]),
            ],
        );
        let least = Numbers {
            is_whole: false,
            ..of(10, 1, 1)
        };
        assert_eq!(found, [least]);
    }

    proptest! {
        /// Against the definition, on random histories in random order.
        #[test]
        fn the_walk_agrees_with_reachability(
            history in prop::collection::vec(
                (prop::collection::vec(0_usize..12, 0..3), any::<bool>(), any::<bool>()), 1..12),
            turned: bool,
        ) {
            let parents: Vec<Vec<usize>> = history.iter().enumerate()
                .map(|(at, (parents, ..))| parents.iter().copied().filter(|p| *p < at).collect())
                .collect();
            let mut reach = vec![vec![false; history.len()]; history.len()];
            for at in 0..history.len() {
                reach[at][at] = true;
                for parent in &parents[at] {
                    let known = reach[*parent].clone();
                    for (mine, theirs) in reach[at].iter_mut().zip(known) {
                        *mine |= theirs;
                    }
                }
            }
            let expected = (0..history.len()).filter(|at| {
                let (_, works, _) = history[*at];
                works && !(0..history.len()).any(|doc| history[doc].2 && reach[doc][*at])
            }).count() as u64;
            let mut scope = scope(&["CLAUDE.md"]);
            let mut walk = Walk::new(&mut scope);
            let mut order: Vec<usize> = (0..history.len()).collect();
            if turned { order.reverse(); }
            for at in order {
                let (_, works, doc) = history[at];
                let mut paths: Vec<&[u8]> = Vec::new();
                if works { paths.push(b"a"); }
                if doc { paths.push(b"CLAUDE.md"); }
                let id = at.to_string();
                let parents: Vec<String> = parents[at].iter().map(ToString::to_string).collect();
                let parents = parents.join(" ");
                walk.add(&Told { id: id.as_bytes(), parents: parents.as_bytes(), author_time: 1, is_edge: false }, paths);
            }
            prop_assert_eq!(walk.finish()[0].commits, expected);
        }
    }
}

//! The operations, and what is left after each. Every one begins on `feature`, whose four recorded commits are
//! tagged `one` to `four`; each line is run by `sh`.

use super::{COMMITS, Left};

/// One operation.
pub(super) struct Row {
    /// As people type it.
    pub(super) name: &'static str,
    /// The whole of it.
    pub(super) line: &'static str,
    /// The first version of git that knows it.
    pub(super) since: Option<(u32, u32)>,
    /// Where the result is, when HEAD does not lead to it.
    pub(super) end: Option<&'static str>,
    /// What is left.
    pub(super) left: Left,
    /// Why it is not everything.
    pub(super) note: &'static str,
}

/// Operations of one kind.
pub(super) struct Group {
    /// The heading.
    pub(super) title: &'static str,
    /// Its rows.
    pub(super) rows: &'static [Row],
}

/// A row after which everything is left and nothing new was made.
const fn row(name: &'static str, line: &'static str) -> Row {
    Row {
        name,
        line,
        since: None,
        end: None,
        left: Left {
            made: 0,
            parsed: COMMITS,
            written: COMMITS,
            at_once: COMMITS,
            later: COMMITS,
        },
        note: "",
    }
}

impl Row {
    /// So many new commits carry lines of their own.
    const fn made(mut self, made: usize) -> Self {
        self.left.made = made;
        self
    }

    /// Of so many commits everything is left.
    const fn all(mut self, count: usize) -> Self {
        self.left = Left {
            made: self.left.made,
            parsed: count,
            written: count,
            at_once: count,
            later: count,
        };
        self
    }

    /// Of so many commits git finds the lines, and of so many they stand in a message.
    const fn trailers(mut self, parsed: usize, written: usize) -> Self {
        self.left.parsed = parsed;
        self.left.written = written;
        self
    }

    /// Of so many commits the records are there at once, and of so many after the next command.
    const fn records(mut self, at_once: usize, later: usize) -> Self {
        self.left.at_once = at_once;
        self.left.later = later;
        self
    }

    const fn since(mut self, major: u32, minor: u32) -> Self {
        self.since = Some((major, minor));
        self
    }

    const fn at(mut self, revision: &'static str) -> Self {
        self.end = Some(revision);
        self
    }

    const fn note(mut self, note: &'static str) -> Self {
        self.note = note;
        self
    }
}

/// A line with something staged before it.
macro_rules! staged {
    ($line:literal) => {
        concat!("echo more >>work && git add work && ", $line)
    };
}

/// An interactive rebase of the four commits after the todo list was edited.
macro_rules! todo {
    ($edit:literal) => {
        concat!(
            "GIT_SEQUENCE_EDITOR='sed -i ",
            $edit,
            "' git rebase -q -i base"
        )
    };
    ($edit:literal, $rest:literal) => {
        concat!(
            "GIT_SEQUENCE_EDITOR='sed -i ",
            $edit,
            "' git rebase -q -i base; ",
            $rest
        )
    };
}

pub(super) const GROUPS: &[Group] = &[
    COMMIT,
    AMEND,
    MERGE,
    PICK,
    REBASE,
    INTERACTIVE,
    MAIL,
    ELSEWHERE,
    WITHOUT_HOOKS,
];

pub(super) const COMMIT: Group = Group {
    title: "New commits",
    rows: &[
        row("`commit -m`", staged!("git commit -q -m New")).made(1),
        row("`commit -m -s --trailer`", staged!("git commit -q -m New -s --trailer 'Fixes: #1'")).made(1).since(2, 32),
        row("`commit -F`", staged!("echo New >../message && git commit -q -F ../message")).made(1),
        row("`commit`, editor", staged!("git commit -q")).made(1),
        row("`commit -v`", staged!("git commit -q -v")).made(1),
        row("`commit -v --cleanup=scissors`", staged!("git commit -q -v --cleanup=scissors")).made(1),
        row("`commit --cleanup=verbatim`", staged!("git commit -q --cleanup=verbatim")).made(1),
        row("`commit -t`", staged!("printf 'Why:\\n' >../template && git commit -q -t ../template")).made(1),
        row("`commit -a`", "echo more >>four.txt && git commit -q -a -m New").made(1),
        row("`commit <path>`", staged!("git commit -q -m New work")).made(1),
        row("`commit -i <path>`", staged!("git commit -q -i -m New work")).made(1),
        row("`commit -C`", staged!("git commit -q -C side")).made(1),
        row("`commit -c`", staged!("git commit -q -c side")).made(1),
        row("`commit --allow-empty`", "git commit -q --allow-empty -m New").made(1),
        row("`commit --no-verify -m`", staged!("git commit -q --no-verify -m New")).made(1),
        row("`commit --no-verify`, editor", staged!("git commit -q --no-verify"))
            .note("the trailers come with `commit-msg`, which was refused; the commit is recorded"),
        row("`commit --fixup`, `--squash`", staged!("git commit -q --fixup HEAD && echo again >>work && git commit -q -a --squash HEAD~ -m also"))
            .note("left alone: they go into another commit; they are recorded"),
        row("`apply --index; commit`", staged!("git diff --cached >../patch && git reset -q --hard && git apply --index ../patch && git commit -q -m New")).made(1),
        row("`stash; stash pop; commit`", staged!("git stash -q && git stash pop -q --index && git commit -q -m New")).made(1),
        row("`stash branch`", "echo more >>one.txt && git stash -q && git stash branch stashed >/dev/null && git commit -q -a -m New")
            .note("another branch, without a session: a plain commit"),
        row("`commit` in a linked work tree", "git switch -q main && git worktree add -q \"$PWD-linked\" feature && cd \"$PWD-linked\" && echo more >work && git add work && git commit -q -m New")
            .made(1).at("feature"),
        row("`commit` in a sparse checkout", "git sparse-checkout set --cone docs && mkdir -p docs && echo more >docs/work && git add docs && git commit -q -m New").made(1),
        row("`commit` on a detached HEAD", "git switch -q --detach && echo more >work && git add work && git commit -q -m New")
            .note("no branch, no session: a plain commit"),
    ],
};

pub(super) const AMEND: Group = Group {
    title: "Amending",
    rows: &[
        row("`commit --amend`", staged!("git commit -q --amend")),
        row("`commit --amend --no-edit`", staged!("git commit -q --amend --no-edit")),
        row("`commit --amend -m`", staged!("git commit -q --amend -m Other")),
        row("`commit --amend --no-verify -m`", staged!("git commit -q --amend --no-verify -m Other")),
        row("`commit --amend -C`", staged!("git commit -q --amend -C side")),
        row("`commit --amend --reset-author`", staged!("git commit -q --amend --reset-author --no-edit")),
        row("`commit --amend`, twice", staged!("git commit -q --amend -m Other && git commit -q --amend -m Again")),
        row("`commit --amend` of a merge", "git merge -q --no-edit side && git commit -q --amend --no-edit"),
        row("`reset --soft; commit -C ORIG_HEAD`", "git reset -q --soft HEAD~ && git commit -q -C ORIG_HEAD").records(3, 4),
        row("`reset --soft HEAD~3; commit -m`", "git reset -q --soft HEAD~3 && git commit -q -m 'All in one'")
            .made(1).trailers(1, 1).records(1, 4)
            .note("a new commit with lines of its own; those of the commits that it replaces are gone with them. Followed when its tree is theirs"),
        row("`reset --soft HEAD~3`, more changes, `commit`", staged!("git reset -q --soft HEAD~3 && git commit -q -m 'All and more'"))
            .made(1).all(1)
            .note("another tree: git does not tell it from new work"),
        row("`reset --hard HEAD~2`", "git reset -q --hard HEAD~2").all(2)
            .note("two commits are gone, with what they said; the log of the session keeps it"),
        row("`reset --hard HEAD~2; reset --hard ORIG_HEAD`", "git reset -q --hard HEAD~2 && git reset -q --hard ORIG_HEAD"),
    ],
};

pub(super) const MERGE: Group = Group {
    title: "Merging",
    rows: &[
        row("`merge`", "git merge -q --no-edit upstream"),
        row("`merge -e`", "git merge -q -e upstream"),
        row("`merge -m --signoff --log`", "git merge -q -m Take --signoff --log upstream"),
        row("`merge --no-commit; commit`", "git merge -q --no-commit upstream && git commit -q --no-edit"),
        row("`merge` that conflicts, `commit`", "git merge -q clash; git add . && git commit -q --no-edit"),
        row("`merge` that conflicts, `--continue`", "git merge -q clash; git add . && git merge --continue"),
        row("`merge` that conflicts, `--abort`", "git merge -q clash; git merge --abort"),
        row("`merge`, octopus", "git merge -q --no-edit upstream side"),
        row("`merge --autostash`", "echo more >>one.txt && git merge -q --no-edit --autostash upstream").since(2, 27),
        row("`merge --ff-only` of the session", "git switch -q main && git merge -q --ff-only feature"),
        row("`merge --no-ff` of the session", "git switch -q main && git merge -q --no-ff --no-edit feature"),
        row("`merge --squash` of the session; `commit`", "git switch -q main && git merge -q --squash feature && git commit -q --no-edit")
            .trailers(0, 4).records(0, 4)
            .note("git quotes the messages, indented: no trailers for git, readable for `git session show`"),
        row("`merge --squash` of the session; `commit -m`", "git switch -q main && git merge -q --squash feature && git commit -q -m Squashed")
            .all(0).records(0, 4)
            .note("`main` has no session: a plain commit, linked to the records"),
        row("`merge --squash` into a session; `commit`", "git switch -q main && git session start release && git merge -q --squash feature && git commit -q --no-edit")
            .trailers(4, 4).records(0, 4),
        row("`merge --squash` into a session; `commit -m`", "git switch -q main && git session start release && git merge -q --squash feature && git commit -q -m Squashed")
            .trailers(4, 4).records(0, 4),
        row("`merge --squash` that conflicts, into a session; `commit`", "git switch -q clash && git session start release && git merge -q --squash feature; git add . && git commit -q --no-edit")
            .trailers(4, 4).records(0, 4),
        row("`pull` (merge)", "git pull -q --no-rebase --no-edit . upstream"),
        row("`pull` (fast-forward)", "git switch -q side && git reset -q --hard base && git pull -q --ff-only . feature"),
        row("`pull --squash` into a session; `commit -m`", "git switch -q main && git session start release && git pull -q --squash . feature && git commit -q -m Squashed")
            .trailers(4, 4).records(0, 4),
        row("squash merge on a host, bodies joined", "git switch -q main && body=$(git log --reverse --format='* %s%n%n%b' base..feature) && hosted=$(printf 'Work (#1)\\n\\n%s\\n' \"$body\" | git commit-tree feature^{tree} -p main) && git merge -q --ff-only $hosted")
            .trailers(1, 4).records(0, 4)
            .note("git reads the last block alone; the others stand in the message"),
        row("the same, with co-authors below a rule", "git switch -q main && body=$(git log --reverse --format='* %s%n%n%b' base..feature) && hosted=$(printf 'Work (#1)\\n\\n%s\\n\\n---------\\n\\nCo-authored-by: Bob <bob@example.org>\\n' \"$body\" | git commit-tree feature^{tree} -p main) && git merge -q --ff-only $hosted")
            .trailers(0, 4).records(0, 4)
            .note("as above"),
    ],
};

pub(super) const PICK: Group = Group {
    title: "Picking and reverting",
    rows: &[
        row("`cherry-pick` of others' work", "git cherry-pick upstream~..upstream"),
        row("`cherry-pick -x -s`", "git cherry-pick -x -s upstream"),
        row("`cherry-pick -e`", "git cherry-pick -e upstream"),
        row("`cherry-pick -n; commit -m`", "git cherry-pick -n upstream && git commit -q -m New").made(1),
        row("`cherry-pick -n; commit`", "git cherry-pick -n upstream && git commit -q")
            .note("the message is the picked one: left alone, recorded"),
        row("`cherry-pick` that conflicts, `--continue`", "git cherry-pick clash; git add . && git cherry-pick --continue"),
        row("`cherry-pick` that conflicts, `commit -m`", "git cherry-pick clash; git add . && git commit -q -m Mine"),
        row("`cherry-pick` of several that conflicts, `--continue`", "git cherry-pick clash upstream; git add . && git cherry-pick --continue"),
        row("`cherry-pick` that conflicts, `--abort`", "git cherry-pick clash; git cherry-pick --abort"),
        row("`cherry-pick --skip`", "git cherry-pick clash upstream; git cherry-pick --skip"),
        row("`cherry-pick` of the session's commits", "git switch -q side && git cherry-pick base..feature").records(0, 4),
        row("`cherry-pick -x -s` of the session's commits", "git switch -q side && git cherry-pick -x -s base..feature").records(0, 4),
        row("`cherry-pick --ff`", "git switch -q main && git cherry-pick --ff main..feature"),
        row("`revert`", "git revert --no-edit HEAD"),
        row("`revert -e`", "git revert -e HEAD"),
        row("`revert` of several", "git revert --no-edit HEAD~2.."),
        row("`revert -n; commit`", "git revert -n HEAD && git commit -q --no-edit"),
        row("`revert` that conflicts, `--continue`", "echo more >>one.txt && git commit -q -a -m New && git revert --no-edit one; git rm -q one.txt; git revert --continue").made(1),
    ],
};

pub(super) const REBASE: Group = Group {
    title: "Rebasing",
    rows: &[
        row("`rebase`", "git rebase -q upstream"),
        row("`rebase`, nothing to do", "git rebase -q base"),
        row("`rebase`, fast-forward", "git switch -q side && git reset -q --hard base && git rebase -q feature"),
        row("`rebase --apply`", "git rebase -q --apply upstream").since(2, 26),
        row("`rebase --no-ff`", "git rebase -q --no-ff base"),
        row("`rebase <upstream> <branch>`", "git switch -q main && git rebase -q upstream feature"),
        row("`rebase --onto`", "git rebase -q --onto upstream two").all(2)
            .note("two commits were left behind"),
        row("`rebase --root -f`", "git rebase -q --root -f"),
        row("`rebase --root --onto`", "git rebase -q --root --onto side"),
        row("`rebase --signoff`", "git rebase -q --signoff upstream"),
        row("`rebase --autostash`", "echo more >>one.txt && git rebase -q --autostash upstream"),
        row("`rebase --update-refs`", "git branch middle two && git rebase -q --update-refs upstream").since(2, 38),
        row("`rebase --rebase-merges`", "git merge -q --no-ff --no-edit side && git rebase -q --rebase-merges upstream"),
        row("`rebase --exec true`", "git rebase -q --exec true upstream"),
        row("`rebase --exec 'commit --amend'`", "git rebase -q --exec 'git commit -q --amend --no-edit' upstream"),
        row("`rebase` that conflicts, `--continue`", "git rebase -q clash; git add . && git rebase --continue"),
        row("`rebase` that conflicts, `commit`", "git rebase -q clash; git add . && git commit -q --no-edit && git rebase --continue"),
        row("`rebase --apply` that conflicts, `--continue`", "git rebase -q --apply clash; git add . && git rebase --continue").since(2, 26),
        row("`rebase` that conflicts, `--abort`", "git rebase -q clash; git rebase --abort"),
        row("`rebase --skip`, in the middle", "git rebase -q clash; git rebase --skip").all(3)
            .note("one commit was skipped, its record stays with it"),
        row("`rebase --skip`, first", "git switch -q side && git reset -q --hard base && echo x >one.txt && git add one.txt && GIT_SESSION=0 git commit -q -m Clash && git switch -q feature && git rebase -q side; git rebase --skip").all(3)
            .note("as above"),
        row("`rebase --skip`, last", "git switch -q side && git reset -q --hard base && echo x >four.txt && git add four.txt && GIT_SESSION=0 git commit -q -m Clash && git switch -q feature && git rebase -q side; git rebase --skip").all(3)
            .note("as above"),
        row("`rebase` that drops what upstream has, first", "git switch -q side && git cherry-pick one && git commit -q --amend -m Upstreamed && git switch -q feature && git rebase -q side").all(3)
            .note("one commit was dropped, its record stays with it"),
        row("`rebase` that drops what upstream has, in the middle", "git switch -q side && git cherry-pick two && git commit -q --amend -m Upstreamed && git switch -q feature && git rebase -q side").all(3)
            .note("as above"),
        row("`rebase` that drops what upstream has, last", "git switch -q side && git cherry-pick four && git commit -q --amend -m Upstreamed && git switch -q feature && git rebase -q side").all(3)
            .note("as above"),
        row("`rebase` in a linked work tree", "git switch -q main && git worktree add -q \"$PWD-linked\" feature && cd \"$PWD-linked\" && git rebase -q upstream").at("feature"),
        row("`pull --rebase`", "git pull -q --rebase . upstream"),
    ],
};

pub(super) const INTERACTIVE: Group = Group {
    title: "Interactive rebasing",
    rows: &[
        row("`reword`", todo!("1,2s/^pick/reword/")),
        row("`squash`", todo!("2s/^pick/squash/")).trailers(3, 4)
            .note("git joins the messages: the block of the last one parses; the record has both"),
        row("`squash` of all", todo!("2,4s/^pick/squash/")).trailers(1, 4).note("as above"),
        row("`fixup`", todo!("2s/^pick/fixup/")).trailers(3, 3)
            .note("the message of the second is dropped; the record has both"),
        row("`fixup -C`", todo!("\"2s/^pick/fixup -C/\"")).trailers(3, 3).since(2, 32)
            .note("the message of the first is dropped; the record has both"),
        row("`fixup -c`", todo!("\"2s/^pick/fixup -c/\"")).trailers(3, 3).since(2, 32)
            .note("as above"),
        row("reorder", todo!("\"1{h;d};2G\"")),
        row("`exec git commit`", todo!("\"2a exec echo more >work \\&\\& git add work \\&\\& git commit -q -m New\"")).made(1).since(2, 39)
            .note("older gits let it look like a picked one: recorded by the next command"),
        row("`drop`", todo!("2d")).all(3).note("its record stays with it"),
        row("`break`", todo!("\"2a break\"", "git rebase --continue")),
        row("`edit`, `commit --amend`", todo!("2s/^pick/edit/", "git commit -q --amend --no-edit && git rebase --continue")),
        row("`edit`, staged changes", todo!("2s/^pick/edit/", "echo more >>two.txt && git add . && git rebase --continue")),
        row("`edit`, a new commit", todo!("2s/^pick/edit/", "echo more >work && git add . && git commit -q -m New && git rebase --continue")).made(1),
        row("`edit`, split in two", todo!("2s/^pick/edit/", "git reset -q HEAD~ && git add two.txt && git commit -q -m Half && echo more >work && git add . && git commit -q -m 'Other half' && git rebase --continue"))
            .made(2).trailers(3, 3).records(4, 4)
            .note("two new commits with lines of their own; the record goes to the second, as git reports it"),
        row("`--autosquash`, `fixup!`", "echo more >>two.txt && git commit -q -a --fixup two && GIT_SEQUENCE_EDITOR=: git rebase -q -i --autosquash base"),
        row("`--autosquash`, `squash!`", "echo more >>two.txt && git commit -q -a --squash two -m also && GIT_SEQUENCE_EDITOR=: git rebase -q -i --autosquash base")
.trailers(3, 4).note("as `squash`"),
        row("`--autosquash`, `amend!`", "echo more >>two.txt && git commit -q -a --fixup=amend:two && GIT_SEQUENCE_EDITOR=: git rebase -q -i --autosquash base").since(2, 32),
    ],
};

pub(super) const MAIL: Group = Group {
    title: "Mail",
    rows: &[
        row("`am` of others' work", "git format-patch -q --stdout base..upstream >../mail && git am -q <../mail"),
        row("`am` of the session's commits", "git format-patch -q --stdout base..feature >mail && git switch -q side && git am -q mail").records(0, 4),
        row("`am -3 -s`", "git format-patch -q --stdout base..feature >mail && git switch -q side && git am -q -3 -s mail").records(0, 4),
        row("`am` that conflicts, `--continue`", "git format-patch -q --stdout base..clash >mail; git am -q -3 mail; git add two.txt && git am --continue"),
    ],
};

pub(super) const ELSEWHERE: Group = Group {
    title: "Operations that tell no hook",
    rows: &[
        row("`filter-branch`", "FILTER_BRANCH_SQUELCH_WARNING=1 git filter-branch --msg-filter 'sed 1s/^/x:/' base.. >/dev/null").records(0, 4),
        row("`filter-branch --tree-filter`", "FILTER_BRANCH_SQUELCH_WARNING=1 git filter-branch --tree-filter 'echo x >all' base.. >/dev/null").records(0, 4),
        row("`fast-export | fast-import`", "git fast-export --reference-excluded-parents base..feature | sed 's/^\\(committer .*\\) [0-9]* +0000$/\\1 1700000000 +0000/' | git fast-import --force --quiet && git reset -q --hard").records(0, 4),
        row("`replay --onto`", "git replay --ref-action=print --onto upstream base..feature | git update-ref --stdin && git reset -q --hard").records(0, 4).since(2, 54),
        row("`history reword`", "git history reword two").records(1, 4).since(2, 54),
        row("`history drop`", "git history drop two").trailers(3, 3).records(1, 3).since(2, 55).note("its record stays with it"),
        row("`history fixup`", "echo more >>two.txt && git add two.txt && git history fixup two").records(1, 4).since(2, 55),
        row("`reset --hard` to an edited copy", "new=$(git cat-file commit HEAD | sed 's/^Do /Do not /' | git hash-object -t commit -w --stdin) && git reset -q --hard $new").records(3, 4),
    ],
};

pub(super) const WITHOUT_HOOKS: Group = Group {
    title: "The same without hooks, as graphical clients do it",
    rows: &[
        row("`commit --amend`", staged!("git -c core.hooksPath=/dev/null commit -q --amend -m Other")).trailers(3, 3).records(3, 4),
        row("`rebase`", "git -c core.hooksPath=/dev/null rebase -q upstream").records(0, 4),
        row("`rebase -i`, `fixup`", "GIT_SEQUENCE_EDITOR='sed -i 2s/^pick/fixup/' git -c core.hooksPath=/dev/null rebase -q -i base").trailers(3, 3).records(0, 4),
        row("`reset --soft HEAD~2; commit`", "git reset -q --soft HEAD~2 && git -c core.hooksPath=/dev/null commit -q -m 'Both in one'").trailers(2, 2).records(2, 4),
    ],
};

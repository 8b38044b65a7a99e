//! What `prepare-commit-msg` does with a message: which commits are the user's own new ones and which
//! only pass through. Validated over every way in which git 2.39 to 2.56 calls the hook.

/// The second argument of the hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// None: the editor starts empty.
    Editor,
    /// `-m`, `-F`, `--fixup`, and everything that the sequencer replays.
    Message,
    /// `-t` or `commit.template`.
    Template,
    /// A merge, or what remains in `MERGE_MSG`.
    Merge,
    /// `git merge --squash`.
    Squash,
    /// `-c`, `-C`, `--amend`; with the revision as typed.
    Commit(String),
}

/// What stands in the git directory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a file that is there or not"
)]
pub struct Marks {
    /// `rebase-merge/`
    pub rebase_merge: bool,
    /// `rebase-apply/`
    pub rebase_apply: bool,
    /// `sequencer/`
    pub sequencer: bool,
    /// `CHERRY_PICK_HEAD`
    pub cherry_pick: bool,
    /// `REVERT_HEAD`
    pub revert: bool,
    /// `MERGE_HEAD`
    pub merge: bool,
    /// `MERGE_MSG`
    pub merge_message: bool,
    /// `SQUASH_MSG`
    pub squash_message: bool,
}

impl Marks {
    /// Whether git is replaying commits, so that a commit made now is not a new one.
    pub const fn replaying(self) -> bool {
        self.rebase_merge || self.rebase_apply || self.sequencer || self.cherry_pick || self.revert
    }
}

/// Everything that the decision rests on.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a separate fact about the call"
)]
pub struct Call<'a> {
    /// The second argument.
    pub source: Source,
    /// State files.
    pub marks: Marks,
    /// `GIT_AUTHOR_DATE` is set: the process is `git commit`.
    pub author_date: bool,
    /// `GIT_REFLOG_ACTION`, set while git replays or merges.
    pub reflog_action: Option<&'a str>,
    /// An editor will be opened (`GIT_EDITOR` is not `:`).
    pub editor: bool,
    /// The message has content besides comments, sign-offs and our own lines.
    pub content: bool,
    /// The title of the message.
    pub subject: &'a [u8],
    /// Our own lines stand in it, anywhere.
    pub run: bool,
    /// The commit replaces HEAD.
    pub amend: bool,
    /// The message is what git left in `MERGE_MSG`: `revert --no-edit`, also when the user exports
    /// `GIT_AUTHOR_DATE` and so hides the sign of an in-process commit.
    pub echo: bool,
}

/// What to do with the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    Leave,
    /// Add our lines now.
    Enrich,
    /// Add them in `commit-msg`, after the person has written.
    EnrichLater,
    /// Replace our lines, if they are this session's.
    Refresh,
    /// Gather the lines of the quoted commits.
    Consolidate,
}

/// How subjects begin that `rebase --autosquash` will fold into another commit.
pub const AUTOSQUASH: [&[u8]; 3] = [b"fixup! ", b"squash! ", b"amend! "];

/// The decision.
pub fn decide(call: &Call<'_>) -> Action {
    let marks = call.marks;
    let from_commit = matches!(call.source, Source::Commit(_));
    let rebasing = call
        .reflog_action
        .is_some_and(|action| action.starts_with("rebase"));
    let autosquash = AUTOSQUASH
        .iter()
        .any(|prefix| call.subject.starts_with(prefix));
    if marks.rebase_apply {
        return Action::Leave;
    }
    if marks.rebase_merge {
        let replayed = marks.cherry_pick
            || marks.merge_message
            || marks.squash_message
            || rebasing
            || !call.author_date;
        let own = !replayed && !from_commit && !call.amend && !call.run && !autosquash;
        return if own { new_commit(call) } else { Action::Leave };
    }
    if marks.replaying() || marks.merge || !call.author_date || call.reflog_action.is_some() {
        return Action::Leave;
    }
    match call.source {
        Source::Message if call.echo => return Action::Leave,
        Source::Merge => return Action::Leave,
        Source::Squash => return Action::Consolidate,
        _ => {}
    }
    if autosquash {
        return Action::Leave;
    }
    let quotes_head = matches!(&call.source, Source::Commit(revision) if revision == "HEAD");
    if quotes_head && (call.amend || call.run) || call.amend && call.run {
        return Action::Refresh;
    }
    new_commit(call)
}

/// A commit of the user's own.
fn new_commit(call: &Call<'_>) -> Action {
    let template = call.source == Source::Template;
    if call.editor && (!call.content || template) {
        Action::EnrichLater
    } else if !call.content || call.run {
        Action::Leave
    } else {
        Action::Enrich
    }
}

#[cfg(test)]
mod tests;

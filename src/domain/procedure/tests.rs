//! Every call of `prepare-commit-msg` of the matrix in `git-facts.md` 1.7, as git 2.47 makes it, and what is
//! to be done with it.

use super::*;

/// A row: command; source; what is the case at the call; action.
///
/// Source: `-` none, `message`, `template`, `merge`, `squash`, `commit <revision>`. The case: `ed` an editor,
/// `empty` nothing typed yet, `run` own lines stand there, `amend` HEAD is replaced, `echo` the message is
/// `MERGE_MSG`, `inproc` no `GIT_AUTHOR_DATE`, `action=` `GIT_REFLOG_ACTION`, `fixup!` … the subject, and
/// the state files.
const ROWS: &str = "
commit -m; message; ; enrich
commit -m -m -s; message; ; enrich
commit -m --trailer; message; ; enrich
commit -F file; message; ; enrich
commit -F - (stdin); message; ; enrich
commit -F own lines; message; run; leave
commit -t (template); template; ed; later
commit -t (empty template); template; ed empty; later
commit -t without editor; template; ; enrich
commit.template config; template; ed; later
commit (editor); -; ed empty; later
commit -v (editor); -; ed empty; later
commit -v -v --cleanup=scissors; -; ed empty; later
commit --cleanup=scissors (no -v); -; ed empty; later
commit --cleanup=whitespace; -; ed empty; later
commit --cleanup=verbatim; -; ed empty; later
commit (editor), another hook wrote; -; ed; enrich
commit -m -e; message; ed; enrich
commit -m '' -e; message; ed empty; later
commit --no-status; -; ed empty; later
commit -a -m; message; ; enrich
commit -m path (partial); message; ; enrich
commit -i -m path; message; ; enrich
commit from subdir; message; ; enrich
git -C R commit; message; ; enrich
git --git-dir --work-tree commit; message; ; enrich
commit --amend (editor); commit HEAD; ed run amend; refresh
commit --amend --no-edit; commit HEAD; run amend; refresh
commit --amend --no-edit, no lines; commit HEAD; amend; refresh
commit --amend -m; message; amend; enrich
commit --amend -F with lines; message; run amend; refresh
commit --amend --reset-author --no-edit; commit HEAD; run; refresh
commit --amend -C; commit topic; amend; enrich
commit --amend -C with lines; commit topic; run amend; refresh
commit --amend -t; template; ed amend; later
commit -C; commit topic; ; enrich
commit -C with lines; commit topic; run; leave
commit -C HEAD; commit HEAD; run; refresh
commit -c; commit topic; ed; enrich
commit --fixup; message; fixup!; leave
commit --fixup -m; message; fixup!; leave
commit --fixup=amend:; message; ed amend!; leave
commit --fixup=reword:; message; ed amend!; leave
commit --squash; message; ed squash!; leave
commit --squash -m; message; squash!; leave
commit --amend of a fixup; commit HEAD; amend run fixup!; leave
commit --no-verify -m; message; ; enrich
commit --allow-empty -m; message; ; enrich
commit empty message; message; empty; leave
initial commit; message; ; enrich
commit (detached); message; ; enrich
commit with GIT_EDITOR=true; message; ed; enrich
merge no-ff --no-edit; merge; merge_head merge_msg inproc action=merge·topic; leave
merge true, no tty; merge; merge_head merge_msg inproc action=merge·topic; leave
merge -e; merge; ed merge_head merge_msg inproc action=merge·topic; leave
merge -m; merge; merge_head merge_msg inproc action=merge·topic; leave
merge --log -s; merge; merge_head merge_msg inproc action=merge·topic; leave
merge --no-commit, commit --no-edit; merge; merge_head merge_msg; leave
merge conflict, commit --no-edit; merge; merge_head merge_msg; leave
merge conflict, commit (editor); merge; ed merge_head merge_msg; leave
merge conflict, commit -m; message; merge_head merge_msg; leave
merge conflict, merge --continue; merge; ed merge_head merge_msg; leave
merge --squash, commit --no-edit; squash; squash_msg; consolidate
merge --squash, commit --no-edit, lines; squash; squash_msg run; consolidate
merge --squash, commit (editor); squash; ed squash_msg; consolidate
merge --squash, commit -m; message; squash_msg; enrich
merge --squash conflict, commit; squash; ed merge_msg squash_msg; consolidate
merge octopus, commit before; message; ; enrich
merge octopus; merge; merge_head merge_msg inproc action=merge·o1·topic; leave
merge --autostash; merge; merge_head merge_msg inproc action=merge·topic; leave
commit --amend of a merge; commit HEAD; amend; refresh
cherry-pick; message; merge_msg cherry_pick inproc; leave
cherry-pick -x; message; merge_msg cherry_pick inproc; leave
cherry-pick -e; merge; ed merge_msg cherry_pick action=cherry-pick; leave
cherry-pick -s; message; merge_msg cherry_pick inproc; leave
cherry-pick -n, commit -m; message; merge_msg; enrich
cherry-pick -n, commit (editor); merge; ed merge_msg; leave
cherry-pick range; message; merge_msg cherry_pick sequencer inproc; leave
cherry-pick conflict, --continue; merge; merge_msg cherry_pick; leave
cherry-pick conflict, commit --no-edit; merge; merge_msg cherry_pick; leave
cherry-pick conflict, commit -m; message; merge_msg cherry_pick; leave
cherry-pick range conflict, --continue; merge; merge_msg cherry_pick sequencer; leave
cherry-pick range, the next; message; merge_msg cherry_pick sequencer inproc; leave
revert --no-edit; message; merge_msg inproc echo; leave
revert --no-edit, GIT_AUTHOR_DATE exported; message; merge_msg echo; leave
revert -e; merge; ed merge_msg action=revert; leave
revert -n, commit; merge; ed merge_msg revert; leave
revert range; message; merge_msg sequencer inproc; leave
revert conflict, the commit before; message; ; enrich
revert conflict, --continue; merge; merge_msg revert; leave
rebase (merge backend); message; merge_msg cherry_pick rebase_merge inproc; leave
rebase --no-ff; message; merge_msg cherry_pick rebase_merge inproc; leave
rebase -i reword; commit HEAD; ed rebase_merge run amend action=rebase·(reword); leave
rebase -i reword first (ff); commit HEAD; ed rebase_merge action=rebase·(reword); leave
rebase -i squash; message; ed merge_msg squash_msg rebase_merge action=rebase·(squash); leave
rebase -i fixup; message; merge_msg rebase_merge inproc; leave
rebase -i fixup -C; message; merge_msg rebase_merge inproc; leave
rebase -i fixup -c; message; ed merge_msg squash_msg rebase_merge action=rebase·(fixup); leave
rebase -i 2 x squash, in between; message; merge_msg rebase_merge inproc; leave
rebase -i edit, amend; commit HEAD; rebase_merge run amend; leave
rebase -i edit, amend -m; message; rebase_merge amend; leave
rebase -i edit, new commit; message; rebase_merge; enrich
rebase -i edit, new commit (editor); -; ed empty rebase_merge; later
rebase -i edit, new commit with lines; message; rebase_merge run; leave
rebase -i edit, commit --fixup; message; rebase_merge fixup!; leave
rebase -i edit, add, continue; message; ed rebase_merge action=rebase·(continue); leave
rebase -i edit, commit --no-edit of nothing; message; rebase_merge empty; leave
rebase -i drop, reorder, break; message; merge_msg cherry_pick rebase_merge inproc; leave
rebase --exec 'git commit --amend'; commit HEAD; rebase_merge amend run; leave
rebase conflict, --continue; message; ed merge_msg rebase_merge action=rebase·(continue); leave
rebase conflict, commit; merge; merge_msg rebase_merge; leave
rebase conflict, commit -m; message; merge_msg rebase_merge; leave
rebase --apply stop, commit; message; rebase_apply; leave
am stop, commit (editor); -; ed empty rebase_apply; leave
rebase --autosquash (fixup!); message; merge_msg rebase_merge inproc; leave
rebase --autosquash (squash!); message; ed merge_msg squash_msg rebase_merge action=rebase·(squash); leave
rebase --autosquash (amend!); message; merge_msg rebase_merge inproc; leave
rebase --root -f; message; merge_msg cherry_pick rebase_merge inproc; leave
rebase --rebase-merges, the merge; message; merge_head merge_msg rebase_merge inproc action=rebase·(reset):·'branch-point'; leave
rebase --signoff; message; merge_msg cherry_pick rebase_merge inproc; leave
rebase --autostash; message; merge_msg cherry_pick rebase_merge inproc; leave
apply --index, commit -m; message; ; enrich
pull --no-rebase (true merge); merge; merge_head merge_msg inproc action=pull·-q·--no-rebase; leave
pull --rebase; message; merge_msg cherry_pick rebase_merge inproc action=pull·-q·--rebase; leave
commit in linked worktree; message; ; enrich
rebase in linked worktree; message; merge_msg cherry_pick rebase_merge inproc; leave
commit in submodule; message; ; enrich
commit -m in superproject; message; ; enrich
commit in sparse index; message; ; enrich
commit in partial clone; message; ; enrich
commit.gpgsign / i18n; message; ; enrich
commit -m within bisect; message; ; enrich
commit with GIT_REFLOG_ACTION exported; message; action=script; leave
";

fn source(text: &str) -> Source {
    match text.split_once(' ') {
        Some(("commit", revision)) => Source::Commit(revision.to_owned()),
        _ => match text {
            "-" => Source::Editor,
            "message" => Source::Message,
            "template" => Source::Template,
            "merge" => Source::Merge,
            "squash" => Source::Squash,
            other => panic!("no source: {other}"),
        },
    }
}

fn action(text: &str) -> Action {
    match text {
        "leave" => Action::Leave,
        "enrich" => Action::Enrich,
        "later" => Action::EnrichLater,
        "refresh" => Action::Refresh,
        "consolidate" => Action::Consolidate,
        other => panic!("no action: {other}"),
    }
}

/// Checks one row.
fn check(row: &str) {
    let columns: Vec<&str> = row.split(';').map(str::trim).collect();
    let [name, from, case, expected] = columns[..] else {
        panic!("a row has four columns: {row}");
    };
    let words: Vec<&str> = case.split_whitespace().collect();
    let is = |word: &str| words.contains(&word);
    let known = [
        "ed",
        "empty",
        "run",
        "amend",
        "echo",
        "inproc",
        "fixup!",
        "squash!",
        "amend!",
        "merge_head",
        "merge_msg",
        "squash_msg",
        "cherry_pick",
        "revert",
        "sequencer",
        "rebase_merge",
        "rebase_apply",
    ];
    let reflog = words.iter().find_map(|word| word.strip_prefix("action="));
    let reflog = reflog.map(|words| words.replace('·', " "));
    for word in &words {
        assert!(known.contains(word) || word.starts_with("action="), "{row}");
    }
    let subject = words.iter().find(|word| word.ends_with('!'));
    let call = Call {
        source: source(from),
        marks: Marks {
            rebase_merge: is("rebase_merge"),
            rebase_apply: is("rebase_apply"),
            sequencer: is("sequencer"),
            cherry_pick: is("cherry_pick"),
            revert: is("revert"),
            merge: is("merge_head"),
            merge_message: is("merge_msg"),
            squash_message: is("squash_msg"),
        },
        author_date: !is("inproc"),
        reflog_action: reflog.as_deref(),
        editor: is("ed"),
        content: !is("empty"),
        subject: &subject.map_or_else(
            || b"Add".to_vec(),
            |word| format!("{word} Add").into_bytes(),
        ),
        run: is("run"),
        amend: is("amend"),
        echo: is("echo"),
    };
    assert_eq!(decide(&call), action(expected), "{name}");
}

#[test]
fn every_call_of_the_matrix_is_decided_as_it_was_found_right() {
    let rows: Vec<&str> = ROWS.lines().filter(|line| !line.is_empty()).collect();
    assert!(rows.len() >= 120, "{}", rows.len());
    for row in rows {
        check(row);
    }
}

#[test]
fn nothing_that_git_replays_is_ever_touched_whatever_else_is_the_case() {
    let sources = [
        "-",
        "message",
        "template",
        "merge",
        "squash",
        "commit HEAD",
        "commit topic",
    ];
    let cases = [
        "",
        "ed",
        "empty",
        "ed empty",
        "run",
        "amend",
        "amend run",
        "ed amend run",
        "echo",
    ];
    let replays = [
        "cherry_pick",
        "revert",
        "sequencer",
        "merge_head",
        "rebase_apply",
        "inproc",
        "action=merge·x",
        "rebase_merge cherry_pick",
        "rebase_merge merge_msg",
        "rebase_merge squash_msg",
        "rebase_merge inproc",
        "rebase_merge action=rebase·(pick)",
        "rebase_merge run",
        "rebase_merge amend",
    ];
    for source in sources {
        for case in cases {
            for replay in replays {
                check(&format!(
                    "{source} {case} {replay}; {source}; {case} {replay}; leave"
                ));
            }
        }
    }
}

//! Which messages carry our lines, through real git. The same commands with `GIT_SESSION=0` in a copy of the
//! repository say what git itself makes of them: ours is that and one run of lines, or exactly that.

use super::support::Repo;

/// Whether `GIT_AUTHOR_*` is exported, which hides git's sign of a commit that it makes by itself.
const AUTHORS: [Author; 2] = [Author::Exported, Author::Hidden];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Author {
    Exported,
    Hidden,
}

/// Two copies of one repository.
struct Twins {
    ours: Repo,
    plain: Repo,
}

impl Twins {
    /// Copies of a repository; one of them does not see our hooks.
    fn of(template: &Repo) -> Self {
        let copy = |name: &str| {
            let path = format!("../{name}");
            let line = format!("rm -rf {path} && cp -a . {path}");
            template.sh(&line).done();
            template.at(path)
        };
        Self {
            ours: copy("ours"),
            plain: copy("plain").with("GIT_SESSION", "0"),
        }
    }

    /// Both with the same editor.
    fn editor(self, script: &str) -> Self {
        let path = self.ours.sandbox().script(script);
        let path = path.to_str().expect("UTF-8");
        Self {
            ours: self.ours.with("GIT_EDITOR", path),
            plain: self.plain.with("GIT_EDITOR", path),
        }
    }

    /// Runs the same line in both.
    #[track_caller]
    fn run(&self, line: &str) {
        let (plain, ours) = (self.plain.sh(line), self.ours.sh(line));
        let what = format!("{line}\n--- plain\n{plain}\n--- ours\n{ours}");
        assert_eq!(plain.code, ours.code, "{what}");
    }
}

/// A message without our lines, without empty paragraphs, without white space at its ends.
fn without_ours(message: &str) -> String {
    let lines: Vec<&str> = message.lines().collect();
    let start = lines
        .iter()
        .position(|line| line.starts_with("Session-Objectives: "));
    let end = lines
        .iter()
        .position(|line| line.starts_with("Session-Id: "));
    let kept: Vec<&str> = match start.zip(end) {
        Some((start, end)) => [&lines[..start], &lines[end + 1..]].concat(),
        None => lines,
    };
    let text = kept.join("\n");
    // a paragraph of our own leaves the blank line in front of it
    text.replace("\n\n\n", "\n\n").trim().to_owned()
}

/// An editor that writes a title and a body into an otherwise untouched message.
const TYPES: &str = "sed -i '1s/^/Typed title\\n\\nTyped body\\n/' \"$1\"";

/// Every way in which people make a commit of their own; `work` is changed and staged before each.
const OWN: &[&str] = &[
    "git commit -q -m Title",
    "git commit -q -m Title -m 'A body' -s",
    "git commit -q -F ../message",
    "git commit -q -F - <../message",
    "git commit -q -F ../message --cleanup=verbatim",
    "git commit -q -F ../with-trailers",
    "git commit -q -F ../with-trailers -s",
    "git commit -q -F ../crlf --cleanup=verbatim",
    "git commit -q",
    "git commit -q -s",
    "git commit -q -v",
    "git commit -q -v -v --cleanup=scissors",
    "git commit -q --cleanup=scissors",
    "git commit -q --cleanup=whitespace",
    "git commit -q --cleanup=verbatim",
    "git commit -q --no-status",
    "git commit -q -t ../template",
    "git -c commit.template=../template commit -q",
    "git -c commit.template=../template commit -q -v",
    "git -c core.commentChar=auto commit -q -v",
    "git -c core.commentChar=auto commit -q -F ../message -e",
    "git -c 'core.commentChar=;' commit -q -v",
    "git -c 'core.commentChar=;' commit -q -m '# no comment'",
    "git commit -q -m Title -e",
    "git commit -q -m Title --trailer 'Fixes: #12' --trailer 'Cc: Bob <bob@example.org>'",
    "git commit -q -a -m Title",
    "git commit -q -m Title work",
    "git commit -q -i -m Title work",
    "git commit -q --no-verify -m Title",
    "git commit -q --allow-empty -m Title",
    "git commit -q --author 'Bob <bob@example.org>' -m Title",
    "git commit -q --date 2020-01-01T00:00:00Z -m Title",
    "git commit -q -C plain",
    "git commit -q -c plain",
    "cd below && git commit -q -m Title",
    "cd .. && git -C \"$OLDPWD\" commit -q -m Title",
    "git --git-dir=.git --work-tree=. commit -q -m Title",
    "GIT_EDITOR=true git commit -q -m Title -e",
    "git cherry-pick -n side && git commit -q -m Title",
    "git stash -q && git stash pop -q --index && git commit -q -m Title",
    "git diff --cached >../patch && git reset -q --hard && git apply --index ../patch && git commit -q -m Title",
    "git commit -q -m 'Impact: of the storm'",
    "git commit -q -m Title -m 'Decisions: made by somebody'",
    "git commit -q -m 'fix: a prefix that is no fixup'",
    "git commit -q -m 'Über größe 日本'",
];

/// A session on `feature`, a branch `side`, a plain commit `plain`.
fn template() -> Repo {
    let repo = Repo::new();
    repo.commit("below/file", "1\n", "Plain\n\nWith a body.\n");
    repo.git(&["tag", "plain"]).done();
    repo.git(&["switch", "-q", "-c", "side"]).done();
    repo.commit("side", "1\n", "Beside");
    repo.switch("main");
    repo.session(&["start", "feature", "-o", "Reach the goal"])
        .done();
    repo.write("../message", "Title\n\nA body.\n\n# a heading\n\ntext\n");
    repo.write(
        "../with-trailers",
        "Title\n\nA body: here.\n\nFixes: #12\nChange-Id: I0123456789012345678901234567890123456789\n",
    );
    repo.write("../crlf", "Title\r\n\r\nA body.\r\n");
    repo.write("../template", "Why:\n\n# what to say\nBecause:\n");
    repo
}

#[test]
fn own_commits_are_enriched_once_and_are_else_what_git_makes() {
    let template = template();
    for author in AUTHORS {
        if author == Author::Hidden {
            template.sandbox().hide_author();
        }
        let twins = Twins::of(&template).editor(TYPES);
        for (number, line) in OWN.iter().enumerate() {
            template.wait(1);
            for repo in [&twins.ours, &twins.plain] {
                repo.stage("work", &format!("{author:?} {number}\n"));
            }
            twins.run(line);
            let ours = twins.ours.message("HEAD");
            let plain = twins.plain.message("HEAD");
            assert_eq!(twins.ours.runs("HEAD"), 1, "{line}\n{ours}");
            assert_eq!(
                twins.ours.trailers("HEAD", "Session-Id"),
                [twins.ours.session_id()],
                "{line}\n{ours}"
            );
            // a paragraph of ours can end what was the last one, where no line end stood
            assert_eq!(without_ours(&ours), without_ours(&plain), "{line}\n{ours}");
            assert!(twins.ours.note("HEAD").is_some(), "{line}");
        }
        twins.ours.assert_quiet();
        let count = |repo: &Repo| repo.git(&["rev-list", "--count", "HEAD"]).text();
        assert_eq!(count(&twins.ours), count(&twins.plain));
    }
}

/// Ways to end with a message that git takes for empty, or not, and what is typed.
const EMPTY: &[(&str, &str)] = &[
    ("git commit", "true"),
    ("git commit -v", "true"),
    ("git commit -v -v", "true"),
    ("git commit --cleanup=scissors", "true"),
    ("git commit -v --cleanup=scissors", "true"),
    ("git commit --cleanup=whitespace", "true"),
    ("git commit --cleanup=verbatim", "true"),
    ("git commit --cleanup=whitespace", ": >\"$1\""),
    ("git commit --cleanup=verbatim", ": >\"$1\""),
    ("git commit --no-status", "true"),
    ("git commit -s", "true"),
    ("git commit -s -v", "true"),
    ("git commit -m ''", "true"),
    ("git commit -m '' -s", "true"),
    ("git commit -m '' -e", "true"),
    ("git commit -m '   '", "true"),
    ("git commit -F /dev/null", "true"),
    ("git commit -F - </dev/null", "true"),
    ("git commit -t ../template", "true"),
    ("git commit -t ../template -v", "true"),
    ("git -c commit.template=../template commit", "true"),
    ("git commit -t ../template", ": >\"$1\""),
    ("git commit", ": >\"$1\""),
    ("git commit", "printf '\\n \\n# a comment\\n' >\"$1\""),
    (
        "git commit",
        "printf 'Signed-off-by: Ada <ada@example.org>\\n' >\"$1\"",
    ),
    ("git commit", "false"),
    ("git commit -m Title -e", ": >\"$1\""),
    ("git commit -m Title -e", "sed -i 1d \"$1\""),
    ("git commit -m Title -e -v", "sed -i 1d \"$1\""),
    ("git commit -m Title -e -s", "sed -i 1d \"$1\""),
    ("git commit -F ../message -e", "sed -i 1,7d \"$1\""),
    ("git -c core.commentChar=auto commit", "true"),
    ("git -c core.commentChar=auto commit -v", "true"),
    ("git -c 'core.commentChar=;' commit -v", "true"),
    ("git commit --allow-empty-message -m ''", "true"),
    ("git commit --allow-empty-message", "true"),
    ("git commit --amend", ": >\"$1\""),
    ("git commit --amend -m ''", "true"),
];

#[test]
fn an_empty_message_aborts_as_it_does_without_us() {
    let template = template();
    template.stage("work", "1\n");
    template.git(&["commit", "-q", "-m", "Title"]).done();
    template.stage("work", "2\n");
    let template = packed(template);
    for (line, typed) in EMPTY {
        let twins = Twins::of(&template).editor(typed);
        let before = twins.ours.head();
        let (plain, ours) = (twins.plain.sh(line), twins.ours.sh(line));
        let what = format!(
            "{line}, {typed}\n--- plain\n{plain}\n--- ours\n{ours}\n{}",
            twins.ours.message("HEAD")
        );
        assert_eq!(plain.code, ours.code, "{what}");
        assert_eq!(plain.stderr, ours.stderr, "{what}");
        let aborted = twins.ours.head() == before;
        assert_eq!(aborted, !ours.success(), "{what}");
        assert_eq!(twins.plain.head() == before, aborted, "{what}");
        // what was aborted leaves no trace: the next commit is as any other
        twins.ours.wait(1);
        twins.ours.stage("work", "3\n");
        twins.ours.git(&["commit", "-q", "-m", "After"]).done();
        assert_eq!(twins.ours.runs("HEAD"), 1, "{what}");
        assert!(twins.ours.message("HEAD").starts_with("After\n"), "{what}");
        twins.ours.assert_quiet();
    }
}

#[test]
fn an_amend_that_leaves_only_our_lines_aborts() {
    let repo = Repo::in_session();
    let before = repo.commit("work", "1\n", "Title");
    let deleted = repo.editor("sed -i 1d \"$1\"");
    insta::assert_snapshot!(deleted.git(&["commit", "--amend"]), @r"
    --- stderr
    Aborting commit due to empty commit message.
    --- exit 1
    [EOF]
    ");
    assert_eq!(repo.head(), before);
}

/// Ways to amend the newest commit, which carries our lines.
const AMENDS: &[(&str, &str)] = &[
    ("git commit -q --amend --no-edit", "Title"),
    ("git commit -q --amend", "Typed title"),
    ("git commit -q --amend -m Other", "Other"),
    ("git commit -q --amend -F ../message", "Title"),
    ("git commit -q --amend --reset-author --no-edit", "Title"),
    ("git commit -q --amend -C plain", "Plain"),
    ("git commit -q --amend -s --no-edit", "Title"),
    ("git commit -q --amend --no-verify -m Other", "Other"),
    ("git commit -q --am --no-edit", "Title"),
];

#[test]
fn an_amended_commit_says_what_it_is_now() {
    let template = template();
    template.wait(10);
    template.commit("work", "1\n", "Title\n\nSaid-by: me");
    template
        .session(&["objectives", "complete", "obj-1"])
        .done();
    for author in AUTHORS {
        if author == Author::Hidden {
            template.sandbox().hide_author();
        }
        for (line, title) in AMENDS {
            let repo = Twins::of(&template).ours.editor(TYPES);
            let old = repo.head();
            repo.wait(5);
            repo.stage("more", "1\n");
            repo.sh(line).done();
            let message = repo.message("HEAD");
            let what = format!("{author:?} {line}\n{message}");
            assert_ne!(repo.head(), old, "{what}");
            assert_eq!(message.lines().next(), Some(*title), "{what}");
            assert_eq!(repo.runs("HEAD"), 1, "{what}");
            assert_eq!(
                repo.trailers("HEAD", "Impact"),
                ["added more", "added work"],
                "{what}"
            );
            assert_eq!(
                repo.trailers("HEAD", "Session-Objectives"),
                ["[x] Reach the goal"],
                "{what}"
            );
            let note = repo.note("HEAD").expect("a note");
            assert_eq!(note["objectives"][0]["mark"], "x", "{what}");
            let recorded = repo.events().into_iter().rev();
            let mut recorded = recorded.filter(|event| event["kind"] == "commit.recorded");
            let record = recorded.next().expect("a record");
            assert_eq!(record["data"]["amends"], old.as_str(), "{what}");
            repo.assert_quiet();
        }
    }
}

#[test]
fn commits_for_autosquash_are_left_alone() {
    let template = template();
    template.commit("work", "1\n", "Title");
    for line in [
        "git commit -q --fixup HEAD",
        "git commit -q --fixup HEAD -m 'and more'",
        "git commit -q --squash HEAD -m 'and more'",
        "git commit -q --squash HEAD",
        "git commit -q --fixup=amend:HEAD",
        "git commit -q --fixup=reword:HEAD",
        "git commit -q -m 'fixup! Title'",
    ] {
        template.wait(1);
        template.stage("work", line);
        let twins = Twins::of(&template).editor("echo 'More.' >>\"$1\"");
        twins.run(line);
        assert_eq!(
            twins.plain.message("HEAD"),
            twins.ours.message("HEAD"),
            "{line}"
        );
        assert!(
            twins.ours.note("HEAD").is_some(),
            "recorded all the same: {line}"
        );
        twins.ours.assert_quiet();
    }
}

/// Git makes or replays these commits: their messages are what git writes. Start: `feature` (session, two
/// enriched commits `one`, `two` and the plain commit `three`), `upstream` (`base` and two commits), `clash`.
const REPLAYS: &[(&str, &str)] = &[
    ("merge", "git merge -q --no-edit upstream"),
    (
        "merge without an editor that may run",
        "git merge -q upstream",
    ),
    ("merge with a message", "git merge -q -m 'Take it' upstream"),
    ("merge through an editor", "git merge -q -e upstream"),
    (
        "merge with a log and a sign-off",
        "git merge -q --no-edit --log --signoff upstream",
    ),
    (
        "merge in two steps",
        "git merge -q --no-commit upstream && git commit -q --no-edit",
    ),
    (
        "merge in two steps, -m",
        "git merge -q --no-commit upstream && git commit -q -m 'Take it'",
    ),
    (
        "conflicted merge",
        "git merge -q clash; git add . && git commit -q --no-edit",
    ),
    (
        "conflicted merge, editor",
        "git merge -q clash; git add . && git commit -q",
    ),
    (
        "conflicted merge, continue",
        "git merge -q clash; git add . && git merge --continue >/dev/null",
    ),
    ("octopus", "git merge -q --no-edit upstream side"),
    ("pick", "git cherry-pick upstream >/dev/null"),
    ("pick -x -s", "git cherry-pick -x -s upstream >/dev/null"),
    (
        "pick through an editor",
        "git cherry-pick -e upstream >/dev/null",
    ),
    ("pick a range", "git cherry-pick base..upstream >/dev/null"),
    (
        "pick one of ours",
        "git switch -q upstream && git cherry-pick one >/dev/null",
    ),
    (
        "conflicted pick",
        "git cherry-pick clash; git add . && git cherry-pick --continue >/dev/null",
    ),
    (
        "conflicted pick, commit",
        "git cherry-pick clash; git add . && git commit -q --no-edit",
    ),
    (
        "conflicted pick, commit -m",
        "git cherry-pick clash; git add . && git commit -q -m Mine",
    ),
    (
        "conflicted range",
        "git cherry-pick base..clash upstream; git add . && git cherry-pick --continue >/dev/null",
    ),
    (
        "pick and skip",
        "git cherry-pick clash upstream; git cherry-pick --skip >/dev/null",
    ),
    (
        "pick -n, editor",
        "git cherry-pick -n upstream && git commit -q",
    ),
    ("revert", "git revert --no-edit HEAD >/dev/null"),
    ("revert one of ours", "git revert --no-edit two >/dev/null"),
    ("revert through an editor", "git revert -e HEAD >/dev/null"),
    ("revert a range", "git revert --no-edit HEAD~2.. >/dev/null"),
    (
        "revert in two steps",
        "git revert -n HEAD && git commit -q --no-edit",
    ),
    (
        "revert of a revert",
        "git revert --no-edit HEAD >/dev/null && git revert --no-edit HEAD >/dev/null",
    ),
    (
        "conflicted revert",
        "git revert --no-edit one; git add . && git revert --continue >/dev/null",
    ),
    ("rebase", "git rebase -q upstream"),
    ("rebase --apply", "git rebase -q --apply upstream"),
    ("rebase --signoff", "git rebase -q --signoff upstream"),
    ("rebase --root", "git rebase -q --root -f"),
    ("rebase --exec", "git rebase -q --exec true upstream"),
    (
        "rebase --exec amend",
        "git rebase -q --exec 'git commit -q --amend --no-edit' upstream",
    ),
    (
        "rebase that conflicts",
        "git rebase -q clash; git add . && git rebase --continue >/dev/null",
    ),
    (
        "rebase that conflicts, --apply",
        "git rebase -q --apply clash; git add . && git rebase --continue >/dev/null",
    ),
    (
        "rebase that conflicts, commit",
        "git rebase -q clash; git add . && git commit -q --no-edit && git rebase --continue >/dev/null",
    ),
    (
        "rebase and skip",
        "git rebase -q clash; git rebase --skip >/dev/null",
    ),
    (
        "rebase and abort",
        "git rebase -q clash; git rebase --abort",
    ),
    (
        "reword",
        "GIT_SEQUENCE_EDITOR='sed -i 1,2s/^pick/reword/' git rebase -q -i base",
    ),
    (
        "squash",
        "GIT_SEQUENCE_EDITOR='sed -i 2,3s/^pick/squash/' git rebase -q -i base",
    ),
    (
        "fixup",
        "GIT_SEQUENCE_EDITOR='sed -i 2s/^pick/fixup/' git rebase -q -i base",
    ),
    (
        "fixup -C",
        "GIT_SEQUENCE_EDITOR='sed -i \"2s/^pick/fixup -C/\"' git rebase -q -i base",
    ),
    (
        "drop",
        "GIT_SEQUENCE_EDITOR='sed -i 2d' git rebase -q -i base",
    ),
    (
        "edit and amend",
        "GIT_SEQUENCE_EDITOR='sed -i 1s/^pick/edit/' git rebase -q -i base; git commit -q --amend --no-edit && git rebase --continue >/dev/null",
    ),
    (
        "edit and go on",
        "GIT_SEQUENCE_EDITOR='sed -i 1s/^pick/edit/' git rebase -q -i base; echo more >>third && git add . && git rebase --continue >/dev/null",
    ),
    (
        "autosquash",
        "echo more >>three && git commit -qa --fixup HEAD && GIT_SEQUENCE_EDITOR=: git rebase -q -i --autosquash base",
    ),
    (
        "rebase --rebase-merges",
        "git merge -q --no-ff --no-edit side && git rebase -q --rebase-merges upstream",
    ),
    (
        "am",
        "git format-patch -q --stdout base..upstream >../patches && git am -q <../patches",
    ),
    (
        "am of ours",
        "git format-patch -q --stdout base..feature >../patches && git switch -q upstream && git am -q -s <../patches",
    ),
    (
        "am that conflicts",
        "git format-patch -q --stdout base..clash >../patches; git am -q -3 <../patches; git add . && git am --continue >/dev/null",
    ),
    (
        "stash",
        "echo more >>one && git stash -q && git stash pop -q && git stash -q && git stash apply -q",
    ),
    (
        "stash branch",
        "echo more >>one && git stash -q && git stash branch stashed >/dev/null",
    ),
    ("pull", "git pull -q --no-rebase --no-edit . upstream"),
    ("pull --rebase", "git pull -q --rebase . upstream"),
    (
        "fast-forward",
        "git switch -q side && git merge -q --ff-only upstream",
    ),
];

/// The start of every replay. Each commit changes a file of its own, but `clash` and `two` change the same.
fn before_replays() -> Repo {
    let repo = Repo::new();
    repo.commit("third", "3\n", "Base");
    repo.git(&["tag", "base"]).done();
    for (branch, path) in [("upstream", "up"), ("clash", "one"), ("side", "side")] {
        repo.git(&["switch", "-q", "-c", branch, "base"]).done();
        if branch == "upstream" {
            repo.commit("up", "1\n", "Upstream one\n\nBody.\n\nReviewed-by: Bob");
        }
        repo.commit(
            path,
            branch,
            &format!("From {branch}\n\nImpact: on {branch}"),
        );
    }
    repo.switch("main");
    repo.session(&[
        "start",
        "feature",
        "-o",
        "Reach the goal",
        "-o",
        "Go beyond",
    ])
    .done();
    repo.wait(5);
    for (path, tag) in [("one", "one"), ("one", "two"), ("three", "three")] {
        let view = if tag == "three" {
            repo.with("GIT_SESSION", "0")
        } else {
            repo.clone()
        };
        view.commit(path, &format!("{tag}\n"), &format!("Ours {tag}"));
        repo.git(&["tag", tag]).done();
        repo.wait(3);
    }
    assert_eq!(
        (repo.runs("one"), repo.runs("two"), repo.runs("three")),
        (1, 1, 0)
    );
    repo
}

/// Removes what only makes copies slow.
fn packed(repo: Repo) -> Repo {
    let line = "git repack -adq && git pack-refs --all && rm -f .git/hooks/*.sample";
    repo.sh(line).done();
    repo
}

/// A text with its object ids made the same.
fn without_ids(text: &str) -> String {
    let same = |word: &str| {
        let id = word.trim_end_matches('.');
        let is_id = id.len() == 40 && id.bytes().all(|b| b.is_ascii_hexdigit());
        if is_id {
            word.replace(id, "<id>")
        } else {
            word.to_owned()
        }
    };
    text.split_inclusive([' ', '\n'])
        .map(|word| {
            let end = word.trim_end_matches([' ', '\n']);
            same(end) + &word[end.len()..]
        })
        .collect()
}

/// Plays every replay with hooks and without, `GIT_AUTHOR_*` exported or not.
fn play(author: Author) {
    let template = packed(before_replays());
    if author == Author::Hidden {
        template.sandbox().hide_author();
    }
    let steps = REPLAYS.iter().filter(|(_, line)| {
        // where git commits by itself: only there the exported author hides anything
        author == Author::Hidden
            || ["pick", "revert", "rebase"]
                .iter()
                .any(|word| line.contains(word))
    });
    for (name, line) in steps {
        let twins = Twins::of(&template).editor("sed -i '1s/$/ (seen)/' \"$1\"");
        let line = format!("{line}\nset -- $? && git status --porcelain && exit $1");
        let (plain, ours) = (&twins.plain, &twins.ours);
        let (plain_says, ours_says) = (plain.sh(&line), ours.sh(&line));
        let what = format!("{author:?} {name}\n--- plain\n{plain_says}\n--- ours\n{ours_says}");
        assert_eq!(plain_says.code, ours_says.code, "{what}");
        assert_eq!(plain_says.stdout, ours_says.stdout, "{what}");
        // a hidden author is dated by the real clock, so ids that messages quote may differ by a second
        let messages =
            |repo: &Repo| without_ids(&repo.git(&["log", "--format=%B%x00", "HEAD"]).text());
        assert_eq!(messages(plain), messages(ours), "{what}");
        if author == Author::Exported {
            assert_eq!(plain.head(), ours.head(), "{what}");
        }
        assert_eq!(ours.hook_log(), Vec::<String>::new(), "{what}");
    }
}

#[test]
fn what_git_makes_or_replays_is_left_alone() {
    play(Author::Hidden);
}

#[test]
fn what_git_makes_or_replays_is_left_alone_when_the_author_is_exported() {
    play(Author::Exported);
}

/// The objectives of the current session are [x] one, [>] two and [ ] three; there is a change to commit.
fn with_things_to_say() -> Repo {
    let repo = Repo::new();
    repo.session(&["start", "feature", "-o", "One", "-o", "Two", "-o", "Three"])
        .done();
    repo.session(&["objectives", "complete", "obj-1"]).done();
    repo.wait(7);
    repo.stage("tests/a.rs", "#[test]\nfn holds() {}\n");
    repo
}

#[test]
fn the_levels_of_trailers() {
    let levels = ["full", "compact", "id", "none"].map(|level| {
        let repo = with_things_to_say();
        repo.config("session.trailers", level);
        repo.git(&["commit", "-q", "-m", "Title"]).done();
        // the record is complete at every level
        let note = repo.note("HEAD").expect("a note");
        assert_eq!(
            note["objectives"].as_array().map(Vec::len),
            Some(3),
            "{level}"
        );
        assert_eq!(note["time"], 420, "{level}");
        repo.assert_quiet();
        let message = repo.message("HEAD");
        format!("{level}: {message}")
    });
    insta::assert_snapshot!(levels.join("\n"), @r"
    full: Title

    Session-Objectives: [x] One
    Session-Objectives: [>] Two (this commit)
    Session-Objectives: [ ] Three (next)
    Impact: added tests/a.rs
    Impact: tests +1
    Session-Time: 7m
    Session-Id: feature-20261120-wxxsrz

    compact: Title

    Session-Objectives: [x] One; [>] Two (this commit); [ ] Three (next)
    Impact: 1 added; tests +1
    Session-Time: 7m
    Session-Id: feature-20261120-wxxsrz

    id: Title

    Session-Id: feature-20261120-wxxsrz

    none: Title
    ");
}

#[test]
fn the_hooks_are_switched_off_for_one_command_or_for_good() {
    let repo = with_things_to_say();
    let events = repo.events().len();
    repo.with("GIT_SESSION", "0")
        .git(&["commit", "-q", "-m", "Title"])
        .done();
    assert_eq!(repo.message("HEAD"), "Title\n");
    assert_eq!(repo.note("HEAD"), None);
    assert_eq!(repo.events().len(), events);
    // by a setting of the person, of one command, of the project
    repo.stage("a", "1\n");
    repo.git(&["-c", "session.enabled=false", "commit", "-q", "-m", "Title"])
        .done();
    repo.config("session.enabled", "false");
    repo.commit("a", "2\n", "Title");
    repo.git(&["config", "--unset", "session.enabled"]).done();
    repo.write(".session/config.toml", "[session]\nenabled = false\n");
    repo.commit("a", "3\n", "Title");
    repo.switch("main");
    repo.switch("feature");
    assert_eq!(
        repo.git(&["log", "--format=%B", "-3"]).text(),
        "Title\n\nTitle\n\nTitle"
    );
    assert_eq!(repo.events().len(), events);
    // a person's own setting wins
    repo.config("session.enabled", "true");
    repo.commit("a", "4\n", "Title");
    assert_eq!(repo.runs("HEAD"), 1);
    repo.assert_quiet();
}

#[test]
fn trailers_are_off_for_branches_and_remotes() {
    let repo = Repo::new();
    repo.git(&[
        "remote",
        "add",
        "origin",
        "https://example.org/ada/project.git",
    ])
    .done();
    let enriched = |branch: &str| {
        repo.session(&["start", branch, "-o", "Goal"]).done();
        repo.wait(1);
        repo.commit("a", &repo.sandbox().now().to_rfc3339(), "Title");
        assert!(repo.note("HEAD").is_some(), "recorded all the same");
        repo.runs("HEAD") == 1
    };
    repo.git(&["config", "--add", "session.trailersOffFor", "wip/*"])
        .done();
    assert!(!enriched("wip/a"));
    assert!(enriched("done/a"));
    repo.git(&[
        "config",
        "--add",
        "session.trailersOffFor",
        "remote:https://example.org/ada/*",
    ])
    .done();
    assert!(!enriched("done/b"));
    repo.git(&["remote", "add", "fork", "https://example.com/fork.git"])
        .done();
    repo.config("branch.done/b.pushRemote", "fork");
    assert!(enriched("done/b"));
    repo.config("branch.done/b.pushRemote", "origin");
    repo.write("a", "again\n");
    repo.git(&["commit", "-q", "-am", "Title"]).done();
    assert_eq!(repo.runs("HEAD"), 0);
    repo.assert_quiet();
}

/// Puts a hook of somebody else in front of ours, as a hook manager does.
fn third_party(repo: &Repo, event: &str, script: &str) {
    let hook = repo.git_path("hooks").join(event);
    std::fs::remove_file(&hook).expect("ours is there");
    let ours = super::support::PROGRAM;
    let content = format!("{script}\nexec {ours} hook {event} \"$@\"");
    let theirs = repo.sandbox().script(&content);
    std::os::unix::fs::symlink(theirs, hook).expect("the name is free");
}

#[test]
fn a_hook_that_rewrites_the_message_does_not_lose_our_lines() {
    for (event, script, expected) in [
        (
            "commit-msg",
            "printf 'JIRA-1 rewritten\\n' >\"$1\"",
            "JIRA-1 rewritten\n",
        ),
        (
            "commit-msg",
            "printf '\\nChange-Id: I01\\n' >>\"$1\"",
            "Title\n",
        ),
        (
            "commit-msg",
            "git interpret-trailers --in-place --trailer 'Change-Id: I01' \"$1\"",
            "Title\n",
        ),
        (
            "commit-msg",
            "sed -i '1s/^/[feature] /' \"$1\"",
            "[feature] Title\n",
        ),
        (
            "prepare-commit-msg",
            "sed -i '1s/^/[feature] /' \"$1\"",
            "[feature] Title\n",
        ),
        (
            "prepare-commit-msg",
            "printf '\\nRefs: #12\\n' >>\"$1\"",
            "Title\n",
        ),
    ] {
        let repo = Repo::in_session();
        third_party(&repo, event, script);
        let head = repo.commit("a", "1\n", "Title");
        let message = repo.message(&head);
        assert_eq!(repo.runs("HEAD"), 1, "{script}\n{message}");
        assert!(message.starts_with(expected), "{script}\n{message}");
        assert_eq!(
            repo.trailers("HEAD", "Session-Id"),
            [repo.session_id()],
            "{script}\n{message}"
        );
        let theirs = ["Change-Id", "Refs"].map(|key| repo.trailers("HEAD", key).len());
        let added = script.contains("Change-Id") || script.contains("Refs");
        assert_eq!(
            theirs.iter().sum::<usize>(),
            usize::from(added),
            "{script}\n{message}"
        );
        repo.assert_quiet();
    }
}

#[test]
fn a_hook_of_somebody_else_that_refuses_is_obeyed() {
    let repo = Repo::in_session();
    third_party(&repo, "commit-msg", "exit 3");
    let before = repo.head();
    repo.stage("a", "1\n");
    assert_eq!(repo.git(&["commit", "-q", "-m", "Title"]).code, 1);
    assert_eq!(repo.head(), before);
    repo.git(&["commit", "-q", "--no-verify", "-m", "Title"])
        .done();
    assert_eq!(repo.runs("HEAD"), 1);
    repo.assert_quiet();
}

#[test]
fn lines_that_a_person_deletes_stay_deleted() {
    let repo = Repo::in_session();
    repo.stage("a", "1\n");
    repo.editor("sed -i '/^Session-/d; /^Impact/d' \"$1\"")
        .git(&["commit", "-q", "-m", "Title", "-e"])
        .done();
    assert_eq!(repo.message("HEAD"), "Title\n");
    assert!(repo.note("HEAD").is_some());
    repo.stage("a", "2\n");
    // an amend of a plain commit stays plain
    repo.git(&["commit", "-q", "--amend", "--no-edit"]).done();
    assert_eq!(repo.message("HEAD"), "Title\n");
    repo.assert_quiet();
}

#[test]
fn a_message_in_another_encoding_stays_in_it() {
    let repo = Repo::new();
    repo.session(&["start", "feature", "-o", "Größe der Köpfe"])
        .done();
    repo.config("i18n.commitEncoding", "ISO-8859-1");
    repo.write("../latin1", b"Gr\xf6\xdfe \xe4ndern\n");
    repo.stage("a", "1\n");
    repo.git(&["commit", "-q", "-F", "../latin1"]).done();
    let raw = repo.git(&["cat-file", "commit", "HEAD"]).ok().stdout;
    let holds = |part: &[u8]| raw.windows(part.len()).any(|bytes| bytes == part);
    assert!(holds(b"encoding ISO-8859-1"));
    assert!(
        holds(b"Gr\xf6\xdfe der K\xf6pfe"),
        "{}",
        String::from_utf8_lossy(&raw)
    );
    assert_eq!(
        repo.git(&[
            "-c",
            "i18n.logOutputEncoding=UTF-8",
            "log",
            "-1",
            "--format=%s|%(trailers:key=Session-Objectives,valueonly,separator=%x2C)"
        ])
        .text(),
        "Größe ändern|[>] Größe der Köpfe (this commit)"
    );
    repo.assert_quiet();
}

#[test]
fn a_squash_merge_gathers_what_its_commits_said() {
    let repo = Repo::in_session();
    repo.session(&["objectives", "complete", "obj-1"]).done();
    repo.wait(10);
    repo.commit("a", "1\n", "Work one");
    repo.session(&["objectives", "add", "Second goal"]).done();
    repo.wait(5);
    repo.commit("b", "1\n", "Work two");
    repo.switch("main");
    repo.session(&["start", "release", "-o", "Ship"]).done();
    repo.git(&["merge", "-q", "--squash", "feature"]).done();
    repo.git(&["commit", "-q", "--no-edit"]).done();
    let id = repo.session_id();
    assert_eq!(repo.trailers("HEAD", "Session-Id"), [id]);
    insta::assert_snapshot!(repo.trailers("HEAD", "Session-Objectives").join("\n"), @"
    [x] Reach the goal
    [>] Ship (this commit)
    [>] Second goal (this commit)
    ");
    insta::assert_snapshot!(repo.trailers("HEAD", "Session-Time").join("\n"), @"15m");
    repo.assert_quiet();
}

#[test]
fn records_follow_their_commits_through_a_rebase() {
    for line in [
        "git rebase -q upstream",
        "git rebase -q --apply upstream",
        "git rebase -q --exec 'git commit -q --amend --no-edit' upstream",
        "GIT_SEQUENCE_EDITOR='sed -i 1,2s/^pick/reword/' git rebase -q -i upstream",
    ] {
        let template = before_replays();
        let repo = template.editor("sed -i '1s/$/ (seen)/' \"$1\"");
        let times = |range: &str| {
            let ids = repo.git(&["rev-list", "--reverse", range]).text();
            let note = |id| repo.note(id).map(|note| note["time"].clone());
            ids.lines().map(note).collect::<Vec<_>>()
        };
        let before = times("base..feature");
        assert_eq!(before.iter().filter(|time| time.is_some()).count(), 2);
        repo.sh(line).done();
        assert_eq!(times("upstream..feature"), before, "{line}");
        // upstream's commits got nothing
        assert_eq!(times("base..upstream"), [None, None], "{line}");
        repo.assert_quiet();
    }
}

#[test]
fn squashed_commits_keep_the_records_of_all_and_skipped_ones_leave_none() {
    let repo = before_replays();
    repo.sh("GIT_SEQUENCE_EDITOR='sed -i 2s/^pick/fixup/' git rebase -q -i base")
        .done();
    let notes = repo.git(&["notes", &repo.notes(), "show", "HEAD~"]).text();
    assert_eq!(notes.lines().count(), 2, "{notes}");
    repo.assert_quiet();

    let repo = before_replays();
    repo.sh("git rebase -q clash; git rebase --skip; git rebase --skip; true")
        .done();
    assert_eq!(repo.git(&["log", "-1", "--format=%s"]).text(), "Ours three");
    assert_eq!(repo.note("HEAD"), None);
    assert_eq!(
        repo.note("clash"),
        None,
        "git reports it as rewritten to this one"
    );
    repo.assert_quiet();
}

#[test]
fn merges_are_recorded_though_git_runs_no_post_commit() {
    let repo = before_replays();
    repo.git(&["merge", "-q", "--no-edit", "upstream"]).done();
    assert_eq!(repo.runs("HEAD"), 0);
    let note = repo.note("HEAD").expect("a note");
    assert_eq!(note["session"], repo.session_id().as_str());
    let merged = repo.head();
    // a fast-forward makes no commit
    repo.switch("main");
    repo.session(&["start", "release"]).done();
    repo.git(&["merge", "-q", "--ff-only", "feature"]).done();
    assert_eq!(repo.head(), merged);
    let notes = repo.git(&["notes", &repo.notes(), "show", "HEAD"]).text();
    assert_eq!(notes.lines().count(), 1, "{notes}");
    repo.assert_quiet();
}

#[test]
fn each_hook_says_when_it_ended_and_how_long_it_took() {
    let repo = Repo::in_session();
    repo.commit("a", "1\n", "One");
    repo.switch("main");
    let text = repo.read(repo.store().join("timings"));
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(' ').collect()).collect();
    let now = repo.sandbox().now().timestamp().to_string();
    for line in &lines {
        assert_eq!((line.len(), line[0]), (3, now.as_str()), "{line:?}");
        // the clock of the sandbox stands still
        assert_eq!(line[2], "0", "{line:?}");
    }
    let events: Vec<&str> = lines.iter().map(|line| line[1]).collect();
    let newest = &events[events.len() - 3..];
    assert_eq!(
        newest,
        ["prepare-commit-msg", "post-commit", "post-checkout"]
    );
}

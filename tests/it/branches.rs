//! Which session a branch has: the key in git config through renames, copies, deletions; odd names; odd places;
//! and that going to a branch does what `git switch` does, no more.

use std::fs;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::support::{Output, Repo};

/// How long another process keeps `config.lock`.
const HELD: Duration = Duration::from_millis(300);

/// Whether somebody else is writing the config of the repository.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lock {
    Free,
    Held,
}

const LOCKS: [Lock; 2] = [Lock::Free, Lock::Held];

impl Lock {
    /// Runs hooks while the lock is held for good; they must neither wait for it nor take it.
    fn during_hooks<T>(self, repo: &Repo, work: impl FnOnce() -> T) -> T {
        if self == Self::Free {
            return work();
        }
        let lock = repo.git_path("config.lock");
        let config = repo.read(repo.git_path("config"));
        fs::write(&lock, "somebody else's\n").expect("a file");
        let result = work();
        assert_eq!(repo.read(&lock), "somebody else's\n", "config.lock");
        assert_eq!(repo.read(repo.git_path("config")), config, "config");
        fs::remove_file(lock).expect("it is still there");
        result
    }

    /// Runs a command while another process keeps the lock for a while; the command waits for it.
    fn during_command(self, repo: &Repo, work: impl FnOnce() -> Output) -> Output {
        if self == Self::Free {
            return work();
        }
        let lock = repo.git_path("config.lock");
        fs::write(&lock, "").expect("a file");
        let holder: JoinHandle<()> = thread::spawn(move || {
            thread::sleep(HELD);
            fs::remove_file(lock).expect("it is still there");
        });
        let output = work();
        holder.join().expect("the holder ends");
        output
    }
}

/// Commits something; whether the commit carries our lines.
fn commits_enriched(repo: &Repo) -> bool {
    repo.wait(1);
    let content = repo.sandbox().now().to_rfc3339();
    repo.commit("work", &content, "Work");
    assert!(repo.runs("HEAD") <= 1, "{}", repo.message("HEAD"));
    repo.runs("HEAD") == 1
}

/// The session that the newest commit names.
fn session_of_head(repo: &Repo) -> String {
    repo.trailers("HEAD", "Session-Id").join(" ")
}

#[test]
fn start_waits_for_whoever_writes_the_config() {
    let repo = Repo::new();
    let started = Lock::Held.during_command(&repo, || repo.session(&["start", "feature"]));
    started.done();
    assert!(repo.mapped("feature").is_some());
}

#[test]
fn hooks_leave_config_lock_alone() {
    let repo = Repo::in_session();
    Lock::Held.during_hooks(&repo, || {
        assert!(commits_enriched(&repo));
        repo.switch("main");
        repo.switch("feature");
        repo.git(&["commit", "-q", "--amend", "--no-edit"]).done();
        repo.git(&["merge", "-q", "--no-ff", "--no-edit", "main"])
            .done();
        repo.git(&["rebase", "-q", "--force-rebase", "main"]).done();
    });
    assert!(repo.note("HEAD").is_some());
    repo.assert_quiet();
}

#[test]
fn a_copied_branch_has_no_session_and_the_original_keeps_its_own() {
    for lock in LOCKS {
        let repo = Repo::in_session();
        let id = repo.session_id();
        repo.git(&["branch", "-c", "feature", "copy"]).done();
        assert_eq!(
            repo.mapped("copy"),
            Some(id.clone()),
            "git copies the section"
        );
        lock.during_hooks(&repo, || {
            repo.switch("copy");
            assert!(!commits_enriched(&repo));
            repo.switch("feature");
            assert!(commits_enriched(&repo));
        });
        repo.switch("copy");
        let status = lock.during_command(&repo, || repo.session(&["objectives", "add", "x"]));
        insta::allow_duplicates! {
            insta::assert_snapshot!(status, @r#"
            --- stderr
            The branch copy is a copy; the session stays with the original.
            error: there is no session on copy
            hint: git session start -o "what is to be reached"
            --- exit 1
            [EOF]
            "#);
        }
        assert_eq!(repo.mapped("copy"), None);
        assert_eq!(repo.mapped("feature"), Some(id));
        repo.assert_quiet();
    }
}

#[test]
fn a_renamed_branch_keeps_its_session() {
    for lock in LOCKS {
        let repo = Repo::in_session();
        let id = repo.session_id();
        repo.git(&["branch", "-m", "renamed"]).done();
        lock.during_hooks(&repo, || {
            assert!(commits_enriched(&repo));
            repo.switch("main");
            repo.switch("renamed");
            assert!(commits_enriched(&repo));
        });
        assert_eq!(session_of_head(&repo), id);
        let said = lock.during_command(&repo, || repo.session(&["objectives", "list"]));
        let said = said.show_as(&id, "ID");
        insta::allow_duplicates! { insta::assert_snapshot!(said.news().replace(&id, "ID"), @"The branch feature is renamed now; its session ID went with it."); }
        said.done();
        let again = repo.session(&["objectives", "list"]);
        assert_eq!(again.news(), "", "it is said once");
        assert_eq!(repo.mapped("renamed"), Some(id));
        assert_eq!(repo.note("HEAD").expect("a note")["branch"], "feature");
        assert!(commits_enriched(&repo));
        assert_eq!(repo.note("HEAD").expect("a note")["branch"], "renamed");
        repo.assert_quiet();
    }
}

#[test]
fn a_branch_renamed_from_elsewhere_keeps_its_session() {
    for lock in LOCKS {
        let repo = Repo::in_session();
        let id = repo.session_id();
        repo.switch("main");
        repo.git(&["branch", "-m", "feature", "renamed"]).done();
        assert!(!commits_enriched(&repo), "main has no session");
        lock.during_hooks(&repo, || {
            repo.switch("renamed");
            assert!(commits_enriched(&repo));
        });
        lock.during_command(&repo, || repo.session(&["status"]))
            .done();
        assert_eq!(repo.session_id(), id);
        assert!(commits_enriched(&repo));
        assert_eq!(session_of_head(&repo), id);
        repo.assert_quiet();
    }
}

#[test]
fn two_branches_can_swap_their_names() {
    let repo = Repo::in_session();
    let first = repo.session_id();
    repo.session(&["start", "other", "--from", "main", "-o", "Second"])
        .done();
    let second = repo.session_id();
    repo.git(&["branch", "-m", "other", "between"]).done();
    repo.git(&["branch", "-m", "feature", "other"]).done();
    repo.git(&["branch", "-m", "between", "feature"]).done();
    for (branch, id) in [("feature", &second), ("other", &first)] {
        repo.switch(branch);
        assert!(commits_enriched(&repo));
        assert_eq!(session_of_head(&repo), *id, "{branch}");
        repo.session(&["status"]).done();
        assert_eq!(repo.session_id(), *id, "{branch}");
        assert!(commits_enriched(&repo));
        assert_eq!(session_of_head(&repo), *id, "{branch}");
    }
    repo.assert_quiet();
}

#[test]
fn a_deleted_branch_takes_its_mapping_with_it() {
    for lock in LOCKS {
        let repo = Repo::in_session();
        let id = repo.session_id();
        repo.switch("main");
        repo.git(&["branch", "-q", "-D", "feature"]).done();
        assert_eq!(repo.mapped("feature"), None);
        repo.wait(5);
        lock.during_hooks(&repo, || {
            repo.git(&["switch", "-q", "--no-track", "-c", "feature"])
        })
        .done();
        assert!(!commits_enriched(&repo), "a new branch of the same name");
        repo.wait(5);
        lock.during_command(&repo, || repo.session(&["start", "-o", "Something else"]))
            .done();
        assert_ne!(repo.session_id(), id, "the new branch has a new session");
        assert!(commits_enriched(&repo));
        repo.session(&["status"]).done();
        assert_eq!(
            session_of_head(&repo),
            repo.session_id(),
            "it stays the branch's"
        );
        assert!(repo.store().join(&id).join("log.jsonl").exists());
        repo.assert_quiet();
    }
}

#[test]
fn a_branch_made_anew_by_plumbing_does_not_inherit_the_session() {
    for lock in LOCKS {
        let repo = Repo::in_session();
        let id = repo.session_id();
        assert!(commits_enriched(&repo));
        repo.switch("main");
        // plumbing leaves the config section behind
        repo.git(&["update-ref", "-d", "refs/heads/feature"]).done();
        assert_eq!(repo.mapped("feature"), Some(id.clone()));
        repo.wait(5);
        repo.git(&[
            "update-ref",
            "--create-reflog",
            "-m",
            "mine",
            "refs/heads/feature",
            "main",
        ])
        .done();
        repo.switch("feature");
        repo.wait(1);
        let said = lock.during_command(&repo, || repo.session(&["start", "-o", "New"]));
        insta::allow_duplicates! {
            insta::assert_snapshot!(said.news(), @"The branch feature was made anew; its old session is in the list.");
        }
        said.done();
        assert_ne!(repo.session_id(), id);
        assert!(commits_enriched(&repo));
        assert_ne!(session_of_head(&repo), id);
        repo.session(&["status"]).done();
        assert_eq!(session_of_head(&repo), repo.session_id());
        repo.assert_quiet();
    }
}

#[test]
fn a_branch_made_anew_takes_the_old_session_when_asked_to() {
    let resuming: [&[&str]; 2] = [&["start", "--resume"], &["resume"]];
    for resume in resuming {
        let repo = Repo::in_session();
        let id = repo.session_id();
        repo.switch("main");
        repo.git(&["update-ref", "-d", "refs/heads/feature"]).done();
        repo.wait(5);
        repo.git(&["switch", "-q", "-c", "feature"]).done();
        repo.wait(5);
        repo.session(resume).done();
        assert_eq!(repo.session_id(), id);
        repo.session(&["status"]).done();
        assert_eq!(repo.mapped("feature"), Some(id), "{resume:?}");
        assert!(commits_enriched(&repo));
        repo.assert_quiet();
    }
}

#[test]
fn a_branch_that_was_unborn_at_the_start_is_not_made_anew_by_its_first_commit() {
    let repo = Repo::empty();
    repo.session(&["start", "-o", "Begin"]).done();
    let id = repo.session_id();
    repo.wait(5);
    repo.commit("a", "1\n", "First, without hooks");
    repo.wait(5);
    repo.session(&["objectives", "add", "Go on"]).done();
    assert_eq!(repo.mapped("main"), Some(id));
}

#[test]
fn a_branch_has_several_sessions_over_time() {
    let repo = Repo::in_session();
    let first = repo.session_id();
    assert!(commits_enriched(&repo));
    repo.wait(10);
    repo.session(&["start", "--new", "-o", "Second goal"])
        .done();
    let second = repo.session_id();
    assert_ne!(first, second);
    assert!(commits_enriched(&repo));
    assert_eq!(session_of_head(&repo), second);
    assert_eq!(
        repo.trailers("HEAD", "Session-Objectives"),
        ["[>] Second goal (this commit)"]
    );
    let notes = repo.git(&[
        "log",
        "--format=%N",
        &repo.notes().replace("--ref", "--notes"),
    ]);
    let notes = notes.text();
    assert!(notes.contains(&first) && notes.contains(&second), "{notes}");
    repo.assert_quiet();
}

#[test]
fn any_name_that_git_takes_for_a_branch_is_taken() {
    let long = "x".repeat(180);
    let names = [
        "feature/auth/google",
        "we.ird\"na#me",
        "it's",
        "50%",
        "%s%n",
        "a;b&c|d",
        "$(touch${IFS}pwned)",
        "`touch${IFS}pwned`",
        "größe/日本語",
        "🦀",
        "-o",
        "CamelCase",
        "sessionId",
        &long,
    ];
    let repo = Repo::new();
    for name in names {
        if name.starts_with('-') {
            let refused = repo.session(&["start", "--", name]);
            assert_eq!(refused.code, 1, "{refused}");
            continue;
        }
        let started = repo.session(&["start", name, "-o", "Goal"]);
        assert!(started.success(), "{name}\n{started}");
        assert_eq!(repo.git(&["branch", "--show-current"]).text(), name);
        assert!(commits_enriched(&repo), "{name}");
        let id = repo.session_id();
        assert_eq!(session_of_head(&repo), id, "{name}");
        repo.switch("main");
        repo.switch(name);
        repo.session(&["status"]).done();
        repo.git(&["branch", "-m", "for-a-moment"]).done();
        repo.git(&["branch", "-m", name]).done();
        assert!(commits_enriched(&repo), "{name}");
        assert_eq!(repo.session_id(), id, "{name}");
        assert_eq!(repo.note("HEAD").expect("a note")["branch"], name);
    }
    assert!(!repo.path().join("pwned").exists());
    repo.assert_quiet();
}

#[test]
fn names_that_git_refuses_are_refused_before_anything_is_made() {
    let repo = Repo::new();
    for name in ["a b", "a..b", "a~", "x.lock", "/a", "a/", "a\nb", ""] {
        let refused = repo.session(&["start", name]);
        assert_eq!(refused.code, 1, "{name:?}\n{refused}");
        assert!(refused.news().contains("hint:"), "{name:?}\n{refused}");
    }
    assert!(!repo.store().join("format").exists());
    assert_eq!(repo.session(&["start", "@"]).code, 1, "as `git switch @`");
    assert_eq!(
        repo.git(&["branch", "--format=%(refname)"]).text(),
        "refs/heads/main"
    );
}

#[test]
fn a_branch_is_found_by_the_names_that_switch_takes() {
    let repo = Repo::in_session();
    let id = repo.session_id();
    repo.switch("main");
    for name in ["-", "@{-1}"] {
        repo.session(&["start", name, "-o", "More"]).done();
        assert_eq!(repo.session_id(), id, "{name}");
        repo.switch("main");
        repo.switch("feature");
        repo.switch("main");
    }
    assert_eq!(repo.mapped("-"), None);
    assert_eq!(repo.mapped("@{-1}"), None);
}

#[test]
fn a_branch_without_a_commit() {
    let repo = Repo::empty().with_hooks();
    repo.session(&["start", "-o", "Begin"]).done();
    assert!(commits_enriched(&repo));
    assert_eq!(session_of_head(&repo), repo.mapped("main").expect("mapped"));
    let repo = Repo::empty().with_hooks();
    repo.session(&["start", "feature", "-o", "Begin"]).done();
    assert!(commits_enriched(&repo));
    assert_eq!(repo.git(&["branch", "--show-current"]).text(), "feature");
    assert_eq!(
        repo.trailers("HEAD", "Session-Objectives"),
        ["[>] Begin (this commit)"]
    );
    repo.session(&["status"]).done();
    assert_eq!(session_of_head(&repo), repo.session_id());
    repo.assert_quiet();
}

#[test]
fn a_detached_head() {
    let repo = Repo::in_session();
    repo.git(&["switch", "-q", "--detach"]).done();
    assert!(!commits_enriched(&repo));
    insta::assert_snapshot!(repo.session(&["objectives", "add", "x"]), @r"
    --- stderr
    error: HEAD is on no branch, so there is no session
    hint: git session start <branch>
    --- exit 1
    [EOF]
    ");
    insta::assert_snapshot!(repo.session(&["start", "-o", "x"]), @r"
    --- stderr
    error: HEAD is on no branch
    hint: git session start <branch>
    --- exit 1
    [EOF]
    ");
    repo.session(&["start", "from-here", "-o", "x"]).done();
    assert!(commits_enriched(&repo));
    assert_eq!(session_of_head(&repo), repo.session_id());
    repo.assert_quiet();
}

#[test]
fn a_bare_repository() {
    let repo = Repo::new();
    repo.git(&["clone", "-q", "--bare", ".", "../bare"]).done();
    let bare = repo.at("../bare");
    insta::assert_snapshot!(bare.session(&["start", "feature"]), @r"
    --- stderr
    error: a bare repository has no branch to work on
    hint: git worktree add <path> <branch>, and start the session there
    --- exit 1
    [EOF]
    ");
    assert!(!bare.path().join("sessions").exists());
    // its work trees are places to work in
    bare.git(&["worktree", "add", "-q", "-b", "feature", "../tree"])
        .done();
    let tree = bare.at("../tree").with_hooks();
    tree.session(&["start", "-o", "Goal"]).done();
    assert!(commits_enriched(&tree));
    tree.assert_quiet();
}

#[test]
fn linked_work_trees_share_sessions() {
    let repo = Repo::in_session();
    let tree = repo.worktree("tree");
    assert!(!commits_enriched(&tree));
    tree.session(&["start", "-o", "In the tree"]).done();
    assert!(commits_enriched(&tree));
    assert_eq!(
        tree.trailers("HEAD", "Session-Objectives"),
        ["[>] In the tree (this commit)"]
    );
    assert!(commits_enriched(&repo));
    assert_ne!(session_of_head(&repo), session_of_head(&tree));
    assert_eq!(
        tree.store().canonicalize().ok(),
        repo.store().canonicalize().ok()
    );
    // a branch that another work tree has is git's to refuse
    let refused = tree.session(&["start", "feature"]);
    assert_eq!(refused.code, 1, "{refused}");
    assert_eq!(tree.git(&["branch", "--show-current"]).text(), "tree");
    repo.assert_quiet();
}

#[test]
fn a_subdirectory() {
    let repo = Repo::new();
    repo.write("deep/er/file", "1\n");
    let below = repo.at("deep/er");
    below.session(&["start", "feature", "-o", "Goal"]).done();
    below.git(&["add", "file"]).done();
    below.git(&["commit", "-q", "-m", "From below"]).done();
    assert_eq!(below.trailers("HEAD", "Impact"), ["added deep/er/file"]);
    below.session(&["status"]).done();
    let elsewhere = repo.at("..");
    elsewhere
        .session(&["-C", "repo/deep", "objectives", "add", "From far"])
        .done();
    repo.assert_quiet();
}

#[test]
fn a_submodule_has_sessions_of_its_own() {
    let library = Repo::new();
    let project = library.at("..");
    project.git(&["init", "-q", "project"]).done();
    let project = project.at("project");
    project
        .git(&["submodule", "--quiet", "add", "../repo", "library"])
        .done();
    project.git(&["commit", "-q", "-m", "Add it"]).done();
    let project = project.with_hooks();
    project.session(&["start", "outer", "-o", "Outer"]).done();
    let module = project.at("library").with_hooks();
    module.session(&["start", "inner", "-o", "Inner"]).done();
    assert!(commits_enriched(&module));
    assert!(module.message("HEAD").contains("[>] Inner"));
    project.git(&["commit", "-qam", "Move it on"]).done();
    assert!(project.message("HEAD").contains("[>] Outer"));
    assert_eq!(project.trailers("HEAD", "Impact"), ["modified library"]);
    project.assert_quiet();
    module.assert_quiet();
}

#[test]
fn start_takes_a_directory_of_the_same_name_for_no_path() {
    let repo = Repo::new();
    repo.commit("src/main.rs", "fn main() {}\n", "Source");
    repo.write("src/main.rs", "fn main() { changed(); }\n");
    repo.write("src/new.rs", "new\n");
    repo.session(&["start", "src", "-o", "Goal"]).done();
    assert_eq!(repo.git(&["branch", "--show-current"]).text(), "src");
    assert_eq!(repo.read("src/main.rs"), "fn main() { changed(); }\n");
    assert_eq!(repo.read("src/new.rs"), "new\n");
    repo.switch("main");
    // now that the branch is there
    repo.session(&["start", "src"]).done();
    assert_eq!(repo.git(&["branch", "--show-current"]).text(), "src");
    assert_eq!(repo.read("src/main.rs"), "fn main() { changed(); }\n");
}

#[test]
fn start_refuses_what_is_no_branch() {
    let repo = Repo::new();
    repo.git(&["tag", "v1.0"]).done();
    let commit = repo.head();
    insta::assert_snapshot!(repo.session(&["start", "v1.0"]), @r"
    --- stderr
    error: `v1.0` is no branch: it names a tag or a commit
    hint: git session start <new-branch> --from v1.0
    --- exit 1
    [EOF]
    ");
    insta::assert_snapshot!(repo.session(&["start", &commit[..8]]), @r"
    --- stderr
    error: `f8fed082` is no branch: it names a tag or a commit
    hint: git session start <new-branch> --from f8fed082
    --- exit 1
    [EOF]
    ");
    insta::assert_snapshot!(repo.session(&["start", "feature", "--from", "nowhere"]), @"
    --- stderr
    error: invalid reference: nowhere
    hint: git branch --all
    --- exit 1
    [EOF]
    ");
    assert_eq!(repo.git(&["branch", "--show-current"]).text(), "main");
    repo.session(&["start", "release", "--from", "v1.0"]).done();
    assert_eq!(repo.head(), commit);
}

#[test]
fn a_revision_that_is_an_option_is_refused() {
    let repo = Repo::in_session();
    repo.write("README", "not committed\n");
    let before = repo.git(&["for-each-ref"]).text();
    for option in [
        "-M",
        "-f",
        "--discard-changes",
        "--detach",
        "--delete",
        "-h",
    ] {
        for more in [&[][..], &["--no-switch"]] {
            let from = format!("--from={option}");
            let refused = repo.session(&[&["start", "new", &from], more].concat());
            assert_eq!(refused.code, 1, "{refused}");
            assert!(
                refused.news().contains("is no revision"),
                "{option}\n{refused}"
            );
        }
    }
    assert_eq!(repo.git(&["for-each-ref"]).text(), before);
    assert_eq!(repo.read("README"), "not committed\n");
    assert_eq!(repo.git(&["branch", "--show-current"]).text(), "feature");
}

#[test]
fn a_branch_of_a_remote_is_checked_out_as_git_does() {
    let origin = Repo::new();
    origin.git(&["branch", "theirs"]).done();
    origin
        .at("..")
        .git(&["clone", "-q", "repo", "clone"])
        .done();
    let clone = origin.at("../clone").with_hooks();
    clone.session(&["start", "theirs", "-o", "Goal"]).done();
    assert_eq!(
        clone
            .git(&["rev-parse", "--abbrev-ref", "@{upstream}"])
            .text(),
        "origin/theirs"
    );
    assert!(commits_enriched(&clone));
}

/// Ways in which a work tree can be in the way of a switch to `other`, which changed `shared`.
const DIRT: &[(&str, &str, &str)] = &[
    ("nothing", "true", "other"),
    ("a change elsewhere", "echo mine >>README", "other"),
    (
        "a staged change elsewhere",
        "echo mine >>README && git add README",
        "other",
    ),
    ("a change that both have", "echo mine >shared", "other"),
    ("a change on a new branch", "echo mine >shared", "brand-new"),
    (
        "the same change staged",
        "echo mine >shared && git add shared",
        "other",
    ),
    (
        "staged on a new branch",
        "echo mine >shared && git add shared",
        "brand-new",
    ),
    (
        "an untracked file in the way",
        "echo mine >only-other",
        "other",
    ),
    ("a deleted file", "rm shared", "other"),
    ("a staged deletion", "git rm -q shared", "other"),
    (
        "intent to add",
        "echo mine >only-other && git add -N only-other",
        "other",
    ),
    (
        "a directory in the way",
        "mkdir only-other && echo x >only-other/x",
        "other",
    ),
    (
        "a merge under way",
        "git merge -q --no-commit --no-ff third",
        "other",
    ),
    (
        "a conflicted merge",
        "git merge -q conflict; test -f .git/MERGE_HEAD",
        "other",
    ),
    (
        "a pick under way",
        "git cherry-pick conflict; test -f .git/CHERRY_PICK_HEAD",
        "brand-new",
    ),
    ("index.lock", ": >.git/index.lock", "other"),
    (
        "index.lock and a new branch",
        ": >.git/index.lock",
        "brand-new",
    ),
];

/// A repository with four branches.
fn with_other_branches() -> Repo {
    let repo = Repo::new();
    repo.commit("shared", "one\n", "Shared");
    for (branch, path, content) in [
        ("other", "shared", "two\n"),
        ("third", "third", "3\n"),
        ("conflict", "shared", "three\n"),
    ] {
        repo.git(&["switch", "-q", "-c", branch, "main"]).done();
        repo.commit(path, content, branch);
    }
    repo.switch("other");
    repo.commit("only-other", "theirs\n", "More");
    repo.switch("main");
    repo.commit("shared", "main\n", "Ahead");
    repo
}

/// What a switch must leave as git leaves it.
const STATE: &str = "git status --porcelain=v2 --branch; git diff; git diff --cached; git ls-files -s; \
    cat shared README only-other 2>&1; ls -A .git | grep -v -e session -e index -e ORIG_HEAD -e config";

#[test]
fn a_dirty_tree_is_treated_as_git_switch_treats_it() {
    let template = with_other_branches();
    let twin = |name: &str| {
        let path = format!("../{name}");
        template
            .sh(&format!("rm -rf {path} && cp -a . {path}"))
            .done();
        template.at(path)
    };
    for (name, dirty, branch) in DIRT {
        let (git, ours) = (twin("theirs"), twin("ours"));
        git.sh(dirty).done();
        ours.sh(dirty).done();
        let new = git.git(&["rev-parse", "-q", "--verify", branch]).code != 0;
        let create: &[&str] = if new { &["-c"] } else { &[] };
        let theirs = git.git(&[&["switch", "-q"], create, &[branch]].concat());
        let started = ours.session(&["start", branch, "-o", "Goal"]);
        let what = format!("{name}, {branch}\n{theirs}\n{started}");
        assert_eq!(theirs.success(), started.success(), "{what}");
        assert_eq!(git.sh(STATE).stdout, ours.sh(STATE).stdout, "{what}");
        if !started.success() {
            assert_eq!(started.code, 1, "{what}");
            assert_eq!(ours.mapped(branch), None, "{what}");
            let reason = theirs.news().replace("/theirs/", "/ours/");
            let reason = reason.trim_start_matches("error: ");
            let reason = reason.trim_start_matches("fatal: ").trim_end();
            assert!(started.news().contains(reason), "{what}");
        }
    }
}

#[test]
fn a_hint_is_safe_to_type_whatever_the_branch_is_called() {
    const ODD: &str = "a;touch${IFS}PWNQ";
    let repo = Repo::in_session();
    repo.commit("f", "1\n", "One");
    repo.git(&["branch", ODD]).done();
    repo.git(&["worktree", "add", "-q", "../tree", ODD]).done();
    let mut said = Vec::new();
    let mut run = |args: &[&str]| said.push(repo.session(args).to_string());
    run(&["start", "--from", ODD]);
    run(&["start", ODD]);
    run(&["switch", "--create", ODD]);
    run(&["switch", ODD]);
    run(&["switch", &format!("{ODD}x")]);
    run(&["resume", ODD]);
    run(&["show", ODD]);
    run(&["end", "--merge-to", ODD]);
    repo.git(&["worktree", "remove", "../tree"]).done();
    run(&["start", ODD]);
    run(&["undo"]);
    run(&["start"]);
    run(&["end", "--push", "--yes"]);
    run(&["end", "--merge-to", ODD]);
    repo.commit("f", "2\n", "Two");
    repo.switch("feature");
    repo.commit("f", "3\n", "Three");
    run(&["end", "--merge-to", ODD]);
    repo.switch(ODD);
    run(&["end", "--abandon"]);
    repo.switch("feature");
    repo.git(&["branch", "-q", "-D", ODD]).done();
    run(&["resume", ODD]);
    let said = said.join("\n");
    let hints: Vec<&str> = said
        .lines()
        .filter_map(|line| line.strip_prefix("hint: "))
        .filter(|hint| hint.contains("PWNQ"))
        .collect();
    assert!(hints.len() > 5, "{said}");
    for hint in hints {
        let word = hint.split('\'').nth(1).unwrap_or_default();
        assert!(word.contains(ODD), "{hint}");
        let outside: String = hint.split('\'').step_by(2).collect();
        assert!(!outside.contains("PWNQ"), "{hint}");
    }
}

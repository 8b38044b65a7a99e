//! Opening repositories in every shape, HEAD, names on the command line, and what hooks find by hand.
#![allow(
    clippy::disallowed_methods,
    reason = "fixtures are written and processes started without what is tested"
)]

use std::path::Path;

use git_session::domain::id::{BranchName, CommitId};
use git_session::error::{Kind, fault};
use git_session::git::{Git, Head, Repo, Resolved, State, branch_in_progress, locate};
use git_session::sys::env::Env;
use git_session::sys::fs::Sharing;

use crate::git_support::Sandbox;
use crate::support::machine_path;

/// Says what a process sees that git would start here.
#[test]
#[ignore = "run by other tests, as a process of its own"]
fn probe() {
    let env = Env::from_process();
    let cwd = std::env::current_dir().expect("a directory");
    let shown =
        |path: Option<&Path>| path.map_or("-".to_owned(), |path| path.display().to_string());
    match Repo::open(&env, &cwd) {
        Ok(repo) => {
            let dirs = locate(&env, &cwd).expect("located");
            let same =
                |a: &Path, b: &Path| std::fs::canonicalize(a).ok() == std::fs::canonicalize(b).ok();
            assert!(same(&dirs.git_dir, repo.git_dir()), "{dirs:?} {repo:?}");
            assert!(
                same(&dirs.common_dir, repo.common_dir()),
                "{dirs:?} {repo:?}"
            );
            let hook = Repo::open_in_hook(&env, &cwd, &dirs).expect("it opens for a hook");
            let resolved = |path: Option<&Path>| path.map(std::fs::canonicalize).transpose().ok();
            assert_eq!(resolved(hook.work_tree()), resolved(repo.work_tree()));
            assert!(same(hook.git_dir(), repo.git_dir()), "{hook:?} {repo:?}");
            assert!(
                same(hook.common_dir(), repo.common_dir()),
                "{hook:?} {repo:?}"
            );
            assert_eq!(hook.worktree_name(), repo.worktree_name());
            assert_eq!(hook.object_format(), repo.object_format());
            assert_eq!(hook.identity().ok(), repo.identity().ok());
            assert_eq!(
                hook.config().expect("config").section(""),
                repo.config().expect("config").section("")
            );
            println!("probe: git_dir {}", repo.git_dir().display());
            println!("probe: common_dir {}", repo.common_dir().display());
            println!("probe: work_tree {}", shown(repo.work_tree()));
            println!("probe: worktree {:?}", repo.worktree_name());
            println!("probe: who {}", repo.identity().expect("identity"));
            println!(
                "probe: hooks {}",
                repo.hooks_dir().expect("hooks").display()
            );
            let config = repo.config().expect("config");
            println!("probe: setting {:?}", config.get("session.probe"));
            println!("probe: origin {:?}", config.origin("session.probe"));
            let toplevel = repo
                .git()
                .args(["rev-parse", "--absolute-git-dir"])
                .checked();
            println!("probe: git sees {}", toplevel.expect("git").text());
        }
        Err(error) => println!("probe: error {error:#}"),
    }
}

const PROBE: &str = "git_repo::probe";

fn fact<'a>(facts: &'a [String], name: &str) -> &'a str {
    let found = facts.iter().find_map(|fact| fact.strip_prefix(name));
    found
        .unwrap_or_else(|| panic!("no {name} in {facts:?}"))
        .trim_start()
}

fn branch(name: &str) -> BranchName {
    BranchName::new(name).expect("a branch name")
}

/// What git printed as an absolute path: `--path-format=absolute` needs git 2.31.
fn absolute(cwd: &Path, printed: &[u8]) -> String {
    let printed = std::str::from_utf8(printed).expect("UTF-8").trim();
    if printed.is_empty() {
        return String::new();
    }
    let path = cwd.join(printed).canonicalize().expect("a path");
    path.display().to_string()
}

#[test]
fn every_way_to_name_a_repository_agrees_with_git() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("d/e", "1");
    sandbox.git_in(sandbox.root(), &["init", "-q", "--bare", "bare"]);
    sandbox.git(&["worktree", "add", "-q", "../linked", "-b", "other"]);
    sandbox.git_in(
        sandbox.root(),
        &["init", "-q", "--separate-git-dir=apart", "split"],
    );
    sandbox.git(&["submodule", "--quiet", "add", "../repo", "module"]);
    let root = std::fs::canonicalize(sandbox.root()).expect("resolved");
    let git_dir = root.join("repo/.git");
    let linked = root.join("repo/.git/worktrees/linked");
    let modules = root.join("repo/.git/modules/module");
    let text = |path: &Path| path.to_str().expect("UTF-8").to_owned();
    let (git_dir, linked, modules) = (text(&git_dir), text(&linked), text(&modules));
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("repo", &[]),
        ("repo/d", &[]),
        ("repo/.git", &[]),
        ("repo", &[("GIT_DIR", ".git"), ("GIT_WORK_TREE", ".")]),
        ("repo", &[("GIT_DIR", ".git"), ("GIT_WORK_TREE", "d")]),
        ("repo/d", &[("GIT_WORK_TREE", ".")]),
        ("repo", &[("GIT_DIR", ".git")]),
        ("repo/d", &[("GIT_DIR", "../.git")]),
        (".", &[("GIT_DIR", &git_dir), ("GIT_WORK_TREE", "repo")]),
        ("linked", &[]),
        ("linked/d", &[]),
        ("linked", &[("GIT_DIR", &linked)]),
        ("bare", &[]),
        ("bare/refs", &[]),
        ("bare", &[("GIT_DIR", ".")]),
        ("split", &[]),
        ("split", &[("GIT_DIR", ".git")]),
        ("repo/module", &[]),
        ("repo/module/d", &[]),
        ("repo/module", &[("GIT_DIR", &modules)]),
    ];
    for (cwd, vars) in cases {
        let cwd = sandbox.root().join(cwd);
        let ask = |arg: &str| {
            let output = sandbox
                .command("git", &cwd)
                .envs(vars.iter().copied())
                .args(["rev-parse", arg])
                .output()
                .expect("git starts");
            absolute(&cwd, &output.stdout)
        };
        let facts = sandbox.probe(PROBE, &cwd, vars);
        assert_eq!(
            fact(&facts, "git_dir"),
            ask("--absolute-git-dir"),
            "{cwd:?} {vars:?}"
        );
        assert_eq!(
            fact(&facts, "git sees"),
            ask("--absolute-git-dir"),
            "{cwd:?} {vars:?}"
        );
        assert_eq!(
            fact(&facts, "common_dir"),
            ask("--git-common-dir"),
            "{cwd:?} {vars:?}"
        );
        let top = ask("--show-toplevel");
        // inside a git directory git names no top, libgit2 does
        if !top.is_empty() {
            assert_eq!(fact(&facts, "work_tree"), top, "{cwd:?} {vars:?}");
        }
    }
    let facts = sandbox.probe(PROBE, &sandbox.root().join("linked"), &[]);
    assert_eq!(fact(&facts, "worktree"), "Some(\"linked\")");
    let facts = sandbox.probe(PROBE, &sandbox.root().join("bare"), &[]);
    assert_eq!(fact(&facts, "work_tree"), "-");
}

#[test]
fn the_global_config_and_its_conditions_are_those_of_the_environment() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a", "1");
    let root = sandbox.root().display().to_string();
    let global = format!(
        "[user]\n\tname = Global\n\temail = global@example.org\n[includeIf \"gitdir:{root}/repo/\"]\n\tpath = {root}/more\n"
    );
    std::fs::write(sandbox.root().join("global"), global).expect("a config");
    std::fs::write(
        sandbox.root().join("more"),
        "[session]\n\tprobe = included\n",
    )
    .expect("a config");
    let global = format!("{root}/global");
    let empty = ("GIT_COMMITTER_NAME", "");
    let vars = [
        ("GIT_CONFIG_GLOBAL", global.as_str()),
        empty,
        ("GIT_COMMITTER_EMAIL", ""),
    ];
    let facts = sandbox.probe(PROBE, &sandbox.repo(), &vars);
    assert_eq!(fact(&facts, "who"), "Global <global@example.org>");
    assert_eq!(fact(&facts, "setting"), "Some(\"included\")");
    assert_eq!(fact(&facts, "origin"), "Some(Global)");
    let all = [
        vars[0],
        vars[1],
        vars[2],
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "Session.Probe"),
        ("GIT_CONFIG_VALUE_0", "by number"),
    ];
    let facts = sandbox.probe(PROBE, &sandbox.repo(), &all);
    assert_eq!(fact(&facts, "setting"), "Some(\"by number\")");
    assert_eq!(fact(&facts, "origin"), "Some(Command)");
}

#[test]
fn an_alias_run_with_git_dash_c_sees_the_setting() {
    let sandbox = Sandbox::new(&[]);
    let program = std::env::current_exe().expect("a program");
    let alias = format!(
        "alias.probe=!'{}' --exact {PROBE} --ignored --nocapture",
        program.display()
    );
    let args = [
        "-c",
        "session.probe=it's \"so\"",
        "-c",
        &alias,
        "-c",
        "core.hooksPath=~/h",
        "probe",
    ];
    let output = sandbox.git(&args);
    let facts = crate::git_support::probed(&output);
    assert_eq!(fact(&facts, "setting"), "Some(\"it's \\\"so\\\"\")");
    assert_eq!(
        fact(&facts, "hooks"),
        sandbox.root().join("home/h").display().to_string()
    );
}

#[test]
fn without_an_identity_nothing_fails() {
    let sandbox = Sandbox::new(&[]);
    let who = |env: &Env| {
        let repo = Repo::open(env, &sandbox.repo()).expect("it opens");
        repo.identity().expect("an identity").to_string()
    };
    let path = machine_path().into_string().expect("UTF-8");
    let bare = Env::from_pairs([("PATH", path.as_str())]);
    sandbox.git(&["config", "user.name", " <Ada>, "]);
    sandbox.git(&["config", "user.email", "ada@example.org"]);
    assert_eq!(who(&bare), "Ada <ada@example.org>");
    for name in [
        "Éva", "Jr.", ",x,", " Q <z>", "\"q\"", "x\\", "it's", "a, b",
    ] {
        let env = sandbox.env(&[("GIT_COMMITTER_NAME", name)]);
        let git = Git::new(&env, &sandbox.repo()).args(["var", "GIT_COMMITTER_IDENT"]);
        let ident = git.checked().expect("git").text();
        let ours = who(&env);
        let ident = ident.strip_suffix(" 1700000000 +0000");
        // an older git takes the dot at the end of a name away
        let older = ours.replace("Jr.", "Jr");
        assert!(
            ident.is_some_and(|ident| ident == ours || ident == older),
            "{name}: {ident:?}"
        );
    }
}

#[test]
fn head_is_born_named_and_detached() {
    let sandbox = Sandbox::new(&[]);
    let repo = sandbox.open();
    assert_eq!(
        repo.head().expect("HEAD"),
        Head::Unborn {
            name: branch("main")
        }
    );
    let first = CommitId::new(sandbox.commit("a", "1")).expect("an id");
    let on = |name: &str| Head::Branch {
        name: branch(name),
        tip: first.clone(),
    };
    assert_eq!(repo.head().expect("HEAD"), on("main"));
    for name in ["a/b", "we.ird\"na#me", "50%-ü", "x.y.z", "it's"] {
        sandbox.git(&["switch", "-qc", name]);
        assert_eq!(repo.head().expect("HEAD"), on(name));
        assert_eq!(
            repo.branch_tip(&branch(name)).expect("tip"),
            Some(first.clone())
        );
        assert_eq!(
            repo.resolve(name).expect("resolved"),
            Resolved::Branch(branch(name))
        );
    }
    sandbox.git(&["pack-refs", "--all"]);
    assert_eq!(repo.head().expect("HEAD"), on("it's"));
    sandbox.git(&["switch", "-q", "--detach"]);
    assert_eq!(
        repo.head().expect("HEAD"),
        Head::Detached { tip: first.clone() }
    );
    assert_eq!(repo.branch().expect("branch"), None);
    let info = repo.commit(&first).expect("a commit");
    assert_eq!(info.message, b"a\n");
    assert_eq!(info.author.to_string(), "Ada <ada@example.org>");
    assert_eq!(info.author.seconds, 1_700_000_000);
    assert!(info.parents.is_empty() && info.encoding.is_none());
}

#[test]
fn words_mean_what_git_switch_takes_them_for() {
    let sandbox = Sandbox::new(&[]);
    let first = CommitId::new(sandbox.commit("docs/a", "1")).expect("an id");
    let second = CommitId::new(sandbox.commit("docs/a", "2")).expect("an id");
    sandbox.git(&["branch", "both", "HEAD~1"]);
    sandbox.git(&["tag", "both"]);
    sandbox.git(&["tag", "-a", "-m", "x", "v1"]);
    sandbox.git(&["remote", "add", "origin", "../nowhere"]);
    sandbox.git(&["remote", "add", "fork", "../nowhere"]);
    for name in ["origin/only", "origin/two", "fork/two", "origin/main"] {
        sandbox.git(&[
            "update-ref",
            &format!("refs/remotes/{name}"),
            second.as_str(),
        ]);
    }
    sandbox.git(&[
        "symbolic-ref",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/only",
    ]);
    sandbox.git(&["switch", "-q", "both"]);
    sandbox.git(&["switch", "-q", "main"]);
    let repo = sandbox.open();
    let resolve = |word: &str| repo.resolve(word).expect("resolved");
    let remote = |name: &str| Resolved::RemoteBranch(name.to_owned());
    assert_eq!(resolve("both"), Resolved::Branch(branch("both")));
    assert_eq!(resolve("-"), Resolved::Branch(branch("both")));
    assert_eq!(resolve("@{-2}"), Resolved::Branch(branch("main")));
    assert_eq!(resolve("tags/both"), Resolved::Tag(second.clone()));
    assert_eq!(resolve("v1"), Resolved::Tag(second.clone()));
    assert_eq!(resolve("HEAD~1"), Resolved::Commit(first.clone()));
    assert_eq!(resolve(first.short()), Resolved::Commit(first.clone()));
    assert_eq!(resolve("only"), remote("origin/only"));
    assert_eq!(resolve("origin/two"), remote("origin/two"));
    assert_eq!(resolve("origin"), remote("origin/only"));
    let both = vec!["fork/two".to_owned(), "origin/two".to_owned()];
    assert_eq!(resolve("two"), Resolved::Ambiguous(both));
    for word in ["docs", "docs/a", "nothing", "", "..", "a b"] {
        assert_eq!(resolve(word), Resolved::Missing, "{word}");
    }
    assert_eq!(
        repo.default_branch().expect("default"),
        Some(branch("only"))
    );
    assert_eq!(
        repo.commits_since(&second, &first, 5).expect("walked"),
        Some(1)
    );
    assert_eq!(
        repo.commits_since(&second, &first, 0).expect("walked"),
        None
    );
    assert_eq!(
        repo.commits_since(&first, &second, 5).expect("walked"),
        None
    );
    assert!(repo.is_ancestor(&first, &second).expect("walked"));
    let names = repo.ref_names("refs/remotes/fork/").expect("names");
    assert_eq!(names, ["refs/remotes/fork/two"]);
}

#[test]
fn a_rebase_and_a_bisect_still_belong_to_their_branch() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a", "1\n");
    sandbox.git(&["switch", "-qc", "work/x"]);
    sandbox.commit("a", "2\n");
    sandbox.git(&["switch", "-q", "main"]);
    sandbox.commit("a", "3\n");
    sandbox.git(&["switch", "-q", "work/x"]);
    let repo = sandbox.open();
    assert!(repo.state().is_clean());
    for backend in ["--merge", "--apply"] {
        sandbox.try_git(&sandbox.repo(), &["rebase", "-q", backend, "main"]);
        let state = repo.state();
        assert!(state.rebasing() && state.replaying(), "{backend} {state:?}");
        assert_eq!(state.rebase_merge, backend == "--merge");
        assert_eq!(
            repo.branch().expect("branch"),
            Some(branch("work/x")),
            "{backend}"
        );
        sandbox.git(&["rebase", "--abort"]);
    }
    sandbox.git(&["bisect", "start", "HEAD", "HEAD~1"]);
    sandbox.git(&["switch", "-q", "--detach", "HEAD~1"]);
    assert_eq!(
        repo.state(),
        State {
            bisect: true,
            ..State::default()
        }
    );
    assert_eq!(branch_in_progress(repo.git_dir()), Some(branch("work/x")));
    sandbox.git(&["bisect", "reset"]);
    sandbox.try_git(&sandbox.repo(), &["merge", "-q", "main"]);
    assert_eq!(
        repo.state(),
        State {
            merge: true,
            ..State::default()
        }
    );
    sandbox.git(&["merge", "--abort"]);
    sandbox.try_git(&sandbox.repo(), &["cherry-pick", "main"]);
    assert!(repo.state().cherry_pick && repo.state().replaying());
}

#[test]
fn what_cannot_be_used_says_why_and_what_to_do() {
    let sandbox = Sandbox::new(&[]);
    let refusal = |directory: &str| {
        let error = Repo::open(&sandbox.env(&[]), &sandbox.root().join(directory));
        let error = error.expect_err("refused");
        let fault = fault(&error).expect("a fault").clone();
        assert_eq!(fault.kind(), Kind::Repository);
        (fault.to_string(), fault.hints().join("; "))
    };
    let (message, hint) = refusal("home");
    assert!(message.starts_with("not a git repository: "), "{message}");
    assert_eq!(hint, "git init");
    if sandbox
        .try_git(
            sandbox.root(),
            &["init", "-q", "--ref-format=reftable", "reftable"],
        )
        .status
        .success()
    {
        let (message, hint) = refusal("reftable");
        assert!(message.contains("extensions.refStorage"), "{message}");
        assert_eq!(hint, "git refs migrate --ref-format=files");
    }
    sandbox.git(&["config", "core.repositoryFormatVersion", "1"]);
    sandbox.git(&["config", "extensions.noop", "true"]);
    assert!(Repo::open(&sandbox.env(&[]), &sandbox.repo()).is_ok());
    std::fs::write(
        sandbox.repo().join(".git/config"),
        "[core]\n\trepositoryFormatVersion = 1\n[extensions]\n\tfuture = true\n",
    )
    .expect("a config");
    let (message, _) = refusal("repo");
    assert!(message.contains("`future`"), "{message}");
}

#[cfg(unix)]
#[test]
fn a_branch_name_that_is_not_utf_8_is_named_in_the_fault() {
    let sandbox = Sandbox::new(&[]);
    std::fs::write(sandbox.repo().join(".git/HEAD"), b"ref: refs/heads/\xff\n").expect("HEAD");
    let error = sandbox.open().head().expect_err("refused");
    assert!(error.to_string().contains("is not UTF-8"), "{error:#}");
}

#[test]
fn sharing_is_read_as_git_reads_it() {
    let sandbox = Sandbox::new(&[]);
    for (value, expected) in [
        ("group", Sharing::Group),
        ("true", Sharing::Group),
        ("1", Sharing::Group),
        ("all", Sharing::Everybody),
        ("0660", Sharing::Mode(0o660)),
        ("false", Sharing::Umask),
    ] {
        sandbox.git(&["config", "core.sharedRepository", value]);
        assert_eq!(
            sandbox.open().sharing().expect("sharing"),
            expected,
            "{value}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_repository_of_somebody_else_needs_safe_directory() {
    let sandbox = Sandbox::new(&[]);
    let chown = sandbox
        .command("chown", sandbox.root())
        .args(["-R", "54321", "repo"])
        .output();
    if !chown.is_ok_and(|output| output.status.success()) {
        return; // only root can give a directory away
    }
    let facts = sandbox.probe(PROBE, &sandbox.repo(), &[]);
    assert!(
        fact(&facts, "error").contains("is not owned by current user"),
        "{facts:?}"
    );
    let top = std::fs::canonicalize(sandbox.repo()).expect("resolved");
    let safe = top.to_str().expect("UTF-8");
    sandbox.git_in(
        sandbox.root(),
        &["config", "--global", "--add", "safe.directory", safe],
    );
    let facts = sandbox.probe(PROBE, &sandbox.repo(), &[]);
    assert_eq!(fact(&facts, "work_tree"), safe);
}

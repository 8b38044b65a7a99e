//! Hooks as links, and everything that all ways have in common. The sandbox of the other `hooks_install` tests.
//! The program that is installed is a script which writes down that it ran: no build of ours is needed to see
//! what git starts.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that fails is a failed test"
)]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use git_session::domain::hook_event::HookEvent;
use git_session::git::spawn::{self, Output};
use git_session::git::{Git, Repo};
use git_session::ops::hooks::{self, Installed, Place, Version, Way};
use git_session::sys::env::Env;
use git_session::sys::fs::{self, Onto, Sharing};
use tempfile::TempDir;

/// A git that has no hooks in its config, whatever git runs the test.
pub(crate) const OLD: Version = (2, 53, 9);

/// A line for each run: the name it was called by, the arguments, what was on standard input.
const PROGRAM: &str = r#"#!/bin/sh
{
    printf '%s' "${0##*/}"
    for word in "$@"; do printf ' [%s]' "$word"; done
    echo
    sed 's/^/</'
} >>"$HOOK_TRACE"
"#;

/// A directory with a home, a program and repositories.
pub(crate) struct Sandbox {
    pub(crate) root: PathBuf,
    pub(crate) env: Env,
    _directory: TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self::named("box")
    }

    /// A sandbox whose path has a part of this name.
    pub(crate) fn named(name: &str) -> Self {
        let directory = TempDir::new().unwrap();
        std::fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let root = std::fs::canonicalize(directory.path()).unwrap().join(name);
        std::fs::create_dir_all(root.join("home")).unwrap();
        let process = Env::from_process();
        let mut path = process.text("PATH").unwrap().to_owned();
        if let Some(git) = process.text("TEST_GIT") {
            let wrapper = format!("#!/bin/sh\nexec {git} \"$@\"\n");
            std::fs::create_dir_all(root.join("git")).unwrap();
            let to = root.join("git/git");
            fs::write_executable(&to, wrapper.as_bytes(), Onto::Free, Sharing::Umask).unwrap();
            settle();
            path = format!("{}:{path}", root.join("git").display());
        }
        let at = |name: &str| root.join(name).to_str().unwrap().to_owned();
        let pairs = [
            ("PATH", path),
            ("HOME", at("home")),
            ("XDG_CONFIG_HOME", at("home/.config")),
            ("GIT_CONFIG_NOSYSTEM", "1".to_owned()),
            ("GIT_CONFIG_GLOBAL", at("home/.gitconfig")),
            ("GIT_AUTHOR_NAME", "Ada".to_owned()),
            ("GIT_AUTHOR_EMAIL", "ada@example.org".to_owned()),
            ("GIT_COMMITTER_NAME", "Ada".to_owned()),
            ("GIT_COMMITTER_EMAIL", "ada@example.org".to_owned()),
            ("GIT_EDITOR", "false".to_owned()),
            ("GIT_TERMINAL_PROMPT", "0".to_owned()),
            ("LC_ALL", "C.UTF-8".to_owned()),
            ("HOOK_TRACE", at("trace")),
        ];
        let pairs = pairs.iter().map(|(name, value)| (*name, value.as_str()));
        let sandbox = Self {
            env: Env::from_pairs(pairs),
            root,
            _directory: directory,
        };
        sandbox.script(&sandbox.program(), PROGRAM);
        // it would come and go in the pictures of the git directory
        sandbox.ok(
            &sandbox.root,
            &["config", "--global", "maintenance.auto", "false"],
        );
        sandbox
    }

    /// Makes `PATH` find what is in another directory, last.
    pub(crate) fn add_to_path(&mut self, directory: &Path) {
        let text = |value: &std::ffi::OsStr| value.to_str().unwrap().to_owned();
        let pairs = self.env.pairs();
        let mut pairs: Vec<_> = pairs
            .map(|(name, value)| (text(name), text(value)))
            .collect();
        for (_, value) in pairs.iter_mut().filter(|(name, _)| name == "PATH") {
            *value = format!("{value}:{}", directory.display());
        }
        let pairs = pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        self.env = Env::from_pairs(pairs);
    }

    /// The program that is installed.
    pub(crate) fn program(&self) -> PathBuf {
        self.root.join("prefix/bin/git-session")
    }

    /// What is advised where files cannot be written, with this git: newer ones have hooks in their config.
    pub(crate) fn advised(&self, without_config: &'static str) -> &'static str {
        match spawn::git_version(&self.env, &self.root).unwrap() {
            version if version < hooks::CONFIG_HOOKS_SINCE => without_config,
            _ => "git session hooks install",
        }
    }

    /// Writes a script.
    pub(crate) fn script(&self, path: &Path, text: &str) {
        assert!(path.starts_with(&self.root));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write_executable(path, text.as_bytes(), Onto::Anything, Sharing::Umask).unwrap();
        settle();
    }

    /// Makes a repository without hooks and with one commit.
    pub(crate) fn repo(&self, name: &str) -> PathBuf {
        let path = self.root.join(name);
        self.ok(
            &self.root,
            &[
                "init",
                "-q",
                "-b",
                "main",
                "--template=",
                path.to_str().unwrap(),
            ],
        );
        self.ok(&path, &["commit", "-q", "--allow-empty", "-m", "first"]);
        path
    }

    pub(crate) fn git(&self, cwd: &Path, args: &[&str]) -> Output {
        Git::program("git", &self.env, cwd)
            .args(args)
            .output()
            .unwrap()
    }

    /// Runs git and expects it to succeed.
    pub(crate) fn ok(&self, cwd: &Path, args: &[&str]) -> String {
        let output = self.git(cwd, args);
        assert_eq!(output.code, 0, "git {args:?}: {}", output.complaint());
        output.text()
    }

    pub(crate) fn open(&self, path: &Path) -> Repo {
        Repo::open(&self.env, path).unwrap()
    }

    pub(crate) fn version(&self) -> Version {
        spawn::git_version(&self.env, &self.root).unwrap()
    }

    /// Installs as with a git that has no hooks in its config.
    pub(crate) fn install(&self, path: &Path) -> Installed {
        let repo = self.open(path);
        let installed = hooks::install_for(&repo, &self.program(), Place::Repository, OLD).unwrap();
        settle();
        installed
    }

    pub(crate) fn uninstall(&self, path: &Path) -> hooks::Removed {
        hooks::uninstall(&self.open(path), Place::Repository).unwrap()
    }

    /// What the program wrote down since the last look.
    pub(crate) fn trace(&self) -> String {
        let path = self.root.join("trace");
        let bytes = fs::read(&path).unwrap().unwrap_or_default();
        fs::remove(&path).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    /// Whether each event is healthy, or what is wrong.
    pub(crate) fn problems(&self, path: &Path) -> Vec<String> {
        let all = hooks::status_for(&self.open(path), OLD).unwrap();
        let sick = all.into_iter().filter(|one| !one.healthy);
        sick.map(|one| format!("{}: {}", one.event, one.detail))
            .collect()
    }
}

/// Lets a moment pass after a script was written. A child that another test starts in the same instant has the
/// file open until it becomes another program, and so long nobody can start the script.
fn settle() {
    std::thread::sleep(std::time::Duration::from_millis(4));
}

/// A fresh commit in a work tree, which must succeed.
pub(crate) fn commit(sandbox: &Sandbox, cwd: &Path) {
    sandbox.ok(cwd, &["commit", "-q", "--allow-empty", "-m", "next"]);
}

/// The one way of all events.
pub(crate) fn only_way(installed: &Installed) -> Way {
    let way = installed.way(HookEvent::PostCommit).unwrap().clone();
    assert!(
        installed.events.iter().all(|(_, other)| *other == way),
        "{installed:?}"
    );
    way
}

/// Everything below a directory: mode, link target or bytes.
pub(crate) fn picture(directory: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(path) = open.pop() {
        for entry in std::fs::read_dir(&path).into_iter().flatten() {
            let path = entry.unwrap().path();
            let metadata = std::fs::symlink_metadata(&path).unwrap();
            let what = if metadata.is_dir() {
                open.push(path.clone());
                "/".to_owned()
            } else if let Some(target) = fs::link_target(&path) {
                format!("-> {}", target.display())
            } else {
                format!(
                    "{:?}",
                    fs::read(&path).unwrap().unwrap().escape_ascii().to_string()
                )
            };
            lines.push(format!(
                "{:o} {} {what}",
                metadata.permissions().mode(),
                path.display()
            ));
        }
    }
    lines.sort();
    lines
}

#[test]
fn a_free_name_becomes_a_link_that_git_runs_without_a_shell() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    let installed = sandbox.install(&path);
    assert_eq!(only_way(&installed), Way::Link);
    assert!(installed.notes.is_empty(), "{:?}", installed.notes);
    for event in HookEvent::ALL {
        let link = fs::link_target(&path.join(".git/hooks").join(event.name()));
        assert_eq!(link, Some(sandbox.program()));
    }
    assert!(hooks::installed(&sandbox.open(&path)).unwrap());
    assert!(sandbox.problems(&path).is_empty());
    commit(&sandbox, &path);
    assert_eq!(
        sandbox.trace(),
        "prepare-commit-msg [.git/COMMIT_EDITMSG] [message]\ncommit-msg [.git/COMMIT_EDITMSG]\npost-commit\n"
    );
    sandbox.ok(&path, &["switch", "-q", "-c", "other"]);
    assert!(sandbox.trace().starts_with("post-checkout ["));
    commit(&sandbox, &path);
    sandbox.trace();
    sandbox.ok(
        &path,
        &["commit", "-q", "--amend", "--allow-empty", "-m", "better"],
    );
    let trace = sandbox.trace();
    assert!(trace.contains("post-rewrite [amend]\n<"), "{trace}");
    sandbox.ok(&path, &["switch", "-q", "main"]);
    sandbox.ok(&path, &["merge", "-q", "--ff-only", "other"]);
    assert!(sandbox.trace().ends_with("post-merge [0]\n"));
    let Some(record) = fs::read(&path.join(".git/sessions/hooks.json")).unwrap() else {
        panic!("no record");
    };
    let record = String::from_utf8(record).unwrap();
    assert!(record.contains("\"git\": \"2.53.9\"") && record.contains("\"way\": \"link\""));
    assert!(!path.join(".git/sessions/format").exists());
}

#[test]
fn installing_again_changes_nothing_and_follows_a_program_that_moved() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    let first = sandbox.install(&path);
    let before = picture(&path.join(".git/hooks"));
    assert_eq!(sandbox.install(&path), first);
    assert_eq!(picture(&path.join(".git/hooks")), before);
    let moved = sandbox.root.join("elsewhere/git-session");
    sandbox.script(&moved, PROGRAM);
    fs::remove(&sandbox.program()).unwrap();
    let wrong = sandbox.problems(&path);
    assert_eq!(wrong.len(), 6);
    assert!(wrong[0].ends_with("which is not there, so nothing is run: git session hooks install"));
    let repo = sandbox.open(&path);
    let again = hooks::install_for(&repo, &moved, Place::Repository, OLD).unwrap();
    assert_eq!(only_way(&again), Way::Link);
    assert_eq!(
        fs::link_target(&path.join(".git/hooks/post-commit")),
        Some(moved)
    );
    assert!(sandbox.problems(&path).is_empty());
}

#[test]
fn a_program_that_is_gone_stops_nothing() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    sandbox.install(&path);
    fs::remove(&sandbox.program()).unwrap();
    let output = sandbox.git(&path, &["commit", "--allow-empty", "-q", "-m", "next"]);
    assert_eq!((output.code, output.complaint()), (0, String::new()));
    let output = sandbox.git(&path, &["switch", "-q", "-c", "other"]);
    assert_eq!((output.code, output.complaint()), (0, String::new()));
}

#[test]
fn taking_links_out_leaves_no_trace_in_the_hooks_directory() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    let hooks = path.join(".git/hooks");
    std::fs::create_dir(&hooks).unwrap();
    sandbox.script(&hooks.join("pre-commit"), "#!/bin/sh\n");
    sandbox.script(&hooks.join("post-commit.sample"), "#!/bin/sh\n");
    let before = picture(&path.join(".git"));
    sandbox.install(&path);
    let removed = sandbox.uninstall(&path);
    assert_eq!(removed.removed.len(), 6);
    assert!(removed.kept.is_empty());
    let mut after = picture(&path.join(".git"));
    after.retain(|line| !line.contains("/.git/sessions"));
    assert_eq!(after, before);
    assert!(!hooks::installed(&sandbox.open(&path)).unwrap());
    let again = sandbox.uninstall(&path);
    assert_eq!(again, hooks::Removed::default());
}

#[test]
fn work_trees_share_the_hooks_and_a_submodule_has_its_own() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    let library = sandbox.repo("library");
    let linked = sandbox.root.join("linked");
    sandbox.ok(&path, &["worktree", "add", "-q", linked.to_str().unwrap()]);
    assert_eq!(only_way(&sandbox.install(&linked)), Way::Link);
    assert!(fs::exists(&path.join(".git/hooks/post-commit")));
    commit(&sandbox, &linked);
    assert!(sandbox.trace().contains("post-commit\n"));
    let allow = "protocol.file.allow=always";
    let library = library.to_str().unwrap();
    sandbox.ok(
        &path,
        &["-c", allow, "submodule", "--quiet", "add", library, "sub"],
    );
    let sub = path.join("sub");
    sandbox.trace();
    commit(&sandbox, &sub);
    assert_eq!(sandbox.trace(), "", "an install does not reach a submodule");
    assert_eq!(only_way(&sandbox.install(&sub)), Way::Link);
    assert!(fs::exists(&path.join(".git/modules/sub/hooks/post-commit")));
    commit(&sandbox, &sub);
    assert!(sandbox.trace().contains("post-commit\n"));
    sandbox.uninstall(&linked);
    assert!(!fs::exists(&path.join(".git/hooks/post-commit")));
}

#[test]
fn a_bare_repository_has_hooks() {
    let sandbox = Sandbox::new();
    let path = sandbox.root.join("bare.git");
    sandbox.ok(
        &sandbox.root,
        &[
            "init",
            "-q",
            "--bare",
            "--template=",
            path.to_str().unwrap(),
        ],
    );
    assert_eq!(only_way(&sandbox.install(&path)), Way::Link);
    assert!(fs::exists(&path.join("hooks/post-commit")));
    assert!(sandbox.problems(&path).is_empty());
    assert_eq!(sandbox.uninstall(&path).removed.len(), 6);
}

#[test]
fn a_path_may_hold_whatever_a_shell_would_read() {
    let sandbox = Sandbox::named("it's \"a\" $HOME `x`");
    let path = sandbox.repo("repo");
    assert_eq!(only_way(&sandbox.install(&path)), Way::Link);
    commit(&sandbox, &path);
    assert!(sandbox.trace().contains("post-commit\n"));
    sandbox.uninstall(&path);
    let hook = path.join(".git/hooks/post-commit");
    sandbox.script(&hook, "#!/bin/sh\necho old >>\"$HOOK_TRACE\"\n");
    let installed = sandbox.install(&path);
    assert_eq!(installed.way(HookEvent::PostCommit), Some(&Way::Stub));
    commit(&sandbox, &path);
    assert!(
        sandbox
            .trace()
            .ends_with("old\ngit-session [hook] [post-commit]\n")
    );
}

#[test]
fn two_installs_at_once_end_in_one() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    let hook = path.join(".git/hooks/post-commit");
    sandbox.script(&hook, "#!/bin/sh\necho old >>\"$HOOK_TRACE\"\n");
    let before = picture(&path.join(".git/hooks"));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..3 {
                    sandbox.install(&path);
                }
            });
        }
    });
    assert!(sandbox.problems(&path).is_empty());
    commit(&sandbox, &path);
    let trace = sandbox.trace();
    assert_eq!(trace.matches("old\n").count(), 1, "{trace}");
    assert_eq!(trace.matches("[post-commit]").count(), 1, "{trace}");
    sandbox.uninstall(&path);
    assert_eq!(picture(&path.join(".git/hooks")), before);
}

#[test]
fn whoever_shares_a_repository_may_not_be_able_to_run_the_program() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    sandbox.ok(&path, &["config", "core.sharedRepository", "group"]);
    assert_eq!(only_way(&sandbox.install(&path)), Way::Link);
    let bin = sandbox.root.join("prefix/bin");
    std::fs::set_permissions(&bin, PermissionsExt::from_mode(0o700)).unwrap();
    assert_eq!(only_way(&sandbox.install(&path)), Way::Stub);
    let hook = path.join(".git/hooks/post-commit");
    let mode = std::fs::metadata(&hook).unwrap().permissions().mode();
    assert_eq!(mode & 0o070, 0o070, "{mode:o}");
    let mode = std::fs::metadata(path.join(".git/sessions"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o2070, 0o2070, "{mode:o}");
    commit(&sandbox, &path);
    assert!(
        sandbox
            .trace()
            .contains("git-session [hook] [post-commit]\n")
    );
    assert_eq!(sandbox.uninstall(&path).removed.len(), 6);
    assert!(!fs::exists(&hook));
}

#[test]
fn commands_say_once_that_the_hooks_were_replaced() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    let recheck = || hooks::recheck(&sandbox.open(&path));
    assert_eq!(recheck(), None, "nothing was installed");
    sandbox.install(&path);
    assert_eq!(recheck(), None);
    let hook = path.join(".git/hooks/commit-msg");
    fs::remove(&hook).unwrap();
    sandbox.script(
        &hook,
        "#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\n",
    );
    let said = ".git/hooks/commit-msg was replaced by pre-commit: git session hooks install";
    assert_eq!(recheck().as_deref(), Some(said));
    assert_eq!(recheck(), None, "said once");
    fs::remove(&hook).unwrap();
    let said = ".git/hooks/commit-msg was removed: git session hooks install";
    assert_eq!(recheck().as_deref(), Some(said));
    sandbox.install(&path);
    assert_eq!(recheck(), None);
    sandbox.ok(&path, &["config", "core.hooksPath", ".husky/_"]);
    let line = "git session hooks install prints the line to add to .husky/<event>";
    let said = format!(
        "git now takes hooks from .husky/_: {}",
        sandbox.advised(line)
    );
    assert_eq!(recheck(), Some(said));
    sandbox.ok(&path, &["config", "--unset", "core.hooksPath"]);
    assert_eq!(recheck(), None);
    fs::remove(&sandbox.program()).unwrap();
    sandbox.script(&path.join(".git/hooks/pre-push"), "#!/bin/sh\n");
    let said = recheck().unwrap();
    assert!(
        said.contains("leads to a program that is not there"),
        "{said}"
    );
}

#[test]
fn the_program_is_known_by_its_stable_path() {
    let sandbox = Sandbox::new();
    let real = sandbox.root.join("cellar/1.0/bin/git-session");
    sandbox.script(&real, PROGRAM);
    let farm = sandbox.root.join("farm");
    std::fs::create_dir(&farm).unwrap();
    fs::symlink(&real, &farm.join("git-session"), Onto::Free).unwrap();
    let other = sandbox.root.join("prefix/bin");
    let path = format!("relative:{}:{}", other.display(), farm.display());
    let env = Env::from_pairs([("PATH", path.as_str())]);
    assert_eq!(hooks::program_among(&env, &real), farm.join("git-session"));
    let env = Env::from_pairs([("PATH", "/nowhere")]);
    assert_eq!(hooks::program_among(&env, &real), real);
    assert!(hooks::program(&sandbox.env).unwrap().is_absolute());
}

#[test]
fn git_runs_the_built_program_and_goes_on() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    let built = Path::new(env!("CARGO_BIN_EXE_git-session"));
    let repo = sandbox.open(&path);
    let installed = hooks::install_for(&repo, built, Place::Repository, OLD).unwrap();
    assert_eq!(only_way(&installed), Way::Link);
    let events = sandbox.root.join("events");
    let args = ["commit", "-q", "--allow-empty", "-m", "next"];
    let git = Git::program("git", &sandbox.env, &path).args(args);
    let output = git.variable("GIT_TRACE2_EVENT", &events).output().unwrap();
    assert_eq!((output.code, output.complaint()), (0, String::new()));
    let events = std::fs::read_to_string(events).unwrap();
    for name in ["prepare-commit-msg", "commit-msg", "post-commit"] {
        let started = format!("\"hook_name\":\"{name}\"");
        let lines: Vec<_> = events
            .lines()
            .filter(|line| line.contains(&started))
            .collect();
        assert_eq!(lines.len(), 1, "{events}");
        assert!(
            lines[0].contains("\"event\":\"child_start\""),
            "{}",
            lines[0]
        );
        assert!(lines[0].contains("\"use_shell\":false"), "{}", lines[0]);
    }
    let ended: Vec<_> = events
        .lines()
        .filter(|line| line.contains("\"child_exit\""))
        .collect();
    assert!(
        ended.iter().all(|line| line.contains("\"code\":0")),
        "{ended:?}"
    );
}

/// Runs as another user, called by the test below; alone it does nothing.
#[test]
fn helper_installs_where_it_is_told() {
    let process = Env::from_process();
    let Some(path) = process.path("INSTALL_HOOKS_IN") else {
        return;
    };
    let program = process.path("INSTALL_HOOKS_PROGRAM").unwrap();
    let repo = Repo::open(&process, &path).unwrap();
    let Err(error) = hooks::install_for(&repo, &program, Place::Repository, OLD) else {
        return;
    };
    println!("exit {}: {error:#}", git_session::error::exit_code(&error));
    let fault = git_session::error::fault(&error).expect("a fault with a hint");
    println!("hint: {}", fault.hints().join("; "));
}

#[test]
fn a_directory_that_cannot_be_written_is_a_clear_failure() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    let hooks = path.join(".git/hooks");
    std::fs::create_dir(&hooks).unwrap();
    if std::os::unix::fs::chown(&path, Some(65534), Some(65534)).is_err() {
        println!("skipped: only root can act as another user");
        return;
    }
    let mut open = vec![path.clone()];
    while let Some(at) = open.pop() {
        std::os::unix::fs::lchown(&at, Some(65534), Some(65534)).unwrap();
        let below = std::fs::read_dir(&at).into_iter().flatten();
        open.extend(below.map(|entry| entry.unwrap().path()));
    }
    std::os::unix::fs::chown(&hooks, Some(0), Some(0)).unwrap();
    let binary = std::env::current_exe().unwrap();
    let copy = sandbox.root.join("test");
    // a child that another test starts meanwhile must not have the copy open for writing
    let cp = Git::program("cp", &sandbox.env, &sandbox.root).args([&binary, &copy]);
    assert_eq!(cp.output().unwrap().code, 0);
    let user = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let helper = "hooks_install::helper_installs_where_it_is_told";
    let output = Git::program("setpriv", &sandbox.env, &sandbox.root)
        .args(user)
        .arg(&copy)
        .args(["--exact", helper, "--nocapture"])
        .variable("INSTALL_HOOKS_IN", &path)
        .variable("INSTALL_HOOKS_PROGRAM", sandbox.program())
        .variable("TMPDIR", "/tmp")
        .output()
        .unwrap();
    let text = output.text();
    assert!(
        text.contains("exit 1: cannot make the link"),
        "{text}{}",
        output.complaint()
    );
    assert!(text.contains("Permission denied"), "{text}");
    assert!(text.contains("hint: ask the owner of"), "{text}");
    assert!(picture(&hooks).is_empty());
}

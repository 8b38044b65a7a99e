//! The program itself in a repository of its own: what it prints, and how it ends.
#![allow(
    clippy::disallowed_methods,
    reason = "tests start the program and git themselves"
)]

use std::cell::Cell;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::machine_path;

/// A directory with a repository `repo`, an environment that knows nothing of the machine, and a clock that
/// stands still.
pub(crate) struct Scratch {
    root: tempfile::TempDir,
    minutes: Cell<u32>,
    vars: Vec<(String, String)>,
}

/// What a command printed and how it ended.
#[must_use]
pub(crate) struct Said {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.stdout)?;
        if !self.stderr.is_empty() {
            write!(f, "---\n{}", self.stderr)?;
        }
        write!(f, "[{}]", self.code)
    }
}

impl Scratch {
    /// With one commit on `main`, and the hooks in place.
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().expect("a temporary directory");
        let home = root.path().join("home");
        std::fs::create_dir(&home).expect("a home");
        std::fs::write(home.join(".gitconfig"), "[init]\n\tdefaultBranch = main\n")
            .expect("a file");
        let text = |path: &Path| path.to_str().expect("UTF-8").to_owned();
        let vars = [
            ("HOME", text(&home)),
            ("XDG_CONFIG_HOME", text(&home.join("xdg"))),
            ("GIT_CONFIG_GLOBAL", text(&home.join(".gitconfig"))),
            ("GIT_CEILING_DIRECTORIES", text(root.path())),
            ("PATH", machine_path().into_string().expect("UTF-8")),
            ("GIT_CONFIG_NOSYSTEM", "1".to_owned()),
            ("GIT_AUTHOR_NAME", "Ada".to_owned()),
            ("GIT_AUTHOR_EMAIL", "ada@example.org".to_owned()),
            ("GIT_COMMITTER_NAME", "Ada".to_owned()),
            ("GIT_COMMITTER_EMAIL", "ada@example.org".to_owned()),
            ("GIT_TERMINAL_PROMPT", "0".to_owned()),
            ("GIT_EDITOR", "false".to_owned()),
            ("LC_ALL", "C.UTF-8".to_owned()),
            ("TZ", "UTC".to_owned()),
            ("COLUMNS", "100".to_owned()),
            ("GIT_SESSION_SEED", "seed".to_owned()),
        ];
        let vars = vars.map(|(name, value)| (name.to_owned(), value)).to_vec();
        let scratch = Self {
            root,
            minutes: Cell::new(0),
            vars,
        };
        scratch.git_in(scratch.root(), &["init", "-q", "repo"]);
        scratch.git(&["commit", "-q", "--allow-empty", "-m", "Begin"]);
        Self::install_hooks(&scratch.repo());
        scratch
    }

    /// The directory that everything lies in.
    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    /// The repository.
    pub(crate) fn repo(&self) -> PathBuf {
        self.root().join("repo")
    }

    /// The program under the name of each hook.
    pub(crate) fn install_hooks(repo: &Path) {
        for event in [
            "prepare-commit-msg",
            "commit-msg",
            "post-commit",
            "post-checkout",
        ] {
            let link = repo.join(".git/hooks").join(event);
            std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_git-session"), link).expect("a link");
        }
    }

    /// Time passes.
    pub(crate) fn later(&self, minutes: u32) {
        self.minutes.set(self.minutes.get() + minutes);
    }

    /// Writes a file of the work tree.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.repo().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        std::fs::write(path, text).expect("a file");
    }

    /// Commits a file.
    pub(crate) fn commit(&self, path: &str, subject: &str) {
        self.write(path, subject);
        self.git(&["add", "--", path]);
        self.git(&["commit", "-qm", subject]);
    }

    /// Runs the program in the repository.
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        self.run_in(&self.repo(), arguments, &[])
    }

    /// Runs the program somewhere, with some variables more.
    pub(crate) fn run_in(&self, cwd: &Path, arguments: &[&str], vars: &[(&str, &str)]) -> Said {
        let mut command = self.command(env!("CARGO_BIN_EXE_git-session"), cwd);
        command.args(arguments).envs(vars.iter().copied());
        let output = command.output().expect("the program starts");
        let root = self.root().to_str().expect("UTF-8");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(root, "<root>");
        Said {
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            code: output.status.code().expect("an exit status"),
        }
    }

    /// Runs git in the repository; it must succeed.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.repo(), arguments)
    }

    /// Runs git somewhere; it must succeed.
    pub(crate) fn git_in(&self, cwd: &Path, arguments: &[&str]) -> String {
        let output = self.command("git", cwd).args(arguments).output();
        let output = output.expect("git starts");
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
        String::from_utf8(output.stdout)
            .expect("UTF-8")
            .trim()
            .to_owned()
    }

    /// A command with this environment and this time, and nothing else.
    pub(crate) fn command(&self, program: &str, cwd: &Path) -> Command {
        let (hour, minute) = (9 + self.minutes.get() / 60, self.minutes.get() % 60);
        let now = format!(
            "2026-11-{:02}T{:02}:{minute:02}:00Z",
            20 + hour / 24,
            hour % 24
        );
        let mut command = Command::new(program);
        command.current_dir(cwd).env_clear().stdin(Stdio::null());
        command.envs(self.vars.iter().map(|(a, b)| (a, b)));
        for name in ["GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE", "GIT_SESSION_NOW"] {
            command.env(name, &now);
        }
        command
    }
}

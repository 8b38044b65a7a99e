//! Repositories to try things on: a directory of their own, an environment of their own, git as the oracle.
#![allow(
    clippy::disallowed_methods,
    reason = "tests start git themselves, so that the oracle does not pass through what is tested"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use git_session::git::Repo;
use git_session::sys::env::Env;

use crate::support::machine_path;

/// A directory with a repository `repo` and an environment that knows nothing of the machine.
pub(crate) struct Sandbox {
    root: tempfile::TempDir,
    vars: Vec<(String, String)>,
}

impl Sandbox {
    /// With a repository made by `git init <args> repo`.
    pub(crate) fn new(init: &[&str]) -> Self {
        let root = tempfile::tempdir().expect("a temporary directory");
        let home = root.path().join("home");
        std::fs::create_dir(&home).expect("a home");
        let text = |path: &Path| path.to_str().expect("UTF-8").to_owned();
        std::fs::write(
            home.join(".gitconfig"),
            "[init]\n\tdefaultBranch = main\n[protocol \"file\"]\n\tallow = always\n",
        )
        .expect("a config");
        let mut vars: Vec<_> = [
            ("HOME", text(&home)),
            ("XDG_CONFIG_HOME", text(&home.join("xdg"))),
            ("GIT_CONFIG_GLOBAL", text(&home.join(".gitconfig"))),
            ("GIT_CEILING_DIRECTORIES", text(root.path())),
            ("PATH", machine_path().into_string().expect("UTF-8")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec();
        for (name, value) in [
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "Ada"),
            ("GIT_AUTHOR_EMAIL", "ada@example.org"),
            ("GIT_AUTHOR_DATE", "1700000000 +0000"),
            ("GIT_COMMITTER_NAME", "Ada"),
            ("GIT_COMMITTER_EMAIL", "ada@example.org"),
            ("GIT_COMMITTER_DATE", "1700000000 +0000"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_EDITOR", "false"),
            ("LC_ALL", "C.UTF-8"),
            ("TZ", "UTC"),
        ] {
            vars.push((name.to_owned(), value.to_owned()));
        }
        let sandbox = Self { root, vars };
        let args = [&["init", "-q"], init, &["repo"]].concat();
        sandbox.git_in(sandbox.root(), &args);
        sandbox
    }

    /// The directory that everything lies in.
    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    /// The repository.
    pub(crate) fn repo(&self) -> PathBuf {
        self.root().join("repo")
    }

    /// The environment, with some variables more.
    pub(crate) fn env(&self, more: &[(&str, &str)]) -> Env {
        let vars = self.vars.iter().map(|(a, b)| (a.as_str(), b.as_str()));
        Env::from_pairs(vars.chain(more.iter().copied()))
    }

    /// Opens the repository.
    pub(crate) fn open(&self) -> Repo {
        Repo::open(&self.env(&[]), &self.repo()).expect("it opens")
    }

    /// A command with the environment of the sandbox and nothing else.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>, cwd: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(cwd).env_clear().stdin(Stdio::null());
        command.envs(self.vars.iter().map(|(a, b)| (a, b)));
        command
    }

    /// Runs git and keeps everything.
    pub(crate) fn try_git(&self, cwd: &Path, args: &[&str]) -> Output {
        let program = std::env::var_os("TEST_GIT").unwrap_or_else(|| "git".into());
        self.command(program, cwd)
            .args(args)
            .output()
            .expect("git starts")
    }

    /// Runs git somewhere; it must succeed.
    pub(crate) fn git_in(&self, cwd: &Path, args: &[&str]) -> Vec<u8> {
        let output = self.try_git(cwd, args);
        assert!(output.status.success(), "git {args:?}: {output:?}");
        output.stdout
    }

    /// Runs git in the repository; standard output without white space at its ends.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let output = self.git_in(&self.repo(), args);
        String::from_utf8(output).expect("UTF-8").trim().to_owned()
    }

    /// Writes a file of the work tree.
    pub(crate) fn write(&self, path: &str, content: &str) {
        let path = self.repo().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        std::fs::write(path, content).expect("a file");
    }

    /// Commits a file; the new commit's id.
    pub(crate) fn commit(&self, path: &str, content: &str) -> String {
        self.write(path, content);
        self.git(&["add", "--", path]);
        self.git(&["commit", "-qm", path]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs an ignored test of this binary as a process of its own, and returns what it printed behind
    /// `probe: `. What it sees of the environment is the sandbox's.
    pub(crate) fn probe(&self, name: &str, cwd: &Path, vars: &[(&str, &str)]) -> Vec<String> {
        let program = std::env::current_exe().expect("a program");
        let output = self
            .command(program, cwd)
            .args(["--exact", name, "--ignored", "--nocapture"])
            .envs(vars.iter().copied())
            .output()
            .expect("the probe starts");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{text}{output:?}");
        probed(&text)
    }
}

/// The lines that a probe printed.
pub(crate) fn probed(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| Some(line.split_once("probe: ")?.1.to_owned()))
        .collect()
}

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(u64);

impl Dice {
    /// Starts from a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next number below a limit.
    pub(crate) fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits fit") % below
    }
}

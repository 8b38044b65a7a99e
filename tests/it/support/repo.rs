//! A repository in a sandbox, seen from one directory with one environment, and what tests do with it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;

use chrono::TimeDelta;

use super::output::Output;
use super::sandbox::{self, Sandbox};

/// The hooks that the program answers to.
pub(crate) const EVENTS: [&str; 6] = [
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "post-checkout",
    "post-rewrite",
    "post-merge",
];

/// A repository. Cheap to copy: [`Repo::at`] and [`Repo::with`] are other views of the same one.
#[derive(Clone)]
pub(crate) struct Repo {
    sandbox: Rc<Sandbox>,
    path: PathBuf,
    vars: Vec<(String, String)>,
}

impl Repo {
    /// An empty one in a sandbox of its own, without hooks.
    pub(crate) fn empty() -> Self {
        let sandbox = Rc::new(Sandbox::new());
        let root = sandbox.root().to_owned();
        let outside = Self {
            sandbox,
            path: root,
            vars: Vec::new(),
        };
        outside.git(&["init", "-q", "repo"]).done();
        outside.at("repo")
    }

    /// One with a commit on `main`, and the hooks.
    pub(crate) fn new() -> Self {
        let repo = Self::empty();
        repo.commit("README", "a project\n", "First");
        repo.with_hooks()
    }

    /// One with a session on `feature` that has one objective.
    pub(crate) fn in_session() -> Self {
        let repo = Self::new();
        repo.session(&["start", "feature", "-o", "Reach the goal"])
            .done();
        repo
    }

    /// Installs the hooks, as `git session start` does.
    pub(crate) fn with_hooks(self) -> Self {
        self.session(&["hooks", "install"]).done();
        self
    }

    /// The sandbox.
    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// The directory that commands run in.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The same sandbox seen from another directory, relative to this one.
    pub(crate) fn at(&self, path: impl AsRef<Path>) -> Self {
        Self {
            path: self.path.join(path),
            ..self.clone()
        }
    }

    /// The same with another variable.
    pub(crate) fn with(&self, name: &str, value: impl AsRef<str>) -> Self {
        let mut view = self.clone();
        view.vars.push((name.into(), value.as_ref().to_owned()));
        view
    }

    /// The same with an editor: an `sh` script, `$1` is the file.
    pub(crate) fn editor(&self, script: &str) -> Self {
        let path = self.sandbox.script(script);
        self.with("GIT_EDITOR", path.to_str().expect("UTF-8"))
    }

    /// Lets minutes pass.
    pub(crate) fn wait(&self, minutes: i64) {
        self.sandbox.advance(TimeDelta::minutes(minutes));
    }

    /// A command in this directory.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = self.sandbox.command(program, &self.path);
        command.envs(self.vars.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs any program.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, program: impl AsRef<OsStr>, args: &[S]) -> Output {
        let mut command = self.command(program);
        command.args(args);
        let line = format!("{command:?}");
        let output = command.output().expect("it starts");
        let root = self.sandbox.root().to_str().expect("UTF-8");
        Output::new(line, output, root)
    }

    /// Runs git.
    pub(crate) fn git<S: AsRef<OsStr>>(&self, args: &[S]) -> Output {
        self.run(Sandbox::git(), args)
    }

    /// Runs `git session`.
    pub(crate) fn session(&self, args: &[&str]) -> Output {
        self.git(&[&["session"], args].concat())
    }

    /// Starts `git <args>` and does not wait for it.
    pub(crate) fn spawn(&self, args: &[&str]) -> Child {
        let mut command = self.command(Sandbox::git());
        command.args(args).stdout(Stdio::null());
        command.stderr(Stdio::piped());
        command.spawn().expect("git starts")
    }

    /// Runs a shell line.
    pub(crate) fn sh(&self, line: &str) -> Output {
        self.run("sh", &["-c", line])
    }

    /// A setting of the repository.
    pub(crate) fn config(&self, key: &str, value: &str) {
        self.git(&["config", key, value]).done();
    }

    /// Writes a file below this directory.
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        sandbox::write(&self.path.join(path), content);
    }

    /// Reads a file below this directory.
    pub(crate) fn read(&self, path: impl AsRef<Path>) -> String {
        let path = self.path.join(path);
        let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Writes a file and stages it.
    pub(crate) fn stage(&self, path: &str, content: &str) {
        self.write(path, content);
        self.git(&["add", "--", path]).done();
    }

    /// Commits a file with a message; the id of the commit.
    pub(crate) fn commit(&self, path: &str, content: &str, message: &str) -> String {
        self.stage(path, content);
        self.git(&["commit", "-q", "-m", message]).done();
        self.head()
    }

    /// The id of the newest commit.
    pub(crate) fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"]).text()
    }

    /// `git switch`.
    pub(crate) fn switch(&self, branch: &str) {
        self.git(&["switch", "-q", branch]).done();
    }

    /// Adds a linked work tree beside the repository, on a new branch of its own name.
    pub(crate) fn worktree(&self, name: &str) -> Self {
        let path = format!("../{name}");
        self.git(&["worktree", "add", "-q", "-b", name, &path])
            .done();
        self.at(path)
    }

    /// The message of a commit as it stands in it.
    pub(crate) fn message(&self, revision: &str) -> String {
        let raw = self.git(&["cat-file", "commit", revision]).ok().stdout;
        let text = String::from_utf8_lossy(&raw).into_owned();
        text.split_once("\n\n").expect("a header").1.to_owned()
    }

    /// The values of a trailer of a commit, as git finds them.
    pub(crate) fn trailers(&self, revision: &str, key: &str) -> Vec<String> {
        let format = format!("--format=%(trailers:key={key},valueonly,unfold)");
        let text = self.git(&["log", "-1", &format, revision]).text();
        text.lines().map(str::to_owned).collect()
    }

    /// How often the message of a commit carries our lines.
    pub(crate) fn runs(&self, revision: &str) -> usize {
        let message = self.message(revision);
        message.matches("Session-Id: ").count()
    }

    /// A path inside the git directory.
    pub(crate) fn git_path(&self, name: &str) -> PathBuf {
        let path = self.git(&["rev-parse", "--git-path", name]).text();
        self.path.join(path)
    }

    /// The session that a branch is mapped to.
    pub(crate) fn mapped(&self, branch: &str) -> Option<String> {
        let key = format!("branch.{branch}.sessionId");
        let output = self.git(&["config", "--get", &key]);
        output.success().then(|| output.text())
    }

    /// The session of the current branch.
    pub(crate) fn session_id(&self) -> String {
        let branch = self.git(&["branch", "--show-current"]).text();
        self.mapped(&branch).expect("the branch has a session")
    }

    /// The store.
    pub(crate) fn store(&self) -> PathBuf {
        let common = self.git(&["rev-parse", "--git-common-dir"]).text();
        self.path.join(common).join("sessions")
    }

    /// A file of the current session.
    pub(crate) fn session_file(&self, name: &str) -> PathBuf {
        self.store().join(self.session_id()).join(name)
    }

    /// The lines of `hook.log`; none when it is not there.
    pub(crate) fn hook_log(&self) -> Vec<String> {
        let bytes = fs::read(self.store().join("hook.log")).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        text.lines().map(str::to_owned).collect()
    }

    /// No hook had anything to complain about.
    #[track_caller]
    pub(crate) fn assert_quiet(&self) {
        assert_eq!(self.hook_log(), Vec::<String>::new(), "hook.log");
    }

    /// The events of the current session's log.
    pub(crate) fn events(&self) -> Vec<serde_json::Value> {
        let text = self.read(self.session_file("log.jsonl"));
        let parse = |line| serde_json::from_str(line).expect("one JSON object a line");
        text.lines().map(parse).collect()
    }

    /// The notes ref of this clone, as `git notes --ref` takes it.
    pub(crate) fn notes(&self) -> String {
        let writer = self.git(&["config", "session.writer"]).text();
        format!("--ref=session/{writer}")
    }

    /// The same repository with a git on `PATH` that first does something else when it is called for the `n`-th time.
    pub(crate) fn meddling(&self, n: usize, shell: &str) -> Self {
        let count = self.sandbox().root().join("count");
        fs::write(&count, "0").expect("a file");
        let bin = self.sandbox().root().join("meddling");
        fs::create_dir_all(&bin).expect("a directory");
        let real = self.sh("command -v git").text();
        let script = format!(
            "#!/bin/sh\nn=$(($(cat '{0}') + 1)); echo $n > '{0}'\n\
             if [ $n -eq {n} ]; then {shell}; fi\nexec '{real}' \"$@\"\n",
            count.display()
        );
        let git = bin.join("git");
        fs::write(&git, script).expect("a script");
        self.sh(&format!("chmod +x '{}'", git.display())).done();
        let path = self.sh("echo \"$PATH\"").text();
        self.with("PATH", format!("{}:{path}", bin.display()))
    }

    /// How often git was called.
    pub(crate) fn calls(&self) -> usize {
        let count = self.sandbox().root().join("count");
        let text = fs::read_to_string(count).expect("a file");
        text.trim().parse().expect("a number")
    }

    /// The note of a commit.
    pub(crate) fn note(&self, revision: &str) -> Option<serde_json::Value> {
        let output = self.git(&["notes", &self.notes(), "show", revision]);
        let text = output.success().then(|| output.text())?;
        Some(serde_json::from_str(&text).expect("one JSON object"))
    }
}

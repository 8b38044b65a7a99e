//! A directory of its own and an environment that is rebuilt from nothing: no command that runs in it sees the
//! machine's configuration, its date, or another test.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use chrono::{DateTime, TimeDelta, Utc};

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_git-session");

/// Where the clock starts: 2026-11-20 09:00:00 UTC.
const START: i64 = 1_795_165_200;

/// What git is told in every sandbox.
const GIT_CONFIG: &str = "\
[init]
\tdefaultBranch = main
[user]
\tname = Ada
\temail = ada@example.org
[commit]
\tgpgSign = false
[core]
\tautocrlf = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
[protocol \"file\"]
\tallow = always
[advice]
\tdetachedHead = false
";

/// A directory, an environment, a clock.
pub(crate) struct Sandbox {
    directory: tempfile::TempDir,
    root: PathBuf,
    vars: RefCell<BTreeMap<OsString, OsString>>,
    now: Cell<DateTime<Utc>>,
    scripts: Cell<usize>,
    exports_author: Cell<bool>,
}

impl Sandbox {
    /// An empty one.
    pub(crate) fn new() -> Self {
        let directory = tempfile::Builder::new()
            .prefix("git-session-test-")
            .tempdir_in(place())
            .expect("a temporary directory");
        // the tests that drop their rights must still reach it
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).expect("a mode");
        let root = directory.path().canonicalize().expect("a path");
        for name in ["home", "home/xdg", "tmp", "bin", "scripts"] {
            fs::create_dir(root.join(name)).expect("a directory");
        }
        symlink(PROGRAM, root.join("bin/git-session")).expect("a link");
        write(&root.join("home/.gitconfig"), GIT_CONFIG);
        let sandbox = Self {
            directory,
            vars: RefCell::new(variables(&root)),
            root,
            now: Cell::new(DateTime::from_timestamp(START, 0).expect("a date")),
            scripts: Cell::new(0),
            exports_author: Cell::new(true),
        };
        sandbox.advance(TimeDelta::zero());
        sandbox
    }

    /// The directory that everything lies in, without symbolic links.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// What the clock of the program and of git says.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.now.get()
    }

    /// Lets time pass, for the program and for git together.
    pub(crate) fn advance(&self, by: TimeDelta) {
        let now = self.now.get() + by;
        self.now.set(now);
        let date = format!("@{} +0000", now.timestamp());
        if self.exports_author.get() {
            self.set("GIT_AUTHOR_DATE", &date);
        }
        self.set("GIT_COMMITTER_DATE", &date);
        self.set(
            "GIT_SESSION_NOW",
            &now.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        );
    }

    /// From now on everybody uses the clock and the random numbers of the machine: needed where several
    /// processes write at once, which would make the same ids otherwise.
    pub(crate) fn real_clock(&self) {
        self.hide_author();
        for name in ["GIT_SESSION_NOW", "GIT_SESSION_SEED", "GIT_COMMITTER_DATE"] {
            self.unset(name);
        }
    }

    /// Nobody exports the author, as on most machines: git hands it to hooks of `git commit` alone.
    pub(crate) fn hide_author(&self) {
        self.exports_author.set(false);
        for name in ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE"] {
            self.unset(name);
        }
    }

    /// Takes a variable from every later command.
    pub(crate) fn unset(&self, name: &str) {
        self.vars.borrow_mut().remove(OsStr::new(name));
    }

    /// Sets a variable for every later command.
    pub(crate) fn set(&self, name: &str, value: &str) {
        self.vars.borrow_mut().insert(name.into(), value.into());
    }

    /// A command with the environment of the sandbox and nothing else.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>, cwd: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(cwd).env_clear().stdin(Stdio::null());
        command.envs(self.vars.borrow().iter());
        command
    }

    /// The git under test: `TEST_GIT`, else the one on the path.
    pub(crate) fn git() -> PathBuf {
        std::env::var_os("TEST_GIT").map_or_else(|| "git".into(), PathBuf::from)
    }

    /// An executable `sh` script; its path.
    pub(crate) fn script(&self, body: &str) -> PathBuf {
        let number = self.scripts.get();
        self.scripts.set(number + 1);
        let path = self.root.join(format!("scripts/{number}.sh"));
        executable(&path, &format!("#!/bin/sh\n{body}\n"));
        path
    }

    /// Keeps the directory and says where it is, for a look at a failure.
    #[expect(dead_code, reason = "called by hand")]
    pub(crate) fn keep(mut self) -> PathBuf {
        self.directory.disable_cleanup(true);
        self.root.clone()
    }
}

/// Where sandboxes are made: `TMPDIR` when it is set, else memory where programs may be started from it (git
/// makes many small files), else the machine's own place.
fn place() -> &'static Path {
    static PLACE: OnceLock<PathBuf> = OnceLock::new();
    PLACE.get_or_init(|| {
        let memory = Path::new("/dev/shm");
        if std::env::var_os("TMPDIR").is_none() && can_start_programs(memory) {
            return memory.to_owned();
        }
        std::env::temp_dir()
    })
}

/// Whether a script in this directory can be started.
fn can_start_programs(directory: &Path) -> bool {
    let Ok(probe) = tempfile::tempdir_in(directory) else {
        return false;
    };
    let script = probe.path().join("probe");
    executable(&script, "#!/bin/sh\nexit 0\n");
    Command::new(script)
        .status()
        .is_ok_and(|status| status.success())
}

/// Writes a file, its directories too.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
    fs::write(path, content).expect("a file");
}

/// Writes a file that can be started.
pub(crate) fn executable(path: &Path, content: &str) {
    write(path, content);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a mode");
}

/// The whole environment.
fn variables(root: &Path) -> BTreeMap<OsString, OsString> {
    let path = |name: &str| root.join(name).into_os_string();
    let mut vars = BTreeMap::new();
    let mut set = |name: &str, value: OsString| {
        vars.insert(OsString::from(name), value);
    };
    set("PATH", search_path(root));
    set("HOME", path("home"));
    set("XDG_CONFIG_HOME", path("home/xdg"));
    set("TMPDIR", path("tmp"));
    set("GIT_CONFIG_GLOBAL", path("home/.gitconfig"));
    set("GIT_CEILING_DIRECTORIES", root.as_os_str().to_owned());
    for (name, value) in [
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "Ada"),
        ("GIT_AUTHOR_EMAIL", "ada@example.org"),
        ("GIT_COMMITTER_NAME", "Ada"),
        ("GIT_COMMITTER_EMAIL", "ada@example.org"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_EDITOR", "false"),
        ("LC_ALL", "C.UTF-8"),
        ("TZ", "UTC"),
        ("COLUMNS", "100"),
        ("GIT_SESSION_SEED", "sandbox"),
    ] {
        set(name, value.into());
    }
    vars
}

/// Our own program first, then the git under test, then what the machine has.
fn search_path(root: &Path) -> OsString {
    let rest = machine_path();
    let first = std::iter::once(root.join("bin"));
    std::env::join_paths(first.chain(std::env::split_paths(&rest))).expect("paths")
}

/// `PATH` with the directory of the git under test first.
pub(crate) fn machine_path() -> OsString {
    let machine = std::env::var_os("PATH").expect("PATH is set");
    let git = std::env::var_os("TEST_GIT").map(PathBuf::from);
    let beside = git.and_then(|git| Some(git.parent()?.to_owned()));
    let all = beside.into_iter().chain(std::env::split_paths(&machine));
    std::env::join_paths(all).expect("paths")
}

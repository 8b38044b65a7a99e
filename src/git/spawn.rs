//! Child processes: the one place that starts them. Their environment is rebuilt from [`Env`], so that
//! nothing reaches a child that this program was not given.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result};

pub use super::child::{Output, Shown, Watched};
use super::child::{Reading, code, wait, whole};
use crate::error::Fault;
use crate::sys::env::{self, Env};

/// What `git rev-parse --local-env-vars` prints: the variables that bind a process to one repository.
/// Source: <https://git-scm.com/docs/git-rev-parse>.
pub const LOCAL_VARIABLES: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_REFERENCE_BACKEND",
];

/// One run of `git` (or of another program) that is about to be started.
#[derive(Clone, Debug)]
pub struct Git {
    program: OsString,
    cwd: PathBuf,
    args: Vec<OsString>,
    env: Env,
    pub(super) changes: Vec<(OsString, Option<OsString>)>,
    stdin: Vec<u8>,
    limit: Option<Duration>,
}

impl Git {
    /// The git that called us (`$GIT_EXEC_PATH/git`), else the one on `PATH`, for the repository that the
    /// environment and the directory say. It takes no optional lock.
    pub fn new(env: &Env, cwd: &Path) -> Self {
        let beside = env.path(env::GIT_EXEC_PATH).map(|path| path.join("git"));
        let program = match beside {
            Some(path) if path.is_file() => path.into_os_string(),
            _ => OsString::from("git"),
        };
        Self::program(program, env, cwd).variable("GIT_OPTIONAL_LOCKS", "0")
    }

    /// Another program than git: an editor, an agent, a hook that was there before.
    pub fn program(program: impl Into<OsString>, env: &Env, cwd: &Path) -> Self {
        Self {
            program: program.into(),
            cwd: cwd.to_owned(),
            args: Vec::new(),
            env: env.clone(),
            changes: Vec::new(),
            stdin: Vec::new(),
            limit: None,
        }
    }

    /// Another program in the same place.
    pub(super) fn another(&self, program: &str) -> Self {
        Self::program(program, &self.env, &self.cwd)
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        let args = args.into_iter().map(|arg| arg.as_ref().to_owned());
        self.args.extend(args);
        self
    }

    /// Sets a variable of the child.
    #[must_use]
    pub fn variable(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        let change = (name.as_ref().into(), Some(value.as_ref().into()));
        self.changes.push(change);
        self
    }

    /// Takes a variable from the child.
    #[must_use]
    pub fn without(mut self, name: impl AsRef<OsStr>) -> Self {
        self.changes.push((name.as_ref().into(), None));
        self
    }

    /// For a hook: a partial clone never opens a connection to fetch what is missing.
    #[must_use]
    pub fn in_hook(self) -> Self {
        self.variable("GIT_NO_LAZY_FETCH", "1")
    }

    /// For a question: a partial clone never opens a connection, with a git before 2.45 as well. What the child runs may
    /// open none either.
    #[must_use]
    pub fn offline(self) -> Self {
        self.in_hook().variable("GIT_ALLOW_PROTOCOL", "none")
    }

    /// For another repository than the one that the environment names.
    #[must_use]
    pub fn elsewhere(self) -> Self {
        LOCAL_VARIABLES.iter().fold(self, Self::without)
    }

    /// What the child reads from standard input; nothing by default.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// Ends the child when it runs longer than this.
    #[must_use]
    pub const fn within(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Runs the child without a terminal prompt and keeps what it writes. An exit status other than 0 is
    /// no error here; that it cannot start or takes too long is one.
    pub fn output(&self) -> Result<Output> {
        let mut command = self.command();
        command.env("GIT_TERMINAL_PROMPT", "0").stdin(self.input()?);
        match self.limit {
            None => {
                let output = command.output().map_err(|error| self.no_start(&error))?;
                Ok(Output {
                    code: code(output.status),
                    stdout: output.stdout,
                    stderr: output.stderr,
                })
            }
            Some(limit) => self.bounded(command, limit),
        }
    }

    /// Like [`Git::output`], but an exit status other than 0 is a [`Fault`] that quotes standard error.
    pub fn checked(&self) -> Result<Output> {
        succeeded(self.output()?, &self.line())
    }

    /// Like [`Git::output`], without a limit and without waiting: the child works while its output is not
    /// asked for.
    pub fn start(&self) -> Result<Running> {
        let mut command = self.command();
        command
            .env("GIT_TERMINAL_PROMPT", "0")
            .stdin(self.input()?)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let child = command.spawn().map_err(|error| self.no_start(&error))?;
        let line = self.line();
        Ok(Running { child, line })
    }

    /// Hands our own standard input and error to the child, so that git's progress and questions reach the
    /// user, and keeps what it writes to standard output. An exit status other than 0 is no error here.
    pub fn attended(&self) -> Result<Output> {
        let output = self
            .command()
            .stdin(Stdio::inherit())
            .stderr(Stdio::inherit())
            .stdout(Stdio::piped())
            .output()
            .map_err(|error| self.no_start(&error))?;
        Ok(Output {
            code: code(output.status),
            stdout: output.stdout,
            stderr: output.stderr,
        })
    }

    /// Hands our own standard input, output and error to the child, so that git's messages and questions
    /// reach the user, and returns the exit status.
    pub fn inherit(&self) -> Result<i32> {
        let status = self
            .command()
            .status()
            .map_err(|error| self.no_start(&error))?;
        Ok(code(status))
    }

    /// Runs the child while its output, and what it says on standard error, go to our standard error if they
    /// are to be seen; keeps the last bytes of both, as they came.
    pub fn watched(&self, most: usize, shown: Shown) -> Result<Watched> {
        let (reader, writer) = io::pipe().context("cannot make a pipe")?;
        let again = writer.try_clone().context("cannot make a pipe")?;
        let mut command = self.command();
        command.env("GIT_TERMINAL_PROMPT", "0").stdin(self.input()?);
        command.stdout(writer).stderr(again);
        let mut child = command.spawn().map_err(|error| self.no_start(&error))?;
        // it holds our ends of the pipe, which would never close
        drop(command);
        let reading = Reading::begin(reader, most, shown).context("cannot read from a child")?;
        let status = child.wait().context("cannot wait for a child")?;
        let kept = reading.finish();
        let (output, cut) = kept.with_context(|| format!("cannot read from `{}`", self.line()))?;
        Ok(Watched {
            code: code(status),
            output,
            cut,
        })
    }

    /// The command line for people: never fed to a shell.
    pub fn line(&self) -> String {
        let name = Path::new(&self.program).file_name().unwrap_or_default();
        std::iter::once(name)
            .chain(self.args.iter().map(OsString::as_os_str))
            .map(|word| word.to_string_lossy().escape_debug().to_string())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The standard library's command with the rebuilt environment.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that starts processes"
    )]
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).current_dir(&self.cwd);
        command.env_clear().envs(self.env.pairs());
        for (name, value) in &self.changes {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    /// Standard input as an unnamed file: no pipe that fills up, so no thread that empties one.
    fn input(&self) -> Result<Stdio> {
        if self.stdin.is_empty() {
            return Ok(Stdio::null());
        }
        let file = || -> io::Result<File> {
            let mut file = tempfile::tempfile()?;
            file.write_all(&self.stdin)?;
            file.rewind()?;
            Ok(file)
        };
        Ok(file().context("cannot make a temporary file")?.into())
    }

    /// Waits until the limit at most. Output goes to unnamed files for the reason of [`Git::input`].
    fn bounded(&self, mut command: Command, limit: Duration) -> Result<Output> {
        let files = || -> io::Result<[File; 4]> {
            let (out, err) = (tempfile::tempfile()?, tempfile::tempfile()?);
            Ok([out.try_clone()?, out, err.try_clone()?, err])
        };
        let [for_out, mut out, for_err, mut err] =
            files().context("cannot make a temporary file")?;
        let mut child = command
            .stdout(for_out)
            .stderr(for_err)
            .spawn()
            .map_err(|error| self.no_start(&error))?;
        let Some(status) = wait(&mut child, limit)? else {
            let milliseconds = limit.as_millis();
            return Err(Fault::user(format!(
                "`{}` did not end within {milliseconds} ms",
                self.line()
            ))
            .into());
        };
        Ok(Output {
            code: code(status),
            stdout: whole(&mut out)?,
            stderr: whole(&mut err)?,
        })
    }

    /// Why the program could not be started, with what to do about it.
    pub(super) fn no_start(&self, error: &io::Error) -> anyhow::Error {
        let program = self.program.to_string_lossy();
        if !self.cwd.is_dir() {
            let cwd = self.cwd.display();
            return Fault::user(format!(
                "cannot run `{program}` in {cwd}: no such directory"
            ))
            .into();
        }
        let fault = Fault::user(format!("cannot run `{program}`: {error}"));
        let fault = match error.kind() {
            io::ErrorKind::NotFound if self.program == "git" => {
                fault.hint("install git, or add its directory to PATH")
            }
            _ => fault,
        };
        fault.into()
    }
}

/// A child that was started.
#[derive(Debug)]
pub struct Running {
    child: Child,
    line: String,
}

impl Running {
    /// Waits, and judges as [`Git::checked`].
    pub fn checked(self) -> Result<Output> {
        let line = self.line.clone();
        succeeded(self.output()?, &line)
    }

    /// Waits. An exit status other than 0 is no error here.
    pub fn output(self) -> Result<Output> {
        let output = self.child.wait_with_output();
        let output = output.with_context(|| format!("cannot read from `{}`", self.line))?;
        Ok(Output {
            code: code(output.status),
            stdout: output.stdout,
            stderr: output.stderr,
        })
    }
}

/// The output when the exit status is 0, else a [`Fault`] that quotes standard error.
fn succeeded(output: Output, line: &str) -> Result<Output> {
    if output.success() {
        return Ok(output);
    }
    let complaint = output.complaint();
    let reason = match complaint.strip_prefix("fatal: ").unwrap_or(&complaint) {
        "" => format!("exit status {}", output.code),
        reason => reason.to_owned(),
    };
    Err(Fault::user(format!("`{line}` failed: {reason}")).into())
}

/// The version of the git that would be run, such as `(2, 47, 3)`.
pub fn git_version(env: &Env, cwd: &Path) -> Result<(u32, u32, u32)> {
    let output = Git::new(env, cwd).arg("--version").checked()?;
    let text = output.text();
    parse_version(&text)
        .ok_or_else(|| Fault::user(format!("cannot read git's version from `{text}`")).into())
}

/// Reads `git version 2.39.3 (Apple Git-146)`, `2.54.0.rc1.windows.1`, `3.0.GIT`.
fn parse_version(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text
        .strip_prefix("git version ")?
        .split(['.', ' ', '-'])
        .map(|part| part.parse().ok());
    let major = parts.next()??;
    let minor = parts.next()??;
    Some((major, minor, parts.next().flatten().unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::parse_version;

    #[test]
    fn versions_of_all_vendors_are_read() {
        let cases = [
            ("git version 2.47.3", Some((2, 47, 3))),
            ("git version 2.39.3 (Apple Git-146)", Some((2, 39, 3))),
            ("git version 2.54.0.rc1.windows.1", Some((2, 54, 0))),
            ("git version 3.0.GIT", Some((3, 0, 0))),
            ("git version 2.55-rc1", Some((2, 55, 0))),
            ("hub version 2.14", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_version(text), expected, "{text}");
        }
    }
}

//! The processes: a clean environment, git, git-session, and one run timed.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{env, fs};

use anyhow::{Context as _, Result, ensure};

use crate::figures::Sample;
use crate::options::Options;

const GITCONFIG: &str = "[user]\n\tname = Ada\n\temail = ada@example.org\n[gc]\n\tauto = 0\n\
     [maintenance]\n\tauto = false\n[commit]\n\tgpgsign = false\n\
     [core]\n\tautocrlf = false\n[advice]\n\tdetachedHead = false\n";

pub(crate) struct Machine {
    /// The repositories of this run; removed at its end.
    work: tempfile::TempDir,
    /// Templates, kept for the next run.
    pub(crate) templates: PathBuf,
    pub(crate) program: PathBuf,
    pub(crate) git: PathBuf,
}

impl Machine {
    pub(crate) fn new(options: &Options) -> Result<Self> {
        let templates = options.directory.join("templates");
        fs::create_dir_all(&templates)?;
        let work = tempfile::Builder::new()
            .prefix("run-")
            .tempdir_in(&options.directory)?;
        fs::write(work.path().join("gitconfig"), GITCONFIG)?;
        Ok(Self {
            work,
            templates: templates.canonicalize()?,
            program: options.program.clone(),
            git: options.git.clone(),
        })
    }

    /// A path of this run.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.work.path().join(name)
    }

    /// A command in a clean environment.
    pub(crate) fn command(&self, program: &Path, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.work.path())
            .env("XDG_CONFIG_HOME", self.work.path())
            .env("GIT_CONFIG_GLOBAL", self.path("gitconfig"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_EDITOR", "false")
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .current_dir(directory)
            .stdin(Stdio::null());
        command
    }

    /// What git prints.
    pub(crate) fn git<S: AsRef<OsStr>>(
        &self,
        repository: &Path,
        arguments: &[S],
    ) -> Result<String> {
        output(self.command(&self.git, repository).args(arguments))
    }

    /// What git-session prints.
    pub(crate) fn session<S: AsRef<OsStr>>(
        &self,
        repository: &Path,
        arguments: &[S],
    ) -> Result<String> {
        output(self.command(&self.program, repository).args(arguments))
    }

    /// What one run takes.
    pub(crate) fn time<S: AsRef<OsStr>>(
        &self,
        program: &Path,
        repository: &Path,
        arguments: &[S],
    ) -> Result<Sample> {
        let mut command = self.command(program, repository);
        command
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let (before, start) = (children_time(), Instant::now());
        let status = command.status().context("cannot start git")?;
        let (wall, after) = (start.elapsed(), children_time());
        ensure!(status.success(), "{command:?}: {status}");
        Ok(Sample {
            wall: wall.as_secs_f64() * 1000.0,
            cpu: after - before,
        })
    }

    /// What was just made is written to the disk before anything is timed; where there is no
    /// such program the warm-up has to do.
    pub(crate) fn sync(&self) {
        self.command(Path::new("sync"), self.work.path())
            .status()
            .ok();
    }
}

/// Milliseconds that finished children and their children spent in the processor.
#[cfg(unix)]
fn children_time() -> f64 {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeVal;
    let milliseconds = |time: TimeVal| {
        let micros = u32::try_from(time.tv_usec()).unwrap_or(0);
        let seconds = u32::try_from(time.tv_sec()).unwrap_or(0);
        f64::from(seconds) * 1000.0 + f64::from(micros) / 1000.0
    };
    getrusage(UsageWho::RUSAGE_CHILDREN).map_or(0.0, |usage| {
        milliseconds(usage.user_time()) + milliseconds(usage.system_time())
    })
}

#[cfg(not(unix))]
fn children_time() -> f64 {
    0.0
}

/// What the command prints; an error with its words when it fails.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("cannot start {command:?}"))?;
    ensure!(
        output.status.success(),
        "{command:?}: {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8(output.stdout)?)
}

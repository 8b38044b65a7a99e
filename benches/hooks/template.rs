//! Repositories that rows start from: made once by `git fast-import`, kept, and copied.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};

use crate::machine::{Machine, output};

/// A history on `main` and five files changed on `other`. Change [`RECIPE`] with what is written here.
#[derive(Clone, Copy)]
pub(crate) struct Template {
    pub(crate) name: &'static str,
    pub(crate) files: usize,
    pub(crate) commits: usize,
    /// Tags, all packed, and notes of the writer [`WRITER`].
    pub(crate) refs: usize,
    pub(crate) notes: usize,
}

/// A kept template of another recipe is made anew.
const RECIPE: u32 = 1;
/// The writer whose notes a template holds.
pub(crate) const WRITER: &str = "bench00000";

pub(crate) const SMALL: Template = Template {
    name: "small",
    files: 20,
    commits: 30,
    refs: 0,
    notes: 0,
};
/// Enough directories that some can be left out.
pub(crate) const WIDE: Template = Template {
    name: "wide",
    files: 2_000,
    ..SMALL
};
pub(crate) const BIG: Template = Template {
    name: "big",
    files: 50_000,
    commits: 20_000,
    ..SMALL
};
pub(crate) const GROWN: Template = Template {
    name: "grown",
    commits: 100_000,
    refs: 20_000,
    notes: 20_000,
    ..SMALL
};

impl Template {
    /// Copies the template, which is made if it is not there.
    pub(crate) fn copy(&self, machine: &Machine, name: &str) -> Result<PathBuf> {
        let from = self.ready(machine)?;
        let to = machine.path(name);
        copy_directory(&from, &to)?;
        // The copied files are new to the index.
        machine.git(&to, &["status", "--porcelain"])?;
        Ok(to)
    }

    fn recipe(&self) -> String {
        format!(
            "{RECIPE} {} {} {} {}\n",
            self.files, self.commits, self.refs, self.notes
        )
    }

    /// The kept template. The recipe is written last, so that half a template is never taken.
    pub(crate) fn ready(&self, machine: &Machine) -> Result<PathBuf> {
        let directory = machine.templates.join(self.name);
        let recipe = machine.templates.join(format!("{}.recipe", self.name));
        if fs::read_to_string(&recipe).is_ok_and(|text| text == self.recipe()) {
            return Ok(directory);
        }
        if directory.exists() {
            fs::remove_dir_all(&directory)?;
        }
        self.make(machine, &directory)
            .with_context(|| format!("cannot make the template {}", self.name))?;
        fs::write(recipe, self.recipe())?;
        Ok(directory)
    }

    fn make(&self, machine: &Machine, directory: &Path) -> Result<()> {
        fs::create_dir(directory)?;
        let git = || machine.command(&machine.git, directory);
        output(git().args(["init", "--quiet", "--initial-branch=main", "--template="]))?;
        let mut import = git()
            .args(["fast-import", "--quiet", "--done"])
            .stdin(Stdio::piped())
            .spawn()
            .context("cannot start git")?;
        let mut stream = BufWriter::new(import.stdin.take().context("git takes no input")?);
        self.write_history(&mut stream)?;
        stream.flush()?;
        drop(stream);
        ensure!(import.wait()?.success(), "git fast-import failed");
        output(git().args(["commit-graph", "write", "--reachable"]))?;
        output(git().args(["pack-refs", "--all"]))?;
        output(git().args(["reset", "--quiet", "--hard", "main"]))?;
        Ok(())
    }

    fn write_history(&self, stream: &mut impl Write) -> Result<()> {
        commit(stream, "refs/heads/main", 0)?;
        for number in 0..self.files {
            file(stream, number, 0)?;
        }
        for number in 1..self.commits {
            commit(stream, "refs/heads/main", number)?;
            for place in 0..3 {
                file(stream, (number * 7919 + place * 13) % self.files, number)?;
            }
        }
        commit(stream, "refs/heads/other", self.commits)?;
        writeln!(stream, "from refs/heads/main")?;
        for number in 0..5 {
            file(stream, self.files - 1 - number, self.commits)?;
        }
        for number in 0..self.refs {
            let mark = 1 + number % self.commits;
            writeln!(stream, "reset refs/tags/tag-{number}\nfrom :{mark}\n")?;
        }
        if self.notes > 0 {
            let name = format!("refs/notes/session/{WRITER}");
            commit(stream, &name, self.commits + 1)?;
            for number in 0..self.notes {
                let text = format!("{{\"v\":1,\"note\":{number}}}\n");
                writeln!(stream, "N inline :{}", 1 + number)?;
                writeln!(stream, "data {}\n{text}", text.len())?;
            }
        }
        writeln!(stream, "done")?;
        Ok(())
    }
}

fn commit(stream: &mut impl Write, name: &str, number: usize) -> Result<()> {
    let message = format!("Commit {number}");
    let time = 1_700_000_000 + number * 60;
    writeln!(stream, "commit {name}\nmark :{}", number + 1)?;
    writeln!(stream, "committer Ada <ada@example.org> {time} +0000")?;
    writeln!(stream, "data {}\n{message}", message.len())?;
    Ok(())
}

fn file(stream: &mut impl Write, number: usize, version: usize) -> Result<()> {
    let text = content(number, version);
    writeln!(stream, "M 100644 inline {}", file_name(number))?;
    writeln!(stream, "data {}\n{text}", text.len())?;
    Ok(())
}

/// Fifty files a directory, so that a commit of ten touches one.
pub(crate) fn file_name(number: usize) -> String {
    format!(
        "d{:02}/e{:02}/file-{number:05}.txt",
        number / 1000,
        number / 50 % 20
    )
}

pub(crate) fn content(number: usize, version: usize) -> String {
    let mut text = String::new();
    for line in 0..20 {
        // One line in twenty changes.
        let version = if line == version % 20 { version } else { 0 };
        writeln!(text, "file {number}, line {line}, version {version}")
            .expect("a string takes all");
    }
    text
}

fn copy_directory(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_directory(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

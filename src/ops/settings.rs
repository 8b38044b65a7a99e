//! Reading and changing settings: in `.session/config.toml` and in git config, inside and outside of a repository.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::ctx::{Ctx, Via};
use super::editor;
use crate::config::{self, Entry, Key, Origin, Problem, Settings, Value};
use crate::error::{Fault, Kind};
use crate::git::{Git, Scope};
use crate::sys::env::Env;
use crate::sys::fs::{self, Sharing};

/// Where a setting is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// `.session/config.toml`, for everybody.
    File,
    /// Git config of the person.
    Global,
    /// Git config of the repository.
    Local,
}

impl Target {
    /// Where a value that is written here comes from afterwards.
    pub const fn origin(self) -> Origin {
        match self {
            Self::File => Origin::File,
            Self::Global => Origin::Global,
            Self::Local => Origin::Local,
        }
    }
}

/// A place with settings: a repository, or what git config says without one.
pub enum Place {
    /// In a repository.
    Inside(Box<Ctx>),
    /// Outside of every repository.
    Outside {
        /// The environment.
        env: Env,
        /// The directory.
        cwd: PathBuf,
        /// What holds here.
        settings: Box<Settings>,
        /// What is wrong with it.
        problems: Vec<Problem>,
    },
}

impl Place {
    /// Opens the repository of a directory; where there is none, reads what git config says without one.
    pub fn open(env: &Env, cwd: &Path) -> Result<Self> {
        let fault = match Ctx::open(env.clone(), cwd, Via::Cli) {
            Ok(ctx) => return Ok(Self::Inside(Box::new(ctx))),
            Err(error) if !is_missing(&error) => return Err(error),
            Err(error) => error,
        };
        let output = Git::new(env, cwd).args(["config", "--list", "--show-scope", "-z"]);
        let output = output.output()?;
        if !output.success() {
            return Err(fault);
        }
        let (settings, problems) = outside(&String::from_utf8_lossy(&output.stdout));
        Ok(Self::Outside {
            env: env.clone(),
            cwd: cwd.to_owned(),
            settings: Box::new(settings),
            problems,
        })
    }

    /// What holds here.
    pub fn settings(&self) -> &Settings {
        match self {
            Self::Inside(ctx) => &ctx.settings,
            Self::Outside { settings, .. } => settings,
        }
    }

    /// What is wrong with it.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Inside(ctx) => &ctx.problems,
            Self::Outside { problems, .. } => problems,
        }
    }

    /// Writes a value that fits its key.
    pub fn set(&self, key: &Key, value: &Value, target: Target) -> Result<()> {
        match target {
            Target::File => self.change_file(|text| config::set(text, key, value)),
            Target::Global => {
                self.write_global(&["--replace-all", &key.git_name(), &value.to_string()])
            }
            Target::Local => {
                let ctx = self.inside()?;
                let text = value.to_string();
                ctx.repo.set_config(Scope::Local, &key.git_name(), &text)
            }
        }
    }

    /// Removes a key from one place; not there is fine.
    pub fn unset(&self, key: &Key, target: Target) -> Result<()> {
        match target {
            Target::File => self.change_file(|text| config::unset(text, key)),
            Target::Global => self.write_global(&["--unset-all", &key.git_name()]),
            Target::Local => {
                let ctx = self.inside()?;
                ctx.repo.unset_config(Scope::Local, &key.git_name())
            }
        }
    }

    /// The path of `.session/config.toml`. A symbolic link to or at it was refused when the repository was opened.
    pub fn file(&self) -> Result<PathBuf> {
        let top = self.inside()?.repo.work_tree().map(Path::to_owned);
        let none = || {
            Fault::user("a bare repository has no tracked settings")
                .hint("git session config set <key> <value> --local")
        };
        Ok(top.ok_or_else(none)?.join(config::FILE))
    }

    /// Makes the file from the template unless it is there. Returns whether it was made.
    pub fn create_file(&self) -> Result<bool> {
        let path = self.file()?;
        if fs::exists(&path) {
            return Ok(false);
        }
        write(&path, &config::file_template())?;
        Ok(true)
    }

    /// Lets the person edit a file with git's editor; git's own way of starting it.
    pub fn edit(&self, path: &Path) -> Result<()> {
        let ctx = self.inside()?;
        editor::edit(
            ctx,
            path,
            "git session config edit",
            &["git session config set <key> <value> --file"],
        )
    }

    fn inside(&self) -> Result<&Ctx> {
        match self {
            Self::Inside(ctx) => Ok(ctx),
            Self::Outside { cwd, .. } => {
                let place = cwd.display();
                let fault = Fault::repository(format!("not a git repository: {place}"));
                Err(fault
                    .hint("git session config set <key> <value> --global")
                    .into())
            }
        }
    }

    /// Replaces the text of the file by a function of it.
    fn change_file(&self, change: impl Fn(&str) -> Result<String>) -> Result<()> {
        let path = self.file()?;
        let old = match fs::read(&path)? {
            Some(bytes) => String::from_utf8(bytes)
                .ok()
                .with_context(|| Fault::user(format!("{} is not UTF-8", config::FILE)))?,
            None => config::file_template(),
        };
        let new = change(&old)?;
        if new == old {
            return Ok(());
        }
        write(&path, &new)
    }

    fn write_global(&self, arguments: &[&str]) -> Result<()> {
        let git = match self {
            Self::Inside(ctx) => ctx.repo.git(),
            Self::Outside { env, cwd, .. } => Git::new(env, cwd),
        };
        let git = git.args(["config", "--global"]).args(arguments);
        let output = git.output()?;
        // 5: what was to be removed is not there
        if matches!(output.code, 0 | 5) {
            return Ok(());
        }
        let complaint = output.complaint();
        Err(Fault::user(format!("`{}` failed: {complaint}", git.line())).into())
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir(directory, Sharing::Umask)?;
    }
    fs::write_atomic(path, text.as_bytes(), Sharing::Umask)
}

/// Whether there is no repository at all.
fn is_missing(error: &anyhow::Error) -> bool {
    crate::error::fault(error).is_some_and(|fault| {
        fault.kind() == Kind::Repository && fault.to_string().starts_with("not a git repository")
    })
}

/// Settings from `git config --list --show-scope -z`: scope, key and value of each line.
fn outside(listed: &str) -> (Settings, Vec<Problem>) {
    let fields: Vec<&str> = listed.split('\0').collect();
    let entries: Vec<(String, String, Origin)> = fields
        .chunks_exact(2)
        .filter_map(|pair| {
            let origin = match pair[0] {
                "system" => Origin::System,
                "global" => Origin::Global,
                "command" => Origin::Command,
                _ => return None,
            };
            let (key, value) = pair[1].split_once('\n').unwrap_or((pair[1], "true"));
            Some((key.to_ascii_lowercase(), value.to_owned(), origin))
        })
        .collect();
    Settings::load(None, &|name: &str| {
        let name = name.to_ascii_lowercase();
        let hits = entries.iter().filter(|(key, ..)| *key == name);
        hits.map(|(_, value, origin)| (value.clone(), *origin))
            .collect()
    })
}

/// The key of a name in the spelling of the file or of git config.
pub fn key(name: &str) -> Result<&'static Key> {
    Key::find(name).ok_or_else(|| {
        let fault = Fault::user(format!("no setting is called `{}`", name.escape_debug()));
        match config::nearest(name) {
            Some(key) => fault.hint(format!("did you mean `{}`?", key.file_name())),
            None => fault.hint("git session config list"),
        }
        .into()
    })
}

/// The value that a text means for a key.
pub fn value(key: &Key, text: &str) -> Result<Value> {
    Value::from_text(key.kind, text).ok_or_else(|| {
        let (name, text) = (key.file_name(), text.escape_debug());
        let expected = key.kind.expected();
        Fault::user(format!(
            "`{text}` does not fit `{name}`: expected {expected}"
        ))
        .hint(format!("git session config get {name}"))
        .into()
    })
}

/// What holds for a key after a change, and who says so.
pub fn holds(env: &Env, cwd: &Path, key: &Key) -> Result<Entry> {
    Ok(Place::open(env, cwd)?.settings().get(key).clone())
}

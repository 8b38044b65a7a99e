//! Files: atomic replacement, whole-line appends, links, locks with a deadline. No other place writes a file.

mod entries;
mod handed;
mod lock;
mod mark;
mod open;
mod parts;
mod quick;
mod read;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result};

pub use entries::{
    Kind, Onto, abandoned, copy, hard_link, inode, is_executable, is_executable_by_everybody, kind,
    link_target, modified, names, protect, readable_length, regular_length, remove_empty_dir,
    rename, resolve, same_file, scratch_dir, sweep, sweep_abandoned, symlink, unwritable,
    write_executable,
};
pub use handed::{destination, replace_keeping_mode, write_into};
pub use lock::Lock;
pub use mark::{Mark, create_own_dir, mark, put_onto_nothing, remove_hollow_dir};
pub use parts::Parts;
pub use quick::{lengthen, write_view};
pub use read::{read, read_from, read_start};

/// Who besides the owner may use what we create: git's `core.sharedRepository`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sharing {
    /// As the umask says.
    #[default]
    Umask,
    /// The group may write.
    Group,
    /// The group may write, everybody may read.
    Everybody,
    /// An explicit mode such as `0o660`.
    Mode(u32),
}

impl Sharing {
    /// Adds the bits that sharing asks for to a fresh file or directory.
    #[cfg(unix)]
    fn apply(self, path: &Path) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        let extra = match self {
            Self::Umask => return Ok(()),
            Self::Group => 0o660,
            Self::Everybody => 0o664,
            Self::Mode(mode) => mode,
        };
        let metadata = fs::metadata(path)?;
        let mut mode = match self {
            Self::Mode(_) => extra,
            _ => metadata.permissions().mode() & 0o7777 | extra,
        };
        if metadata.is_dir() {
            mode |= (mode & 0o444) >> 2;
            if mode & 0o060 != 0 {
                mode |= 0o2000;
            }
        }
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
    }

    #[cfg(not(unix))]
    fn apply(self, _path: &Path) -> io::Result<()> {
        Ok(())
    }
}

/// Gives a file or directory that another program has just made the bits that sharing asks for.
pub fn share(path: &Path, sharing: Sharing) -> Result<()> {
    sharing
        .apply(path)
        .with_context(|| format!("cannot share {}", path.display()))
}

/// Replaces a file as a whole: readers see the old bytes or the new ones, never a part.
pub fn write_atomic(path: &Path, bytes: &[u8], sharing: Sharing) -> Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let write = || -> io::Result<()> {
        let temporary = Temporary::create(directory, ".git-session-", Access::ReadWrite)?;
        temporary.finish(bytes, sharing, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// Puts a file that never changes in its place, read-only and with its directory: an object, whose name says
/// what is in it. Two at once write the same. Nothing is done for sharing.
pub fn write_once(path: &Path, bytes: &[u8]) -> Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let write = || -> io::Result<()> {
        // `git gc` removes what has this name and is old
        let mut temporary = Temporary::create(directory, "tmp_obj_", Access::ReadOnly);
        if matches!(&temporary, Err(error) if error.kind() == io::ErrorKind::NotFound) {
            optional_exists(fs::create_dir(directory))?;
            temporary = Temporary::create(directory, "tmp_obj_", Access::ReadOnly);
        }
        temporary?.finish(bytes, Sharing::Umask, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// What the mode of a new file allows, before the umask.
#[derive(Clone, Copy, Debug)]
enum Access {
    ReadWrite,
    ReadOnly,
}

/// A file under a name of its own, which goes away unless it is moved into its place.
struct Temporary {
    file: File,
    path: PathBuf,
}

impl Temporary {
    /// Makes one beside its place. The name is made of the process and a number, so that nothing random has
    /// to be asked for; one that a process of the same number has left behind, or a process in another
    /// container uses, is passed over.
    fn create(directory: &Path, prefix: &str, access: Access) -> io::Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(match access {
                Access::ReadWrite => 0o666,
                Access::ReadOnly => 0o444,
            });
        }
        #[cfg(not(unix))]
        let _ = access;
        let process = std::process::id();
        let mut attempts = 0;
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = directory.join(format!("{prefix}{process}-{number}"));
            match options.open(&path) {
                Ok(file) => return Ok(Self { file, path }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempts < 1000 => {
                    attempts += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Fills the file and moves it into its place.
    fn finish(self, bytes: &[u8], sharing: Sharing, place: &Path) -> io::Result<()> {
        self.finish_by(bytes, sharing, place, |from, to| fs::rename(from, to))
    }

    /// The same with another way to move it.
    fn finish_by(
        self,
        bytes: &[u8],
        sharing: Sharing,
        place: &Path,
        into_place: impl FnOnce(&Path, &Path) -> io::Result<()>,
    ) -> io::Result<()> {
        let Self { mut file, path } = self;
        let written = file.write_all(bytes).and_then(|()| sharing.apply(&path));
        // some systems move no open file
        drop(file);
        let moved = written.and_then(|()| into_place(&path, place));
        if moved.is_err() {
            fs::remove_file(&path).ok();
        }
        moved
    }
}

/// The new content of a file under git's lock: `<file>.lock`, moved into the file's place at the end. Dropping
/// it leaves the file as it was. Nothing is done for sharing.
#[derive(Debug)]
pub struct Replacement {
    place: PathBuf,
    lock: PathBuf,
    file: Option<File>,
}

impl Replacement {
    /// Takes the lock; `None` when somebody has it. The directory must be there.
    pub fn lock(place: &Path) -> Result<Option<Self>> {
        let mut lock = place.as_os_str().to_owned();
        lock.push(".lock");
        let lock = PathBuf::from(lock);
        let file = match OpenOptions::new().write(true).create_new(true).open(&lock) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot lock {}", place.display()));
            }
        };
        Ok(Some(Self {
            place: place.to_owned(),
            lock,
            file: Some(file),
        }))
    }

    /// Gives the file the content of another one and the time of its last change, and the lock back.
    pub fn finish_as(mut self, from: &Path) -> Result<()> {
        let copied = |target: &mut File| -> io::Result<()> {
            let mut from = File::open(from)?;
            io::copy(&mut from, target)?;
            target.set_modified(from.metadata()?.modified()?)
        };
        let file = self.file.as_mut();
        file.map_or(Ok(()), copied)
            .with_context(|| format!("cannot write {}", self.lock.display()))?;
        self.finish(&[])
    }

    /// Gives the file this content and the lock back.
    pub fn finish(mut self, bytes: &[u8]) -> Result<()> {
        // closed before it is moved: some systems move no open file
        let written = self
            .file
            .take()
            .map_or(Ok(()), |mut file| file.write_all(bytes));
        written
            .and_then(|()| fs::rename(&self.lock, &self.place))
            .with_context(|| format!("cannot write {}", self.place.display()))?;
        // it has gone: nobody else's may be removed in its place
        self.lock.clear();
        Ok(())
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        self.file = None;
        if !self.lock.as_os_str().is_empty() {
            fs::remove_file(&self.lock).ok();
        }
    }
}

/// Takes "is there already" for success.
fn optional_exists(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => result,
    }
}

/// Writes a file that one process leaves for the next, which takes a torn one for none: without the second
/// name and the move that [`write_atomic`] needs.
pub fn write_plain(path: &Path, bytes: &[u8], sharing: Sharing) -> Result<()> {
    let write = || -> io::Result<()> {
        let mut options = open::in_place();
        options.write(true).create(true).truncate(true);
        options.open(path)?.write_all(bytes)?;
        sharing.apply(path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// Whether a write waits until the disk has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// As git itself does: the operating system has it.
    Buffered,
    /// The disk has it.
    Synced,
}

/// The length of a file before and behind an append, in bytes, as far as nobody else appended meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Before.
    pub before: u64,
    /// Behind what was written.
    pub after: u64,
}

/// Appends whole lines by one `write`. A file that does not end in a newline gets one first, so that
/// a torn line never swallows the next.
pub fn append_lines(
    path: &Path,
    lines: &[u8],
    durability: Durability,
    sharing: Sharing,
) -> Result<Appended> {
    let write = || -> io::Result<Appended> {
        let fresh = sharing != Sharing::Umask && !path.exists();
        let mut file = open::in_place()
            .create(true)
            .append(true)
            .read(true)
            .open(path)?;
        let length = open::regular(&file)?.len();
        if fresh {
            sharing.apply(path)?;
        }
        let mut buffer = Vec::with_capacity(lines.len() + 1);
        if length > 0 {
            let mut last = [0];
            file.seek(SeekFrom::Start(length - 1))?;
            file.read_exact(&mut last)?;
            if last != *b"\n" {
                buffer.push(b'\n');
            }
        }
        buffer.extend_from_slice(lines);
        let written = file.write(&buffer)?;
        if written != buffer.len() {
            return Err(io::Error::new(
                io::ErrorKind::WriteZero,
                "only a part could be written",
            ));
        }
        if durability == Durability::Synced {
            file.sync_data()?;
        }
        Ok(Appended {
            before: length,
            after: length + buffer.len() as u64,
        })
    };
    write().with_context(|| format!("cannot append to {}", path.display()))
}

/// The length of a file in bytes; `None` when there is no such file.
pub fn length(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|metadata| metadata.len())
}

/// Whether something is there, without following a symbolic link.
pub fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Makes a directory and its parents.
pub fn create_dir(path: &Path, sharing: Sharing) -> Result<()> {
    let create = || -> io::Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        fs::create_dir_all(path)?;
        sharing.apply(path)
    };
    create().with_context(|| format!("cannot create {}", path.display()))
}

/// Removes a file; one that is not there is fine.
pub fn remove(path: &Path) -> Result<()> {
    optional(fs::remove_file(path)).with_context(|| format!("cannot remove {}", path.display()))?;
    Ok(())
}

/// Turns "not found" into `None`.
fn optional<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

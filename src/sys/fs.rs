//! Files: atomic replacement, whole-line appends, locks with a deadline. No other place writes a file.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

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
        let mut builder = tempfile::Builder::new();
        builder.prefix(".git-session-").suffix(".tmp");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let mut file = builder.tempfile_in(directory)?;
        file.write_all(bytes)?;
        sharing.apply(file.path())?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
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
        let fresh = !path.exists();
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .read(true)
            .open(path)?;
        if fresh {
            sharing.apply(path)?;
        }
        let length = file.metadata()?.len();
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

/// The bytes of a file from an offset to its end; `None` when there is no such file.
pub fn read_from(path: &Path, offset: u64) -> Result<Option<Vec<u8>>> {
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    optional(read()).with_context(|| format!("cannot read {}", path.display()))
}

/// The bytes of a file; `None` when there is no such file.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    optional(fs::read(path)).with_context(|| format!("cannot read {}", path.display()))
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

/// A held lock; dropping it lets go. The file stays, so that nobody locks a deleted one.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, waiting at most until the deadline; `None` when somebody else kept it.
    pub fn acquire(path: &Path, wait: Duration, sharing: Sharing) -> Result<Option<Self>> {
        let fresh = !path.exists();
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        if fresh {
            sharing
                .apply(path)
                .with_context(|| format!("cannot share {}", path.display()))?;
        }
        let deadline = Instant::now() + wait;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self { _file: file })),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(2));
                }
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => {
                    return Err(error).with_context(|| format!("cannot lock {}", path.display()));
                }
            }
        }
    }
}

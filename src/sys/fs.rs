//! Files: atomic replacement, whole-line appends, locks with a deadline. No other place writes a file.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime};

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
        let Self { mut file, path } = self;
        let written = file.write_all(bytes).and_then(|()| sharing.apply(&path));
        // some systems move no open file
        drop(file);
        let moved = written.and_then(|()| fs::rename(&path, place));
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
        File::create(path)?.write_all(bytes)?;
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
    optional(read_whole(path)).with_context(|| format!("cannot read {}", path.display()))
}

/// Reads a file by one call when it is short. `std::fs::read` asks for the length first, and for a file in
/// `/proc`, which does not tell it, takes 32 bytes, then 64 …
fn read_whole(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let mut first = [0; SHORT];
    let length = loop {
        match file.read(&mut first) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => break read?,
        }
    };
    let mut bytes = first[..length].to_vec();
    // what is no pipe gives less than was asked for only at its end
    if length == SHORT {
        bytes.reserve(usize::try_from(file.metadata()?.len()).unwrap_or(0));
        file.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// The bytes that are read at first, to the stack: musl maps and unmaps memory for each of this size.
const SHORT: usize = 4096;

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

/// Writes a program as a whole: like [`write_atomic`], and whoever may read it may run it.
pub fn write_executable(path: &Path, bytes: &[u8], onto: Onto, sharing: Sharing) -> Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let write = || -> io::Result<()> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".git-session-").suffix(".tmp");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(fs::Permissions::from_mode(0o777));
        }
        let mut file = builder.tempfile_in(directory)?;
        file.write_all(bytes)?;
        sharing.apply(file.path())?;
        #[cfg(unix)]
        make_executable(file.path())?;
        // an open descriptor for writing would keep the program from being started
        let temporary = file.into_temp_path();
        match onto {
            Onto::Free => temporary.persist_noclobber(path),
            Onto::Anything => temporary.persist(path),
        }
        .map_err(|error| error.error)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// Whether a new file may take the place of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onto {
    /// The name must be free.
    Free,
    /// What has the name is replaced, a symbolic link itself and not what it leads to.
    Anything,
}

/// Lets everybody run a file who may read it, as git does for shared programs.
#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)?.permissions().mode() & 0o7777;
    fs::set_permissions(path, fs::Permissions::from_mode(mode | (mode & 0o444) >> 2))
}

/// Makes a symbolic link; the target need not exist. At each instant either what was there or the new link
/// is seen. Not on Windows, where links need a privilege.
pub fn symlink(target: &Path, path: &Path, onto: Onto) -> Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let make = || -> io::Result<()> {
        if onto == Onto::Free {
            return link(target, path);
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".git-session-").suffix(".tmp");
        let made = builder.make_in(directory, |temporary| link(target, temporary))?;
        let temporary = made.into_temp_path();
        temporary.persist(path).map_err(|error| error.error)
    };
    make().with_context(|| format!("cannot make the link {}", path.display()))
}

/// The system call.
#[cfg(unix)]
fn link(target: &Path, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

/// The system call.
#[cfg(not(unix))]
fn link(_target: &Path, _path: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Where a symbolic link leads to, as it is written; `None` when the path is no link or not there.
pub fn link_target(path: &Path) -> Option<PathBuf> {
    fs::read_link(path).ok()
}

/// Gives a file a second name, which must be free.
pub fn hard_link(from: &Path, to: &Path) -> Result<()> {
    fs::hard_link(from, to)
        .with_context(|| format!("cannot link {} to {}", from.display(), to.display()))
}

/// Moves a file or a symbolic link onto another name in the same file system.
pub fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to)
        .with_context(|| format!("cannot move {} to {}", from.display(), to.display()))
}

/// Removes what writes of ours that were killed have left in a directory. Only for who keeps other writers of
/// the directory away: a temporary file of theirs would go, too.
pub fn sweep(directory: &Path) -> Result<()> {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(".git-session-") && name.ends_with(".tmp") {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

/// Removes a directory if there is nothing in it.
pub fn remove_empty_dir(path: &Path) -> Result<()> {
    match fs::remove_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
        other => {
            optional(other).with_context(|| format!("cannot remove {}", path.display()))?;
            Ok(())
        }
    }
}

/// Whether the path leads to a file that this user may run. On Windows: to a file.
pub fn is_executable(path: &Path) -> bool {
    let Ok(metadata) = fs::metadata(path) else {
        return false;
    };
    #[cfg(unix)]
    let runs = {
        use std::os::unix::fs::PermissionsExt as _;
        metadata.permissions().mode() & 0o111 != 0
    };
    #[cfg(not(unix))]
    let runs = true;
    metadata.is_file() && runs
}

/// Whether the path leads to a file that every user of the machine may reach and run.
pub fn is_executable_by_everybody(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let Ok(real) = fs::canonicalize(path) else {
            return false;
        };
        let open = |path: &Path| fs::metadata(path).is_ok_and(|m| m.permissions().mode() & 1 != 0);
        let parents = path.ancestors().skip(1);
        real.is_file()
            && real.ancestors().all(open)
            && parents.filter(|p| !p.as_os_str().is_empty()).all(open)
    }
    #[cfg(not(unix))]
    path.is_file()
}

/// Whether two paths lead to the same file.
pub fn same_file(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// The path with every symbolic link resolved, as far as it exists; what does not exist is kept behind it.
pub fn resolve(path: &Path) -> PathBuf {
    let mut rest = Vec::new();
    for ancestor in path.ancestors() {
        if let Ok(real) = fs::canonicalize(ancestor) {
            return rest.iter().rev().fold(real, |path, name| path.join(name));
        }
        rest.extend(ancestor.file_name());
    }
    path.to_owned()
}

/// When the entries of a directory, or the bytes of a file, last changed; `None` when it is not there.
pub fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
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
        let fresh = sharing != Sharing::Umask && !path.exists();
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

//! Writes of files that are read again within the same command or can be made anew. ext4 starts to write a file
//! to the disk when it is moved onto another one or cut short, which takes 0.1 ms and helps only after a
//! power failure.

use std::io::{self, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::{Access, Sharing, Temporary, open, write_atomic};

/// The most that one `write` puts into a file whole even when the process is killed: a page.
const PAGE: usize = 4096;

/// Gives a file that somebody waits for us to change more bytes than it had: in its place when they are few,
/// else as a whole. `before`: its length.
pub fn lengthen(path: &Path, before: usize, bytes: &[u8]) -> Result<()> {
    let grows = before <= bytes.len() && bytes.len() <= PAGE;
    let open = || open::in_place().write(true).open(path).ok();
    let Some(mut file) = grows.then(open).flatten() else {
        return write_atomic(path, bytes, Sharing::Umask);
    };
    let written = file.write(bytes);
    let written = written.with_context(|| format!("cannot write {}", path.display()))?;
    ensure!(
        written == bytes.len(),
        "only a part of {} could be written",
        path.display()
    );
    Ok(())
}

/// Replaces a file as a whole, like [`write_atomic`], except that nothing may be left of it after a power
/// failure: for what can be made anew.
pub fn write_view(path: &Path, bytes: &[u8], sharing: Sharing) -> Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let write = || -> io::Result<()> {
        let temporary = Temporary::create(directory, ".git-session-", Access::ReadWrite)?;
        temporary.finish_by(bytes, sharing, path, exchange)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// Moves a file onto another: both change names, then the old one goes. Where that cannot be done they are
/// moved as usual. What is no file, and cannot go, gets its name back.
#[cfg(target_os = "linux")]
fn exchange(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    let exchange = || renameat_with(CWD, from, CWD, to, RenameFlags::EXCHANGE);
    if exchange().is_err() {
        return std::fs::rename(from, to);
    }
    std::fs::remove_file(from).inspect_err(|_| {
        exchange().ok();
    })
}

#[cfg(not(target_os = "linux"))]
fn exchange(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{PAGE, lengthen, write_view};
    use crate::sys::fs::Sharing;

    fn names(directory: &std::path::Path) -> Vec<std::ffi::OsString> {
        let entries = fs::read_dir(directory).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect()
    }

    #[test]
    fn a_view_is_made_and_replaced_and_leaves_nothing_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("view");
        for text in ["first", "second, which is longer", "3"] {
            write_view(&path, text.as_bytes(), Sharing::Umask).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            assert_eq!(names(directory.path()), ["view"]);
        }
    }

    #[test]
    fn a_directory_in_the_place_of_a_view_stays() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("view");
        fs::create_dir_all(path.join("kept")).unwrap();
        assert!(write_view(&path, b"text", Sharing::Umask).is_err());
        assert_eq!(names(directory.path()), ["view"]);
        assert!(path.join("kept").is_dir());
    }

    #[test]
    fn a_message_gets_longer_in_its_place_and_shorter_as_a_whole() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("message");
        let long = "x".repeat(PAGE + 1);
        let mut before = 0;
        for text in ["short", "rather longer", "brief", &long, "end"] {
            lengthen(&path, before, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            before = text.len();
        }
        assert_eq!(names(directory.path()), ["message"]);
    }
}

//! Opening files of ours: never waits for somebody at the other end of a pipe, writes to no file that a link
//! leads to, and reads no device, which has no end.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// How a file is opened, besides for reading or writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Links {
    /// A symbolic link leads on.
    Followed,
    /// A symbolic link is refused.
    Refused,
}

/// Opens a file for reading.
pub(super) fn to_read(path: &Path) -> io::Result<File> {
    options(Links::Followed).read(true).open(path)
}

/// Opens a file in its place, links refused; the caller says for what.
pub(super) fn in_place() -> OpenOptions {
    options(Links::Refused)
}

/// What is known of an open file.
///
/// # Errors
/// It is a directory, a pipe, a device …
pub(super) fn regular(file: &File) -> io::Result<Metadata> {
    let metadata = file.metadata()?;
    if metadata.is_file() {
        return Ok(metadata);
    }
    Err(io::Error::other("it is no regular file"))
}

#[cfg(unix)]
fn options(links: Links) -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let links = match links {
        Links::Followed => 0,
        Links::Refused => libc::O_NOFOLLOW,
    };
    let mut options = OpenOptions::new();
    options.custom_flags(libc::O_NONBLOCK | links);
    options
}

#[cfg(not(unix))]
fn options(_links: Links) -> OpenOptions {
    OpenOptions::new()
}

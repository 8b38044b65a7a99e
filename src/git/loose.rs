//! Loose objects, by hand: one `open` and one `read` where libgit2 opens each twice, and a write without the
//! 268 KB that compressing takes. Whatever is not plainly a loose object goes through libgit2.
//! Source: <https://git-scm.com/docs/gitformat-loose>.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use git2::{ErrorCode, ObjectType, Oid};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_PARSE_ZLIB_HEADER,
    TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use super::repo::Repo;
use crate::sys::env;
use crate::sys::fs::{self, Sharing};

/// Larger objects are worth compressing.
const LARGEST_STORED: usize = 64 * 1024;
/// The longest header: `commit <20 digits>\0`.
const LONGEST_HEADER: usize = 32;
/// How much of a file is read at first; most objects are no longer.
const FIRST_READ: usize = 4096;
/// Deflate makes no object smaller than this: 258 bytes from two bits.
const BEST_RATIO: usize = 1032;

/// An object, read whole.
pub(super) struct Object {
    pub(super) kind: ObjectType,
    bytes: Vec<u8>,
    header: usize,
}

impl Object {
    /// The content.
    pub(super) fn data(&self) -> &[u8] {
        &self.bytes[self.header..]
    }

    /// The content, to keep.
    pub(super) fn into_data(mut self) -> Vec<u8> {
        self.bytes.drain(..self.header);
        self.bytes
    }
}

/// What came of looking for a loose object.
enum Found {
    Object(Object),
    /// Larger than was asked for.
    TooLarge,
    /// No such file, or not what git writes.
    Nothing,
}

impl Repo {
    /// Reads an object; `None` when it is not here.
    pub(super) fn object(&self, id: Oid) -> Result<Option<Object>> {
        if let Found::Object(object) = self.loose(id, usize::MAX) {
            return Ok(Some(object));
        }
        let odb = self.inner()?.odb()?;
        let read = odb.read(id);
        match read {
            Ok(object) => Ok(Some(Object {
                kind: object.kind(),
                bytes: object.data().to_owned(),
                header: 0,
            })),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read object {id}")),
        }
    }

    /// Reads an object of at most so many bytes; `None` when it is larger or not here.
    pub(super) fn small_object(&self, id: Oid, most: usize) -> Option<Object> {
        match self.loose(id, most) {
            Found::Object(object) => return Some(object),
            Found::TooLarge => return None,
            Found::Nothing => {}
        }
        let odb = self.inner().ok()?.odb().ok()?;
        let (size, _) = odb.read_header(id).ok()?;
        if size > most {
            return None;
        }
        let object = odb.read(id).ok()?;
        Some(Object {
            kind: object.kind(),
            bytes: object.data().to_owned(),
            header: 0,
        })
    }

    /// Stores an object, usable by everybody who may use the repository.
    pub(super) fn store(&self, kind: ObjectType, bytes: &[u8]) -> Result<Oid> {
        if bytes.len() > LARGEST_STORED || self.sharing()? != Sharing::Umask {
            return self.store_by_libgit2(kind, bytes);
        }
        let format = self.object_format;
        let id = Oid::hash_object_ext(kind, bytes, format).context("cannot name an object")?;
        let path = self.loose_path(id);
        // libgit2 touches what is there, so that `git gc` does not take it for old
        if fs::exists(&path) {
            return self.store_by_libgit2(kind, bytes);
        }
        fs::write_once(&path, &stored(kind, bytes))?;
        Ok(id)
    }

    /// The same, compressed. libgit2 makes the directories of loose objects as the umask says and knows no
    /// `core.sharedRepository`.
    fn store_by_libgit2(&self, kind: ObjectType, bytes: &[u8]) -> Result<Oid> {
        let id = self.inner()?.odb()?.write(kind, bytes);
        let id = id.context("cannot store an object")?;
        let sharing = self.sharing()?;
        if let Some(directory) = self.loose_path(id).parent()
            && sharing != Sharing::Umask
            && fs::exists(directory)
        {
            // another user's directory cannot be changed, and needs no change
            fs::share(directory, sharing).ok();
        }
        Ok(id)
    }

    /// The file of a loose object, there or not.
    fn loose_path(&self, id: Oid) -> PathBuf {
        let hex = id.to_string();
        let (directory, name) = hex.split_at(2);
        let objects = match self.env.path(env::GIT_OBJECT_DIRECTORY) {
            Some(path) => self.cwd().join(path),
            None => self.common_dir().join("objects"),
        };
        objects.join(directory).join(name)
    }

    /// Looks for a loose object. Anything odd counts as not there: libgit2 says what is wrong with it.
    fn loose(&self, id: Oid, most: usize) -> Found {
        read(&self.loose_path(id), most).unwrap_or(Found::Nothing)
    }
}

/// Reads the file of a loose object, and no more of it than is asked for. What is short passes through the
/// stack: musl maps and unmaps memory for each buffer of a page.
fn read(path: &Path, most: usize) -> io::Result<Found> {
    let mut file = File::open(path)?;
    let mut first = [0; FIRST_READ];
    let length = file.read(&mut first)?;
    let found = inflate(&first[..length], most, || {
        let mut rest = Vec::new();
        // a file gives less than was asked for only at its end
        if length == FIRST_READ {
            file.read_to_end(&mut rest)?;
        }
        Ok(rest)
    });
    Ok(found.unwrap_or(Found::Nothing))
}

/// Inflates an object that begins so. `rest` reads what is left, once the header says that it is wanted.
fn inflate(first: &[u8], most: usize, rest: impl FnOnce() -> io::Result<Vec<u8>>) -> Option<Found> {
    let mut state = DecompressorOxide::new();
    let flags = TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let mut short = [0; FIRST_READ];
    let (status, read, written) = decompress(
        &mut state,
        first,
        &mut short,
        0,
        flags | TINFL_FLAG_HAS_MORE_INPUT,
    );
    let short = &short[..written];
    let header = short.iter().take(LONGEST_HEADER).position(|b| *b == 0)? + 1;
    let (kind, size) = parse_header(&short[..header - 1])?;
    let end = header.checked_add(size)?;
    if size > most {
        return Some(Found::TooLarge);
    }
    if status == TINFLStatus::Done {
        let whole = read == first.len() && written == end;
        return whole.then(|| {
            Found::Object(Object {
                kind,
                bytes: short[header..].to_vec(),
                header: 0,
            })
        });
    }
    let mut left = first[read..].to_vec();
    left.append(&mut rest().ok()?);
    if size / BEST_RATIO > read + left.len() || written > end {
        return None;
    }
    let mut bytes = Vec::with_capacity(end.checked_add(1)?);
    bytes.extend_from_slice(short);
    // one more byte than there should be, to see that there is none
    bytes.resize(end + 1, 0);
    let (status, read, more) = decompress(&mut state, &left, &mut bytes, written, flags);
    if status != TINFLStatus::Done || read != left.len() || written + more != end {
        return None;
    }
    bytes.truncate(end);
    Some(Found::Object(Object {
        kind,
        bytes,
        header,
    }))
}

/// `<kind> <size>`.
fn parse_header(header: &[u8]) -> Option<(ObjectType, usize)> {
    let (kind, size) = std::str::from_utf8(header).ok()?.split_once(' ')?;
    let digits = size.bytes().all(|b| b.is_ascii_digit());
    let size = size.parse().ok().filter(|_| digits)?;
    let kind = match kind {
        "blob" => ObjectType::Blob,
        "tree" => ObjectType::Tree,
        "commit" => ObjectType::Commit,
        "tag" => ObjectType::Tag,
        _ => return None,
    };
    Some((kind, size))
}

/// The file of a loose object, not compressed: a zlib stream may consist of stored blocks.
/// Source: RFC 1950 and section 3.2.4 of RFC 1951.
fn stored(kind: ObjectType, bytes: &[u8]) -> Vec<u8> {
    let mut content = format!("{} {}\0", kind.str(), bytes.len()).into_bytes();
    content.extend_from_slice(bytes);
    let mut file = Vec::with_capacity(content.len() + 32);
    file.extend_from_slice(&[0x78, 0x01]);
    let mut blocks = content.chunks(usize::from(u16::MAX)).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).expect("chunks are no longer");
        file.push(u8::from(blocks.peek().is_none()));
        file.extend_from_slice(&length.to_le_bytes());
        file.extend_from_slice(&(!length).to_le_bytes());
        file.extend_from_slice(block);
    }
    file.extend_from_slice(&adler32(&content).to_be_bytes());
    file
}

/// The checksum of a zlib stream.
fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    let (mut a, mut b) = (1_u32, 0_u32);
    // so many bytes cannot overflow: RFC 1950 leaves the bound to the reader, zlib names it NMAX
    for run in bytes.chunks(5552) {
        for byte in run {
            a += u32::from(*byte);
            b += a;
        }
        a %= MODULUS;
        b %= MODULUS;
    }
    b << 16 | a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(bytes: &[u8], most: usize) -> Option<Found> {
        let mut file = stored(ObjectType::Blob, bytes);
        let tail = file.split_off(file.len().min(FIRST_READ));
        inflate(&file, most, || Ok(tail))
    }

    #[test]
    fn what_is_stored_is_read_back() {
        for length in [
            0, 1, 15, 16, 17, 4000, 4096, 5000, 65_519, 65_535, 65_536, 200_000,
        ] {
            let bytes: Vec<u8> = (0..=250).cycle().take(length).collect();
            let Some(Found::Object(object)) = round(&bytes, length) else {
                panic!("{length} bytes are not read");
            };
            assert_eq!(object.kind, ObjectType::Blob);
            assert!(object.data() == bytes, "{length} bytes");
            assert!(object.into_data() == bytes, "{length} bytes");
            if length > 0 {
                assert!(
                    matches!(round(&bytes, length - 1), Some(Found::TooLarge)),
                    "{length} bytes"
                );
            }
        }
    }

    #[test]
    fn damaged_objects_are_left_to_libgit2() {
        let file = stored(ObjectType::Tree, b"some content");
        for at in 0..file.len() {
            // what pads the head of a stored block says nothing
            let bits = if at == 2 { 0..3 } else { 0..8 };
            for bit in bits {
                let mut damaged = file.clone();
                damaged[at] ^= 1 << bit;
                let found = inflate(&damaged, usize::MAX, || Ok(Vec::new()));
                assert!(
                    !matches!(found, Some(Found::Object(_))),
                    "bit {bit} of byte {at}"
                );
            }
            let found = inflate(&file[..at], usize::MAX, || Ok(Vec::new()));
            assert!(found.is_none(), "cut at {at}");
        }
        let mut longer = file;
        longer.push(0);
        assert!(inflate(&longer, usize::MAX, || Ok(Vec::new())).is_none());
    }

    #[test]
    fn a_size_that_cannot_be_takes_no_memory() {
        let mut content = b"blob 18446744073709551000\0".to_vec();
        content.resize(30_000, b'x');
        let mut file = vec![0x78, 1, 1];
        let length = u16::try_from(content.len()).unwrap();
        file.extend_from_slice(&length.to_le_bytes());
        file.extend_from_slice(&(!length).to_le_bytes());
        file.extend_from_slice(&content);
        file.extend_from_slice(&adler32(&content).to_be_bytes());
        assert!(inflate(&file, usize::MAX, || Ok(Vec::new())).is_none());
    }
}

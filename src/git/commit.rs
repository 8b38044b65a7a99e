//! Commits, read whole, and bounded walks over first parents.

use anyhow::{Context as _, Result, bail};
use git2::{ObjectType, Oid};

use super::loose::Object;
use super::repo::Repo;
use crate::domain::id::CommitId;
use crate::sys::fs;

/// A name, an address and a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The name; what is not UTF-8 is replaced.
    pub name: String,
    /// The address; what is not UTF-8 is replaced.
    pub email: String,
    /// Seconds since 1970, UTC.
    pub seconds: i64,
}

impl std::fmt::Display for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} <{}>", self.name, self.email)
    }
}

/// What a commit object says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitInfo {
    /// The commit itself.
    pub id: CommitId,
    /// Its tree, in hexadecimal.
    pub tree: String,
    /// Its parents; none at the border of a shallow clone.
    pub parents: Vec<CommitId>,
    /// Who wrote it.
    pub author: Signature,
    /// Who committed it.
    pub committer: Signature,
    /// The message as stored, in [`CommitInfo::encoding`].
    pub message: Vec<u8>,
    /// The header `encoding`; `None` means UTF-8.
    pub encoding: Option<String>,
}

/// Where a commit leads.
pub(super) struct Links {
    pub(super) tree: Oid,
    pub(super) parents: Vec<Oid>,
}

impl Repo {
    /// Reads a commit; one that is not here is an error.
    pub fn commit(&self, id: &CommitId) -> Result<CommitInfo> {
        let oid = self.oid(id)?;
        let object = self.commit_object(oid)?;
        let parsed = parse(object.data()).with_context(|| format!("cannot read commit {id}"))?;
        let parents = parsed.parents.iter();
        let parents = parents.filter(|_| !self.is_shallow(oid));
        Ok(CommitInfo {
            id: id.clone(),
            tree: parsed.tree.to_owned(),
            parents: parents
                .map(|id| CommitId::new(*id))
                .collect::<Result<_, _>>()?,
            author: parsed.author,
            committer: parsed.committer,
            message: parsed.message.to_owned(),
            encoding: parsed.encoding.map(str::to_owned),
        })
    }

    /// Whether the commit is here.
    pub fn has_commit(&self, id: &CommitId) -> bool {
        self.oid(id)
            .is_ok_and(|oid| self.commit_object(oid).is_ok())
    }

    /// Whether the history of a shallow clone ends with this commit, whose parents are elsewhere.
    pub fn is_border(&self, id: &CommitId) -> bool {
        self.oid(id).is_ok_and(|oid| self.is_shallow(oid))
    }

    /// How many first-parent steps lie between a commit and an older one: 0 when they are the same. `None`
    /// when `stop` is not met within `limit` steps, or at all.
    pub fn commits_since(
        &self,
        tip: &CommitId,
        stop: &CommitId,
        limit: usize,
    ) -> Result<Option<usize>> {
        let stop = self.oid(stop)?;
        let mut at = self.oid(tip)?;
        for steps in 0..=limit {
            if at == stop {
                return Ok(Some(steps));
            }
            match self.links(at)?.parents.first() {
                Some(parent) => at = *parent,
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Whether a commit is, or is reached from, another one. Walks as far as needed: for commands only.
    pub fn is_ancestor(&self, old: &CommitId, new: &CommitId) -> Result<bool> {
        let (old, new) = (self.oid(old)?, self.oid(new)?);
        Ok(old == new || self.inner()?.graph_descendant_of(new, old)?)
    }

    /// Where a commit leads.
    pub(super) fn links(&self, id: Oid) -> Result<Links> {
        let object = self.commit_object(id)?;
        let parsed = parse(object.data()).with_context(|| format!("cannot read commit {id}"))?;
        let mut parents = Vec::new();
        if !self.is_shallow(id) {
            for parent in &parsed.parents {
                parents.push(self.parse_oid(parent)?);
            }
        }
        Ok(Links {
            tree: self.parse_oid(parsed.tree)?,
            parents,
        })
    }

    /// A commit as it is stored.
    fn commit_object(&self, id: Oid) -> Result<Object> {
        match self.object(id)? {
            Some(object) if object.kind == ObjectType::Commit => Ok(object),
            Some(_) => bail!("object {id} is no commit"),
            None => bail!("cannot read commit {id}: it is not here"),
        }
    }

    /// The commits whose parents are not in this clone, one a line, as the file `shallow` lists them; empty in a
    /// whole one.
    pub fn border(&self) -> &[u8] {
        self.shallow.get_or_init(|| {
            let file = fs::read(&self.common_dir().join("shallow"));
            file.ok().flatten().unwrap_or_default()
        })
    }

    /// Whether the commit lies at the border of a shallow clone. `info/grafts`, which git has been warning of
    /// since 2.18, is not looked at.
    fn is_shallow(&self, id: Oid) -> bool {
        let border = self.border();
        let mut lines = border.split(|b| *b == b'\n');
        !border.is_empty() && {
            let id = id.to_string();
            lines.any(|line| line.trim_ascii() == id.as_bytes())
        }
    }
}

/// The parts of a commit object.
struct Parsed<'a> {
    tree: &'a str,
    parents: Vec<&'a str>,
    author: Signature,
    committer: Signature,
    encoding: Option<&'a str>,
    message: &'a [u8],
}

/// Reads a commit object. Source: git's `commit.c`, `parse_commit_buffer`, and `Documentation/gitformat-signature`.
fn parse(bytes: &[u8]) -> Option<Parsed<'_>> {
    let end = bytes.windows(2).position(|pair| pair == b"\n\n");
    let (header, message) = match end {
        Some(end) => (&bytes[..end], &bytes[end + 2..]),
        None => (bytes, &[][..]),
    };
    let (mut tree, mut parents, mut encoding) = (None, Vec::new(), None);
    let (mut author, mut committer) = (None, None);
    for line in header.split(|b| *b == b'\n') {
        let space = line.iter().position(|b| *b == b' ');
        let (name, value) = line.split_at(space.unwrap_or(line.len()));
        let value = value.get(1..).unwrap_or_default();
        let text = || std::str::from_utf8(value).ok();
        match name {
            b"tree" if tree.is_none() => tree = text(),
            b"parent" => parents.push(text()?),
            // some tools have written several: the first counts
            b"author" if author.is_none() => author = Some(signature(value)),
            b"committer" if committer.is_none() => committer = Some(signature(value)),
            b"encoding" => encoding = text(),
            // a signature, whose further lines begin with a space, or what the future brings
            _ => {}
        }
    }
    Some(Parsed {
        tree: tree?,
        parents,
        author: author?,
        committer: committer?,
        encoding,
        message,
    })
}

/// `<name> <<address>> <seconds> <zone>`, leniently: old tools have left parts out.
fn signature(line: &[u8]) -> Signature {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes.trim_ascii()).into_owned();
    let close = line.iter().rposition(|b| *b == b'>').unwrap_or(line.len());
    let (who, when) = line.split_at(close);
    let open = who.iter().position(|b| *b == b'<').unwrap_or(who.len());
    let (name, email) = who.split_at(open);
    let when = String::from_utf8_lossy(when.get(1..).unwrap_or_default());
    let seconds = when.split_whitespace().next();
    Signature {
        name: text(name),
        email: text(email.get(1..).unwrap_or_default()),
        seconds: seconds
            .and_then(|seconds| seconds.parse().ok())
            .unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn commits_of_all_kinds_are_read() {
        let text = b"tree aa\nparent bb\nparent cc\nauthor A \xff. <a@e> 1700000000 +0100\n\
            author B <b@e> 1 +0000\ncommitter  <> \nencoding ISO-8859-1\n\
            gpgsig -----BEGIN\n tree dd\n \n -----END\n\nSubject\n\nBody\n";
        let commit = parse(text).unwrap();
        assert_eq!((commit.tree, commit.parents), ("aa", vec!["bb", "cc"]));
        assert_eq!(commit.author.to_string(), "A \u{fffd}. <a@e>");
        assert_eq!(commit.author.seconds, 1_700_000_000);
        assert_eq!(commit.committer.to_string(), " <>");
        assert_eq!(commit.encoding, Some("ISO-8859-1"));
        assert_eq!(commit.message, b"Subject\n\nBody\n");
    }

    #[test]
    fn a_commit_may_have_no_message() {
        for end in ["", "\n", "\n\n"] {
            let text = format!("tree aa\nauthor A <a@e> 1 +0000\ncommitter A <a@e> 1 +0000{end}");
            assert_eq!(parse(text.as_bytes()).unwrap().message, b"");
        }
        assert!(parse(b"tree aa\n\nSubject\n").is_none());
        assert!(parse(b"").is_none());
    }
}

//! Names for things in git and in the log, checked when they are made.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A name that is not what its type asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidId {
    what: &'static str,
    text: String,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no {}", self.text.escape_debug(), self.what)
    }
}

impl std::error::Error for InvalidId {}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the text and wraps it.
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                let valid: fn(&str) -> bool = $valid;
                if valid(&text) { Ok(Self(text)) } else { Err(InvalidId { what: $what, text }) }
            }

            /// The text as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

text_id!(
    /// `<slug>-<yyyymmdd>-<6 random base32>`; also the name of a directory, so nothing but `[a-z0-9-]`.
    SessionId,
    "session id",
    |text| {
        (8..=64).contains(&text.len())
            && !text.starts_with('-')
            && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    }
);

text_id!(
    /// A ULID in upper-case Crockford base32, 26 characters: the identity of an event and of what it creates.
    /// Specification: <https://github.com/ulid/spec>.
    EventId,
    "event id",
    |text| text.len() == 26 && text.bytes().all(|b| CROCKFORD.contains(&b))
);

text_id!(
    /// The full hexadecimal object id of a commit: 40 digits (SHA-1) or 64 (SHA-256).
    CommitId,
    "commit id",
    |text| matches!(text.len(), 40 | 64) && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
);

text_id!(
    /// A branch name without `refs/heads/`, as git accepted it.
    BranchName,
    "branch name",
    |text| !text.is_empty() && !text.bytes().any(|b| b.is_ascii_control())
);

text_id!(
    /// The random name of a clone, made once and kept in its local config.
    WriterId,
    "writer id",
    |text| (6..=32).contains(&text.len()) && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9'))
);

/// Crockford's base32 alphabet.
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl EventId {
    /// A ULID from milliseconds since 1970 and 80 random bits.
    pub fn from_parts(milliseconds: i64, random: [u8; 10]) -> Self {
        let time = u128::from(milliseconds.max(0).unsigned_abs() & 0xffff_ffff_ffff);
        let random = random
            .iter()
            .fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        let bits = time << 80 | random;
        let text = (0..26).rev().map(|i| crockford(bits >> (5 * i))).collect();
        Self(text)
    }
}

impl SessionId {
    /// `<slug>-<yyyymmdd>-<6 random base32>`; the slug must be one of the module `slug`.
    pub fn from_parts(slug: &str, yyyymmdd: &str, random: [u8; 10]) -> Self {
        let suffix = random
            .iter()
            .take(6)
            .map(|b| crockford(u128::from(*b)).to_ascii_lowercase());
        Self(format!("{slug}-{yyyymmdd}-{}", suffix.collect::<String>()))
    }
}

impl WriterId {
    /// Ten random base32 characters, lower case.
    pub fn from_random(random: [u8; 10]) -> Self {
        Self(
            random
                .iter()
                .map(|b| crockford(u128::from(*b)).to_ascii_lowercase())
                .collect(),
        )
    }
}

impl CommitId {
    /// The first seven digits, for people.
    pub fn short(&self) -> &str {
        &self.0[..7]
    }
}

/// The character of the lowest five bits.
fn crockford(bits: u128) -> char {
    char::from(CROCKFORD[usize::try_from(bits & 31).expect("five bits fit")])
}

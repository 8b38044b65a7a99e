//! What went wrong, in words for the person at the keyboard, and the exit code that it deserves.
//! Every layer but `domain` may make a [`Fault`]; only `main` turns one into an exit code.

use std::fmt;

/// How a failure is classed. The kind alone picks the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The user can fix it: exit 1.
    User,
    /// The command line is wrong: exit 2.
    Usage,
    /// The repository cannot be used: exit 3.
    Repository,
    /// Answered, but not everything could be seen: exit 4.
    Partial,
    /// A bug of ours: exit 70.
    Bug,
}

impl Kind {
    /// The exit code of this kind.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::User => 1,
            Self::Usage => 2,
            Self::Repository => 3,
            Self::Partial => 4,
            Self::Bug => 70,
        }
    }
}

/// A message for the user (lower case, no period), with hints that are commands to type.
#[derive(Clone, Debug)]
pub struct Fault {
    kind: Kind,
    message: String,
    hints: Vec<String>,
}

impl Fault {
    /// A failure of the given kind.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hints: Vec::new(),
        }
    }

    /// A failure that the user can fix.
    pub fn user(message: impl Into<String>) -> Self {
        Self::new(Kind::User, message)
    }

    /// A wrong command line.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// A repository that cannot be used.
    pub fn repository(message: impl Into<String>) -> Self {
        Self::new(Kind::Repository, message)
    }

    /// Adds the next command to type, or the next thing to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The class of the failure.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The commands to type next.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

/// The exit code of an error: that of the [`Fault`] in its chain, else 1.
pub fn exit_code(error: &anyhow::Error) -> u8 {
    fault(error).map_or(Kind::User, Fault::kind).exit_code()
}

/// The [`Fault`] in the chain of an error, if there is one.
pub fn fault(error: &anyhow::Error) -> Option<&Fault> {
    error
        .downcast_ref::<Fault>()
        .or_else(|| error.chain().find_map(|cause| cause.downcast_ref()))
}

/// What to type about a failure of the system that nobody has named a command for.
pub fn system_hint(error: &anyhow::Error) -> Option<&'static str> {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem, StorageFull};
    let mut causes = error.chain();
    let kind = causes.find_map(|cause| {
        let error = cause.downcast_ref::<std::io::Error>()?;
        Some(error.kind())
    })?;
    match kind {
        StorageFull => Some("df -h ."),
        PermissionDenied | ReadOnlyFilesystem => Some("git session doctor"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::system_hint;

    #[test]
    fn a_failure_of_the_system_names_a_command() {
        let of = |kind: io::ErrorKind| {
            let error = anyhow::Error::from(io::Error::from(kind)).context("cannot write x");
            system_hint(&error)
        };
        assert_eq!(of(io::ErrorKind::StorageFull), Some("df -h ."));
        assert_eq!(
            of(io::ErrorKind::PermissionDenied),
            Some("git session doctor")
        );
        assert_eq!(of(io::ErrorKind::NotFound), None);
        assert_eq!(system_hint(&anyhow::anyhow!("odd")), None);
    }
}

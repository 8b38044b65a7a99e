//! Who commits here: what git would write into the `committer` line.

use anyhow::Result;

use super::repo::Repo;

/// A name and an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The name, or `unknown`.
    pub name: String,
    /// The address, or `unknown`.
    pub email: String,
}

impl std::fmt::Display for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} <{}>", self.name, self.email)
    }
}

/// What stands where nothing is known.
const UNKNOWN: &str = "unknown";

impl Repo {
    /// The committer: `GIT_COMMITTER_*`, `committer.*`, `user.*`, then the author's variables and `EMAIL`.
    /// Never fails for want of an identity, and never guesses one from the host name as git does.
    /// Source: <https://git-scm.com/docs/git-commit#_commit_information>.
    pub fn identity(&self) -> Result<Identity> {
        let config = self.config()?;
        let first = |set: &str, keys: [&str; 2], late: &[&str]| {
            let variable = |name: &str| self.env.text(name).map(str::to_owned);
            std::iter::once(variable(set))
                .chain(keys.iter().map(|key| config.get(key)))
                .chain(late.iter().map(|name| variable(name)))
                .flatten()
                .map(|text| clean(&text))
                .find(|text| !text.is_empty())
                .unwrap_or_else(|| UNKNOWN.to_owned())
        };
        Ok(Identity {
            name: first(
                "GIT_COMMITTER_NAME",
                ["committer.name", "user.name"],
                &["GIT_AUTHOR_NAME"],
            ),
            email: first(
                "GIT_COMMITTER_EMAIL",
                ["committer.email", "user.email"],
                &["GIT_AUTHOR_EMAIL", "EMAIL"],
            ),
        })
    }
}

/// Removes what git's `ident.c` removes: crud at both ends, and what would end the field.
fn clean(text: &str) -> String {
    let crud = |c: char| c <= ' ' || ",:;<>\"\\'".contains(c);
    text.trim_matches(crud)
        .chars()
        .filter(|c| !matches!(c, '\n' | '<' | '>' | '\0'))
        .collect()
}

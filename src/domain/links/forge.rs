//! The forges that are known: by which hosts, and where their issues are.

/// A kind of forge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forge {
    /// GitHub, also on a host of one's own.
    GitHub,
    /// GitLab: projects in groups of any depth.
    GitLab,
    /// Bitbucket Cloud. Bitbucket Data Center has no issues of its own.
    Bitbucket,
    /// Gitea and Forgejo.
    Gitea,
}

/// Hosts by name.
const HOSTS: &[(&str, Forge)] = &[
    ("github.com", Forge::GitHub),
    ("gitlab.com", Forge::GitLab),
    ("bitbucket.org", Forge::Bitbucket),
    ("gitea.com", Forge::Gitea),
    ("codeberg.org", Forge::Gitea),
];

/// Hosts by the first part of their name.
const FIRST: &[(&str, Forge)] = &[
    ("github", Forge::GitHub),
    ("gitlab", Forge::GitLab),
    ("gitea", Forge::Gitea),
    ("forgejo", Forge::Gitea),
];

/// Hosts that answer ssh on the port of https, and the host of the pages.
pub(super) const SSH_HOSTS: &[(&str, &str)] = &[
    ("ssh.github.com", "github.com"),
    ("altssh.gitlab.com", "gitlab.com"),
    ("altssh.bitbucket.org", "bitbucket.org"),
];

impl Forge {
    /// The words in settings.
    pub const WORDS: &[&str] = &["github", "gitlab", "bitbucket", "gitea"];

    /// The forge that a word of the settings names.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "github" => Self::GitHub,
            "gitlab" => Self::GitLab,
            "bitbucket" => Self::Bitbucket,
            "gitea" => Self::Gitea,
            _ => return None,
        })
    }

    /// The forge that the name of a host tells.
    pub(super) fn of_host(host: &str) -> Option<Self> {
        let named = HOSTS.iter().find(|(known, _)| *known == host);
        let (first, rest) = host.split_once('.').unwrap_or((host, ""));
        let begins = || {
            FIRST
                .iter()
                .find(|(known, _)| *known == first && !rest.is_empty())
        };
        let cloud = || host.ends_with(".ghe.com").then_some(Self::GitHub);
        named
            .or_else(begins)
            .map(|(_, forge)| *forge)
            .or_else(cloud)
    }

    /// The path of a project, from the path of its repository; none when that is no project.
    pub(super) fn project(self, path: &str) -> Option<String> {
        let parts: Vec<&str> = path.split('/').collect();
        let plain = |byte: u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+' | b'~')
        };
        let fits = |part: &&str| {
            !part.is_empty() && !matches!(*part, "." | "..") && part.bytes().all(plain)
        };
        let enough = match self {
            Self::GitLab => parts.len() >= 2,
            _ => parts.len() == 2,
        };
        (enough && parts.iter().all(fits)).then(|| parts.join("/"))
    }

    /// Where the issues are, below the page of a project.
    pub(super) const fn issues(self) -> &'static str {
        match self {
            Self::GitLab => "-/issues",
            Self::GitHub | Self::Bitbucket | Self::Gitea => "issues",
        }
    }
}

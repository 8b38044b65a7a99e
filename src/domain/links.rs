//! References to issues (`#12`, `GH-12`, `PROJ-123`, addresses) and where they lead: to the forge that the remote
//! names, or to an issue tracker that personal settings name. Pure: a remote's address comes in as text.
//!
//! Every address that comes out is plain ASCII, begins with `http://` or `https://`, and holds no user name.

mod address;
mod forge;
mod reference;
mod remote;

use std::ops::Range;

pub use address::address;
pub use forge::Forge;
pub use reference::needs_home;

use reference::{Reference, references};
use remote::Remote;

/// Where the issues of a project are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    forge: Forge,
    /// `https://host/owner/project`, without a slash at the end.
    page: String,
}

impl Home {
    /// The home of a project whose page is known.
    pub fn new(forge: Forge, page: &str) -> Option<Self> {
        let page = address(page)?.trim_end_matches('/').to_owned();
        Some(Self { forge, page })
    }

    /// The home that the address of a remote tells. `forge`: what personal settings say, where the name of the host
    /// does not tell. None for a path, and for a host that nobody knows.
    pub fn of_remote(url: &str, forge: Option<Forge>) -> Option<Self> {
        let remote = Remote::parse(url)?;
        let forge = Forge::of_host(&remote.host).or(forge)?;
        let path = forge.project(&remote.path)?;
        let page = format!("{}/{path}", remote.web());
        Self::new(forge, &page)
    }

    /// The page of an issue.
    fn issue(&self, number: &str) -> Option<String> {
        let way = self.forge.issues();
        address(&format!("{}/{way}/{number}", self.page))
    }

    /// The page of an issue of another project on the same host.
    fn issue_elsewhere(&self, project: &str, number: &str) -> Option<String> {
        let (scheme, rest) = self.page.split_once("://")?;
        let (host, _) = rest.split_once('/')?;
        let page = format!("{scheme}://{host}/{}", self.forge.project(project)?);
        Self::new(self.forge, &page)?.issue(number)
    }
}

/// An issue tracker whose issues have keys such as `PROJ-123`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracker {
    /// What stands in front of a key.
    base: String,
    /// The projects; any when empty.
    projects: Vec<String>,
}

impl Tracker {
    /// The tracker at an address: that of its front page, or one that says where the key goes by `{key}`.
    pub fn new(base: &str, projects: &[String]) -> Option<Self> {
        let base = match base.split_once("{key}") {
            Some((before, "")) => before.to_owned(),
            Some(_) => return None,
            None => format!("{}/browse/", base.trim_end_matches('/')),
        };
        Some(Self {
            base: address(&base)?,
            projects: projects.to_vec(),
        })
    }

    fn issue(&self, key: &str) -> Option<String> {
        let (project, _) = key.rsplit_once('-')?;
        let known = if self.projects.is_empty() {
            !NO_PROJECTS.contains(&project)
        } else {
            self.projects.iter().any(|known| known == project)
        };
        known.then(|| address(&format!("{}{key}", self.base)))?
    }
}

/// What looks like the key of an issue and is none, where the projects are not named.
const NO_PROJECTS: &[&str] = &[
    "AES", "ANSI", "BCP", "CVE", "CWE", "EC", "FIPS", "GH", "GPT", "ISO", "MD", "PEP", "PKCS",
    "RFC", "RSA", "SHA", "TLS", "UCS", "UTC", "UTF", "WCAG", "X",
];

/// A reference and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// As it is written.
    pub label: String,
    /// Where it leads.
    pub url: String,
}

/// Knows where references lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Linker {
    /// The forge, where it is known.
    pub home: Option<Home>,
    /// The issue tracker, where there is one.
    pub tracker: Option<Tracker>,
}

impl Linker {
    /// Where what stands as the link of an item leads.
    pub fn of(&self, link: &str) -> Option<String> {
        let link = link.trim();
        if !link.contains(char::is_whitespace)
            && let Some(url) = address(link)
        {
            return Some(url);
        }
        let whole =
            |(range, url): (Range<usize>, String)| (range == (0..link.len())).then_some(url);
        let bare = || {
            let number = !link.is_empty() && link.bytes().all(|byte| byte.is_ascii_digit());
            number.then(|| self.lead(&Reference::Issue(link)))?
        };
        self.spans(link).into_iter().find_map(whole).or_else(bare)
    }

    /// The references in a text that lead somewhere, in order: where they stand, and where they lead.
    pub fn spans(&self, text: &str) -> Vec<(Range<usize>, String)> {
        let found = references(text).into_iter();
        found
            .filter_map(|(range, reference)| Some((range, self.lead(&reference)?)))
            .collect()
    }

    /// The issue of an item: what its link says, else the first reference in its text.
    pub fn issue(&self, link: Option<&str>, text: &str) -> Option<Link> {
        if let Some(link) = link {
            let url = self.of(link)?;
            let label = link.trim().to_owned();
            return Some(Link { label, url });
        }
        let (range, url) = self.spans(text).into_iter().next()?;
        let label = text[range].to_owned();
        Some(Link { label, url })
    }

    fn lead(&self, reference: &Reference<'_>) -> Option<String> {
        let home = self.home.as_ref();
        match reference {
            Reference::Address(url) => address(url),
            Reference::Issue(number) => home?.issue(number),
            Reference::Elsewhere(project, number) => home?.issue_elsewhere(project, number),
            Reference::Key(key) => match key.strip_prefix("GH-") {
                Some(number) => home
                    .filter(|home| home.forge == Forge::GitHub)?
                    .issue(number),
                None => self.tracker.as_ref()?.issue(key),
            },
        }
    }
}

#[cfg(test)]
mod tests;

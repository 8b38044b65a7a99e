//! Addresses of remotes, in the forms of git-fetch(1), "GIT URLS".

use super::address::is_host;
use super::forge::SSH_HOSTS;

/// What the address of a remote says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Remote {
    /// `http` where it is that, else `https`.
    scheme: &'static str,
    /// The host of the pages, in lower case.
    pub(super) host: String,
    /// The port of the pages, where it is another one.
    port: Option<u16>,
    /// The path without slashes around it and without `.git`.
    pub(super) path: String,
}

impl Remote {
    /// Takes an address apart; `None` for a path and for what has no pages.
    pub(super) fn parse(url: &str) -> Option<Self> {
        let url = url.trim();
        if let Some((scheme, rest)) = url.split_once("://") {
            return Self::with_scheme(&scheme.to_ascii_lowercase(), rest);
        }
        // `host:path`, unless a slash comes first; a single letter is a drive
        let (host, path) = url.split_once(':')?;
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        if host.contains('/') || host.len() < 2 || path.contains('\\') {
            return None;
        }
        Self::new("https", host, None, path)
    }

    fn with_scheme(scheme: &str, rest: &str) -> Option<Self> {
        let (authority, path) = rest.split_once('/')?;
        let authority = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (authority, None),
        };
        match scheme {
            "https" => Self::new("https", host, port.filter(|port| *port != 443), path),
            "http" => Self::new("http", host, port.filter(|port| *port != 80), path),
            // the port is that of ssh
            "ssh" | "git+ssh" | "ssh+git" | "git" => Self::new("https", host, None, path),
            _ => None,
        }
    }

    fn new(scheme: &'static str, host: &str, port: Option<u16>, path: &str) -> Option<Self> {
        let host = host.to_ascii_lowercase();
        let mut pages = SSH_HOSTS.iter();
        let host = match pages.find(|(ssh, _)| *ssh == host) {
            Some((_, pages)) => (*pages).to_owned(),
            None => host,
        };
        let path = path.trim_matches('/');
        let path = path
            .strip_suffix(".git")
            .unwrap_or(path)
            .trim_end_matches('/');
        (is_host(&host) && !path.is_empty()).then(|| Self {
            scheme,
            host,
            port,
            path: path.to_owned(),
        })
    }

    /// `https://host:port`
    pub(super) fn web(&self) -> String {
        let port = self.port.map(|port| format!(":{port}"));
        format!(
            "{}://{}{}",
            self.scheme,
            self.host,
            port.unwrap_or_default()
        )
    }
}

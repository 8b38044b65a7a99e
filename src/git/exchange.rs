//! Talking to a remote: fetching some of its refs, pushing some of ours. By git's own commands, with a
//! limit of time, without the user's hooks, and never touching a branch, a tag, `FETCH_HEAD` or the work tree.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::repo::Repo;
use super::spawn::{Git, Output, Shown};
use super::supervise::Ended;
use crate::domain::id::CommitId;

/// Below this many bytes a second for [`SLOW`] a transfer over HTTP counts as dead.
const SLOW_BYTES: &str = "http.lowSpeedLimit=500";
/// See [`SLOW_BYTES`]; in seconds.
const SLOW: &str = "http.lowSpeedTime=30";

/// Why a remote did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It cannot be reached.
    Network,
    /// It did not answer in time.
    Time,
    /// It does not know us, or does not let us read.
    Authentication,
    /// There is no repository.
    Missing,
    /// It does not let us write.
    Permission,
    /// Something else.
    Other,
}

/// A remote that did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Why.
    pub cause: Cause,
    /// What git said, one line.
    pub said: String,
}

/// How a conversation may go.
#[derive(Clone, Copy, Debug)]
pub struct Manners {
    /// When it must be over.
    pub deadline: Instant,
    /// How long the other side may say nothing: git reports its progress all the time.
    pub silence: Duration,
    /// Whether git's progress is to be seen.
    pub shown: Shown,
    /// Whether git may ask for a password or passphrase.
    pub may_ask: bool,
}

/// What became of one ref that was pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// The remote has it now, or had it.
    Done,
    /// The remote's is no ancestor of ours.
    Behind,
    /// The remote does not take it, for this reason.
    Refused(String),
}

/// One ref to be pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its full name there.
    pub name: String,
    /// What it is to become: a ref or commit of ours; empty to remove it.
    pub from: String,
    /// Where the remote's must be for it to be overwritten; without it only a descendant is taken.
    pub lease: Option<String>,
}

impl Outgoing {
    /// A new ref, at this commit.
    pub fn of(name: String, tip: &CommitId) -> Self {
        Self {
            name,
            from: tip.to_string(),
            lease: None,
        }
    }

    /// A ref that goes away if it is where it was seen.
    pub fn removal(name: String, seen: &CommitId) -> Self {
        Self {
            name,
            from: String::new(),
            lease: Some(seen.to_string()),
        }
    }
}

impl Repo {
    /// The address of a remote as git would use it for fetching.
    pub fn remote_url(&self, remote: &str) -> Result<String> {
        let git = self.git().args(["ls-remote", "--get-url", "--", remote]);
        Ok(git.checked()?.text())
    }

    /// Fetches what these refspecs name, and drops tracking refs whose ref is gone.
    pub fn fetch_refs(
        &self,
        remote: &str,
        refspecs: &[String],
        manners: Manners,
    ) -> Result<Result<(), Failure>> {
        let git = self.polite(manners).args([
            "fetch",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-auto-maintenance",
            "--no-recurse-submodules",
            "--no-show-forced-updates",
            "--quiet",
            "--no-filter",
            "--prune",
            "--refmap=",
        ]);
        // that there is progress is how we know that somebody is there
        let git = git.args(["--progress", "--", remote]).args(refspecs);
        Ok(match converse(&git, manners)? {
            Ok(output) if output.success() => Ok(()),
            Ok(output) => Err(failure(&output)),
            Err(failure) => Err(failure),
        })
    }

    /// Pushes refs and says what became of each.
    pub fn push_refs(
        &self,
        remote: &str,
        refs: &[Outgoing],
        manners: Manners,
    ) -> Result<Result<BTreeMap<String, Pushed>, Failure>> {
        let mirror = format!("remote.{remote}.mirror=false");
        let git = self.polite(manners).args([
            "-c",
            &mirror,
            "push",
            "--porcelain",
            "--no-verify",
            "--no-follow-tags",
        ]);
        let mut git = git.args(["--recurse-submodules=no", "--progress"]);
        for outgoing in refs {
            if let Some(lease) = &outgoing.lease {
                git = git.arg(format!("--force-with-lease={}:{lease}", outgoing.name));
            }
        }
        let specs = refs
            .iter()
            .map(|outgoing| format!("{}:{}", outgoing.from, outgoing.name));
        let git = git.args(["--", remote]).args(specs);
        let output = match converse(&git, manners)? {
            Ok(output) => output,
            Err(failure) => return Ok(Err(failure)),
        };
        let mut pushed = BTreeMap::new();
        for line in output.text().lines() {
            if let Some((name, state)) = pushed_ref(line) {
                pushed.insert(name, state);
            }
        }
        if pushed.is_empty() && !output.success() {
            return Ok(Err(failure(&output)));
        }
        // a server that hangs up after the refs were listed has not said that it took them
        let unsaid = refs
            .iter()
            .any(|outgoing| !pushed.contains_key(&outgoing.name));
        if unsaid && !output.success() {
            return Ok(Err(failure(&output)));
        }
        Ok(Ok(pushed))
    }

    /// Git with words that can be told apart, and with what keeps a dead connection from holding us.
    fn polite(&self, manners: Manners) -> Git {
        let mut git = self.git().variable("LC_ALL", "C").variable("LANGUAGE", "");
        let slow = self
            .config()
            .is_ok_and(|config| config.is_set("http.lowspeedtime"));
        if !slow {
            git = git.args(["-c", SLOW_BYTES, "-c", SLOW]);
        }
        git = git.args(["-c", "advice.fetchShowForcedUpdates=false"]);
        if !manners.may_ask {
            git = git.variable("GIT_TERMINAL_PROMPT", "0");
        }
        let asks = ["GIT_SSH_COMMAND", "GIT_SSH"];
        let own_ssh = asks.iter().any(|name| self.env().text(name).is_some())
            || self
                .config()
                .is_ok_and(|config| config.is_set("core.sshcommand"));
        if own_ssh {
            return git;
        }
        let ssh = if manners.may_ask {
            "ssh -o ConnectTimeout=15"
        } else {
            "ssh -o ConnectTimeout=15 -o BatchMode=yes"
        };
        git.variable("GIT_SSH_COMMAND", ssh)
    }
}

/// Runs a command that talks to a remote, whatever it comes to.
fn converse(git: &Git, manners: Manners) -> Result<Result<Output, Failure>> {
    let limit = manners.deadline.saturating_duration_since(Instant::now());
    let said = match git.supervised(limit, manners.silence, manners.shown)? {
        Ended::Itself(output) => return Ok(Ok(output)),
        Ended::Silent => format!("no answer for {} s", manners.silence.as_secs()),
        Ended::Late => format!("not done within {} s", limit.as_secs()),
    };
    let cause = Cause::Time;
    Ok(Err(Failure { cause, said }))
}

/// Why git failed, told from what it wrote.
fn failure(output: &Output) -> Failure {
    let complaint = output.complaint();
    let lines = || {
        complaint
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
    };
    let telling = |line: &&str| {
        ["fatal: ", "error: ", "ERROR: ", "remote: ", "ssh: "]
            .iter()
            .any(|start| line.starts_with(start))
    };
    let vague = |line: &&str| {
        line.contains("Could not read from remote repository")
            || line.contains("the remote end hung up")
            || line.contains("failed to push some refs")
    };
    let said = lines()
        .filter(telling)
        .find(|line| !vague(line))
        .or_else(|| lines().find(|line| !vague(line)))
        .or_else(|| lines().next())
        .unwrap_or("git did not say why");
    Failure {
        cause: cause(&complaint),
        said: said.strip_prefix("fatal: ").unwrap_or(said).to_owned(),
    }
}

/// The words by which git, ssh and curl tell why, in the order in which they count.
const WORDS: &[(Cause, &[&str])] = &[
    (
        Cause::Authentication,
        &[
            "Authentication failed",
            "could not read Username",
            "could not read Password",
            "terminal prompts disabled",
            "Permission denied (",
            "Host key verification failed",
            "returned error: 401",
            "invalid credentials",
        ],
    ),
    (
        Cause::Network,
        &[
            "Could not resolve",
            "Connection refused",
            "Connection timed out",
            "Connection reset",
            "Couldn't connect",
            "Failed to connect",
            "Network is unreachable",
            "No route to host",
            "Operation too slow",
            "Operation timed out",
            "unable to connect to",
            "unable to look up",
            "name resolution",
            "early EOF",
            "Connection closed by",
        ],
    ),
    (
        Cause::Permission,
        &[
            "returned error: 403",
            "insufficient permission",
            "Permission to ",
            "Permission denied",
            "access denied",
            "not allowed",
            "unable to create temporary object directory",
            "service not enabled",
            "protected",
            "Read-only file system",
        ],
    ),
    (
        Cause::Missing,
        &[
            "does not appear to be a git repository",
            "not found",
            "does not exist",
            "No such file or directory",
        ],
    ),
    (Cause::Network, &["hung up", "unable to access"]),
];

fn cause(complaint: &str) -> Cause {
    let hit = |words: &&[&str]| words.iter().any(|word| complaint.contains(word));
    let found = WORDS.iter().find(|(_, words)| hit(words));
    found.map_or(Cause::Other, |(cause, _)| *cause)
}

/// One line of `git push --porcelain`: `<flag>\t<from>:<to>\t<summary>`.
fn pushed_ref(line: &str) -> Option<(String, Pushed)> {
    let mut fields = line.split('\t');
    let flag = fields.next()?;
    let (_, name) = fields.next()?.split_once(':')?;
    let summary = fields.next().unwrap_or_default();
    let state = match flag {
        " " | "*" | "=" | "+" | "-" => Pushed::Done,
        "!" => {
            let reason = summary
                .split_once('(')
                .map_or(summary, |(_, reason)| reason);
            let reason = reason.strip_suffix(')').unwrap_or(reason);
            let behind = [
                "fetch first",
                "non-fast-forward",
                "stale info",
                "cannot lock ref",
                "failed to update ref",
                "remote ref updated since checkout",
                "reference already exists",
                "incorrect old value provided",
            ];
            if behind.iter().any(|word| reason.contains(word)) {
                Pushed::Behind
            } else {
                Pushed::Refused(reason.to_owned())
            }
        }
        _ => return None,
    };
    Some((name.to_owned(), state))
}

#[cfg(test)]
mod tests {
    use super::{Cause, Pushed, cause, pushed_ref};

    #[test]
    fn the_words_of_git_tell_why() {
        let cases = [
            (
                "fatal: unable to access 'https://x.invalid/r/': Could not resolve host: x.invalid",
                Cause::Network,
            ),
            (
                "ssh: connect to host h port 22: Connection refused\nfatal: Could not read from remote repository.",
                Cause::Network,
            ),
            (
                "git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.",
                Cause::Authentication,
            ),
            (
                "fatal: could not read Username for 'https://h': terminal prompts disabled",
                Cause::Authentication,
            ),
            (
                "fatal: unable to access 'http://h/r/': The requested URL returned error: 403",
                Cause::Permission,
            ),
            (
                "remote: Permission to o/r.git denied to x.\nfatal: unable to access",
                Cause::Permission,
            ),
            (
                "fatal: '/nowhere' does not appear to be a git repository",
                Cause::Missing,
            ),
            (
                "remote: Repository not found.\nfatal: repository 'https://h/r/' not found",
                Cause::Missing,
            ),
            ("fatal: the remote end hung up unexpectedly", Cause::Network),
            ("fatal: something else", Cause::Other),
        ];
        for (said, expected) in cases {
            assert_eq!(cause(said), expected, "{said}");
        }
    }

    #[test]
    fn each_line_of_a_push_is_read() {
        let name = "refs/session/log/w";
        let line = |flag: &str, summary: &str| format!("{flag}\t{name}:{name}\t{summary}");
        let cases = [
            (line("*", "[new reference]"), Some(Pushed::Done)),
            (line(" ", "1a2b3c4..5d6e7f8"), Some(Pushed::Done)),
            (line("=", "[up to date]"), Some(Pushed::Done)),
            (line("!", "[rejected] (fetch first)"), Some(Pushed::Behind)),
            (
                line("!", "[rejected] (non-fast-forward)"),
                Some(Pushed::Behind),
            ),
            (
                line(
                    "!",
                    "[remote rejected] (cannot lock ref 'x': is at a but expected b)",
                ),
                Some(Pushed::Behind),
            ),
            (
                line("!", "[remote rejected] (pre-receive hook declined)"),
                Some(Pushed::Refused("pre-receive hook declined".to_owned())),
            ),
            ("To /tmp/x.git".to_owned(), None),
            ("Done".to_owned(), None),
        ];
        for (line, expected) in cases {
            assert_eq!(
                pushed_ref(&line).map(|(_, state)| state),
                expected,
                "{line}"
            );
        }
    }
}

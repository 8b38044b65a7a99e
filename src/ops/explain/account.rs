//! What sessions say of the commits: found by trailers and notes, else by dates, told by the log, else by the
//! notes, else by the trailers.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::{Explained, Share, lookup};
use crate::domain::account::{self, Aim, Move, Ruling, Solved, When};
use crate::domain::event::Origin;
use crate::domain::id::{CommitId, EventId, SessionId};
use crate::domain::note::{self, NoteLine};
use crate::domain::session::{Commit, State};
use crate::domain::time::parse_spent;
use crate::domain::trailers::{self, Encoding, Key, Run};
use crate::git::CommitInfo;
use crate::ops::ctx::Ctx;
use crate::ops::sessions::{self, Loaded};
use crate::ops::{notes, recorded};

/// Where something was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The log of the session in this clone.
    Log,
    /// What another clone shared of it.
    Fetched,
    /// A notes ref.
    Note(String),
    /// The message of the commit, which has so many runs of the session: several after a squash.
    Trailers(usize),
}

/// What a session says of one commit.
#[derive(Clone, Debug)]
pub struct Deed {
    /// The commit: its place in [`Explained::commits`].
    pub commit: usize,
    /// Where that was read, the best first.
    pub sources: Vec<Source>,
    /// When it was recorded, where that is known.
    pub at: Option<DateTime<Utc>>,
    /// Objectives.
    pub aims: Vec<Aim>,
    /// Decisions.
    pub decisions: Vec<Ruling>,
    /// Blockers that went away.
    pub solved: Vec<Solved>,
    /// What the commit changes, line by line.
    pub impact: Vec<String>,
    /// Active seconds.
    pub time: u64,
    /// The sessions whose work came in, when it is a merge.
    pub merged: Vec<SessionId>,
    /// Where the records say that it came from, and what became of it.
    pub moves: Vec<Move>,
}

/// A session as its log has it.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Its title.
    pub title: Option<String>,
    /// Where it stands.
    pub state: State,
    /// Who started it.
    pub by: String,
    /// When.
    pub started_at: DateTime<Utc>,
    /// When it ended, if it did.
    pub ended_at: Option<DateTime<Utc>>,
    /// The newest of its other commits.
    pub others: Vec<Other>,
    /// How many others there are.
    pub others_total: usize,
}

/// Another commit of the session.
#[derive(Clone, Debug)]
pub struct Other {
    /// The commit.
    pub commit: CommitId,
    /// Its subject.
    pub subject: String,
    /// When it was recorded.
    pub at: DateTime<Utc>,
}

/// What one session says.
#[derive(Clone, Debug)]
pub struct Account {
    /// The session.
    pub session: String,
    /// Its branch, where that is known.
    pub branch: Option<String>,
    /// What its log says; `None` when this clone does not have it.
    pub facts: Option<Facts>,
    /// Of each commit.
    pub deeds: Vec<Deed>,
    /// Other decisions that held at the newest of these commits.
    pub in_force: Vec<Ruling>,
    /// Lines of its commits.
    pub lines: u64,
}

/// How many other commits are kept.
const MOST_OTHERS: usize = 5;

/// What is known of a commit without a log.
#[derive(Default)]
struct Evidence {
    runs: Vec<Run>,
    notes: Vec<(String, NoteLine)>,
    logs: Vec<SessionId>,
}

/// A message as text.
pub(super) fn message(commit: &CommitInfo) -> String {
    let encoding = commit.encoding.as_deref().unwrap_or_default();
    match Encoding::from_name(encoding) {
        Encoding::Latin1 => commit.message.iter().copied().map(char::from).collect(),
        Encoding::Utf8 | Encoding::Ascii => String::from_utf8_lossy(&commit.message).into_owned(),
    }
}

/// Adds what sessions say of the commits. `paths`: what decisions in force are about.
pub(super) fn gather(ctx: &Ctx, explained: &mut Explained, paths: &[Vec<u8>]) -> Result<()> {
    let evidence = evidence(ctx, explained)?;
    let mut sessions: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, found) in evidence.iter().enumerate() {
        let of_runs = found.runs.iter().map(|run| run.session_id().to_owned());
        let of_notes = found.notes.iter().map(|(_, line)| line.session.to_string());
        let of_logs = found.logs.iter().map(ToString::to_string);
        let ids: BTreeSet<String> = of_runs.chain(of_notes).chain(of_logs).collect();
        explained.commits[at].known = !ids.is_empty();
        for id in ids {
            sessions.entry(id).or_default().push(at);
        }
    }
    for (session, commits) in sessions {
        let loaded = load(ctx, &session, explained);
        let account = account(
            &session,
            &commits,
            &evidence,
            loaded.as_ref(),
            explained,
            paths,
        );
        explained.accounts.push(account);
    }
    let newest = |account: &Account| account.deeds.iter().map(|deed| deed.commit).min();
    explained
        .accounts
        .sort_by_key(|account| (std::cmp::Reverse(account.lines), newest(account)));
    Ok(())
}

/// The log of a session, when this clone has it.
fn load(ctx: &Ctx, session: &str, explained: &mut Explained) -> Option<Loaded> {
    let id = SessionId::new(session).ok()?;
    match sessions::load(ctx, &id) {
        Ok(loaded) => {
            if !loaded.torn.is_empty() {
                let torn = loaded.torn.len();
                explained.unseen.torn.push((id, torn));
            }
            Some(loaded)
        }
        // a session of somebody else
        Err(_) if !ctx.store.has(&id) && !ctx.store.has_fetched(&id) => None,
        Err(error) => {
            explained.unseen.logs.push((id, error));
            None
        }
    }
}

/// What messages and notes say of each commit; of those that they are silent about, which logs name them.
fn evidence(ctx: &Ctx, explained: &mut Explained) -> Result<Vec<Evidence>> {
    let mut found: Vec<Evidence> = explained
        .commits
        .iter()
        .map(|share| Evidence {
            runs: trailers::harvest(message(&share.commit).as_bytes()),
            ..Evidence::default()
        })
        .collect();
    let ids: Vec<&CommitId> = explained.commits.iter().map(|s| &s.commit.id).collect();
    let mut seen: BTreeSet<(usize, EventId)> = BTreeSet::new();
    for reference in notes::all_refs(ctx)? {
        match ctx.repo.read_notes(&reference, &ids) {
            Ok(notes) => {
                for (at, bytes) in notes {
                    for line in note::parse(&bytes) {
                        if seen.insert((at, line.id.clone())) {
                            found[at].notes.push((reference.clone(), line));
                        }
                    }
                }
            }
            Err(error) => explained.unseen.notes.push((reference, error)),
        }
    }
    let silent = found.iter().zip(&explained.commits);
    let silent = silent.filter(|(e, _)| e.runs.is_empty() && e.notes.is_empty());
    let silent: Vec<&CommitInfo> = silent.map(|(_, share)| &share.commit).collect();
    let mut logs = lookup::sessions_of(ctx, &silent)?;
    for (evidence, share) in found.iter_mut().zip(&explained.commits) {
        evidence.logs = logs.remove(&share.commit.id).unwrap_or_default();
    }
    Ok(found)
}

/// What one session says of its commits.
fn account(
    session: &str,
    commits: &[usize],
    evidence: &[Evidence],
    loaded: Option<&Loaded>,
    explained: &Explained,
    paths: &[Vec<u8>],
) -> Account {
    let shares = &explained.commits;
    let deeds: Vec<Deed> = commits
        .iter()
        .map(|at| deed(session, *at, &evidence[*at], loaded, &shares[*at]))
        .collect();
    let mut lines = commits.iter().flat_map(|at| &evidence[*at].notes);
    let noted = lines.find(|(_, line)| line.session.as_str() == session);
    let branch = match (loaded, noted) {
        (Some(loaded), _) => Some(loaded.session.branch.to_string()),
        (None, Some((_, line))) => Some(line.branch.to_string()),
        (None, None) => None,
    };
    Account {
        session: session.to_owned(),
        branch,
        facts: loaded.map(|loaded| facts(loaded, commits, shares)),
        in_force: loaded.map_or_else(Vec::new, |loaded| {
            let mut rulings = in_force(loaded, commits, shares, paths);
            let shown = deeds.iter().flat_map(|deed| &deed.decisions);
            rulings.retain(|ruling| !shown.clone().any(|other| other.handle == ruling.handle));
            rulings
        }),
        lines: commits.iter().map(|at| shares[*at].lines()).sum(),
        deeds,
    }
}

fn facts(loaded: &Loaded, commits: &[usize], shares: &[Share]) -> Facts {
    let session = &loaded.session;
    let shown = |commit: &&Commit| {
        commits
            .iter()
            .any(|at| commit.is_of(&shares[*at].commit.id))
    };
    let others: Vec<&Commit> = session.commits.iter().filter(|c| !shown(c)).collect();
    let other = |commit: &&Commit| Other {
        commit: commit.record.commit.clone(),
        subject: commit.record.subject.clone(),
        at: commit.at,
    };
    Facts {
        title: session.title.clone(),
        state: session.state,
        by: session.by.clone(),
        started_at: session.started_at,
        ended_at: session.ended_at,
        others_total: others.len(),
        others: others.iter().rev().take(MOST_OTHERS).map(other).collect(),
    }
}

/// The decisions that held at the newest of the commits.
fn in_force(
    loaded: &Loaded,
    commits: &[usize],
    shares: &[Share],
    paths: &[Vec<u8>],
) -> Vec<Ruling> {
    let session = &loaded.session;
    let made = |at: &&usize| shares[**at].commit.committer.seconds;
    let Some(newest) = commits.iter().max_by_key(made) else {
        return Vec::new();
    };
    let known = |at: &usize| {
        let mut commits = session.commits.iter();
        commits.find(|commit| commit.is_of(&shares[*at].commit.id))
    };
    let when = known(newest).map_or_else(
        || {
            let seconds = shares[*newest].commit.committer.seconds;
            When::Instant(DateTime::from_timestamp(seconds, 0).unwrap_or_default())
        },
        When::of,
    );
    account::in_force(session, &loaded.fold, when, paths)
}

/// What a session says of one commit: its log, else the notes, else the trailers.
fn deed(
    session: &str,
    at: usize,
    evidence: &Evidence,
    loaded: Option<&Loaded>,
    share: &Share,
) -> Deed {
    let runs = evidence.runs.iter().filter(|r| r.session_id() == session);
    let runs: Vec<&Run> = runs.collect();
    let notes = evidence.notes.iter();
    let notes = notes.filter(|(_, line)| line.session.as_str() == session);
    let notes: Vec<&(String, NoteLine)> = notes.collect();
    let id = &share.commit.id;
    // several became this one when they were squashed
    let logged = loaded.into_iter().flat_map(|loaded| {
        let commits = loaded.session.commits.iter();
        let hits = commits.filter(|commit| commit.is_of(id));
        hits.map(move |commit| of_log(loaded, commit))
    });
    let told = logged.reduce(Deed::absorb);
    let mut deed = match (told, notes.first()) {
        (Some(deed), _) => deed,
        (None, Some((_, line))) => of_note(line, loaded),
        (None, None) => of_runs(&runs),
    };
    deed.commit = at;
    deed.moves
        .extend(loaded.map_or_else(Vec::new, |l| account::moves(&l.fold, id)));
    deed.sources.extend(
        notes
            .into_iter()
            .map(|(name, _)| Source::Note(name.clone())),
    );
    if !runs.is_empty() {
        deed.sources.push(Source::Trailers(runs.len()));
    }
    if deed.sources.is_empty() {
        // the log names the commit without a record: it was replaced, or its record taken back
        deed.sources.push(Source::Log);
    }
    deed
}

fn empty() -> Deed {
    Deed {
        commit: 0,
        sources: Vec::new(),
        at: None,
        aims: Vec::new(),
        decisions: Vec::new(),
        solved: Vec::new(),
        impact: Vec::new(),
        time: 0,
        merged: Vec::new(),
        moves: Vec::new(),
    }
}

impl Deed {
    /// Takes in what the record of another commit says that became part of the same one.
    fn absorb(mut self, other: Self) -> Self {
        for aim in other.aims {
            match self
                .aims
                .iter_mut()
                .find(|known| known.handle == aim.handle)
            {
                Some(known) => known.mark = account::greater(known.mark, aim.mark),
                None => self.aims.push(aim),
            }
        }
        let (decisions, solved, impact) = (other.decisions, other.solved, other.impact);
        add_new(&mut self.decisions, decisions);
        add_new(&mut self.solved, solved);
        add_new(&mut self.impact, impact);
        add_new(&mut self.sources, other.sources);
        add_new(&mut self.merged, other.merged);
        self.at = self.at.max(other.at);
        self.time = self.time.saturating_add(other.time);
        self
    }
}

fn add_new<T: PartialEq>(known: &mut Vec<T>, more: Vec<T>) {
    for one in more {
        if !known.contains(&one) {
            known.push(one);
        }
    }
}

fn of_log(loaded: &Loaded, commit: &Commit) -> Deed {
    let Loaded { session, fold, .. } = loaded;
    Deed {
        sources: vec![match commit.log {
            Origin::Own => Source::Log,
            Origin::Other(_) => Source::Fetched,
        }],
        at: Some(commit.at),
        aims: account::aims(session, &commit.record),
        decisions: account::rulings(session, fold, &commit.record),
        solved: account::solved(session, fold, commit),
        impact: commit.record.impact.lines(),
        time: commit.record.time,
        merged: commit.record.merged.clone(),
        ..empty()
    }
}

fn of_note(line: &NoteLine, loaded: Option<&Loaded>) -> Deed {
    let handle = |prefix: &str, id: &EventId| {
        let known = loaded.and_then(|loaded| {
            let mut items = loaded.session.items();
            let (kind, item) = items.find(|(_, item)| item.id == *id)?;
            Some(crate::domain::handle::handle(&loaded.session, kind, item))
        });
        // a handle is the end of the id, in every clone
        let short = || format!("{prefix}-{}", id.as_str()[22..].to_ascii_lowercase());
        Some(known.unwrap_or_else(short))
    };
    let state = |id: &EventId| {
        let mut objectives = loaded?.session.objectives.iter();
        objectives.find(|o| o.item.id == *id).map(|o| o.state)
    };
    let aims = line.objectives.iter().map(|objective| Aim {
        handle: handle("obj", &objective.id),
        mark: Some(objective.mark),
        text: objective.text.clone(),
        state: state(&objective.id),
    });
    let decisions = line.decisions.iter().map(|decision| Ruling {
        handle: handle("dec", &decision.id),
        ..ruling(&decision.text, decision.rationale.as_deref())
    });
    Deed {
        at: Some(line.at),
        aims: aims.collect(),
        decisions: decisions.collect(),
        impact: line.impact.lines(),
        time: line.time,
        merged: line.merged.clone(),
        ..empty()
    }
}

fn ruling(text: &str, rationale: Option<&str>) -> Ruling {
    Ruling {
        handle: None,
        text: text.to_owned(),
        rationale: rationale.map(str::to_owned),
        scope: Vec::new(),
        at: None,
        by: None,
        superseded: None,
    }
}

/// The runs of one session together: several when commits were squashed.
fn of_runs(runs: &[&Run]) -> Deed {
    let mut deed = empty();
    for run in runs {
        for trailer in run.get(Key::Objectives) {
            let (mark, text) = recorded::marked(&trailer.text);
            match deed.aims.iter_mut().find(|aim| aim.text == text) {
                Some(aim) => aim.mark = account::greater(aim.mark, mark),
                None => deed.aims.push(Aim {
                    handle: None,
                    mark,
                    text,
                    state: None,
                }),
            }
        }
        for trailer in run.get(Key::Decisions) {
            let ruling = ruling(&trailer.text, trailer.rationale.as_deref());
            if !deed.decisions.contains(&ruling) {
                deed.decisions.push(ruling);
            }
        }
        for trailer in run.get(Key::Impact) {
            if !deed.impact.contains(&trailer.text) {
                deed.impact.push(trailer.text.clone());
            }
        }
        let spent = run.get(Key::Time).find_map(|t| parse_spent(&t.text));
        deed.time += spent.unwrap_or(0);
    }
    deed
}

//! What a session says of one commit: its log, else the notes, else the trailers.

use chrono::{DateTime, Utc};

use super::Share;
use super::account::Evidence;
use crate::domain::account::{self, Aim, Move, Ruling, Solved};
use crate::domain::event::Origin;
use crate::domain::id::{EventId, SessionId};
use crate::domain::note::NoteLine;
use crate::domain::session::Commit;
use crate::domain::time::parse_spent;
use crate::domain::trailers::{Key, Run};
use crate::ops::recorded;
use crate::ops::sessions::Loaded;

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
    /// The commit: its place in [`super::Explained::commits`].
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

/// What a session says of one commit: its log, else the notes, else the trailers.
pub(super) fn deed(
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
        private: false,
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
        private: false,
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
                    private: false,
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

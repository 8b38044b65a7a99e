//! Records of other systems, brought into the logs of sessions. What is in a log of this clone already is known
//! by the identity that its key gives it.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use chrono::{DateTime, Local, Utc};

use super::files::{Content, Looked, Owner, Source};
use super::{Mode, Received};
use crate::domain::body::{Base, Body, Started};
use crate::domain::decide::{Command, NewEnd, ObjectiveChange, Privacy};
use crate::domain::id::{BranchName, EventId, SessionId};
use crate::domain::import::state::{Status, Whole};
use crate::domain::import::{Record, Stage, Stamp, What, mark};
use crate::domain::pen::{Author, IMPORT, Pen};
use crate::domain::redact::Redacted;
use crate::domain::session::{ObjectiveState, Session};
use crate::ops::ctx::Ctx;
use crate::ops::sessions::{self, Recorded};
use crate::ops::start::new_id;
use crate::ops::{adopt, switch};

/// The most records that one import takes in.
const MOST_RECORDS: usize = 1000;

/// What comes into one session.
struct Group {
    branch: BranchName,
    /// The session itself, where it is described.
    whole: Option<Whole>,
    records: Vec<Record>,
    sources: Vec<String>,
}

/// Takes in what is not here yet.
pub(super) fn take_in(
    ctx: &Ctx,
    sources: Vec<Source>,
    mode: Mode,
    files: &mut [Looked],
) -> Result<Vec<Received>> {
    let groups = groups(ctx, sources, files)?;
    let known = Known::new(ctx)?;
    let mut received = Vec::new();
    // a pointer to the newest handoff holds the same one again
    let mut seen = HashSet::new();
    for mut group in groups {
        if known.is_elsewhere(ctx, &group) {
            let why = format!(
                "another clone has shared this session: git session resume {}",
                group.branch
            );
            for looked in files.iter_mut() {
                if group.sources.contains(&looked.path) {
                    looked.skipped = Some(why.clone());
                }
            }
            continue;
        }
        group
            .records
            .retain(|record| known.misses(record) && seen.insert(record.key.clone()));
        let new = group
            .whole
            .as_ref()
            .filter(|whole| !known.has(&session_key(whole)));
        if group.records.is_empty() && new.is_none() {
            continue;
        }
        received.extend(match mode {
            Mode::Really => receive(ctx, group, &known)?,
            Mode::Dry => expected(ctx, &group, &known)?,
        });
    }
    Ok(received)
}

/// The records by the branch that they belong to.
fn groups(ctx: &Ctx, sources: Vec<Source>, files: &mut [Looked]) -> Result<Vec<Group>> {
    let head = sessions::current_branch(ctx)?;
    let mut state = None;
    let mut groups: Vec<Group> = Vec::new();
    let mut left = MOST_RECORDS;
    for source in sources {
        let (whole, mut found) = match source.content {
            Content::Session(whole) => (Some(whole.clone()), whole.found),
            Content::Records(found) => (None, found),
        };
        let named = found
            .branch
            .as_deref()
            .map(|name| checked(ctx, name))
            .transpose()?;
        let usual = match source.owner {
            Owner::State => state.clone().or_else(|| head.clone()),
            Owner::Head => head.clone(),
        };
        let branch = match (named, &whole) {
            (Some(Some(branch)), _) => Some(branch),
            (Some(None), Some(_)) => None,
            _ => usual,
        };
        let too_many = found.records.len().saturating_sub(left);
        found.records.truncate(left);
        left -= found.records.len();
        let why = match &branch {
            None if whole.is_some() => Some("it names no branch that git could have".to_owned()),
            None => Some("HEAD is on no branch that it could belong to".to_owned()),
            Some(_) if too_many > 0 => Some(format!(
                "{too_many} records are left out: at most {MOST_RECORDS} come in"
            )),
            Some(_) => None,
        };
        if let Some(looked) = files.iter_mut().find(|looked| looked.path == source.path) {
            looked.skipped = why;
        }
        let Some(branch) = branch else {
            continue;
        };
        if whole.is_some() {
            state = Some(branch.clone());
        }
        match groups.iter_mut().find(|group| group.branch == branch) {
            Some(group) => {
                group.records.extend(found.records);
                group.sources.push(source.path);
            }
            None => groups.push(Group {
                branch,
                whole,
                records: found.records,
                sources: vec![source.path],
            }),
        }
    }
    Ok(groups)
}

/// The branch of that name, when git could have one.
fn checked(ctx: &Ctx, name: &str) -> Result<Option<BranchName>> {
    let full = format!("refs/heads/{name}");
    // git makes no branch whose name looks like an option, though a ref may be called so
    let Some(branch) = BranchName::new(name)
        .ok()
        .filter(|_| !name.starts_with('-'))
    else {
        return Ok(None);
    };
    let valid = ctx.repo.git().args(["check-ref-format", &full]).output()?;
    Ok(valid.success().then_some(branch))
}

/// What tells the start of a session.
fn session_key(whole: &Whole) -> String {
    format!("{}\nsession", whole.key)
}

/// What tells that an objective came so far.
fn stage_key(record: &Record, stage: Stage) -> String {
    format!("{}\n{stage:?}", record.key)
}

/// What is recorded already, by this clone and by those that share with it.
struct Known {
    /// The event that each record became.
    events: HashMap<String, EventId>,
    /// The sessions that were made from a description.
    starts: HashMap<String, SessionId>,
}

impl Known {
    fn new(ctx: &Ctx) -> Result<Self> {
        let mut known = Self {
            events: HashMap::new(),
            starts: HashMap::new(),
        };
        for id in sessions::all_ids(ctx)? {
            // one that cannot be read is for `doctor`
            let Ok(loaded) = sessions::load(ctx, &id) else {
                continue;
            };
            for event in loaded.fold.events() {
                let Some(mark) = event.mark() else {
                    continue;
                };
                if matches!(event.body(), Body::SessionStarted(_)) {
                    known.starts.insert(mark.to_owned(), id.clone());
                }
                known.events.insert(mark.to_owned(), event.id().clone());
            }
        }
        Ok(known)
    }

    /// The event that the record with this key became.
    fn event(&self, key: &str) -> Option<&EventId> {
        self.events.get(&mark(key))
    }

    fn has(&self, key: &str) -> bool {
        self.event(key).is_some()
    }

    /// Whether there is something in a record that no log says.
    fn misses(&self, record: &Record) -> bool {
        !self.has(&record.key)
            || stage(record).is_some_and(|(stage, _)| !self.has(&stage_key(record, stage)))
    }

    /// Whether another clone has made the session from its description, and this one does not go on with it.
    fn is_elsewhere(&self, ctx: &Ctx, group: &Group) -> bool {
        let key = group.whole.as_ref().map(session_key);
        let made = key.and_then(|key| self.starts.get(&mark(&key)));
        made.is_some_and(|made| !ctx.store.has(made))
    }

    /// The session that was made from this description, when this clone has it.
    fn made_from(&self, ctx: &Ctx, whole: &Whole) -> Option<SessionId> {
        let made = self.starts.get(&mark(&session_key(whole)))?;
        ctx.store.has(made).then(|| made.clone())
    }
}

/// What has to be done for an objective that is not open.
fn stage(record: &Record) -> Option<(Stage, ObjectiveChange)> {
    match &record.what {
        What::Objective {
            stage: Stage::Started,
            ..
        } => Some((Stage::Started, ObjectiveChange::Start)),
        What::Objective {
            stage: Stage::Completed,
            ..
        } => Some((Stage::Completed, ObjectiveChange::Complete)),
        _ => None,
    }
}

/// The session that a group comes into, when it is here: the one that was made from it, else the open one.
fn present(ctx: &Ctx, group: &Group, known: &Known) -> Result<Option<Session>> {
    let whole = group.whole.as_ref();
    let made = whole.and_then(|whole| known.made_from(ctx, whole));
    if let Some(id) = made {
        return Ok(Some(sessions::load(ctx, &id)?.session));
    }
    let Some(id) = sessions::mapped(ctx, &group.branch)? else {
        return Ok(None);
    };
    let session = sessions::load(ctx, &id)?.session;
    Ok(Some(session).filter(|session| session.state.is_open()))
}

/// What an import would bring, if it brings anything.
fn expected(ctx: &Ctx, group: &Group, known: &Known) -> Result<Option<Received>> {
    let session = present(ctx, group, known)?;
    // what somebody has typed here as well is theirs
    let ours = |record: &&Record| match &record.what {
        What::Objective { text, .. } => known.has(&record.key) || !says(session.as_ref(), text),
        What::Note { .. } => true,
    };
    let is_new = |record: &&&Record| !known.has(&record.key);
    let is_note = |record: &&&Record| matches!(record.what, What::Note { .. });
    let is_reached = |record: &&&Record| {
        let completed = Some((Stage::Completed, ObjectiveChange::Complete));
        stage(record) == completed && !known.has(&stage_key(record, Stage::Completed))
    };
    let records: Vec<&Record> = group.records.iter().filter(ours).collect();
    let new = records.iter().filter(is_new);
    let notes = new.clone().filter(is_note).count();
    let received = Received {
        new: session.is_none(),
        objectives: new.count() - notes,
        completed: records.iter().filter(is_reached).count(),
        notes,
        session: session.map(|session| session.id),
        branch: group.branch.clone(),
    };
    let count = received.objectives + received.completed + received.notes;
    Ok((received.new || count > 0).then_some(received))
}

/// Whether a session has an objective with this text.
fn says(session: Option<&Session>, text: &Redacted) -> bool {
    session.is_some_and(|session| {
        let mut objectives = session.objectives.iter();
        objectives.any(|o| o.item.text == text.as_str())
    })
}

/// Brings a group into its session.
fn receive(ctx: &Ctx, group: Group, known: &Known) -> Result<Option<Received>> {
    let lock = ctx.store.lock_for_setup()?;
    let there = present(ctx, &group, known)?;
    let new = there.is_none();
    let session = match there {
        Some(session) => session,
        None => begin(ctx, &group)?,
    };
    let mut records = commands(ctx, &group, &session, known);
    let count = records.len();
    if count > 0 {
        records.push(provenance(ctx, &group));
    }
    if let Some(whole) = group.whole.as_ref().filter(|_| new) {
        records.extend(standing(ctx, whole));
    }
    let changed = sessions::take_in(ctx, &session.id, records)?;
    let session = changed.session;
    if !session.state.is_open() {
        sessions::index(ctx, &session)?;
    } else if new && ctx.repo.branch_tip(&group.branch)?.is_some() {
        adopt::claim(ctx, &group.branch, &session.id)?;
    }
    drop(lock);
    if new {
        switch::occupy(&Ctx::open(ctx.env.clone(), &ctx.cwd, ctx.via)?)?;
    }
    let count = |wanted: fn(&Body) -> bool| {
        let events = changed.events.iter();
        events.filter(|event| wanted(event.body())).count()
    };
    let notes = count(|body| matches!(body, Body::NoteAdded(_)));
    let received = Received {
        session: Some(session.id.clone()),
        branch: group.branch,
        new,
        objectives: count(|body| matches!(body, Body::ObjectiveAdded(_))),
        completed: count(|body| matches!(body, Body::ObjectiveCompleted(_))),
        // the one that says where the others come from is ours
        notes: notes.saturating_sub(usize::from(notes > 0)),
    };
    Ok((new || !changed.events.is_empty()).then_some(received))
}

/// Begins a session as it was recorded.
fn begin(ctx: &Ctx, group: &Group) -> Result<Session> {
    let whole = group.whole.as_ref();
    let at = instant(ctx, whole.and_then(|whole| whole.started));
    let id = new_id(ctx, &group.branch)?;
    let body = Body::SessionStarted(Started {
        branch: group.branch.clone(),
        base: Base {
            branch: None,
            commit: ctx.repo.branch_tip(&group.branch)?,
        },
        title: None,
        tdd: group.whole.as_ref().is_some_and(|whole| whole.tdd),
        created: false,
    });
    let author = Author {
        via: IMPORT.to_owned(),
        worktree: None,
        at,
        ..ctx.author()
    };
    let random = |salt: &str| ctx.clock.random(salt);
    let event = Pen::new(author, id.clone(), 0, &random).write(body);
    let event = match whole {
        Some(whole) => event.marked(&mark(&session_key(whole))),
        None => event,
    };
    sessions::create(ctx, &id, &[event])
}

/// What the records of a group come to, the objectives first, then the notes by their dates.
fn commands(ctx: &Ctx, group: &Group, session: &Session, known: &Known) -> Vec<Recorded> {
    let objectives = group.records.iter();
    let objectives = objectives.filter_map(|record| objective(ctx, record, session, known));
    let notes = group
        .records
        .iter()
        .filter(|record| !known.has(&record.key));
    let mut notes: Vec<Recorded> = notes.filter_map(|record| note(ctx, record)).collect();
    notes.sort_by_key(|note| note.at);
    objectives.chain(notes).collect()
}

/// What the record of an objective comes to: a new one, or that one is further now.
fn objective(ctx: &Ctx, record: &Record, session: &Session, known: &Known) -> Option<Recorded> {
    let What::Objective { text, .. } = &record.what else {
        return None;
    };
    let at = instant(ctx, record.at);
    let change = stage(record);
    let change = change.map(|(stage, change)| (change, mark(&stage_key(record, stage))));
    if let Some(item) = known.event(&record.key) {
        let (change, mark) = change?;
        let there = session.objectives.iter().find(|o| o.item.id == *item)?;
        let is_so = match change {
            ObjectiveChange::Complete => there.state == ObjectiveState::Completed,
            _ => there.state != ObjectiveState::Open,
        };
        if is_so {
            return None;
        }
        let name = item.to_string();
        return Some(Recorded {
            command: Command::ChangeObjective { name, change },
            then: None,
            at,
            mark,
        });
    }
    let command = Command::AddObjective {
        text: text.clone(),
        privacy: Privacy::Shared,
    };
    (!says(Some(session), text)).then(|| Recorded {
        command,
        then: change,
        at,
        mark: mark(&record.key),
    })
}

/// What the record of something to remember comes to.
fn note(ctx: &Ctx, record: &Record) -> Option<Recorded> {
    let What::Note { text } = &record.what else {
        return None;
    };
    Some(Recorded {
        command: Command::AddNote {
            text: text.clone(),
            privacy: Privacy::Shared,
        },
        then: None,
        at: instant(ctx, record.at),
        mark: mark(&record.key),
    })
}

/// The note that says where the others come from.
fn provenance(ctx: &Ctx, group: &Group) -> Recorded {
    let mut sources = group.sources.clone();
    if sources.len() > 5 {
        let more = sources.len() - 4;
        sources.truncate(4);
        sources.push(format!("{more} more files"));
    }
    let text = format!("Imported from {}", sources.join(", "));
    let key = format!("{text}\n{}", ctx.now().timestamp_millis());
    Recorded {
        command: Command::AddNote {
            text: Redacted::new(&text),
            privacy: Privacy::Shared,
        },
        then: None,
        at: ctx.now(),
        mark: mark(&key),
    }
}

/// Where a session stands that was recorded as over.
fn standing(ctx: &Ctx, whole: &Whole) -> Option<Recorded> {
    let (command, at) = match whole.status {
        Status::Active => return None,
        Status::Paused => (Command::Pause { head: None }, ctx.now()),
        Status::Ended => {
            let end = NewEnd::default();
            (Command::End(Box::new(end)), instant(ctx, whole.ended))
        }
    };
    Some(Recorded {
        command,
        then: None,
        at,
        mark: mark(&format!("{}\nstanding", whole.key)),
    })
}

/// When something was: now, where nobody says or it lies ahead.
fn instant(ctx: &Ctx, stamp: Option<Stamp>) -> DateTime<Utc> {
    let zone = |local: chrono::NaiveDateTime| {
        let found = local.and_local_timezone(Local).earliest();
        found.map(|at| at.to_utc())
    };
    let at = stamp.and_then(|stamp| stamp.instant(zone));
    at.filter(|at| *at <= ctx.now() && at.timestamp() > 0)
        .unwrap_or_else(|| ctx.now())
}

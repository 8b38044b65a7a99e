//! Records of other systems, brought into the logs of sessions. What is in a log of this clone already is known
//! by the identity that its key gives it.

use std::collections::HashSet;

use anyhow::Result;
use chrono::{DateTime, Local, Utc};

use super::files::{Content, Looked, Owner, Source};
use super::{Mode, Received};
use crate::domain::body::{Base, Body, Started};
use crate::domain::decide::{Command, NewEnd, ObjectiveChange, Privacy};
use crate::domain::id::{BranchName, EventId, SessionId};
use crate::domain::import::state::{Status, Whole};
use crate::domain::import::{Record, Stage, Stamp, What, identity};
use crate::domain::pen::{Author, IMPORT, Pen};
use crate::domain::redact::Redacted;
use crate::domain::session::Session;
use crate::domain::slug::slug;
use crate::ops::ctx::Ctx;
use crate::ops::sessions::{self, Recorded};
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

/// The random part of the id that an event with these bits has, whenever it was written.
fn tail(bits: [u8; 10]) -> String {
    EventId::from_parts(0, bits).as_str()[10..].to_owned()
}

/// What is in the logs of this clone.
struct Known {
    tails: HashSet<String>,
    starts: Vec<(String, SessionId)>,
}

impl Known {
    fn new(ctx: &Ctx) -> Result<Self> {
        let mut known = Self {
            tails: HashSet::new(),
            starts: Vec::new(),
        };
        for id in ctx.store.ids()? {
            for event in ctx.store.log(&id).read()?.events {
                if event.head().via != IMPORT {
                    continue;
                }
                let tail = event.id().as_str()[10..].to_owned();
                if matches!(event.body(), Body::SessionStarted(_)) {
                    known.starts.push((tail.clone(), id.clone()));
                }
                known.tails.insert(tail);
            }
        }
        Ok(known)
    }

    fn has(&self, key: &str) -> bool {
        self.tails.contains(&tail(identity(key)))
    }

    /// Whether there is something in a record that no log says.
    fn misses(&self, record: &Record) -> bool {
        !self.has(&record.key)
            || stage(record).is_some_and(|(stage, _)| !self.has(&stage_key(record, stage)))
    }

    /// The session that was made from this description.
    fn made_from(&self, whole: &Whole) -> Option<SessionId> {
        let wanted = tail(identity(&session_key(whole)));
        let mut starts = self.starts.iter();
        let found = starts.find(|(tail, _)| *tail == wanted);
        found.map(|(_, id)| id.clone())
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
    let made = group
        .whole
        .as_ref()
        .and_then(|whole| known.made_from(whole));
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
    let mut records = commands(ctx, &group, &session);
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
    let key = match &group.whole {
        Some(whole) => session_key(whole),
        None => format!("{}\n{}\nsession", group.sources.join("\n"), group.branch),
    };
    let started = group.whole.as_ref().and_then(|whole| whole.started);
    let at = instant(ctx, started);
    let bits = identity(&key);
    let day = at.format("%Y%m%d").to_string();
    let id = SessionId::from_parts(&slug(group.branch.as_str()), &day, bits);
    let id = if ctx.store.has(&id) {
        super::super::start::new_id(ctx, &group.branch)?
    } else {
        id
    };
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
    let random = |_: &str| bits;
    let event = Pen::new(author, id.clone(), 0, &random).write(body);
    sessions::create(ctx, &id, &[event])
}

/// What the records of a group come to, the objectives first, then the notes by their dates.
fn commands(ctx: &Ctx, group: &Group, session: &Session) -> Vec<Recorded> {
    let known: HashSet<String> = session
        .items()
        .map(|(_, item)| item.id.as_str()[10..].to_owned())
        .collect();
    let mut commands = Vec::new();
    for record in &group.records {
        let What::Objective { text, .. } = &record.what else {
            continue;
        };
        let bits = identity(&record.key);
        let at = instant(ctx, record.at);
        if !known.contains(&tail(bits)) {
            if says(Some(session), text) {
                continue;
            }
            commands.push(Recorded {
                command: Command::AddObjective {
                    text: text.clone(),
                    privacy: Privacy::Shared,
                },
                at,
                identity: bits,
            });
        }
        if let Some((stage, change)) = stage(record) {
            commands.push(Recorded {
                command: Command::ChangeObjective {
                    name: tail(bits),
                    change,
                },
                at,
                identity: identity(&stage_key(record, stage)),
            });
        }
    }
    let mut notes: Vec<_> = group
        .records
        .iter()
        .filter_map(|record| match &record.what {
            What::Note { text } => Some((instant(ctx, record.at), record, text)),
            What::Objective { .. } => None,
        })
        .filter(|(_, record, _)| !known.contains(&tail(identity(&record.key))))
        .collect();
    notes.sort_by_key(|(at, ..)| *at);
    commands.extend(notes.into_iter().map(|(at, record, text)| Recorded {
        command: Command::AddNote {
            text: text.clone(),
            privacy: Privacy::Shared,
        },
        at,
        identity: identity(&record.key),
    }));
    commands
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
        at: ctx.now(),
        identity: identity(&key),
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
        at,
        identity: identity(&format!("{}\nstanding", whole.key)),
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

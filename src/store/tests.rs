#![allow(
    clippy::disallowed_methods,
    reason = "fixtures are written without what is tested"
)]

use std::time::Instant;

use tempfile::TempDir;

use super::*;
use crate::domain::body::{Body, TextAdded};
use crate::domain::event::{Event, MAX_LINE};
use crate::domain::session::State;
use crate::domain::testing::{Site, at, branch, commit_id, session_id};

struct Place {
    _directory: TempDir,
    store: Store,
}

fn place() -> Place {
    let directory = TempDir::new().unwrap();
    let store = Store::new(directory.path(), Sharing::Umask);
    assert!(store.create().unwrap());
    store.create_session(&session_id()).unwrap();
    Place {
        _directory: directory,
        store,
    }
}

fn note(site: &mut Site, text: &str) -> Event {
    let text = text.to_owned();
    site.hook(
        1,
        "cli",
        Body::NoteAdded(TextAdded {
            text,
            private: false,
        }),
    )
}

fn notes(texts: &[&str]) -> Vec<Event> {
    let mut site = Site::begun();
    texts.iter().map(|text| note(&mut site, text)).collect()
}

#[test]
fn what_is_appended_is_read_in_the_same_order() {
    let place = place();
    let log = place.store.log(&session_id());
    let events = notes(&["a", "b\nb", "\u{1f469} \u{202e}", ""]);
    assert_eq!(log.read().unwrap().events, []);
    assert_eq!((log.length(), place.store.has(&session_id())), (0, false));
    let first = log.append(&events[..1], Waiting::Buffered).unwrap();
    assert_eq!((first.before, first.after), (0, log.length()));
    let rest = log.append(&events[1..], Waiting::Synced).unwrap();
    assert_eq!((rest.before, rest.after), (first.after, log.length()));
    let contents = log.read().unwrap();
    assert_eq!((&contents.events, contents.length), (&events, log.length()));
    assert!(contents.torn.is_empty());
    assert_eq!(log.read_from(first.after).unwrap().events, events[1..]);
    assert_eq!(place.store.ids().unwrap(), [session_id()]);
}

#[test]
fn an_event_that_is_too_long_writes_nothing_of_its_command() {
    let place = place();
    let log = place.store.log(&session_id());
    let events = notes(&["fits", &"x".repeat(MAX_LINE)]);
    assert!(log.append(&events, Waiting::Buffered).is_err());
    assert_eq!(log.length(), 0);
}

#[test]
fn a_last_line_that_is_torn_anywhere_loses_nothing_before_or_after_it() {
    let place = place();
    let log = place.store.log(&session_id());
    let events = notes(&["first", "sécond", "third \u{1f469}", "fourth"]);
    let lines: Vec<String> = events.iter().map(|e| e.to_line().unwrap()).collect();
    let (start, end) = (lines[..2].concat().len(), lines[..3].concat().len());
    let whole = lines.concat();
    for cut in start..=end {
        std::fs::write(log.path(), &whole.as_bytes()[..cut]).unwrap();
        let kept = log.read().unwrap();
        // all of it but the newline is an event
        let known = if cut + 1 >= end { 3 } else { 2 };
        assert_eq!(kept.events, events[..known], "cut at {cut}");
        assert_eq!(
            kept.torn.len(),
            usize::from(cut > start && known == 2),
            "cut at {cut}"
        );
        assert_eq!(kept.length, cut as u64);
        log.append(&events[3..], Waiting::Buffered).unwrap();
        let after = log.read().unwrap();
        assert_eq!(after.events[..known], events[..known], "cut at {cut}");
        assert_eq!(after.events[known..], events[3..], "cut at {cut}");
        assert_eq!(after.length, log.length());
    }
}

#[test]
fn bytes_that_are_no_events_are_skipped_and_told() {
    let place = place();
    let log = place.store.log(&session_id());
    let events = notes(&["a", "b"]);
    let oversized = "y".repeat(3 * MAX_LINE);
    let parts = [
        b"\xff\xfe\0\n".to_vec(),
        lines(&events[..1]),
        b"{}\n\n \n".to_vec(),
        format!("{oversized}\n").into_bytes(),
        lines(&events[1..]),
    ];
    std::fs::write(log.path(), parts.concat()).unwrap();
    let contents = log.read().unwrap();
    assert_eq!(contents.events, events);
    let offsets: Vec<u64> = contents.torn.iter().map(|(offset, _)| *offset).collect();
    let one = parts[1].len() as u64;
    assert_eq!(offsets, [0, 4 + one, 4 + one + 6]);
}

fn lines(events: &[Event]) -> Vec<u8> {
    events
        .iter()
        .map(|e| e.to_line().unwrap())
        .collect::<String>()
        .into_bytes()
}

#[test]
fn a_tail_begins_behind_a_newline_or_not_at_all() {
    let place = place();
    let log = place.store.log(&session_id());
    assert!(log.tail(0).unwrap().is_none());
    let events = notes(&["a", "b", "c"]);
    let after = log.append(&events[..1], Waiting::Buffered).unwrap().after;
    log.append(&events[1..], Waiting::Buffered).unwrap();
    let newlines: Vec<u64> = (0..=log.length() + 2)
        .filter(|offset| log.tail(*offset).unwrap().is_some())
        .collect();
    assert_eq!((newlines.len(), newlines[0]), (3, after - 1));
    let tail = log.tail(after - 1).unwrap().unwrap();
    assert_eq!(
        (tail.events.as_slice(), tail.length),
        (&events[1..], log.length())
    );
    let nothing = log.tail(log.length() - 1).unwrap().unwrap();
    assert_eq!((nothing.events.len(), nothing.length), (0, log.length()));
}

#[test]
fn a_ring_forgets_its_older_half_and_keeps_whole_lines() {
    let place = place();
    let ring = place.store.hook_log();
    assert_eq!(ring.lines().unwrap(), [""; 0]);
    for number in 0..4_000 {
        ring.push(&format!("{number} {}\n\u{1b}[31m", "x".repeat(number % 90)))
            .unwrap();
        let path = place.store.root().join("hook.log");
        assert!(std::fs::metadata(path).unwrap().len() <= 64 * 1024);
    }
    let lines = ring.lines().unwrap();
    assert!(lines.len() > 400);
    let numbers: Vec<usize> = lines
        .iter()
        .map(|line| line.split(' ').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(numbers, (4_000 - lines.len()..4_000).collect::<Vec<_>>());
    assert!(!lines.concat().contains('\u{1b}'));
}

#[test]
fn a_ring_takes_any_line_and_keeps_it_until_the_next_ones() {
    let place = place();
    let ring = place.store.timings();
    ring.push("before").unwrap();
    ring.push(&"é".repeat(100_000)).unwrap();
    let lines = ring.lines().unwrap();
    let length: usize = lines.iter().map(String::len).sum();
    assert!((1..=64 * 1024).contains(&length), "{length}");
    assert!(lines.last().unwrap().starts_with('é'));
    ring.push("after").unwrap();
    assert_eq!(ring.lines().unwrap().last().unwrap(), "after");
}

#[test]
fn the_newest_line_of_the_index_wins() {
    let place = place();
    let other = SessionId::new("login-20261119-abcdef").unwrap();
    let entry = |session: &SessionId, name: &str, state| IndexEntry {
        session: session.clone(),
        branch: branch(name),
        state,
        at: at(0),
    };
    assert_eq!(place.store.index_entries().unwrap(), []);
    place
        .store
        .index(&entry(&session_id(), "a", State::Active))
        .unwrap();
    place
        .store
        .index(&entry(&other, "b", State::Active))
        .unwrap();
    place
        .store
        .index(&entry(&session_id(), "c", State::Ended))
        .unwrap();
    let path = place.store.root().join("index.jsonl");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend_from_slice(b"{\"session\":\"torn");
    std::fs::write(&path, bytes).unwrap();
    let entries = place.store.index_entries().unwrap();
    let expected = [
        entry(&session_id(), "c", State::Ended),
        entry(&other, "b", State::Active),
    ];
    assert_eq!(entries, expected);
    place
        .store
        .index(&entry(&other, "d", State::Paused))
        .unwrap();
    assert_eq!(
        place.store.index_entries().unwrap()[0],
        entry(&other, "d", State::Paused)
    );
}

#[test]
fn one_thread_at_a_time_holds_the_lock() {
    let place = place();
    let store = &place.store;
    let held = store.lock(&session_id(), Duration::ZERO).unwrap();
    assert!(held.is_some());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let start = Instant::now();
            let wait = Duration::from_millis(30);
            assert!(store.lock(&session_id(), wait).unwrap().is_none());
            assert!(start.elapsed() >= wait);
        });
    });
    drop(held);
    let counter = place.store.root().join("counter");
    std::fs::write(&counter, "0").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let lock = store.lock_for_command(&session_id()).unwrap();
                    let number: u32 = std::fs::read_to_string(&counter).unwrap().parse().unwrap();
                    std::fs::write(&counter, (number + 1).to_string()).unwrap();
                    drop(lock);
                }
            });
        }
    });
    assert_eq!(std::fs::read_to_string(&counter).unwrap(), "80");
}

#[test]
fn eight_writers_without_a_lock_lose_no_line() {
    let place = place();
    let log = place.store.log(&session_id());
    std::thread::scope(|scope| {
        for writer in 0..8_usize {
            let log = &log;
            scope.spawn(move || {
                let mut site = Site::new(writer);
                for number in 0..50 {
                    let event = note(&mut site, &format!("{writer} {}", "x".repeat(number * 7)));
                    log.append(std::slice::from_ref(&event), Waiting::Buffered)
                        .unwrap();
                }
            });
        }
    });
    let contents = log.read().unwrap();
    assert!(contents.torn.is_empty());
    let mut ids: Vec<_> = contents.events.iter().map(Event::id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), contents.length), (400, log.length()));
}

#[test]
fn a_context_that_is_torn_or_of_another_version_is_none() {
    use crate::domain::context::{Context, LogMark};
    let place = place();
    let views = place.store.views(&session_id());
    assert_eq!(views.context(), None);
    let context = Context::of(&Site::begun().session(), LogMark::default());
    views.write_context(&context).unwrap();
    assert_eq!(views.context(), Some(context));
    let path = place.store.directory(&session_id()).join("context.json");
    let bytes = std::fs::read(&path).unwrap();
    let later = String::from_utf8(bytes.clone())
        .unwrap()
        .replacen("\"v\":1", "\"v\":2", 1);
    for bad in [&bytes[..bytes.len() / 2], later.as_bytes(), b"", b"null"] {
        std::fs::write(&path, bad).unwrap();
        assert_eq!(views.context(), None);
    }
}

#[test]
fn a_store_of_a_later_format_is_refused() {
    let place = place();
    assert!(!place.store.create().unwrap());
    std::fs::write(place.store.root().join("format"), "2\n").unwrap();
    assert!(place.store.create().is_err());
}

#[test]
fn what_a_hook_started_is_listed_until_it_is_mapped() {
    let place = place();
    assert_eq!(place.store.unmapped(), []);
    place
        .store
        .add_unmapped(&session_id(), "feature/auth")
        .unwrap();
    assert_eq!(
        place.store.unmapped(),
        [(session_id(), "feature/auth".to_owned())]
    );
    place.store.remove_unmapped(&session_id()).unwrap();
    place.store.remove_unmapped(&session_id()).unwrap();
    assert_eq!(place.store.unmapped(), []);
}

#[test]
fn what_prepare_left_is_taken_once() {
    let directory = TempDir::new().unwrap();
    let files = WorktreeFiles::new(directory.path(), Sharing::Umask);
    assert_eq!(files.take_message(), None);
    let mark = MessageMark {
        path: ".git/COMMIT_EDITMSG".into(),
        head: None,
        mode: MessageMode::Finish,
        amends: Some(commit_id(1)),
        template: None,
        done: None,
    };
    files.set_message(Some(&mark)).unwrap();
    assert_eq!(files.take_message(), Some(mark));
    assert_eq!(files.take_message(), None);
    files.set_message(None).unwrap();
    std::fs::write(WorktreeFiles::message_file(directory.path()), "{").unwrap();
    assert_eq!(files.take_message(), None);
    assert_eq!(files.take_message(), None);
}

#[test]
fn the_newest_sessions_are_found_without_a_look_at_all() {
    let place = place();
    let known = |name: &str, seconds: i64| Known {
        session: SessionId::new(format!("{name}-20261120-k3f9qa")).unwrap(),
        branch: branch("x\",\"at\":\"9"),
        state: State::Active,
        at: at(seconds),
        by: "Ada \",\"at\":\"9999".to_owned(),
    };
    let all = [
        known("b", 50),
        known("c", 20),
        known("a", 70),
        known("d", 60),
    ];
    place.store.set_fetched(&Tips::new(), &all).unwrap();
    let newest = place.store.last_known(2);
    assert_eq!(newest, [all[2].clone(), all[3].clone()]);
    assert_eq!(place.store.last_known(9).len(), 4);
}

#[test]
fn the_end_of_a_long_index_is_read_alone() {
    let place = place();
    for number in 0..300 {
        let entry = IndexEntry {
            session: SessionId::new(format!("s{number}-20261120-k3f9qa")).unwrap(),
            branch: branch("x"),
            state: State::Active,
            at: at(number),
        };
        place.store.index(&entry).unwrap();
    }
    let (last, all) = (
        place.store.last_entries().unwrap(),
        place.store.index_entries().unwrap(),
    );
    assert_eq!(all.len(), 300);
    assert!((50..300).contains(&last.len()), "{}", last.len());
    assert_eq!(last, all[..last.len()]);
}

#[test]
fn a_log_that_is_rewritten_loses_nothing_that_is_appended_meanwhile() {
    use std::io::Write as _;
    let place = place();
    let log = place.store.log(&session_id());
    let events = notes(&["first", "before it was replaced", "late", "later"]);
    log.append(&events[..1], Waiting::Buffered).unwrap();
    // a hook that had no patience for the lock has opened the log already
    let mut hook = std::fs::OpenOptions::new()
        .append(true)
        .open(log.path())
        .unwrap();
    let line = |at: usize| events[at].to_line().unwrap();
    let (late, later) = (line(2), line(3));
    let mut again = hook.try_clone().unwrap();
    let mut writer = None;
    let mut edits = 0;
    log.rewrite(|lines| {
        edits += 1;
        if edits == 1 {
            hook.write_all(line(1).as_bytes()).unwrap();
            let (late, later) = (late.clone(), later.clone());
            let mut hook = again.try_clone().unwrap();
            writer = Some(std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(10));
                hook.write_all(late.as_bytes()).unwrap();
                std::thread::sleep(Duration::from_millis(20));
                hook.write_all(later.as_bytes()).unwrap();
            }));
        }
        Ok(String::from_utf8_lossy(lines)
            .replace("first", "[PURGED]")
            .into_bytes())
    })
    .unwrap();
    writer.unwrap().join().unwrap();
    again.flush().unwrap();
    let kept = log.read().unwrap();
    let ids: Vec<_> = kept.events.iter().map(Event::id).collect();
    assert_eq!(ids, events.iter().map(Event::id).collect::<Vec<_>>());
    assert!(!String::from_utf8_lossy(&std::fs::read(log.path()).unwrap()).contains("first"));
}

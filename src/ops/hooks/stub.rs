//! The scripts of the directory `hooks` in the source: what they say, and how they are known again.

use std::path::Path;

use crate::domain::hook_event::HookEvent;

/// The line of a stub that names the program; an installed one has an absolute path in it.
const PROGRAM: &str = "program=git-session\n";

/// The text that a stub is made from. It works as it is when the program is on `PATH`.
const fn template(event: HookEvent) -> &'static str {
    match event {
        HookEvent::PrepareCommitMsg => include_str!("../../../hooks/prepare-commit-msg"),
        HookEvent::CommitMsg => include_str!("../../../hooks/commit-msg"),
        HookEvent::PostCommit => include_str!("../../../hooks/post-commit"),
        HookEvent::PostCheckout => include_str!("../../../hooks/post-checkout"),
        HookEvent::PostRewrite => include_str!("../../../hooks/post-rewrite"),
        HookEvent::PostMerge => include_str!("../../../hooks/post-merge"),
    }
}

/// The stub of an event for this program.
pub(super) fn render(event: HookEvent, program: &Path) -> Vec<u8> {
    let line = format!("program={}\n", quote(program));
    with_line(event, &line)
}

/// The stub with another line for the program. Its lines end in LF also when the source was checked out on
/// Windows: `sh` takes a CR for a part of the command.
fn with_line(event: HookEvent, line: &str) -> Vec<u8> {
    template(event)
        .replace("\r\n", "\n")
        .replacen(PROGRAM, line, 1)
        .into_bytes()
}

/// Whether a script is a stub for the event, by its second line.
pub(super) fn is_stub(bytes: &[u8], event: HookEvent) -> bool {
    let start = format!("#!/bin/sh\n# git-session: the {event} hook");
    bytes.starts_with(start.as_bytes())
}

/// Whether a script is, but for the path of the program, what [`render`] writes today.
pub(super) fn is_unchanged(bytes: &[u8], event: HookEvent) -> bool {
    program_line(bytes).is_some_and(|line| with_line(event, line) == bytes)
}

/// What somebody has added at the end of a script that is else as [`render`] writes it today.
pub(super) fn added(bytes: &[u8], event: HookEvent) -> Option<&[u8]> {
    let stub = with_line(event, program_line(bytes)?);
    let added = bytes.strip_prefix(stub.as_slice())?;
    (!added.trim_ascii().is_empty()).then(|| added.trim_ascii())
}

/// What a hook is when a part of it is replaced by a newer one. A part is known by the comments that it starts
/// and ends with. `None` when the hook does not have it.
pub(super) fn with_newer_part(hook: &[u8], part: &[u8]) -> Option<Vec<u8>> {
    let (hook, part) = (
        std::str::from_utf8(hook).ok()?,
        std::str::from_utf8(part).ok()?,
    );
    if hook.contains(part) {
        return Some(hook.as_bytes().to_owned());
    }
    let (first, last) = (part.lines().next()?, part.lines().next_back()?);
    if first == last || !first.starts_with('#') || !last.starts_with('#') {
        return None;
    }
    let start = hook.find(&format!("{first}\n"))?;
    let end = start + hook[start..].find(&format!("\n{last}\n"))? + 1 + last.len();
    Some([&hook[..start], part, &hook[end..]].concat().into_bytes())
}

/// The path of the program that a stub names; `None` when it cannot be told.
pub(super) fn program_of(bytes: &[u8]) -> Option<String> {
    let word = program_line(bytes)?.strip_prefix("program=")?.trim_end();
    let inner = word.strip_prefix('\'').and_then(|w| w.strip_suffix('\''));
    Some(inner.map_or_else(|| word.to_owned(), |inner| inner.replace("'\\''", "'")))
}

/// The line that names the program, with its newline.
fn program_line(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.split_inclusive('\n')
        .find(|line| line.starts_with("program="))
}

/// A path as one word of a POSIX shell. Windows paths get slashes, which its `sh` and git understand.
pub fn quote(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) {
        text.replace('\\', "/")
    } else {
        text.into_owned()
    };
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stub_names_its_event_and_the_program() {
        for event in HookEvent::ALL {
            let program = Path::new("/opt/it's $HOME/git-session");
            let bytes = render(event, program);
            assert!(is_stub(&bytes, event), "{event}");
            assert!(is_unchanged(&bytes, event), "{event}");
            assert_eq!(program_of(&bytes).as_deref(), program.to_str());
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains(&format!("\"$program\" hook {event} \"$@\"")));
            assert!(text.contains(&format!("git-session.d/{event}")));
            assert!(!text.contains('\r') && text.ends_with('\n'));
            let others = HookEvent::ALL.into_iter().filter(|other| *other != event);
            assert!(
                others
                    .into_iter()
                    .all(|other| !is_stub(text.as_bytes(), other))
            );
        }
    }

    #[test]
    fn a_part_is_replaced_where_it_stands() {
        let hook = "#!/bin/sh\n# start\nold\n# end\nrest\n";
        let newer = |part: &str| with_newer_part(hook.as_bytes(), part.as_bytes());
        let replaced = newer("# start\nnew\n# end").unwrap();
        assert_eq!(replaced, b"#!/bin/sh\n# start\nnew\n# end\nrest\n");
        assert_eq!(newer("# start\nold\n# end").unwrap(), hook.as_bytes());
        assert_eq!(newer("rest").unwrap(), hook.as_bytes());
        for other in [
            "new",
            "# start\nnew",
            "# begin\nnew\n# end",
            "# end\nx\n# start",
        ] {
            assert_eq!(newer(other), None, "{other}");
        }
    }

    #[test]
    fn a_line_added_by_hand_is_seen() {
        let mut bytes = render(HookEvent::PostMerge, Path::new("/p"));
        bytes.extend(b"echo mine\n");
        assert!(is_stub(&bytes, HookEvent::PostMerge));
        assert!(!is_unchanged(&bytes, HookEvent::PostMerge));
    }
}

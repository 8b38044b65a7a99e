//! The line of shell by which a hook that is not ours runs the program: what it says, and how it is known again.

use std::path::Path;

use super::stub::quote;
use crate::domain::hook_event::HookEvent;

/// A line of shell for a file that others use too: it names no path of this machine.
pub(super) fn portable_line(event: HookEvent) -> String {
    format!("! command -v git-session >/dev/null 2>&1 || git-session hook {event} \"$@\" || :")
}

/// A line of shell for a file of this person.
pub(super) fn own_line(event: HookEvent, program: &Path) -> String {
    let program = quote(program);
    format!("[ ! -x {program} ] || {program} hook {event} \"$@\" || :")
}

/// Whether a line that is no comment runs the program for an event.
pub(super) fn calls(bytes: &[u8], event: HookEvent) -> bool {
    let call = format!("hook {event}");
    String::from_utf8_lossy(bytes).lines().any(|line| {
        let code = !line.trim_start().starts_with('#');
        code && line.contains("git-session") && line.contains(&call)
    })
}

/// What else to think of when a line goes into a hook that somebody wrote: standard input can be read once.
/// `None` for lines that get it by themselves.
pub(super) fn list_for_both(event: HookEvent, line: &str) -> Option<String> {
    let is_shell = ["! command", "[ ! -x", "&& {"]
        .iter()
        .any(|start| line.starts_with(start));
    (is_shell && event == HookEvent::PostRewrite).then(|| {
        format!(
            "git gives {event} the rewritten commits on standard input, which can be read once: a hook that reads them, too, begins with list=$(cat), and each reader becomes printf '%s\\n' \"$list\" | {{ ...; }}"
        )
    })
}

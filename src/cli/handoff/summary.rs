//! A handoff in short, for a terminal.

use crate::domain::handoff::{Dialect, Document, Origin, view};
use crate::domain::session::ObjectiveState;
use crate::ui::style;

/// What was reached, the figures, the next steps.
pub(in crate::cli) fn summary(document: &Document) -> String {
    let about = &document.session;
    let figures = view(document, Dialect::HTML).summary.join(", ");
    let mut lines = vec![
        format!(
            "{} {}",
            style::title(about.title.as_deref().unwrap_or(about.branch.as_str())),
            style::dim(format!("({}, {})", about.id, about.state.name()))
        ),
        format!("  {figures}"),
    ];
    let mut section = |title: &str, body: Vec<String>| {
        if !body.is_empty() {
            lines.extend([String::new(), style::title(title).to_string()]);
            lines.extend(body.into_iter().map(|line| format!("  {line}")));
        }
    };
    let said = document.accomplished.iter();
    let said = said.map(|text| style::plain(text).to_string());
    let objectives = document.objectives.iter().flat_map(|all| &all.items);
    let done = objectives.filter(|o| o.state == ObjectiveState::Completed);
    let done = done.map(|o| {
        let mark = style::good(ObjectiveState::Completed.mark());
        format!(
            "{mark} {} {}",
            style::plain(&o.text),
            style::dim(format!("({})", o.handle))
        )
    });
    section("Accomplished", said.chain(done).collect());
    let steps = document.next.iter().map(|step| {
        let way = if step.from == Origin::Blocker {
            "Unblock: "
        } else {
            ""
        };
        let handle = step.handle.as_ref();
        let handle = handle.map_or_else(String::new, |h| {
            format!(" {}", style::dim(format!("({h})")))
        });
        format!("{way}{}{handle}", style::plain(&step.text))
    });
    let steps = steps
        .enumerate()
        .map(|(at, step)| format!("{}. {step}", at + 1));
    section("Next steps", steps.collect());
    lines.join("\n")
}

//! References to issues in answers: hyperlinks on a terminal, addresses in JSON.

use crate::domain::links::Linker;
use crate::domain::session::{Blocker, Objective, Session};
use crate::ops::ctx::Ctx;
use crate::ops::links;
use crate::ui::link::link;
use crate::ui::style::{self, Styled};
use crate::ui::{Format, Ui};

/// Knows where the references of a session lead.
#[derive(Default)]
pub(super) struct Links(Linker);

impl Links {
    /// Those of a session; none where nobody could follow them.
    pub(super) fn of(ui: &Ui, ctx: &Ctx, session: &Session) -> Self {
        if ui.format() == Format::Json || ui.shows_links() {
            Self(links::of_session(ctx, session))
        } else {
            Self::default()
        }
    }

    /// A text whose references are links.
    pub(super) fn text(&self, text: &str, look: impl Fn(&str) -> Styled) -> String {
        let part = |text: &str| match text {
            "" => String::new(),
            text => look(text).to_string(),
        };
        let mut shown = String::with_capacity(text.len());
        let mut at = 0;
        for (range, url) in self.0.spans(text) {
            shown += &part(&text[at..range.start]);
            shown += &link(&look(&text[range.clone()]), &url);
            at = range.end;
        }
        shown + &part(&text[at..])
    }

    /// The link of an item, with a space in front; nothing when it has none.
    pub(super) fn behind(&self, item: Option<&str>) -> String {
        let Some(item) = item else {
            return String::new();
        };
        let shown = style::accent(item);
        match self.0.of(item) {
            Some(url) => format!(" {}", link(&shown, &url)),
            None => format!(" {shown}"),
        }
    }

    /// Where an objective leads.
    pub(super) fn of_objective(&self, objective: &Objective) -> Option<String> {
        let issue = self
            .0
            .issue(objective.link.as_deref(), &objective.item.text);
        issue.map(|issue| issue.url)
    }

    /// Where a blocker leads.
    pub(super) fn of_blocker(&self, blocker: &Blocker) -> Option<String> {
        let issue = self.0.issue(blocker.link.as_deref(), &blocker.item.text);
        issue.map(|issue| issue.url)
    }
}

//! The JSON form: the lines that fit, as they were recorded.

use serde::Serialize;

use super::fit::Fitted;
use super::line::Line;
use super::section::Section;
use super::{About, Audience, Brief, NOTICE, SCHEMA, markdown, tokens};
use crate::domain::escape;

/// The answer. A member about which nothing is known is left out.
#[derive(Debug, Serialize)]
pub struct Answer<'b> {
    schema: &'static str,
    notice: &'static str,
    #[serde(rename = "for")]
    audience: Audience,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<&'b About>,
    head: &'b str,
    budget: usize,
    tokens: usize,
    sections: Vec<SectionAnswer<'b>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: &'b Vec<Section>,
    #[serde(skip_serializing_if = "is_zero")]
    private_left_out: usize,
}

/// One block.
#[derive(Debug, Serialize)]
struct SectionAnswer<'b> {
    name: Section,
    title: &'static str,
    lines: &'b [&'b Line],
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<MoreAnswer<'b>>,
}

/// What was cut.
#[derive(Debug, Serialize)]
struct MoreAnswer<'b> {
    count: usize,
    command: &'b str,
}

impl<'b> Answer<'b> {
    /// Of a brief that was cut.
    pub fn new(brief: &'b Brief, fitted: &'b Fitted<'b>) -> Self {
        let sections = fitted.blocks.iter().map(|given| SectionAnswer {
            name: given.section,
            title: given.section.title(),
            lines: &given.lines,
            more: given.more.as_ref().map(|more| MoreAnswer {
                count: more.count,
                command: &more.command,
            }),
        });
        Self {
            schema: SCHEMA,
            notice: NOTICE,
            audience: brief.audience,
            session: brief.about.as_ref(),
            head: &brief.head,
            budget: fitted.limits.tokens,
            tokens: tokens(&markdown(fitted)),
            sections: sections.collect(),
            left_out: &fitted.left_out,
            private_left_out: brief.withheld,
        }
    }

    /// As text. Hidden characters and `<` are written as escapes, so that no tag stands in it for who reads it as
    /// it is.
    pub fn json(&self) -> serde_json::Result<String> {
        let text = serde_json::to_string_pretty(self)?;
        Ok(escape::json(&text).replace('<', "\\u003c") + "\n")
    }
}

/// Serde's way to leave out a zero.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_zero(number: &usize) -> bool {
    *number == 0
}

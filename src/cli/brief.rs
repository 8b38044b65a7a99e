//! `git session brief`: what the next person or agent has to know, in five blocks.

use anyhow::Result;
use clap::ValueEnum;

use super::Place;
use crate::domain::briefing::{
    self, Answer, Audience, Fitted, LEAST_BUDGET, Limits, Line, MOST_BUDGET, NOTICE, Section,
    USUAL_BUDGET, fit, words,
};
use crate::domain::escape::terminal;
use crate::domain::markdown::seen;
use crate::error::Fault;
use crate::ops::brief::{self, Request};
use crate::ui::{Format, Ui, style};

/// The name of the hook event that an envelope answers.
const EVENT: &str = "SessionStart";

/// What the next person or agent has to know: objectives, how to build, what is done, what is next, what to watch
///
/// The answer is cut to a number of tokens; what is cut ends with the command that shows it.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// A session (its id, or how that begins or ends) or a branch; that of the current branch when left out
    session: Option<String>,
    /// Who reads it; private items are not for agents [default: agent where an agent runs the command, else human]
    #[arg(long = "for", value_name = "READER")]
    reader: Option<Reader>,
    /// The form of the answer [default: text for a person, markdown for an agent]
    #[arg(long, value_name = "FORM")]
    format: Option<Form>,
    /// The most tokens that it may take, as docs/brief.md counts them [default: 1200]
    #[arg(long, value_name = "TOKENS")]
    budget: Option<usize>,
    /// Only this block, repeatable: building, how, done, next or watch
    #[arg(long = "section", alias = "sections", value_name = "NAME")]
    sections: Vec<String>,
}

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Reader {
    /// A person
    Human,
    /// A coding agent
    Agent,
}

/// The form of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For a terminal
    Text,
    /// For agents, and for pages
    Markdown,
    /// For programs; docs/brief.schema.json describes it
    Json,
    /// What a `SessionStart` hook of a coding agent prints
    Envelope,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let (audience, form) = meant(ui, place, args)?;
    let sections = args.sections.iter().map(|word| {
        Section::parse(word)
            .map_err(|bad| Fault::usage(bad.to_string()).hint("git session brief --section next"))
    });
    let sections = sections.collect::<Result<Vec<_>, _>>()?;
    let budget = budget(args.budget)?;
    let ctx = place.open(ui)?;
    let request = Request {
        session: args.session.as_deref(),
        audience,
        sections: &sections,
    };
    let made = brief::brief(&ctx, &request)?;
    if let Some(loaded) = &made.loaded {
        super::status::sources(ui, &ctx, loaded);
    }
    let limits = match form {
        Form::Envelope => brief::in_envelope(budget),
        _ => Limits::tokens(budget),
    };
    let fitted = fit(&made.brief, limits);
    match form {
        Form::Text => ui.screen(&text(&fitted)),
        Form::Markdown => ui.answer(&briefing::markdown(&fitted)),
        Form::Json => ui.answer(&Answer::new(&made.brief, &fitted).json()?),
        Form::Envelope => ui.answer(&briefing::envelope(EVENT, &briefing::markdown(&fitted))?),
    }
}

/// Who reads it, and in which form.
fn meant(ui: &Ui, place: &Place, args: &Args) -> Result<(Audience, Form)> {
    let form = match (ui.format(), args.format) {
        (Format::Json, None) => Some(Form::Json),
        (Format::Json, Some(form)) if form != Form::Json => {
            return Err(
                Fault::usage("`--json` asks for another form than `--format`")
                    .hint("git session brief --format json")
                    .into(),
            );
        }
        (_, form) => form,
    };
    let audience = match (args.reader, form) {
        (Some(Reader::Human), Some(Form::Envelope)) => {
            return Err(Fault::usage("an envelope is for an agent")
                .hint("git session brief --for agent --format envelope")
                .into());
        }
        (Some(Reader::Agent), _) | (None, Some(Form::Envelope)) => Audience::Agent,
        (None, _) if place.env().agent() => Audience::Agent,
        (Some(Reader::Human) | None, _) => Audience::Human,
    };
    let usual = match audience {
        Audience::Human => Form::Text,
        Audience::Agent => Form::Markdown,
    };
    Ok((audience, form.unwrap_or(usual)))
}

/// The tokens that the answer may take.
fn budget(typed: Option<usize>) -> Result<usize> {
    let budget = typed.unwrap_or(USUAL_BUDGET);
    if (LEAST_BUDGET..=MOST_BUDGET).contains(&budget) {
        return Ok(budget);
    }
    Err(Fault::usage(format!(
        "a brief takes {LEAST_BUDGET} to {MOST_BUDGET} tokens, not {budget}"
    ))
    .hint(format!("git session brief --budget {USUAL_BUDGET}"))
    .into())
}

/// The answer for a terminal: the lines of the markdown, and never more of them.
fn text(fitted: &Fitted<'_>) -> String {
    let mut lines = vec![style::dim(NOTICE).to_string()];
    lines.extend(
        fitted
            .about
            .as_deref()
            .map(|about| style::plain(escaped(about)).to_string()),
    );
    for given in &fitted.blocks {
        lines.extend([
            String::new(),
            style::title(given.section.title()).to_string(),
        ]);
        lines.extend(given.lines.iter().map(|line| shown(line)));
        if given.lines.is_empty() && given.more.is_none() {
            lines.push(format!("  {}", style::dim("nothing recorded")));
        }
        let more = given.more.as_ref().map(ToString::to_string);
        lines.extend(more.map(|more| format!("  {}", style::dim(more))));
    }
    lines.extend(
        fitted
            .closing
            .as_deref()
            .map(|closing| style::dim(closing).to_string()),
    );
    lines.join("\n")
}

/// One line with its provenance.
fn shown(line: &Line) -> String {
    use briefing::Kind;
    let words = words(line);
    let lead = match line.kind {
        Kind::Objective if words.lead == "[x]" => style::good(words.lead),
        Kind::Objective if words.lead == "[>]" => style::accent(words.lead),
        Kind::Blocker => style::bad(words.lead),
        Kind::Stale | Kind::Gotcha => style::warn(words.lead),
        Kind::Annotation | Kind::Step | Kind::Command => style::accent(words.lead),
        _ => style::plain(words.lead),
    };
    let mut text = String::from(" ");
    let mut add = |piece: String| {
        text.push(' ');
        text.push_str(&piece);
    };
    if !words.lead.is_empty() {
        add(lead.to_string());
    }
    add(style::plain(escaped(&words.text)).to_string());
    if let Some(reason) = &words.reason {
        add("--".to_owned());
        add(style::plain(escaped(reason)).to_string());
    }
    if !words.tail.is_empty() {
        add(style::dim(escaped(&format!("({})", words.tail))).to_string());
    }
    text
}

/// Without power over a terminal, in the form of the markdown.
fn escaped(text: &str) -> String {
    seen(&terminal(text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::briefing::{Block, Brief, Kind, Provenance, Source, tokens};
    use crate::ui::text::plain;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_screen_takes_no_more_than_its_markdown(
            texts in prop::collection::vec(any::<String>(), 1..40),
            budget in 50_usize..5000,
        ) {
            let line = |text: &String| {
                let mut from = Provenance::only(Source::Own);
                from.by = Some(text.clone());
                let line = Line::new(Kind::Step, "next:", text, from);
                line.named(text.clone()).because(Some(text))
            };
            let block = |section| Block {
                section,
                parts: vec![texts.iter().map(line).collect()],
            };
            let brief = Brief {
                audience: Audience::Human,
                about: None,
                head: texts.concat(),
                named: None,
                blocks: Section::ALL.map(block).to_vec(),
                withheld: 0,
            };
            let fitted = fit(&brief, Limits::tokens(budget));
            let screen = plain(&text(&fitted));
            prop_assert!(tokens(&screen) <= tokens(&briefing::markdown(&fitted)), "{screen}");
            prop_assert!(tokens(&screen) <= budget, "{screen}");
        }
    }
}

//! `git session doctor`: one line for what is fine, the evidence and the way out for what is not.

use anyhow::Result;

use super::Place;
use super::doctor_json::DoctorJson;
use crate::domain::describe::plural;
use crate::domain::diagnosis::{Check, Repair, State, tally};
use crate::error::Fault;
use crate::ops::ctx::Ctx;
use crate::ops::doctor::{self, Timing};
use crate::ui::style::{self, Styled};
use crate::ui::table::{Column, Table};
use crate::ui::text::wrap_hanging;
use crate::ui::{Format, Ui};

/// Look for what is wrong, say what follows from it, and put it right
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Put right what can be put right
    #[arg(long)]
    fix: bool,
    /// Show how long each hook takes, and what makes it slow
    #[arg(long)]
    timing: bool,
}

/// Runs the command. It opens the repository itself: what keeps other commands from their work is what it is
/// to find.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let ctx = Ctx::open_anyway(place.env().clone(), place.cwd())?;
    ui.adopt(
        super::place::preferences(&ctx.settings.display),
        place.env(),
    );
    let checks = if args.fix {
        doctor::repair(&ctx)?
    } else {
        doctor::examine(&ctx)
    };
    let timing = args.timing.then(|| doctor::timing(&ctx));
    match ui.format() {
        Format::Json => ui.json(
            "git-session/doctor/v1",
            &DoctorJson::new(&checks, timing.as_ref()),
        ),
        Format::Text => {
            let mut lines = reports(ui, &checks);
            lines.extend(timing.as_ref().map(|timing| timing_text(ui, timing)));
            lines.extend([String::new(), summary(&checks, args.fix)]);
            ui.answer(&lines.join("\n"))
        }
    }?;
    verdict(&checks, args.fix)
}

/// Ends with exit code 1 when something is bad.
fn verdict(checks: &[Check], fixed: bool) -> Result<()> {
    let bad: Vec<&str> = checks
        .iter()
        .filter(|check| check.finding.state == State::Bad)
        .map(|check| check.id)
        .collect();
    if bad.is_empty() {
        return Ok(());
    }
    let fault = Fault::user(format!("not well: {}", bad.join(", ")));
    let can = checks
        .iter()
        .any(|check| check.finding.state == State::Bad && check.finding.is_fixable());
    Err(if can && !fixed {
        fault.hint("git session doctor --fix").into()
    } else {
        fault.into()
    })
}

/// Columns in front of what a check says: state, id, gaps.
const INDENT: usize = 20;

/// Every check; those that are skipped for the same reason as one.
fn reports(ui: &Ui, checks: &[Check]) -> Vec<String> {
    let reason = |check: &Check| {
        let finding = &check.finding;
        let plain = finding.state == State::Skipped && finding.repair.is_none();
        plain.then(|| finding.summary.clone())
    };
    let mut lines = Vec::new();
    let mut said = Vec::new();
    for check in checks {
        let Some(why) = reason(check) else {
            lines.extend(report(ui, check));
            continue;
        };
        let same: Vec<&str> = checks
            .iter()
            .filter(|other| reason(other).as_ref() == Some(&why))
            .map(|other| other.id)
            .collect();
        if same.len() == 1 {
            lines.extend(report(ui, check));
        } else if !said.contains(&why) {
            let ids = folded(ui, &format!("{why}: {}", same.join(", ")), |text| {
                style::dim(text)
            });
            let count = format!("{} checks", same.len());
            lines.push(format!("{}  {count:<12}  {}", style::dim("skip"), ids[0]));
            lines.extend(ids[1..].iter().map(|line| format!("{:INDENT$}{line}", "")));
            said.push(why);
        }
    }
    lines
}

/// One check.
fn report(ui: &Ui, check: &Check) -> Vec<String> {
    let finding = &check.finding;
    let fixed = check.is_fixed() && finding.state <= State::Ok;
    let word = match finding.state {
        _ if fixed => style::good("fixed"),
        State::Ok => style::good("ok"),
        State::Warn => style::warn("warn"),
        State::Bad => style::bad("bad"),
        State::Skipped => style::dim("skip"),
    };
    let room = " ".repeat(6_usize.saturating_sub(word.text().len()));
    let look: Look = match finding.state {
        State::Skipped if !fixed => |text| style::dim(text),
        _ => |text| style::plain(text),
    };
    let summary = folded(ui, &finding.summary, look);
    let first = format!("{word}{room}{:<12}  {}", check.id, summary[0]);
    let mut lines = vec![first];
    let mut add = |part: &[String]| {
        lines.extend(part.iter().map(|line| format!("{:INDENT$}{line}", "")));
    };
    add(&summary[1..]);
    let mut more = |text: String, look: Look| add(&folded(ui, &text, look));
    for done in &check.done {
        more(done.clone(), |text| style::plain(text));
    }
    if finding.state >= State::Warn || ui.is_verbose() {
        for evidence in &finding.evidence {
            more(evidence.clone(), |text| style::dim(text));
        }
    }
    if let (State::Warn | State::Bad, Some(consequence)) = (finding.state, &finding.consequence) {
        more(format!("so: {consequence}"), |text| style::plain(text));
    }
    if let Some(why) = &check.failed {
        more(format!("not repaired: {why}"), |text| style::bad(text));
    }
    let shown = finding.state >= State::Warn || finding.is_fixable() || ui.is_verbose();
    match finding.repair.as_ref().filter(|_| shown) {
        // one line, however long, so that it can be copied
        Some(Repair::Person(text)) => add(&[format!("try: {}", style::accent(text))]),
        Some(Repair::Fix(text)) => more(format!("--fix {text}"), |text| style::accent(text)),
        None => {}
    }
    lines
}

/// What a line of a report means.
type Look = fn(&str) -> Styled;

/// A text escaped and broken to the room behind the indent, coloured line by line; at least one line.
fn folded(ui: &Ui, text: &str, look: Look) -> Vec<String> {
    let room = ui.text_width().saturating_sub(INDENT).max(20);
    let safe = style::plain(text);
    let lines = wrap_hanging(safe.text(), room, "", "  ");
    lines
        .split('\n')
        .map(|line| look(line).to_string())
        .collect()
}

/// The last line.
fn summary(checks: &[Check], fixed: bool) -> String {
    let [ok, warn, bad, skipped] = tally(checks);
    let mut parts = vec![format!("{ok} ok")];
    let mut count = |count: usize, text: String| {
        if count > 0 {
            parts.push(text);
        }
    };
    count(warn, plural(warn, "warning"));
    count(bad, format!("{bad} bad"));
    count(skipped, format!("{skipped} skipped"));
    let repaired = checks.iter().filter(|check| check.is_fixed()).count();
    count(repaired, format!("{repaired} repaired"));
    let fixable = checks.iter().filter(|check| check.finding.is_fixable());
    let line = format!("{}: {}", plural(checks.len(), "check"), parts.join(", "));
    match fixable.count() {
        // what is bad ends in an error with this hint
        count if count > 0 && bad == 0 && !fixed => {
            let command = style::accent("git session doctor --fix");
            format!("{line}\nNext: {command} repairs {count}")
        }
        _ => line,
    }
}

/// The table of `--timing`.
fn timing_text(ui: &Ui, timing: &Timing) -> String {
    let mut lines = vec![String::new()];
    if timing.spreads.is_empty() {
        lines.push("No hook had anything to do yet.".to_owned());
    } else {
        let columns = [
            Column::Left,
            Column::Right,
            Column::Right,
            Column::Right,
            Column::Right,
        ];
        let mut table = Table::new(&columns, ui.width())
            .heading(&["hook", "runs", "p50 ms", "p95 ms", "max ms"]);
        for (event, spread) in &timing.spreads {
            let figure = |micros: u64| {
                let text = format!("{}.{:02}", micros / 1000, micros % 1000 / 10);
                if micros > timing.limit {
                    style::bad(text)
                } else {
                    style::plain(text)
                }
            };
            table.row([
                style::plain(event.name()),
                style::plain(spread.count.to_string()),
                figure(spread.p50),
                figure(spread.p95),
                figure(spread.max),
            ]);
        }
        lines.push(table.to_string().trim_end().to_owned());
        let limit = timing.limit / 1000;
        lines.push(format!(
            "Each time is that of the work; starting the process comes on top. A hook should stay below {limit} ms."
        ));
    }
    if !timing.notes.is_empty() {
        lines.extend([String::new(), "What costs time here:".to_owned()]);
    }
    let width = ui.text_width();
    let note = |text: &String| wrap_hanging(style::plain(text).text(), width, "* ", "  ");
    lines.extend(timing.notes.iter().map(note));
    lines.join("\n")
}

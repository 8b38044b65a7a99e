//! The answer, in Markdown.

use std::fmt::Write as _;

use anyhow::Result;

use crate::WARM_UP;
use crate::bars::Verdict;
use crate::figures::{CPU, Clock, Order, Ratio, Series, WALL, median, overhead, quantile, ratio};
use crate::machine::{Machine, output};
use crate::options::Options;
use crate::places::{Hooks, Lane};
use crate::rows::Row;

/// What was measured with what.
pub(crate) fn facts(machine: &Machine, options: &Options) -> Result<String> {
    let version = |program: &std::path::Path| {
        output(
            machine
                .command(program, &options.directory)
                .arg("--version"),
        )
    };
    Ok(format!(
        "{}, {}; {} rounds after {WARM_UP} to warm up.\n",
        version(&options.git)?.trim(),
        version(&options.program)?.trim(),
        options.rounds
    ))
}

/// The figures of one row: medians, overhead with its quartiles, and the multiple of the empty
/// hooks of the same row.
pub(crate) fn table(
    row: &Row,
    lanes: &[Lane],
    series: &[Series],
    verdicts: &[Verdict],
    remarks: &[String],
    order: &mut Order,
) -> String {
    let shell = lanes.iter().position(|lane| lane.hooks == Hooks::Shell);
    let mut text = format!("### {}\n\n", row.title);
    text.push_str(
        "| | ms | overhead (quartiles) | × empty (quartiles) | CPU ms | overhead | × empty (quartiles) |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for (at, lane) in lanes.iter().enumerate() {
        let mut cells = vec![lane.name.to_owned()];
        for clock in [WALL, CPU] {
            cells.push(format!("{:.2}", median(clock(&series[at]))));
            if lane.base == at {
                cells.extend([String::new(), String::new()]);
                continue;
            }
            let over = over(at, lanes, series, clock);
            cells.push(format!(
                "{:+.2} ({:+.2} to {:+.2})",
                median(&over),
                quantile(&over, 1),
                quantile(&over, 3)
            ));
            let times = shell.filter(|shell| *shell != at).map(|shell| {
                let shell = self::over(shell, lanes, series, clock);
                shown(ratio(&over, &shell, order))
            });
            cells.push(times.unwrap_or_default());
        }
        writeln!(text, "| {} |", cells.join(" | ")).expect("a string takes all");
    }
    for verdict in verdicts {
        let Verdict {
            lane, bar, wall, ..
        } = verdict;
        let word = word(verdict.met);
        write!(text, "\nBar of \"{lane}\": {bar}. {word}: {wall}.\n").expect("a string takes all");
    }
    for remark in remarks {
        write!(text, "\n{remark}\n").expect("a string takes all");
    }
    text
}

fn over(lane: usize, lanes: &[Lane], series: &[Series], clock: Clock) -> Vec<f64> {
    overhead(clock(&series[lane]), clock(&series[lanes[lane].base]))
}

fn shown(ratio: Option<Ratio>) -> String {
    ratio.map_or_else(
        || "lost in the noise".to_owned(),
        |ratio| format!("{:.2} ({:.2} to {:.2})", ratio.value, ratio.low, ratio.high),
    )
}

const fn word(met: bool) -> &'static str {
    if met { "Met" } else { "**Missed**" }
}

/// Every bar on one line.
pub(crate) fn summary(verdicts: &[Verdict]) -> String {
    let mut text = "### All bars\n\n| | | bar | by the clock | by CPU | |\n\
         |---|---|---|---|---|---|\n"
        .to_owned();
    for verdict in verdicts {
        let Verdict {
            row,
            lane,
            bar,
            wall,
            cpu,
            met,
        } = verdict;
        let met = word(*met);
        writeln!(text, "| {row} | {lane} | {bar} | {wall} | {cpu} | {met} |")
            .expect("a string takes all");
    }
    text
}

//! What git-session costs: git commands with and without its hooks, paired round by round.
//!
//! Every round runs every variant once, in a new order. Overhead is the median over the rounds
//! of (with − without); the ratio sets it against that of empty shell hooks in the same rounds.
//! Only the one command is timed: by the clock, and by the processor time of it and all its
//! children.
//!
//! ```text
//! cargo bench --bench hooks                       # small repositories, 30 rounds
//! cargo bench --bench hooks -- --small --big      # every row
//! cargo bench --bench hooks -- --rows commit,switch --rounds 60
//! ```
//!
//! `GIT_SESSION_BIN` names the program: how it is linked decides much of its start time, so
//! measure the installed one. `BENCH_GIT` names git, `BENCH_DIR` where the repositories lie.
//! The answer is Markdown.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program of its own that talks to a terminal and starts git"
)]

mod bars;
mod figures;
mod grown;
mod machine;
mod options;
mod places;
mod reads;
mod report;
mod rows;
mod steps;
mod template;

use std::process::ExitCode;

use anyhow::{Context as _, Result};

use bars::Verdict;
use figures::{Order, Series};
use machine::Machine;
use options::Options;
use rows::{Row, Setting};

/// Rounds that are run and not counted.
const WARM_UP: usize = 2;

fn main() -> ExitCode {
    match Options::parse().and_then(|options| options.map_or(Ok(()), |options| run(&options))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let machine = Machine::new(options)?;
    println!("{}", report::facts(&machine, options)?);
    let mut order = Order::new();
    let mut verdicts = Vec::new();
    for row in &options.rows {
        let measured = measure(&machine, row, options, &mut order)
            .with_context(|| format!("row {}", row.name))?;
        verdicts.extend(measured);
    }
    println!("{}", report::summary(&verdicts));
    Ok(())
}

/// Runs one row, prints its table and tells how its bars were met.
fn measure(
    machine: &Machine,
    row: &Row,
    options: &Options,
    order: &mut Order,
) -> Result<Vec<Verdict>> {
    eprintln!("{} ...", row.name);
    let setting = match (row.prepare)(machine)? {
        Setting::Ready(lanes) => lanes,
        Setting::Impossible(why) => {
            println!("### {}\n\nNot measured: {why}.\n", row.title);
            return Ok(Vec::new());
        }
    };
    let lanes = setting;
    machine.sync();
    let mut series = vec![Series::default(); lanes.len()];
    for round in 0..WARM_UP + options.rounds {
        let mut turns: Vec<usize> = (0..lanes.len()).collect();
        order.shuffle(&mut turns);
        for turn in turns {
            let sample = (row.step)(machine, &lanes[turn], round)?;
            if round >= WARM_UP {
                series[turn].push(sample);
            }
        }
    }
    let remarks = (row.check)(machine, &lanes)?;
    let verdicts = bars::judge(row, &lanes, &series);
    println!(
        "{}",
        report::table(row, &lanes, &series, &verdicts, &remarks, order)
    );
    Ok(verdicts)
}

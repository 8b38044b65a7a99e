//! Questions. They are asked on a terminal with a person at it, and otherwise take their default, so that
//! no command ever waits for an answer that cannot come.

use std::fmt::{Display, Write as _};
use std::io::{self, Read as _};
use std::sync::PoisonError;

use anyhow::{Context as _, Result};

use super::{Sink, Stream, Ui, style};

/// How often a question is asked before its default is taken.
const MOST_TRIES: usize = 3;

impl Ui {
    /// Whether a question would be asked: a terminal on both sides, no coding agent, and
    /// `GIT_TERMINAL_PROMPT` does not forbid it.
    pub fn can_ask(&self) -> bool {
        self.answers_questions
    }

    /// Asks for yes or no; the default without a terminal, for an empty answer and at the end of input.
    pub fn confirm(&self, question: impl Display, default: bool) -> bool {
        let choices = if default { "[Y/n]" } else { "[y/N]" };
        let prompt = format!("{question} {} ", style::dim(choices));
        self.answer_to(&prompt, |line| match line.to_ascii_lowercase().as_str() {
            "y" | "yes" => Some(true),
            "n" | "no" => Some(false),
            "" => Some(default),
            _ => None,
        })
        .unwrap_or(default)
    }

    /// Asks for a line of text; `None` without a terminal and for an empty answer.
    pub fn ask(&self, question: impl Display) -> Option<String> {
        self.answer_to(&format!("{question} "), |line| Some(line.to_owned()))
            .filter(|line| !line.is_empty())
    }

    /// Asks for one of some options by its number; the default (an index) for an empty answer, `None` without
    /// a terminal, at the end of input, and when the answers make no sense.
    pub fn choose(
        &self,
        question: impl Display,
        options: &[&str],
        default: usize,
    ) -> Option<usize> {
        let mut prompt = format!("{question}\n");
        for (index, option) in options.iter().enumerate() {
            writeln!(prompt, "  {}) {option}", index + 1).expect("a String takes everything");
        }
        let count = options.len();
        write!(
            prompt,
            "Type 1 to {count} {} ",
            style::dim(format!("[{}]", default + 1))
        )
        .expect("a String takes everything");
        self.answer_to(&prompt, |line| match line.parse::<usize>() {
            Ok(number) if (1..=count).contains(&number) => Some(number - 1),
            _ if line.is_empty() => Some(default),
            _ => None,
        })
    }

    /// Everything on standard input, up to one byte more than `most`.
    pub fn read_input(&self, most: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        match &self.sink {
            Sink::Process => {
                io::stdin()
                    .take(most as u64 + 1)
                    .read_to_end(&mut bytes)
                    .context("cannot read standard input")?;
            }
            Sink::Captured(capture) => {
                let mut capture = capture.lock().unwrap_or_else(PoisonError::into_inner);
                for line in capture.input.drain(..) {
                    bytes.extend_from_slice(line.as_bytes());
                    bytes.push(b'\n');
                }
                bytes.truncate(most + 1);
            }
        }
        Ok(bytes)
    }

    /// The next bytes on standard input, at most so many; none at its end.
    pub fn read_part(&self, most: usize) -> Result<Vec<u8>> {
        let Sink::Process = &self.sink else {
            return self.read_input(most);
        };
        let mut bytes = Vec::new();
        io::stdin()
            .take(most as u64)
            .read_to_end(&mut bytes)
            .context("cannot read standard input")?;
        Ok(bytes)
    }

    /// Asks until an answer is understood; `None` when nobody can or does answer.
    fn answer_to<T>(&self, prompt: &str, understand: impl Fn(&str) -> Option<T>) -> Option<T> {
        if !self.can_ask() {
            return None;
        }
        for _ in 0..MOST_TRIES {
            self.write_raw(Stream::Stderr, prompt).ok()?;
            let line = self.read_line()?;
            if let Some(answer) = understand(line.trim()) {
                return Some(answer);
            }
        }
        None
    }

    /// A line that the person typed; `None` at the end of input.
    fn read_line(&self) -> Option<String> {
        match &self.sink {
            Sink::Process => {
                let mut line = String::new();
                let read = io::stdin().read_line(&mut line).ok()?;
                (read > 0).then_some(line)
            }
            Sink::Captured(capture) => {
                let mut capture = capture.lock().unwrap_or_else(PoisonError::into_inner);
                let line = capture.input.pop_front()?;
                capture.stderr.push_str(&line);
                capture.stderr.push('\n');
                Some(line)
            }
        }
    }
}

//! What an examination of a repository found: one finding a check, with evidence, consequence and repair.

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It could not be looked at, or there is nothing to look at.
    Skipped,
    /// All is well.
    Ok,
    /// Needs a look; nothing is wrong yet, or it heals by itself.
    Warn,
    /// Something is wrong that the person can put right.
    Bad,
}

impl State {
    /// The word in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

/// What puts something right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repair {
    /// `doctor --fix` does this: a sentence without period.
    Fix(String),
    /// The person types this, or does what it says.
    Person(String),
}

impl Repair {
    /// What is to be done.
    pub fn text(&self) -> &str {
        match self {
            Self::Fix(text) | Self::Person(text) => text,
        }
    }

    /// Whether `doctor --fix` does it.
    pub const fn is_fixable(&self) -> bool {
        matches!(self, Self::Fix(_))
    }
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How it came out.
    pub state: State,
    /// In one line, lower case, without period.
    pub summary: String,
    /// What was seen: a line each.
    pub evidence: Vec<String>,
    /// What follows from it: a sentence without period.
    pub consequence: Option<String>,
    /// What puts it right.
    pub repair: Option<Repair>,
}

/// The most lines of evidence of one finding; the rest is counted.
const MOST_EVIDENCE: usize = 6;

impl Finding {
    fn new(state: State, summary: impl Into<String>) -> Self {
        Self {
            state,
            summary: summary.into(),
            evidence: Vec::new(),
            consequence: None,
            repair: None,
        }
    }

    /// All is well.
    pub fn ok(summary: impl Into<String>) -> Self {
        Self::new(State::Ok, summary)
    }

    /// Needs a look.
    pub fn warn(summary: impl Into<String>) -> Self {
        Self::new(State::Warn, summary)
    }

    /// Something is wrong.
    pub fn bad(summary: impl Into<String>) -> Self {
        Self::new(State::Bad, summary)
    }

    /// It was not looked at, for this reason.
    pub fn skipped(summary: impl Into<String>) -> Self {
        Self::new(State::Skipped, summary)
    }

    /// Adds what was seen; of many lines the first ones, and how many more there are.
    #[must_use]
    pub fn evidence(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        let mut lines: Vec<String> = lines.into_iter().collect();
        if lines.len() > MOST_EVIDENCE {
            let more = lines.len() - MOST_EVIDENCE;
            lines.truncate(MOST_EVIDENCE);
            lines.push(format!("and {more} more"));
        }
        self.evidence.extend(lines);
        self
    }

    /// Says what follows from it.
    #[must_use]
    pub fn so(mut self, consequence: impl Into<String>) -> Self {
        self.consequence = Some(consequence.into());
        self
    }

    /// Says what `doctor --fix` does about it.
    #[must_use]
    pub fn fix(mut self, repair: impl Into<String>) -> Self {
        self.repair = Some(Repair::Fix(repair.into()));
        self
    }

    /// Says what the person can do about it.
    #[must_use]
    pub fn person(mut self, repair: impl Into<String>) -> Self {
        self.repair = Some(Repair::Person(repair.into()));
        self
    }

    /// Whether `doctor --fix` has something to do.
    pub fn is_fixable(&self) -> bool {
        self.repair.as_ref().is_some_and(Repair::is_fixable)
    }
}

/// One row of the table of checks, and what it found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name, which stays the same: `hooks-run`.
    pub id: &'static str,
    /// What it looks at.
    pub title: &'static str,
    /// What it found.
    pub finding: Finding,
    /// What `doctor --fix` did: sentences without period.
    pub done: Vec<String>,
    /// Why `doctor --fix` could not do it.
    pub failed: Option<String>,
}

impl Check {
    /// Whether `doctor --fix` put something right.
    pub fn is_fixed(&self) -> bool {
        !self.done.is_empty() && self.failed.is_none()
    }
}

/// How many checks came out how: ok, warnings, bad, skipped.
pub fn tally(checks: &[Check]) -> [usize; 4] {
    let states = [State::Ok, State::Warn, State::Bad, State::Skipped];
    states.map(|state| {
        let same = |check: &&Check| check.finding.state == state;
        checks.iter().filter(same).count()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_much_evidence_the_rest_is_counted() {
        let lines = |count: usize| (0..count).map(|number| number.to_string());
        let finding = Finding::warn("w").evidence(lines(MOST_EVIDENCE));
        assert_eq!(finding.evidence.len(), MOST_EVIDENCE);
        let finding = Finding::warn("w").evidence(lines(MOST_EVIDENCE + 3));
        assert_eq!(finding.evidence.len(), MOST_EVIDENCE + 1);
        assert_eq!(finding.evidence[MOST_EVIDENCE], "and 3 more");
    }

    #[test]
    fn only_what_fix_does_is_fixable() {
        assert!(Finding::bad("b").fix("does it").is_fixable());
        assert!(!Finding::bad("b").person("git x").is_fixable());
        assert!(!Finding::ok("o").is_fixable());
    }

    #[test]
    fn a_repair_that_failed_is_none() {
        let mut check = Check {
            id: "x",
            title: "x",
            finding: Finding::ok("o"),
            done: vec!["did it".to_owned()],
            failed: None,
        };
        assert!(check.is_fixed());
        check.failed = Some("no".to_owned());
        assert!(!check.is_fixed());
        assert_eq!(tally(&[check]), [1, 0, 0, 0]);
    }
}

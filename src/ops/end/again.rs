//! The command as it was typed, so that a hint repeats all of it.

use crate::domain::shell::quoted;

/// The flags of `git session end` as they were typed or answered, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Again(Vec<(&'static str, Option<String>)>);

impl Again {
    /// Adds a flag without a value.
    pub fn flag(&mut self, flag: &'static str, typed: bool) {
        if typed && !self.has(flag) {
            self.0.push((flag, None));
        }
    }

    /// Adds a flag with a value.
    pub fn value(&mut self, flag: &'static str, value: &str) {
        self.0.push((flag, Some(value.to_owned())));
    }

    /// The command with these flags as well.
    pub fn with(&self, flags: &[&'static str]) -> String {
        let mut again = self.clone();
        for flag in flags {
            again.flag(flag, true);
        }
        again.line()
    }

    /// The command without a push.
    pub fn without_push(&self) -> String {
        let mut again = self.clone();
        again
            .0
            .retain(|(flag, _)| !["--push", "--yes"].contains(flag));
        again.with(&["--no-push"])
    }

    /// The command.
    pub fn line(&self) -> String {
        let words = self.0.iter().map(|(flag, value)| match value {
            Some(value) => format!(" {flag} {}", quoted(value)),
            None => format!(" {flag}"),
        });
        format!("git session end{}", words.collect::<String>())
    }

    fn has(&self, flag: &str) -> bool {
        self.0.iter().any(|(typed, _)| *typed == flag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_the_line_as_it_was_typed() {
        let mut again = Again::default();
        again.value("--merge-to", "main");
        again.value("--accomplished", "It's done");
        again.flag("--push", true);
        again.flag("--abandon", false);
        assert_eq!(
            again.with(&["--push", "--yes"]),
            r"git session end --merge-to main --accomplished 'It'\''s done' --push --yes"
        );
        assert_eq!(
            again.without_push(),
            r"git session end --merge-to main --accomplished 'It'\''s done' --no-push"
        );
        assert_eq!(Again::default().line(), "git session end");
    }
}

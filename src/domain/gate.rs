//! The bars of a project before a merge: figures and changed paths against the settings. A figure that is not
//! there does not block; it is named.

use std::fmt;

use super::coverage::Percent;
use super::tests_table::{is_source_path, is_test_path};

/// The bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bars {
    /// Coverage of the whole, 0 to 100; 0 is no bar.
    pub coverage: u32,
    /// Coverage of the lines that were added since the merge base, 0 to 100; 0 is no bar.
    pub new_code: u32,
    /// Changed source needs a changed or added test.
    pub tests: bool,
}

/// What is known of the work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Coverage of the whole.
    pub coverage: Option<Percent>,
    /// Coverage of the lines that were added since the merge base.
    pub new_code: Option<Percent>,
}

/// A path that is not what it was at the merge base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// From the top of the work tree, with `/`.
    pub path: Vec<u8>,
    /// It is not there any more.
    pub gone: bool,
    /// Lines that begin a test came to it.
    pub tests_added: bool,
}

/// Why a merge is below a bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Coverage of the whole.
    Coverage {
        /// What it is.
        figure: Percent,
        /// What it should be.
        bar: u32,
    },
    /// Coverage of the added lines.
    NewCode {
        /// What it is.
        figure: Percent,
        /// What it should be.
        bar: u32,
    },
    /// So many source files changed, and no test.
    NoTest(usize),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Coverage { figure, bar } => {
                write!(f, "coverage is {figure}, the bar is {bar}%")
            }
            Self::NewCode { figure, bar } => {
                write!(f, "coverage of the new code is {figure}, the bar is {bar}%")
            }
            Self::NoTest(1) => {
                f.write_str("1 source file changed, and no test was changed or added")
            }
            Self::NoTest(files) => write!(
                f,
                "{files} source files changed, and no test was changed or added"
            ),
        }
    }
}

/// A figure that a bar asks for and that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Coverage of the whole.
    Coverage,
    /// Coverage of the added lines.
    NewCode,
}

impl Missing {
    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Coverage => "coverage",
            Self::NewCode => "coverage of the new code",
        }
    }
}

/// What the bars say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The bars that are not reached.
    pub reasons: Vec<Reason>,
    /// What could not be judged.
    pub missing: Vec<Missing>,
}

/// Holds the figures and the changes since the merge base against the bars.
pub fn judge(bars: Bars, figures: Figures, touched: &[Touched]) -> Verdict {
    let mut verdict = Verdict::default();
    let source = touched.iter().filter(|t| is_source_path(&t.path)).count();
    let below = |figure: Percent, bar: u32| u32::from(figure.tenths()) < bar.saturating_mul(10);
    match figures.coverage {
        _ if bars.coverage == 0 => {}
        None => verdict.missing.push(Missing::Coverage),
        Some(figure) if below(figure, bars.coverage) => verdict.reasons.push(Reason::Coverage {
            figure,
            bar: bars.coverage,
        }),
        Some(_) => {}
    }
    match figures.new_code {
        _ if bars.new_code == 0 => {}
        // where no code changed there is nothing to measure
        None if source == 0 => {}
        None => verdict.missing.push(Missing::NewCode),
        Some(figure) if below(figure, bars.new_code) => verdict.reasons.push(Reason::NewCode {
            figure,
            bar: bars.new_code,
        }),
        Some(_) => {}
    }
    let tested = |t: &Touched| !t.gone && (t.tests_added || is_test_path(&t.path));
    if bars.tests && source > 0 && !touched.iter().any(tested) {
        verdict.reasons.push(Reason::NoTest(source));
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    const BARS: Bars = Bars {
        coverage: 85,
        new_code: 90,
        tests: true,
    };

    fn figures(coverage: u16, new_code: u16) -> Figures {
        Figures {
            coverage: Percent::from_tenths(coverage),
            new_code: Percent::from_tenths(new_code),
        }
    }

    fn touched(path: &str) -> Touched {
        Touched {
            path: path.into(),
            gone: false,
            tests_added: false,
        }
    }

    fn said(verdict: &Verdict) -> Vec<String> {
        verdict.reasons.iter().map(Reason::to_string).collect()
    }

    #[test]
    fn every_bar_is_named_with_its_figure() {
        let verdict = judge(BARS, figures(849, 700), &[touched("src/a.rs")]);
        assert_eq!(
            said(&verdict),
            [
                "coverage is 84.9%, the bar is 85%",
                "coverage of the new code is 70%, the bar is 90%",
                "1 source file changed, and no test was changed or added"
            ]
        );
        assert_eq!(verdict.missing, []);
        let verdict = judge(
            BARS,
            figures(850, 900),
            &[touched("a.rs"), touched("tests/a.rs")],
        );
        assert_eq!(verdict, Verdict::default());
    }

    #[test]
    fn a_figure_that_is_not_there_does_not_block_and_is_named() {
        let verdict = judge(BARS, Figures::default(), &[touched("README.md")]);
        assert_eq!(verdict.missing, [Missing::Coverage]);
        assert_eq!(verdict.reasons, []);
        let changed = [touched("a.py"), touched("a_test.py")];
        let verdict = judge(BARS, Figures::default(), &changed);
        assert_eq!(verdict.missing, [Missing::Coverage, Missing::NewCode]);
        assert_eq!(verdict.reasons, []);
    }

    #[test]
    fn a_bar_of_zero_asks_for_nothing() {
        let none = Bars {
            coverage: 0,
            new_code: 0,
            tests: false,
        };
        for figures in [Figures::default(), figures(0, 0)] {
            assert_eq!(judge(none, figures, &[touched("a.rs")]), Verdict::default());
        }
    }

    #[test]
    fn a_test_counts_where_it_stands_and_not_when_it_is_gone() {
        let no_figures = Bars {
            coverage: 0,
            new_code: 0,
            tests: true,
        };
        let judge = |touched: &[Touched]| judge(no_figures, Figures::default(), touched).reasons;
        let inline = Touched {
            tests_added: true,
            ..touched("src/a.rs")
        };
        assert_eq!(judge(&[inline]), []);
        let gone = Touched {
            gone: true,
            ..touched("tests/a.rs")
        };
        assert_eq!(
            judge(&[touched("src/a.js"), touched("b.go"), gone]),
            [Reason::NoTest(2)]
        );
        assert_eq!(judge(&[touched("docs/a.md"), touched("Makefile")]), []);
        assert_eq!(judge(&[]), []);
    }
}

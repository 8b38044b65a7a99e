//! Settings that come with the environment: `GIT_CONFIG_COUNT` pairs and `git -c` (`GIT_CONFIG_PARAMETERS`).
//! libgit2 knows neither. Source: git's `config.c`, `git_config_from_parameters`.

use crate::sys::env::{self, Env};

/// A normalized key and its value; `None` is the short form of true.
pub(super) type Pair = (String, Option<String>);

/// More pairs than anybody sets; a larger count is a mistake.
const MOST_PAIRS: usize = 10_000;

/// The pairs in git's order: of two with one key, the later one holds.
pub(super) fn overlay(env: &Env) -> Vec<Pair> {
    let count = env.text(env::GIT_CONFIG_COUNT).unwrap_or_default();
    let count = count.trim().parse().unwrap_or(0_usize).min(MOST_PAIRS);
    let numbered = (0..count).filter_map(|i| {
        let key = env.text(&format!("GIT_CONFIG_KEY_{i}"))?;
        let value = env.text(&format!("GIT_CONFIG_VALUE_{i}"));
        Some((normalize(key)?, Some(value.unwrap_or_default().to_owned())))
    });
    let mut pairs: Vec<_> = numbered.collect();
    if let Some(text) = env.text(env::GIT_CONFIG_PARAMETERS) {
        pairs.extend(parameters(text));
    }
    pairs
}

/// The key as git compares it: section and variable in lower case, the subsection as it is. `None` when it
/// is no key.
pub(super) fn normalize(key: &str) -> Option<String> {
    let (first, last) = (key.find('.')?, key.rfind('.')?);
    let (section, variable) = (&key[..first], &key[last + 1..]);
    let word = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let valid = !section.is_empty()
        && word(section)
        && word(variable)
        && variable.starts_with(|c: char| c.is_ascii_alphabetic())
        && !key.contains('\n');
    let subsection = &key[first..=last];
    valid.then(|| {
        let (section, variable) = (section.to_ascii_lowercase(), variable.to_ascii_lowercase());
        format!("{section}{subsection}{variable}")
    })
}

/// Reads `'key'='value'`, `'key'=` and the form of git before 2.31, `'key=value'`. Stops at what git would
/// refuse.
fn parameters(text: &str) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let Some((word, after)) = unquote(rest) else {
            break;
        };
        let pair = match after.strip_prefix('=') {
            None => match word.split_once('=') {
                Some((key, value)) => (key.to_owned(), Some(value.to_owned()), after),
                None => (word, None, after),
            },
            Some(behind) if behind.starts_with('\'') => match unquote(behind) {
                Some((value, after)) => (word, Some(value), after),
                None => break,
            },
            Some(behind) => (word, None, behind),
        };
        let (key, value, after) = pair;
        if !after.is_empty() && !after.starts_with(char::is_whitespace) {
            break;
        }
        pairs.extend(normalize(key.trim()).map(|key| (key, value)));
        rest = after.trim_start();
    }
    pairs
}

/// Takes one word in git's shell quoting off the front. Source: git's `quote.c`, `sq_dequote_step`.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('\'')?;
    let mut word = String::new();
    loop {
        let (part, behind) = rest.split_once('\'')?;
        word.push_str(part);
        let escaped = ["\\''", "\\!'"]
            .iter()
            .find_map(|escape| Some((&escape[1..2], behind.strip_prefix(escape)?)));
        match escaped {
            Some((character, behind)) => {
                word.push_str(character);
                rest = behind;
            }
            None => return Some((word, behind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{normalize, overlay};
    use crate::sys::env::Env;

    fn pairs(env: &[(&str, &str)]) -> Vec<(String, String)> {
        overlay(&Env::from_pairs(env.iter().copied()))
            .into_iter()
            .map(|(key, value)| (key, value.unwrap_or_else(|| "<none>".to_owned())))
            .collect()
    }

    fn owned(list: &[(&str, &str)]) -> Vec<(String, String)> {
        let pair = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
        list.iter().map(pair).collect()
    }

    #[test]
    fn both_forms_of_parameters_are_read() {
        let text = r"'Session.Enabled'='false' 'branch.A.b.SessionId'='it'\''s a=b'\!'' 'core.x'= 'old.key=v=1' 'old.flag'";
        let expected = [
            ("session.enabled", "false"),
            ("branch.A.b.sessionid", "it's a=b!"),
            ("core.x", "<none>"),
            ("old.key", "v=1"),
            ("old.flag", "<none>"),
        ];
        assert_eq!(pairs(&[("GIT_CONFIG_PARAMETERS", text)]), owned(&expected));
    }

    #[test]
    fn pairs_by_number_come_before_parameters() {
        let env = [
            ("GIT_CONFIG_COUNT", "2"),
            ("GIT_CONFIG_KEY_0", "session.a"),
            ("GIT_CONFIG_VALUE_0", "1"),
            ("GIT_CONFIG_KEY_1", "session.b"),
            ("GIT_CONFIG_VALUE_1", ""),
            ("GIT_CONFIG_PARAMETERS", "'session.a'='2'"),
        ];
        let expected = [("session.a", "1"), ("session.b", ""), ("session.a", "2")];
        assert_eq!(pairs(&env), owned(&expected));
    }

    #[test]
    fn broken_parameters_end_the_list_and_never_panic() {
        for text in [
            "'a.b'='c",
            "a.b=c",
            "'a.b'x",
            "'",
            "'a.b'='c'd",
            "'é'='",
            "'\\",
        ] {
            pairs(&[("GIT_CONFIG_PARAMETERS", text)]);
        }
        assert!(pairs(&[("GIT_CONFIG_COUNT", "-1")]).is_empty());
    }

    #[test]
    fn only_the_subsection_keeps_its_case() {
        assert_eq!(normalize("A.B.c.D").as_deref(), Some("a.B.c.d"));
        assert_eq!(normalize("Core.Bare").as_deref(), Some("core.bare"));
        for bad in ["core", ".a", "a.", "a b.c", "a.1b", "a.b\n.c"] {
            assert_eq!(normalize(bad), None, "{bad:?}");
        }
    }
}

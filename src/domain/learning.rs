//! Keys of learnings, `learning/<type>s/<name>`, and how words find one. Pure.

use std::fmt;

use super::body::LearningType;
use super::session::Learning;
use super::slug::{self, slug};

/// What every key begins with.
const NAMESPACE: &str = "learning/";

/// The longest name, in bytes.
const LONGEST_NAME: usize = 64;

/// Why a key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadKey {
    /// The name has other characters than a name may have.
    Name(String),
    /// It is not of the form `learning/<type>s/<name>`.
    Form(String),
    /// It is a key of another type.
    Type {
        /// As it was typed.
        typed: String,
        /// The type that was asked for.
        kind: LearningType,
        /// The key that fits it.
        right: String,
    },
}

impl fmt::Display for BadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(
                f,
                "`{}` is no name of a learning: a-z, 0-9 and -, at most {LONGEST_NAME}",
                name.escape_debug()
            ),
            Self::Form(key) => write!(
                f,
                "`{}` is no key of a learning, such as {}",
                key.escape_debug(),
                key_of(LearningType::Pattern, "retry-with-delay")
            ),
            Self::Type { typed, kind, .. } => {
                write!(f, "{typed} is no key of the type {}", kind.name())
            }
        }
    }
}

impl std::error::Error for BadKey {}

/// `learning/<type>s/<name>`.
pub fn key_of(kind: LearningType, name: &str) -> String {
    format!("{NAMESPACE}{}s/{name}", kind.name())
}

/// The type and the key that were typed: a name, or a full key, whose type then holds when none was typed.
///
/// # Errors
/// [`BadKey`] when the name is none, or the key is of another type.
pub fn parse_key(
    typed: &str,
    kind: Option<LearningType>,
) -> Result<(LearningType, String), BadKey> {
    let Some((above, name)) = typed.rsplit_once('/') else {
        let kind = kind.unwrap_or_default();
        return Ok((kind, key_of(kind, valid(typed)?)));
    };
    let plural = above.strip_prefix(NAMESPACE).unwrap_or_default();
    let own = LearningType::ALL
        .into_iter()
        .find(|kind| plural.strip_suffix('s') == Some(kind.name()))
        .ok_or_else(|| BadKey::Form(typed.to_owned()))?;
    let name = valid(name)?;
    match kind {
        Some(kind) if kind != own => Err(BadKey::Type {
            typed: typed.to_owned(),
            kind,
            right: key_of(kind, name),
        }),
        _ => Ok((own, key_of(own, name))),
    }
}

/// The name, when it is one.
fn valid(name: &str) -> Result<&str, BadKey> {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(letter) {
        Ok(name)
    } else {
        Err(BadKey::Name(name.to_owned()))
    }
}

/// The key of a text that was given none: its first words, with `-2`, `-3` … when that is taken.
pub fn default_key(kind: LearningType, text: &str, taken: impl Fn(&str) -> bool) -> String {
    let name = match slug(text) {
        name if name == slug::FALLBACK && !text.to_ascii_lowercase().contains(&name) => {
            "learning".to_owned()
        }
        name => name,
    };
    let numbered = |n: u32| match n {
        1 => key_of(kind, &name),
        n => key_of(kind, &format!("{name}-{n}")),
    };
    (1..=u32::MAX)
        .map(numbered)
        .find(|key| !taken(key))
        .unwrap_or_else(|| key_of(kind, &name))
}

/// The words of a text, lower case, each once, in order.
pub fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let word = word.to_lowercase();
        if !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// How many of the wanted [`words`] begin a word of the text, the key or the scope.
pub fn hits(wanted: &[String], learning: &Learning) -> usize {
    let scope = learning.scope.iter().map(String::as_str);
    let key = learning.key.strip_prefix(NAMESPACE);
    let texts = [learning.item.text.as_str(), key.unwrap_or(&learning.key)];
    let there: Vec<String> = texts.into_iter().chain(scope).flat_map(words).collect();
    let begins = |wanted: &&String| there.iter().any(|word| word.starts_with(wanted.as_str()));
    wanted.iter().filter(begins).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use LearningType::{AntiPattern, Insight, Pattern, Solution};

    #[test]
    fn names_and_full_keys_are_read() {
        let table = [
            ("retry", None, Insight, "learning/insights/retry"),
            ("retry", Some(Pattern), Pattern, "learning/patterns/retry"),
            (
                "learning/anti-patterns/x-2",
                None,
                AntiPattern,
                "learning/anti-patterns/x-2",
            ),
            (
                "learning/solutions/x",
                Some(Solution),
                Solution,
                "learning/solutions/x",
            ),
        ];
        for (typed, kind, own, key) in table {
            assert_eq!(parse_key(typed, kind), Ok((own, key.to_owned())));
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let name = |name: &str| Err(BadKey::Name(name.to_owned()));
        let form = |key: &str| Err(BadKey::Form(key.to_owned()));
        let long = "x".repeat(65);
        assert_eq!(parse_key("", None), name(""));
        assert_eq!(parse_key("Retry it", None), name("Retry it"));
        assert_eq!(parse_key(&long, None), name(&long));
        assert_eq!(parse_key("learning/patterns/", None), name(""));
        assert_eq!(parse_key("patterns/x", None), form("patterns/x"));
        assert_eq!(
            parse_key("learning/pattern/x", None),
            form("learning/pattern/x")
        );
        assert_eq!(
            parse_key("learning/patterns/x", Some(Solution)),
            Err(BadKey::Type {
                typed: "learning/patterns/x".to_owned(),
                kind: Solution,
                right: "learning/solutions/x".to_owned(),
            })
        );
    }

    #[test]
    fn a_key_is_made_of_the_first_words_and_is_free() {
        let none = |_: &str| false;
        assert_eq!(
            default_key(Solution, "Retry on 429, with the delay of the header", none),
            "learning/solutions/retry-on-429-with-the-delay-of"
        );
        assert_eq!(
            default_key(Insight, "再試行", none),
            "learning/insights/learning"
        );
        assert_eq!(
            default_key(Insight, "Branch!", none),
            "learning/insights/branch"
        );
        let taken = |key: &str| matches!(key, "learning/insights/a" | "learning/insights/a-2");
        assert_eq!(default_key(Insight, "a", taken), "learning/insights/a-3");
    }

    #[test]
    fn words_are_told_apart_in_any_script() {
        assert_eq!(
            words("Retry, retry fast_glob ÄRGER 429"),
            ["retry", "fast", "glob", "ärger", "429"]
        );
    }
}

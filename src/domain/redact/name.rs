//! Names that say that their value is a secret.

/// Longest name that is judged, in bytes.
pub(super) const LONGEST_NAME: usize = 128;

/// What the name says the value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Chosen by people, so it may be short and plain.
    Password,
    /// Made by a machine.
    Token,
    /// As often the name of a topic as of a value.
    Auth,
}

/// The name that ends before `at`, with closing quotes, brackets and spaces between skipped; of
/// `api key` both words.
pub(super) fn name_before(text: &str, at: usize) -> Option<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let before = text[..at].trim_end_matches([' ', '\t']);
    let before = before.trim_end_matches(['"', '\'', '`', '\\', ']']);
    let mut floor = before.len().saturating_sub(LONGEST_NAME);
    while !before.is_char_boundary(floor) {
        floor += 1;
    }
    let word = |end: usize| {
        let head = &before[floor..end];
        floor + head.len() - (head.len() - head.trim_end_matches(is_part).len())
    };
    let mut start = word(before.len());
    if before[start..].eq_ignore_ascii_case("key") && before[floor..start].ends_with(' ') {
        start = word(start - 1);
    }
    let name = before[start..].trim_start_matches(['-', '.']);
    (!name.is_empty()).then_some(name)
}

/// What a name is for, by its last word: `db_password`, `clientSecret`, `X-Api-Key`.
pub(super) fn kind_of(name: &str) -> Option<Kind> {
    let words = words_of(name);
    let last = words.last()?.as_str();
    let before = words.iter().rev().nth(1).map_or("", String::as_str);
    let ends = |ends: &[&str]| ends.iter().any(|end| last.ends_with(end));
    if ends(&["password", "passwd", "passphrase", "passcode"])
        || last == "pwd"
        || (last == "pass" && words.len() > 1)
    {
        return Some(Kind::Password);
    }
    let made = [
        "secret",
        "token",
        "apikey",
        "secretkey",
        "accesskey",
        "privatekey",
        "accountkey",
    ];
    let keys = [
        "api",
        "access",
        "private",
        "secret",
        "signing",
        "encryption",
        "account",
        "auth",
        "master",
        "service",
        "shared",
        "storage",
        "webhook",
    ];
    let names_a_key = last == "key" && keys.contains(&before);
    let has_secret_key = words
        .windows(2)
        .any(|pair| pair[0] == "secret" && pair[1] == "key");
    if ends(&made)
        || names_a_key
        || has_secret_key
        || matches!(last, "credential" | "credentials" | "secrets")
    {
        return Some(Kind::Token);
    }
    matches!(last, "auth" | "authorization").then_some(Kind::Auth)
}

/// Words in lower case, split at signs and before capitals, numbers at the end dropped.
fn words_of(name: &str) -> Vec<String> {
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_' || c == '-');
    name.split(['_', '-', '.', ' '])
        .flat_map(|part| {
            part.as_bytes()
                .chunk_by(|left, right| !(left.is_ascii_lowercase() && right.is_ascii_uppercase()))
        })
        .filter_map(|word| std::str::from_utf8(word).ok())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}

/// `DB_PASSWORD`: a variable of an environment, whose value is never a remark.
pub(super) fn is_constant_name(name: &str) -> bool {
    !name.bytes().any(|b| b.is_ascii_lowercase())
}

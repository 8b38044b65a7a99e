//! How much a word looks like a secret and how little like a word of prose or code. The finders
//! ask this; nothing here is exact, and what a doubt means is up to the finder.

pub(super) fn any(_: &str) -> bool {
    true
}

pub(super) fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

fn has_letter(word: &str) -> bool {
    word.chars().any(char::is_alphabetic)
}

fn has_lower(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_lowercase())
}

fn has_upper(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// At least two of lower case, upper case, digits.
pub(super) fn mixed(word: &str) -> bool {
    [has_lower(word), has_upper(word), has_digit(word)]
        .into_iter()
        .filter(|&has| has)
        .count()
        > 1
}

/// All three.
pub(super) fn strong(word: &str) -> bool {
    has_lower(word) && has_upper(word) && has_digit(word)
}

/// A sign that names, numbers and paths do not have inside.
fn has_symbol(word: &str) -> bool {
    word.trim_end_matches(['!', '?', '~']).contains([
        '!', '@', '#', '$', '%', '^', '&', '*', '+', '=', '~', '?', '|',
    ])
}

/// The case changes more often than in `CamelCase`, as in random letters.
fn jumbled(word: &str) -> bool {
    let letters: Vec<bool> = word
        .bytes()
        .filter(u8::is_ascii_alphabetic)
        .map(|byte| byte.is_ascii_uppercase())
        .collect();
    let changes = letters.windows(2).filter(|pair| pair[0] != pair[1]).count();
    letters.len() >= 8 && changes * 5 >= letters.len() * 2
}

fn segments(word: &str) -> impl Iterator<Item = &str> {
    word.split(|c: char| !c.is_alphanumeric())
}

/// Letters with at most two digits behind, or a short number: `oauth2`, `provider`, `v13`.
fn is_wordlike(segment: &str) -> bool {
    let letters = segment.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = segment.len() - letters.len();
    if letters.is_empty() {
        digits <= 4
    } else {
        !has_digit(letters) && digits <= 2
    }
}

/// Likely a secret where a secret is expected.
pub(super) fn likely(word: &str) -> bool {
    has_symbol(word)
        || (has_digit(word) && has_letter(word))
        || jumbled(word)
        || segments(word).any(|segment| segment.len() >= 16)
}

/// [`likely`], and not made of words only.
pub(super) fn likely_no_words(word: &str) -> bool {
    likely(word) && (has_symbol(word) || jumbled(word) || !segments(word).all(is_wordlike))
}

/// Likely a secret even in the middle of a sentence.
pub(super) fn certain(word: &str) -> bool {
    let enough = word.chars().count() >= 8;
    (enough && has_symbol(word) && has_digit(word) && has_letter(word))
        || segments(word).any(|segment| {
            (segment.len() >= 8 && strong(segment) && !is_wordlike(segment) && !is_camel(segment))
                || (segment.len() >= 16 && has_digit(segment) && has_letter(segment))
        })
}

/// `OAuth2Provider`: words and numbers glued, few changes for the length.
fn is_camel(segment: &str) -> bool {
    let classes: Vec<u8> = segment
        .bytes()
        .map(|byte| {
            if byte.is_ascii_digit() {
                0
            } else {
                1 + u8::from(byte.is_ascii_uppercase())
            }
        })
        .collect();
    let changes = classes.windows(2).filter(|pair| pair[0] != pair[1]).count();
    changes * 2 < segment.len() - 1
        && classes
            .windows(4)
            .any(|run| run.iter().all(|&class| class == 1))
}

/// Words that stand where a secret would, and are none; compared without case.
const BENIGN: [&str; 58] = [
    "required",
    "optional",
    "disabled",
    "enabled",
    "password",
    "passwd",
    "passphrase",
    "secret",
    "secrets",
    "token",
    "tokens",
    "string",
    "number",
    "boolean",
    "integer",
    "object",
    "undefined",
    "nothing",
    "default",
    "example",
    "placeholder",
    "missing",
    "expired",
    "invalid",
    "hidden",
    "redacted",
    "removed",
    "rotated",
    "revoked",
    "prompt",
    "keychain",
    "keyring",
    "environment",
    "variable",
    "unknown",
    "public",
    "private",
    "session",
    "cookie",
    "header",
    "bearer",
    "oauth2",
    "oauth1",
    "openid",
    "sha256",
    "sha384",
    "sha512",
    "base64",
    "argon2",
    "argon2id",
    "argon2i",
    "bcrypt",
    "scrypt",
    "pbkdf2",
    "ed25519",
    "external",
    "internal",
    "anonymous",
];

pub(super) fn is_benign(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ',', ';', '!', '?']);
    BENIGN
        .iter()
        .any(|benign| benign.eq_ignore_ascii_case(word))
        || is_masked(word)
}

/// `********`, `xxxxxxxx`, `........`
fn is_masked(word: &str) -> bool {
    let mut chars = word.chars();
    let first = chars.next().unwrap_or('*');
    matches!(first, '*' | 'x' | 'X' | '.' | '-' | '_' | '=' | '•' | '#')
        && chars.all(|c| c == first)
}

/// A name of a secret in place of the secret: a variable, a template, a member, a call, a type.
pub(super) fn is_reference(word: &str) -> bool {
    let inside = |open: &str, close: &str| word.starts_with(open) && word.ends_with(close);
    let variable = word.strip_prefix('$').is_some_and(|name| {
        let name = name.strip_prefix("env:").unwrap_or(name);
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_')
    });
    let templates = [
        ("${", "}"),
        ("$(", ")"),
        ("<", ">"),
        ("{{", "}}"),
        ("{", "}"),
        ("%(", ")s"),
    ];
    variable
        || (inside("%", "%") && word.len() > 2)
        || templates.iter().any(|&(open, close)| inside(open, close))
        || is_constant(word)
        || is_member(word)
        || is_call(word)
}

/// `DB_PASSWORD_V2`: parts in upper case, joined by `_`, none of them long.
fn is_constant(word: &str) -> bool {
    word.contains('_')
        && word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.split('_').all(|part| {
            let upper = part
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
            upper && part.len() <= 12 && is_wordlike(part)
        })
}

/// `self.token2`, `process.env.GITHUB_TOKEN`, `secrets.NPM_TOKEN`
fn is_member(word: &str) -> bool {
    const OWNERS: [&str; 16] = [
        "self", "this", "process", "os", "env", "config", "settings", "secrets", "cfg", "args",
        "opts", "options", "req", "request", "ctx", "vars",
    ];
    let mut parts = word.split('.');
    let owner = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    let is_name = |part: &&str| {
        !part.is_empty()
            && part
                .split('_')
                .all(|piece| piece.len() <= 16 && !jumbled(piece))
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    OWNERS.contains(&owner) && !rest.is_empty() && rest.iter().all(is_name)
}

/// `get_token(1)`, `Option<String>`, `&str`, `env["TOKEN"]`: a name, then an opening bracket, and a
/// closing one or a comma at the end.
fn is_call(word: &str) -> bool {
    let name = word.trim_start_matches(['&', '*']);
    let Some(open) = name.find(['(', '<', '[']) else {
        return false;
    };
    let is_macro = name[..open].ends_with('!');
    let named = name[..open]
        .trim_end_matches('!')
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':' | b'.'));
    named
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && !strong(&name[..open])
        && (is_macro
            || name
                .trim_end_matches([';', '?'])
                .ends_with([')', '>', ']', ',', '(']))
}

/// A path: segments of plain names, told by how it begins or by a short extension. A segment that
/// is itself random makes it none, because base64 has slashes too.
pub(super) fn is_path(word: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/' | b'~');
    let rooted = ["./", "../", "~/", "/"]
        .iter()
        .any(|root| word.starts_with(root));
    let extension = word
        .rsplit('/')
        .next()
        .and_then(|name| name.rsplit_once('.'))
        .is_some_and(|(_, end)| {
            (1..=5).contains(&end.len()) && end.bytes().all(|b| b.is_ascii_lowercase())
        });
    word.contains('/')
        && word.bytes().all(plain)
        && (rooted || extension)
        && word
            .split('/')
            .all(|segment| !certain(segment) && !jumbled(segment))
}

/// The name of an object, in either format of git.
pub(super) fn is_object_id(word: &str) -> bool {
    matches!(word.len(), 40 | 64)
        && word
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'))
}

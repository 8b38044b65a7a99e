//! Words that look random: what a key is that no rule knows.
//!
//! Each pair of neighbouring characters speaks for text or against it, by how much more often it is met in
//! random characters than in words and identifiers: a pair of letters that is rare in words, a letter beside
//! a digit, a capital behind a small letter speak for a key; a common pair, a sign between words against it.
//! The sum is compared with [`THRESHOLD`]; how often that is wrong, on texts and on generated keys, stands in
//! `docs/redaction.md`. A plain measure of entropy per character does worse: sixteen different letters are
//! a sentence without blanks as well as a key.
//!
//! Hexadecimal digits say nothing: object ids, digests and UUIDs are made of them, and keys too. They pass.

use std::ops::Range;

use super::strength::{is_object_id, is_path};
use crate::domain::id::EventId;

/// Shortest word that is judged, in characters.
const SHORTEST: usize = 20;

/// How many of them must be neither hexadecimal parts nor signs.
const FEWEST: usize = 16;

/// The sum, in tenths, at which a word is random.
const THRESHOLD: i32 = 80;

/// Fewer different characters are a pattern.
const FEWEST_DIFFERENT: u32 = 9;

/// How far in front of a word is looked for the beginning of an address.
const FARTHEST: usize = 1024;

/// The random words.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut public = None;
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !is_part(bytes[at]) {
            at += 1;
            continue;
        }
        let length = bytes[at..].iter().take_while(|b| is_part(**b)).count();
        let range = at..at + length;
        at = range.end;
        if length < SHORTEST {
            continue;
        }
        let range = trimmed(bytes, range);
        let word = &text[range.clone()];
        if word.len() < SHORTEST || !is_random(word) || is_known(word) || is_placed(text, &range) {
            continue;
        }
        let public = public.get_or_insert_with(|| public_blocks(text));
        if public.iter().any(|block| block.contains(&range.start)) {
            continue;
        }
        let padding = bytes[range.end..].iter().take_while(|b| **b == b'=');
        found.push(range.start..range.end + padding.count().min(3));
    }
    found
}

/// What the alphabets of base64 and base64url have, and `.` and `~`, which join parts of tokens.
const fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'_' | b'-' | b'.' | b'~')
}

/// Without signs at both ends.
fn trimmed(bytes: &[u8], mut range: Range<usize>) -> Range<usize> {
    while range.start < range.end && !bytes[range.start].is_ascii_alphanumeric() {
        range.start += 1;
    }
    while range.start < range.end && !bytes[range.end - 1].is_ascii_alphanumeric() {
        range.end -= 1;
    }
    range
}

/// Whether the pairs of a word speak for random characters.
fn is_random(word: &str) -> bool {
    let parts = || {
        let parts = word.split(|c: char| !c.is_ascii_alphanumeric());
        parts.filter(|part| !part.is_empty() && !is_hexadecimal(part))
    };
    if parts().map(str::len).sum::<usize>() < FEWEST {
        return false;
    }
    let (mut sum, mut different, mut steps, mut pairs) = (0, 0_u128, 0, 0);
    for part in parts() {
        sum -= 2 * SIGN;
        for byte in part.bytes() {
            different |= 1 << (byte & 127);
        }
        for pair in part.as_bytes().windows(2) {
            sum += worth(pair[0], pair[1]);
            steps += usize::from(pair[1] == pair[0].wrapping_add(1));
            pairs += 1;
        }
    }
    // the signs stand between the parts
    sum += 2 * SIGN;
    // `abcdefgh…` is an alphabet
    sum >= THRESHOLD && different.count_ones() >= FEWEST_DIFFERENT && steps * 3 < pairs
}

/// What a sign beside a part says.
const SIGN: i32 = 9;

/// What a pair says, in tenths of a unit of the logarithm.
const fn worth(left: u8, right: u8) -> i32 {
    match (left.is_ascii_digit(), right.is_ascii_digit()) {
        (true, true) => -5,
        (true, false) | (false, true) => 13,
        (false, false) => {
            let (row, column) = (left.to_ascii_lowercase(), right.to_ascii_lowercase());
            let common = COMMON[(row - b'a') as usize] >> (column - b'a') & 1 == 1;
            let raised = left.is_ascii_lowercase() && right.is_ascii_uppercase();
            (if common { -12 } else { 18 }) + (if raised { 7 } else { 0 })
        }
    }
}

/// The pairs of letters that make up 92 of 100 in words and identifiers (messages of commits and source
/// files): one row for each first letter, one bit for each second one.
const COMMON: [u32; 26] = [
    0x11e_b94e, 0x010_4911, 0x00a_4db1, 0x004_4159, 0x0ee_b87f, 0x016_4971, 0x002_2110, 0x000_4111,
    0x22e_f87d, 0x000_0000, 0x000_0110, 0x11c_4939, 0x010_d111, 0x01c_497d, 0x07e_fc2e, 0x01e_c811,
    0x010_0000, 0x11e_715d, 0x11c_c195, 0x11e_4195, 0x00e_b956, 0x000_0111, 0x002_0181, 0x008_8000,
    0x000_8000, 0x000_0010,
];

/// Six or more hexadecimal digits, in whatever case; one letter may stand in front (`g1234567`, `I…`), or `0x`
/// and then anything.
fn is_hexadecimal(part: &str) -> bool {
    let digits = |text: &str| text.len() >= 6 && text.bytes().all(|b| b.is_ascii_hexdigit());
    part.starts_with("0x") || digits(part) || digits(&part[1..])
}

/// Names that are made of random characters and tell nothing.
fn is_known(word: &str) -> bool {
    // the anchors of the decision log have the kind in front: `dec-01jd…`
    let id = word.rsplit_once('-').filter(|(kind, _)| kind.len() <= 4);
    let id = id.map_or(word, |(_, id)| id);
    let ulid = id.len() == 26
        && id.starts_with(|first: char| ('0'..='7').contains(&first))
        && EventId::new(id.to_ascii_uppercase()).is_ok();
    // the ids of changes in jj: hexadecimal digits written with the letters k to z
    let change = word.len() <= 32 && word.bytes().all(|b| matches!(b, b'k'..=b'z'));
    // the key types in public keys of OpenSSH (RFC 4253, section 6.6)
    let public = [
        "AAAAB3NzaC1",
        "AAAAC3NzaC1",
        "AAAAE2VjZHNh",
        "AAAAGnNr",
        "AAAAInNr",
    ];
    let digest = ["sha1-", "sha256-", "sha384-", "sha512-"];
    ulid || change
        || is_object_id(word)
        || (is_path(word) && !word.split('/').any(is_random))
        || public.iter().any(|start| word.starts_with(start))
        || digest.iter().any(|start| word.starts_with(start))
}

/// Whether it stands where no key does: behind the name of a digest, in an address but for its user, in
/// front of the host of a mail or message id, in the name of a build.
fn is_placed(text: &str, range: &Range<usize>) -> bool {
    const DIGESTS: [&str; 9] = [
        "sha1:", "sha256:", "sha384:", "sha512:", "h1:", "md5:", "blake2b:", "blake3:", "base64,",
    ];
    let before = &text[..range.start];
    let mut from = before.len().saturating_sub(FARTHEST);
    while !before.is_char_boundary(from) {
        from += 1;
    }
    let before = &before[from..];
    let after = &text[range.end..];
    let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let host = after
        .strip_prefix('@')
        .map(|host| host.trim_start_matches(lower));
    let mail = host.is_some_and(|rest| rest.starts_with('.') && !after.starts_with("@."));
    let closes = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`' | '(');
    let start = before.rfind(closes).map_or(0, |at| at + 1);
    let word = &text[range.clone()];
    let chunk = &before[start..];
    let in_address = chunk.find("://").is_some_and(|at| {
        let is_user = chunk.len() == at + 3 && after.starts_with('@');
        !is_user || word.contains('/')
    });
    let label = before.trim_end_matches(['/', '+', '-', '_']);
    in_address
        || (mail && !chunk.ends_with("://"))
        || chunk.ends_with("/nix/store/")
        || word.starts_with("nix/store/")
        || DIGESTS.iter().any(|name| label.ends_with(name))
}

/// The PEM blocks that everybody may read.
fn public_blocks(text: &str) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    for (at, begin) in text.match_indices("-----BEGIN ") {
        let label = &text[at + begin.len()..];
        let label = &label[..label.find("-----").unwrap_or(0)];
        if label.ends_with("CERTIFICATE")
            || label.ends_with("PUBLIC KEY")
            || label.ends_with("CERTIFICATE REQUEST")
        {
            let end = text[at..]
                .find("-----END ")
                .map_or(text.len(), |end| at + end);
            blocks.push(at..end);
        }
    }
    blocks
}

//! Words for a shell: whatever a hint names is one word, also where a stranger chose its name.

use std::fmt::Write as _;

use super::escape::is_hidden;

/// A word as a POSIX shell takes it. What would not be seen is written as an escape, in the form of POSIX.1-2024.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@:".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else if text.contains(|c: char| c.is_control() || is_hidden(c)) {
        quoted_path(text.as_bytes())
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// The same for a path, whose bytes may be no text.
pub fn quoted_path(path: &[u8]) -> String {
    let hidden = |c: char| c.is_control() || is_hidden(c);
    match std::str::from_utf8(path) {
        Ok(text) if !text.contains(hidden) => return quoted(text),
        _ => {}
    }
    let mut word = String::from("$'");
    for chunk in path.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\'' | '\\' => word.extend(['\\', letter]),
                letter if hidden(letter) => {
                    octal(&mut word, letter.encode_utf8(&mut [0; 4]).as_bytes());
                }
                letter => word.push(letter),
            }
        }
        octal(&mut word, chunk.invalid());
    }
    word + "'"
}

/// Bytes as `\ooo`.
fn octal(word: &mut String, bytes: &[u8]) {
    for byte in bytes {
        write!(word, "\\{byte:03o}").expect("a text");
    }
}

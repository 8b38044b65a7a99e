//! How many tokens a text has, estimated without a tokenizer: the same in every version, on the safe side of what
//! the tokenizers of the day come to.

/// The tokens of a text: the sum over its lines, each rounded up, the end of a line counted with it.
///
/// Four letters or spaces of ASCII are a token, two digits or marks are one. Any other character counts one token
/// for each byte of its UTF-8 form behind the first: `é` one, a Chinese character two, an emoji three.
pub fn tokens(text: &str) -> usize {
    text.lines().map(of_line).sum()
}

/// The tokens of one line, its end included.
pub(super) fn of_line(line: &str) -> usize {
    let quarters: usize = line.chars().map(quarters).sum();
    (quarters + quarters_of_end()).div_ceil(4)
}

const fn quarters_of_end() -> usize {
    2
}

const fn quarters(letter: char) -> usize {
    match letter {
        'a'..='z' | 'A'..='Z' | ' ' => 1,
        '\0'..='\x7f' => 2,
        other => (other.len_utf8() - 1) * 4,
    }
}

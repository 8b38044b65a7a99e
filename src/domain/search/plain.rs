//! Text as a search compares it: lower case, without marks on letters, white space of any length as one space.

/// The text in the form that is compared.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    each(text, |letter, _| out.push(letter));
    out
}

/// The same, and for each of its bytes where the character that it came from begins and ends in `text`.
pub(super) fn plain_with_origins(text: &str) -> (String, Vec<(usize, usize)>) {
    let mut out = String::with_capacity(text.len());
    let mut origins = Vec::with_capacity(text.len());
    each(text, |letter, origin| {
        out.push(letter);
        origins.resize(out.len(), origin);
    });
    (out, origins)
}

/// Gives the characters one by one, each with the range of bytes that it came from.
fn each(text: &str, mut give: impl FnMut(char, (usize, usize))) {
    let mut spaced = true;
    for (at, letter) in text.char_indices() {
        let origin = (at, at + letter.len_utf8());
        if letter.is_whitespace() {
            if !spaced {
                give(' ', origin);
            }
            spaced = true;
            continue;
        }
        spaced = false;
        if letter.is_ascii() {
            give(letter.to_ascii_lowercase(), origin);
            continue;
        }
        for lower in narrow(letter).to_lowercase() {
            match without_mark(lower) {
                Some(base) => base.chars().for_each(|base| give(base, origin)),
                None => give(lower, origin),
            }
        }
    }
}

/// The ASCII character that a full-width one stands for.
fn narrow(letter: char) -> char {
    match letter {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(letter) - 0xfee0).expect("it is in ASCII")
        }
        other => other,
    }
}

/// What is left of a lower-case letter without its mark; nothing of a mark that stands by itself. `None`: it has
/// none that this table knows.
const fn without_mark(letter: char) -> Option<&'static str> {
    Some(match letter {
        '\u{300}'..='\u{36f}' => "",
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' | 'ạ'..='ặ' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ẹ'..='ệ' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ỉ'..='ị' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ơ' | 'ọ'..='ợ' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' | 'ſ' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ư' | 'ụ'..='ự' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' | 'ỳ'..='ỹ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'ά' => "α",
        'έ' => "ε",
        'ή' => "η",
        'ί' => "ι",
        'ό' => "ο",
        'ύ' => "υ",
        'ώ' => "ω",
        'ς' => "σ",
        'ё' => "е",
        _ => return None,
    })
}

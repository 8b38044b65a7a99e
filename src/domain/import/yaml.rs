//! As much YAML as settings of two levels need: sections, plain and quoted words, lists in both styles, comments.
//! Everything else (anchors, aliases, tags, text blocks, deeper levels) is named with its line and not read, so
//! there is nothing in a file that could grow or refer to anything.

/// One key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its line, from 1.
    pub line: usize,
    /// `section.name`, or a name alone.
    pub key: String,
    /// What stands there.
    pub value: Given,
}

/// What stands behind a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// One value.
    One(String),
    /// A list.
    Many(Vec<String>),
    /// Nothing.
    Nothing,
    /// What is not read.
    Odd,
}

/// Every key of a text, in order.
pub fn entries(text: &str) -> Vec<Entry> {
    let mut reader = Reader::default();
    for (number, line) in text.lines().enumerate() {
        reader.line(number + 1, line);
    }
    reader.finish()
}

/// The text while it is read.
#[derive(Default)]
struct Reader {
    entries: Vec<Entry>,
    /// The section, and how far its keys are indented.
    section: Option<(String, Option<usize>)>,
    /// Lines that are indented further belong to something that is not read.
    skipping: Option<usize>,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) {
        let line = without_comment(line.trim_start_matches('\u{feff}'));
        let line = line.trim_end();
        let inner = line.trim_start();
        let indent = line.len() - inner.len();
        if inner.is_empty() || inner == "---" || inner == "..." || inner.starts_with('%') {
            return;
        }
        if self.skipping.is_some_and(|outer| indent > outer) {
            return;
        }
        self.skipping = None;
        if let Some(item) = inner
            .strip_prefix('-')
            .filter(|rest| rest.is_empty() || rest.starts_with(' '))
        {
            return self.item(item.trim());
        }
        let Some((name, value)) = key(inner) else {
            return self.odd(number, inner, indent);
        };
        if indent == 0 {
            self.section = None;
            if value.is_empty() {
                self.section = Some((name.clone(), None));
            }
            let value = self.given(value, indent);
            self.entries.push(Entry {
                line: number,
                key: name,
                value,
            });
            return;
        }
        let Some((section, depth)) = &mut self.section else {
            return self.odd(number, inner, indent);
        };
        if *depth.get_or_insert(indent) != indent {
            // below a key of the section: a third level
            if let Some(last) = self.entries.last_mut() {
                last.value = Given::Odd;
            }
            self.skipping = Some(indent.saturating_sub(1));
            return;
        }
        let key = format!("{section}.{name}");
        let value = self.given(value, indent);
        self.entries.push(Entry {
            line: number,
            key,
            value,
        });
    }

    /// An item of a list belongs to the last key.
    fn item(&mut self, item: &str) {
        let Some(last) = self.entries.last_mut() else {
            return;
        };
        match (&mut last.value, scalar(item)) {
            (Given::Nothing, Some(item)) => last.value = Given::Many(vec![item]),
            (Given::Many(items), Some(item)) => items.push(item),
            (value, _) => *value = Given::Odd,
        }
    }

    fn odd(&mut self, number: usize, inner: &str, indent: usize) {
        self.skipping = Some(indent);
        let key: String = inner.chars().take(40).collect();
        self.entries.push(Entry {
            line: number,
            key,
            value: Given::Odd,
        });
    }

    /// What stands behind a key on its line.
    fn given(&mut self, value: &str, indent: usize) -> Given {
        if value.is_empty() || value == "~" || value == "null" {
            return Given::Nothing;
        }
        if let Some(inner) = value.strip_prefix('[') {
            return inner
                .strip_suffix(']')
                .and_then(flow)
                .map_or(Given::Odd, Given::Many);
        }
        if value.starts_with(['|', '>', '{']) {
            self.skipping = Some(indent);
            return Given::Odd;
        }
        scalar(value).map_or(Given::Odd, Given::One)
    }

    /// A section that has keys is none itself.
    fn finish(self) -> Vec<Entry> {
        let keys: Vec<String> = self.entries.iter().map(|entry| entry.key.clone()).collect();
        let is_section = |entry: &Entry| {
            let inside = format!("{}.", entry.key);
            entry.value == Given::Nothing && keys.iter().any(|key| key.starts_with(&inside))
        };
        let entries = self.entries.into_iter();
        entries.filter(|entry| !is_section(entry)).collect()
    }
}

/// `name: value`
fn key(text: &str) -> Option<(String, &str)> {
    let (name, value) = text.split_once(':')?;
    let value = match value.strip_prefix(' ') {
        Some(value) => value.trim(),
        None if value.is_empty() => "",
        None => return None,
    };
    let name = name.trim().trim_matches(['"', '\'']);
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
    (!name.is_empty() && name.chars().all(plain)).then(|| (name.to_owned(), value))
}

/// The items of a list on one line.
fn flow(inner: &str) -> Option<Vec<String>> {
    let mut items = Vec::new();
    let mut rest = inner.trim();
    while !rest.is_empty() {
        let end = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => quoted_end(rest, quote)?,
            _ => rest.find(',').unwrap_or(rest.len()),
        };
        items.push(scalar(rest[..end].trim())?);
        rest = rest[end..].trim_start();
        rest = match rest.strip_prefix(',') {
            Some(rest) => rest.trim_start(),
            None if rest.is_empty() => rest,
            None => return None,
        };
    }
    Some(items)
}

/// One value: quoted, or plain and without a mark that means something else.
fn scalar(text: &str) -> Option<String> {
    match text.chars().next() {
        None => Some(String::new()),
        Some(quote @ ('"' | '\'')) => {
            let end = quoted_end(text, quote)?;
            let inner = text.get(1..end - 1).filter(|_| end == text.len())?;
            Some(match quote {
                '\'' => inner.replace("''", "'"),
                _ => unescaped(inner)?,
            })
        }
        // globs are often written plain, though a star begins an alias
        Some('*') if text.contains('/') => Some(text.to_owned()),
        Some('&' | '*' | '!' | '|' | '>' | '%' | '@' | '`' | '{' | '[' | '-') if text.len() > 1 => {
            None
        }
        _ if text.contains(": ") => None,
        _ => Some(text.to_owned()),
    }
}

/// The byte behind the closing quote.
fn quoted_end(text: &str, quote: char) -> Option<usize> {
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' && quote == '"' {
            letters.next();
        } else if letter == quote {
            let doubled = quote == '\'' && letters.peek().is_some_and(|(_, next)| *next == quote);
            if !doubled {
                return Some(at + 1);
            }
            letters.next();
        }
    }
    None
}

/// A text in double quotes: the escapes that JSON has, too.
fn unescaped(inner: &str) -> Option<String> {
    serde_json::from_str(&format!("\"{inner}\"")).ok()
}

/// The line up to a comment that stands outside of quotes.
fn without_comment(line: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    for (at, letter) in line.char_indices() {
        match quote {
            None if letter == '#' && before.is_whitespace() => return &line[..at],
            None if matches!(letter, '"' | '\'') && !before.is_alphanumeric() => {
                quote = Some(letter);
            }
            Some(open) if letter == open && before != '\\' => quote = None,
            _ => {}
        }
        before = letter;
    }
    line
}

//! Config files, read by hand for hooks: git has just read the same files, and libgit2 takes 300,000 instructions
//! and sixty system calls to open a repository and to list what ten lines say. Only what is plain is read;
//! includes, conditions and anything unusual are left to libgit2.
//! Source: <https://git-scm.com/docs/git-config#_syntax>.

use std::path::{Path, PathBuf};

use super::config::Scope;
use crate::sys::env::{self, Env};
use crate::sys::fs;

/// A line of a config file: normalized key, value (`None` is the short form of true), where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) key: String,
    pub(super) value: Option<String>,
    pub(super) scope: Scope,
}

/// The settings of a repository, the weakest scope first; `None` when only libgit2 can tell.
pub(super) fn read(env: &Env, common_dir: &Path) -> Option<Vec<Line>> {
    let mut lines = Vec::new();
    for (path, scope) in files(env, common_dir)? {
        if let Some(bytes) = fs::read(&path).ok()? {
            parse(std::str::from_utf8(&bytes).ok()?, scope, &mut lines)?;
        }
    }
    Some(lines)
}

/// The files that git reads; `None` where that is not told by the environment.
fn files(env: &Env, common_dir: &Path) -> Option<Vec<(PathBuf, Scope)>> {
    if !cfg!(unix) {
        return None;
    }
    let mut files = Vec::new();
    match env.text(env::GIT_CONFIG_NOSYSTEM) {
        Some("1" | "true" | "yes" | "on") => {}
        Some(_) => return None,
        None => {
            let path = env.path(env::GIT_CONFIG_SYSTEM);
            files.push((
                path.unwrap_or_else(|| "/etc/gitconfig".into()),
                Scope::System,
            ));
        }
    }
    if let Some(path) = env.path(env::GIT_CONFIG_GLOBAL) {
        files.push((path, Scope::Global));
    } else {
        let home = env.path("HOME")?;
        let xdg = env.path("XDG_CONFIG_HOME");
        let xdg = xdg.unwrap_or_else(|| home.join(".config"));
        files.push((xdg.join("git").join("config"), Scope::Global));
        files.push((home.join(".gitconfig"), Scope::Global));
    }
    files.push((common_dir.join("config"), Scope::Local));
    let absolute = files.iter().all(|(path, _)| path.is_absolute());
    absolute.then_some(files)
}

/// Adds the lines of one file; `None` when it is not plain.
fn parse(text: &str, scope: Scope, lines: &mut Vec<Line>) -> Option<()> {
    let mut section = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let line = line.trim_ascii();
        rest = after;
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(header) = line.strip_prefix('[') {
            section = header_prefix(header)?;
            continue;
        }
        if section.is_empty() {
            return None;
        }
        let (name, value) = match line.split_once('=') {
            Some((name, value)) => (name.trim_ascii_end(), Some(plain_value(value)?)),
            None => (line, None),
        };
        let word = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !word || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let mut key = String::with_capacity(section.len() + name.len());
        key.push_str(&section);
        key.push_str(name);
        key[section.len()..].make_ascii_lowercase();
        lines.push(Line { key, value, scope });
    }
    Some(())
}

/// `name]` or `name "sub"]`, as the front of its keys. Nothing may follow.
fn header_prefix(header: &str) -> Option<String> {
    let header = header.strip_suffix(']')?;
    let (name, quoted) = match header.split_once([' ', '\t']) {
        Some((name, quoted)) => (name, Some(quoted.trim_ascii_start())),
        None => (header, None),
    };
    let word = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let name = name.to_ascii_lowercase();
    if !word || name.is_empty() || name == "include" || name == "includeif" {
        return None;
    }
    let Some(quoted) = quoted else {
        return Some(name + ".");
    };
    let subsection = quoted.strip_prefix('"')?.strip_suffix('"')?;
    let mut prefix = name + ".";
    let mut letters = subsection.chars();
    while let Some(letter) = letters.next() {
        prefix.push(match letter {
            '\\' => letters.next()?,
            '"' => return None,
            letter => letter,
        });
    }
    prefix.push('.');
    Some(prefix)
}

/// A value as it stands, quoted as a whole, or followed by a comment; anything else is not plain.
fn plain_value(value: &str) -> Option<String> {
    let value = value.trim_ascii();
    if let Some(quoted) = value.strip_prefix('"') {
        let inner = quoted.strip_suffix('"')?;
        return (!inner.contains(['"', '\\'])).then(|| inner.to_owned());
    }
    let value = match value.find(['#', ';']) {
        Some(at) => value[..at].trim_ascii_end(),
        None => value,
    };
    let odd = |c: char| c == '"' || c == '\\' || c.is_control();
    (!value.contains(odd)).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Line, parse};
    use crate::git::Scope;

    fn shown(text: &str) -> Option<Vec<String>> {
        let mut lines = Vec::new();
        parse(text, Scope::Local, &mut lines)?;
        let shown = |Line { key, value, .. }: Line| match value {
            Some(value) => format!("{key}={value}"),
            None => key,
        };
        Some(lines.into_iter().map(shown).collect())
    }

    #[test]
    fn plain_files_are_read() {
        let text = "# comment\n\n[Core]\n\tBare = false ; no\n  name=a b  c\n\tempty =\n\tshort\r\n\
            [branch \"F/é \\\"x\\\\y\"]\n\tsessionId = \"q # r\"\n[a-1]\nk = x=y";
        let expected = [
            "core.bare=false",
            "core.name=a b  c",
            "core.empty=",
            "core.short",
            "branch.F/é \"x\\y.sessionid=q # r",
            "a-1.k=x=y",
        ];
        assert_eq!(shown(text).unwrap(), expected);
        assert_eq!(shown("").unwrap(), Vec::<String>::new());
    }

    #[test]
    fn what_is_not_plain_is_left_to_libgit2() {
        for text in [
            "\u{feff}[a]\nb = c",
            "b = c",
            "[a.b]\nc = d",
            "[a] b = c",
            "[a",
            "[]",
            "[a \"b]\nc = d",
            "[a \"b\" ]x\nc = d",
            "[a \"b\"c\"]\nd = e",
            "[include]\npath = x",
            "[IncludeIf \"gitdir:x\"]\npath = x",
            "[a]\nb = c\\\n d",
            "[a]\nb = \"c\" d",
            "[a]\nb = c \"d\"",
            "[a]\nb = \"c\\n\"",
            "[a]\nb = \"c",
            "[a]\nb = c\td",
            "[a]\nb # c",
            "[a]\n1b = c",
            "[a]\nb_c = d",
        ] {
            assert_eq!(shown(text), None, "{text:?}");
        }
    }
}

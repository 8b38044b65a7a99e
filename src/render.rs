//! Markdown and HTML from templates. The templates are part of the program; a repository may replace one for
//! markdown by a file of its own, which is data: it can arrange what it is given and nothing else.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};
use handlebars::template::{HelperTemplate, TemplateElement};
use handlebars::{Handlebars, Template, no_escape};
use serde::Serialize;

use crate::domain::escape;
use crate::error::Fault;

/// Every markdown template: its name, and the text that the program brings along. A file
/// `<name>.md.hbs` replaces it.
const TEMPLATES: &[(&str, &str)] = &[
    (
        "architecture",
        include_str!("../templates/session/architecture.md.hbs"),
    ),
    (
        "conventions",
        include_str!("../templates/session/conventions.md.hbs"),
    ),
    (
        "decision-log",
        include_str!("../templates/decision-log.md.hbs"),
    ),
    ("handoff", include_str!("../templates/handoff.md.hbs")),
];

/// Every HTML template. No file replaces one: what a repository brings along never becomes HTML.
const HTML_TEMPLATES: &[(&str, &str)] =
    &[("handoff", include_str!("../templates/handoff.html.hbs"))];

/// The longest template file that is read.
const MOST_TEMPLATE_BYTES: u64 = 256 * 1024;

/// The longest text that a template may produce; loops in it multiply.
const MOST_TEXT_BYTES: usize = 4 * 1024 * 1024;

/// How long a template of a repository may work: loops that write nothing multiply without a text that grows.
const MOST_TIME: Duration = Duration::from_secs(2);

/// What a template may need, in bytes: it is as deep as its blocks.
const STACK: usize = 8 * 1024 * 1024;

/// The names of the templates, for messages and completions.
pub fn names() -> impl Iterator<Item = &'static str> {
    TEMPLATES.iter().map(|(name, _)| *name)
}

/// Fills in a template. `overrides` is the directory (`.session/templates`) whose `<name>.md.hbs`, when it is
/// there, is used instead; the caller has checked the way to that directory. A variable that the data does
/// not have is an error.
pub fn markdown(name: &str, overrides: Option<&Path>, data: &impl Serialize) -> Result<String> {
    let (_, embedded) = TEMPLATES
        .iter()
        .find(|(known, _)| *known == name)
        .with_context(|| format!("no template is called `{name}`"))?;
    match overrides.map(|directory| read_override(directory, name)) {
        None => fill(embedded, data).context(Fault::new(
            crate::error::Kind::Bug,
            format!("cannot fill in the template `{name}`"),
        )),
        Some(found) => match found? {
            None => markdown(name, None, data),
            Some(text) => fill_in_time(text, data).context(Fault::user(format!(
                "cannot use {name}.md.hbs of this repository"
            ))),
        },
    }
}

/// Fills in an HTML template. Every value is escaped.
pub fn html(name: &str, data: &impl Serialize) -> Result<String> {
    let (_, embedded) = HTML_TEMPLATES
        .iter()
        .find(|(known, _)| *known == name)
        .with_context(|| format!("no HTML template is called `{name}`"))?;
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.render_template(embedded, data).context(Fault::new(
        crate::error::Kind::Bug,
        format!("cannot fill in the HTML template `{name}`"),
    ))
}

/// The text of a template file; `None` when there is none.
fn read_override(directory: &Path, name: &str) -> Result<Option<String>> {
    let path = directory.join(format!("{name}.md.hbs"));
    let refuse = |path: &Path, why: &str| Fault::user(format!("{} {why}", path.display()));
    match fs::symlink_metadata(directory) {
        Ok(found) if !found.is_dir() => {
            return Err(refuse(directory, "is no directory of its own").into());
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).context(refuse(directory, "cannot be read")),
    }
    match fs::symlink_metadata(&path) {
        Ok(found) if !found.is_file() => Err(refuse(&path, "is no regular file").into()),
        Ok(found) if found.len() > MOST_TEMPLATE_BYTES => {
            Err(refuse(&path, "is larger than 256 KiB").into())
        }
        Ok(_) => fs::read_to_string(&path)
            .map(Some)
            .with_context(|| refuse(&path, "cannot be read")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| refuse(&path, "cannot be read")),
    }
}

/// More expressions than a page of markdown has, and fewer than a stack can hold when each is inside
/// the one before.
const MOST_EXPRESSIONS: usize = 500;

/// Brackets in one expression; its parser calls itself for each.
const MOST_BRACKETS: usize = 32;

/// Fills in a template that uses no partials: two that include each other would never end.
fn fill(text: &str, data: &impl Serialize) -> Result<String> {
    anyhow::ensure!(!is_too_deep(text), "it is too deeply nested");
    let template = Template::compile(text).map_err(|error| match error.pos() {
        Some((line, _)) => anyhow::anyhow!("line {line}: {}", error.reason()),
        None => anyhow::anyhow!("{}", error.reason()),
    });
    let template = template.context("it does not parse")?;
    anyhow::ensure!(!uses_partials(&template), "it includes partials");
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(no_escape);
    registry.register_template("it", template);
    let mut output = Limited(Vec::new());
    let rendered = registry.render_to_write("it", data, &mut output);
    rendered.map_err(|error| match error.line_no {
        Some(line) => anyhow::anyhow!("line {line}: {}", error.reason()),
        None => anyhow::Error::from(error),
    })?;
    String::from_utf8(output.0).context("it does not produce text")
}

/// Fills in a template that nobody has looked at: it ends in time, and what it writes has no power over a
/// terminal. One that does not end is left behind, and ends with the program.
fn fill_in_time(text: String, data: &impl Serialize) -> Result<String> {
    let data = serde_json::to_value(data)?;
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || sender.send(fill(&text, &data)))
        .context("no thread can be started")?;
    let mut text = receiver
        .recv_timeout(MOST_TIME)
        .map_err(|_| anyhow::anyhow!("it does not end within {} s", MOST_TIME.as_secs()))??;
    text.retain(|c| matches!(c, '\n' | '\t') || !(c.is_control() || escape::is_hidden(c)));
    Ok(text)
}

/// Whether parsing or rendering could run out of stack, which no program survives.
fn is_too_deep(text: &str) -> bool {
    let expressions = || text.split("{{").skip(1);
    let brackets = |expression: &str| {
        let end = expression.find("}}").unwrap_or(expression.len());
        expression[..end].matches(['(', '[', '{']).count()
    };
    expressions().count() > MOST_EXPRESSIONS
        || expressions().any(|expression| brackets(expression) > MOST_BRACKETS)
}

/// Whether a template includes others, or defines some to include.
fn uses_partials(template: &Template) -> bool {
    let in_block = |block: &HelperTemplate| {
        let inner = [&block.template, &block.inverse];
        inner.into_iter().flatten().any(uses_partials)
    };
    template.elements.iter().any(|element| match element {
        TemplateElement::HelperBlock(block)
        | TemplateElement::Expression(block)
        | TemplateElement::HtmlExpression(block) => in_block(block),
        TemplateElement::RawString(_) | TemplateElement::Comment(_) => false,
        _ => true,
    })
}

/// Takes so many bytes and no more.
struct Limited(Vec<u8>);

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_TEXT_BYTES {
            return Err(io::Error::other("it produces more than 4 MiB"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn data() -> serde_json::Value {
        json!({"project": "git <session>", "date": "2026-11-20", "decisions": []})
    }

    /// What comes out when the repository brings this template along.
    fn overridden(template: &str) -> Result<String> {
        let directory = tempfile::tempdir().unwrap();
        #[expect(clippy::disallowed_methods, reason = "a test makes its input")]
        fs::write(directory.path().join("architecture.md.hbs"), template).unwrap();
        markdown("architecture", Some(directory.path()), &data())
    }

    fn failure(template: &str) -> String {
        format!("{:#}", overridden(template).unwrap_err())
    }

    #[test]
    fn every_template_is_filled_in_without_escapes() {
        // the handoff has data of its own, and tests of its own
        for name in names().filter(|name| *name != "handoff") {
            let text = markdown(name, None, &data()).unwrap();
            let names_project = name == "decision-log" || text.contains("of git <session>\n");
            assert!(names_project, "{text}");
            assert!(!text.contains("{{"), "{text}");
            assert_eq!(text.matches("<!--").count(), text.matches("-->").count());
        }
    }

    #[test]
    fn the_sections_are_those_of_the_reference() {
        let sections = |name| {
            let text = markdown(name, None, &data()).unwrap();
            let lines = text.lines().filter_map(|line| line.strip_prefix("## "));
            lines.collect::<Vec<_>>().join(", ")
        };
        insta::assert_snapshot!(sections("architecture"), @"Pattern, Core Principles, Project Structure, Key Interfaces, Architectural Decisions, Patterns & Practices, Dependencies Flow, Testing Strategy, Notes for Developers");
        insta::assert_snapshot!(sections("conventions"), @"Language & Framework, Code Style, Type Safety, Documentation, Testing, Error Handling, Git Conventions, Code Review, Security, Performance, Accessibility, Additional");
    }

    #[test]
    fn a_missing_variable_is_an_error() {
        assert!(markdown("architecture", None, &json!({"project": "x"})).is_err());
        assert!(markdown("nothing", None, &data()).is_err());
    }

    #[test]
    fn a_repository_may_bring_its_own() {
        assert_eq!(overridden("# {{project}}\n").unwrap(), "# git <session>\n");
        let directory = tempfile::tempdir().unwrap();
        let embedded = markdown("architecture", None, &data()).unwrap();
        for path in [directory.path(), &directory.path().join("missing")] {
            assert_eq!(
                markdown("architecture", Some(path), &data()).unwrap(),
                embedded
            );
        }
    }

    #[test]
    fn what_is_wrong_with_a_template_is_said_with_its_line() {
        assert!(
            failure("a\n\n{{#if}}").contains("line 3: "),
            "{}",
            failure("a\n\n{{#if}}")
        );
        assert!(
            failure("a\n{{secret}}").contains("line 2: "),
            "{}",
            failure("a\n{{secret}}")
        );
    }

    #[test]
    fn what_a_repository_brings_is_only_data() {
        for template in [
            "{{> (lookup this \"x\")}}",
            "{{#*inline \"a\"}}{{> b}}{{/inline}}{{#*inline \"b\"}}{{> a}}{{/inline}}{{> a}}",
            "{{#if project}}{{> x}}{{/if}}",
            "{{#if project}}{{else}}{{#> x}}{{/x}}{{/if}}",
        ] {
            assert!(
                failure(template).contains("partials"),
                "{template}: {}",
                failure(template)
            );
        }
        assert!(failure("{{project").contains("cannot use architecture.md.hbs"));
        assert!(failure("{{secret}}").contains("cannot use architecture.md.hbs"));
        assert!(failure(&"x".repeat(300_000)).contains("larger than 256 KiB"));
    }

    #[test]
    fn a_template_that_multiplies_is_stopped() {
        let data = json!({"items": vec![1; 2000]});
        let error = fill(
            "{{#each items}}{{#each ../items}}xxxxxxxx{{/each}}{{/each}}",
            &data,
        );
        assert!(format!("{:#}", error.unwrap_err()).contains("4 MiB"));
    }

    #[test]
    fn a_template_that_nests_without_end_is_stopped() {
        let blocks = |count| "{{#if project}}".repeat(count) + "x" + &"{{/if}}".repeat(count);
        assert_eq!(overridden(&blocks(MOST_EXPRESSIONS / 2)).unwrap(), "x");
        assert!(failure(&blocks(10_000)).contains("too deeply nested"));
        for opener in ["(", "[", "{\"a\":"] {
            let template = format!("{{{{lookup {}", opener.repeat(20_000));
            assert!(failure(&template).contains("too deeply nested"), "{opener}");
        }
    }

    #[test]
    fn a_template_that_never_ends_is_stopped() {
        let directory = tempfile::tempdir().unwrap();
        let template = "{{#each @root.items}}".repeat(60) + &"{{/each}}".repeat(60);
        #[expect(clippy::disallowed_methods, reason = "a test makes its input")]
        fs::write(directory.path().join("architecture.md.hbs"), template).unwrap();
        let data = json!({"items": [1, 2, 3]});
        let error = markdown("architecture", Some(directory.path()), &data).unwrap_err();
        assert!(format!("{error:#}").contains("does not end"), "{error:#}");
    }

    #[test]
    fn a_template_has_no_power_over_a_terminal() {
        let odd = "\u{1b}[31ma\r\n\tb\u{9b}2J\u{7}\u{202e}{{project}}\u{0}";
        assert_eq!(overridden(odd).unwrap(), "[31ma\n\tb2Jgit <session>");
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_is_refused() {
        use std::os::unix::fs::symlink;
        let directory = tempfile::tempdir().unwrap();
        let link = directory.path().join("architecture.md.hbs");
        symlink("/etc/hostname", &link).unwrap();
        let error = markdown("architecture", Some(directory.path()), &data()).unwrap_err();
        assert!(
            error.to_string().contains("is no regular file"),
            "{error:#}"
        );
        let other = directory.path().join("templates");
        symlink(directory.path(), &other).unwrap();
        assert!(markdown("conventions", Some(&other), &data()).is_err());
    }
}

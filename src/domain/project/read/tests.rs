use insta::assert_debug_snapshot;
use proptest::prelude::*;

use super::*;

#[test]
fn purpose_patterns_and_gotchas_are_found() {
    let text = "\u{feff}---\nname: x\n---\n# Auth\n\nSigns people in.\n\n## Purpose\n\nKeeps tokens\nout of logs.\n\n\
        ## Key Patterns\n\n- One trait a provider\n  - nested\n* Errors carry\n  the provider\n3. PKCE always\n- a fourth\n\n\
        ### Gotchas\n\n```\n- code\n## no heading\n```\n- Google sends no refresh token\n\nWarnings\n--------\n\n- Clock skew\n\n\
        ## Anti-Patterns\n- Global state\n";
    assert_debug_snapshot!(quote(text.as_bytes()), @r#"
    Quoted {
        purpose: Some(
            "Keeps tokens out of logs.",
        ),
        patterns: [
            "One trait a provider",
            "Errors carry the provider",
            "PKCE always",
        ],
        gotchas: [
            "Google sends no refresh token",
            "Clock skew",
            "Global state",
        ],
    }
    "#);
}

#[test]
fn the_paragraph_below_the_title_is_the_purpose_when_no_section_says_it() {
    let said = |text: &str| quote(text.as_bytes()).purpose;
    assert_eq!(
        said("# T\n\nFirst\nthing.\n\nSecond.\n").as_deref(),
        Some("First thing.")
    );
    assert_eq!(
        said("No title, yet words.\r\n").as_deref(),
        Some("No title, yet words.")
    );
    assert_eq!(said("# T\n## Other\ntext\n"), None);
    assert_eq!(said(""), None);
}

#[test]
fn text_loses_its_power() {
    let text = "## Purpose\n\n\u{1b}[31mred\u{7}\u{202e} <!-- hidden\n## Patterns\n- also hidden\n--> seen\n\n## Patterns\n- ";
    let text = format!("{text}{}\n", "long ".repeat(2000));
    let said = quote(text.as_bytes());
    assert_eq!(said.purpose.as_deref(), Some("\\x1b[31mred\\x07\\u{202e}"));
    assert_eq!(said.patterns.len(), 1);
    assert_eq!(said.patterns[0].chars().count(), 197);
    assert!(said.patterns[0].ends_with("long..."));
}

#[test]
fn bytes_that_are_no_text_are_read() {
    assert_eq!(
        quote(b"## Gotchas\n- a\xff\xfeb\n").gotchas,
        ["a\u{fffd}\u{fffd}b"]
    );
    assert_eq!(quote(b"## Gotchas\r\n- a\r\n- b\r\n").gotchas, ["a", "b"]);
}

#[test]
fn a_file_that_only_imports_is_told_apart() {
    let of = |text: &str| imports(text.as_bytes());
    assert_eq!(of("@AGENTS.md\n"), Some(vec!["AGENTS.md".to_owned()]));
    assert_eq!(
        of("@AGENTS.md\n\n@docs/more.md\r\n").map(|all| all.len()),
        Some(2)
    );
    for text in ["", "\n", "@AGENTS.md\nand more\n", "@ x", "@a b", "# T"] {
        assert_eq!(of(text), None, "{text}");
    }
}

#[test]
fn a_page_leaves_out_what_the_template_says() {
    let kinds = [ContextKind::Architecture, ContextKind::Conventions];
    let templates = [
        include_str!("../../../../templates/session/architecture.md.hbs"),
        include_str!("../../../../templates/session/conventions.md.hbs"),
    ];
    for (kind, template) in kinds.into_iter().zip(templates) {
        let filled = template.replace("{{project}}", "shop");
        assert_eq!(page(kind, filled.as_bytes()).unwrap().sections, []);
    }
    let text = templates[0].replace(
        "## Pattern\n",
        "## Pattern\n\nLayered: `cli` over `ops`.\n\n```text\nsrc/\n  cli/\n```\n- one\n  - two\n",
    );
    assert_debug_snapshot!(page(ContextKind::Architecture, text.as_bytes()).unwrap(), @r#"
    Page {
        path: ".session/architecture.md",
        kind: Architecture,
        sections: [
            Excerpt {
                name: "Pattern",
                lines: [
                    "Layered: `cli` over `ops`.",
                    "src/",
                    "  cli/",
                    "- one",
                    "  - two",
                ],
                more: 0,
            },
        ],
    }
    "#);
    assert_eq!(page(ContextKind::Claude, b"## A\nb"), None);
}

#[test]
fn the_templates_have_every_section() {
    let names = |text: &str| {
        let all = sections(text.as_bytes()).into_iter();
        let names: Vec<String> = all.filter(|s| s.level == 2).map(|s| s.name).collect();
        names.join(", ")
    };
    insta::assert_snapshot!(
        names(include_str!("../../../../templates/session/architecture.md.hbs")),
        @"Pattern, Core Principles, Project Structure, Key Interfaces, Architectural Decisions, Patterns & Practices, Dependencies Flow, Testing Strategy, Notes for Developers"
    );
    insta::assert_snapshot!(
        names(include_str!("../../../../templates/session/conventions.md.hbs")),
        @"Language & Framework, Code Style, Type Safety, Documentation, Testing, Error Handling, Git Conventions, Code Review, Security, Performance, Accessibility, Additional"
    );
}

proptest! {
    #[test]
    fn any_bytes_give_short_lines_without_control_characters(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check(&bytes)?;
    }

    #[test]
    fn any_markdown_gives_short_lines(
        parts in prop::collection::vec(prop::sample::select(vec![
            "# ", "## Patterns", "## Gotchas", "\n", "\r\n", "- ", "* ", "```", "~~~~", "<!--", "-->", "---", "===", "text",
            "\u{1b}[2J", "\t", "    ", "@x", "\u{202e}", "1. ", "\n\n", "é", "## Purpose\n",
        ]), 0..60),
    ) {
        check(parts.concat().as_bytes())?;
    }
}

fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let said = quote(bytes);
    prop_assert!(said.patterns.len() <= MOST_ITEMS && said.gotchas.len() <= MOST_ITEMS);
    let page = page(ContextKind::Conventions, bytes).expect("it is a page");
    let pages = page.sections.iter();
    let lines = pages.flat_map(|section| section.lines.iter().chain([&section.name]));
    let all = said
        .patterns
        .iter()
        .chain(&said.gotchas)
        .chain(&said.purpose);
    for line in all.chain(lines) {
        prop_assert!(line.chars().count() <= WIDTH + 4, "{}", line);
        prop_assert!(!line.chars().any(char::is_control), "{:?}", line);
    }
    Ok(())
}

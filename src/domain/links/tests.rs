use super::*;

/// Remotes, and where issue 12 is.
const REMOTES: &[(&str, &str)] = &[
    (
        "https://github.com/ada/engine.git",
        "https://github.com/ada/engine/issues/12",
    ),
    (
        "https://github.com/ada/engine",
        "https://github.com/ada/engine/issues/12",
    ),
    (
        "https://github.com/ada/engine/",
        "https://github.com/ada/engine/issues/12",
    ),
    (
        "https://user:secret@github.com/ada/engine.git",
        "https://github.com/ada/engine/issues/12",
    ),
    (
        "HTTPS://GitHub.com/Ada/Engine.git",
        "https://github.com/Ada/Engine/issues/12",
    ),
    (
        "git@github.com:ada/engine.git",
        "https://github.com/ada/engine/issues/12",
    ),
    (
        "github.com:ada/engine",
        "https://github.com/ada/engine/issues/12",
    ),
    (
        "git@github.com:/ada/engine.git",
        "https://github.com/ada/engine/issues/12",
    ),
    (
        "ssh://git@github.com/ada/engine.git",
        "https://github.com/ada/engine/issues/12",
    ),
    (
        "ssh://git@ssh.github.com:443/ada/engine.git",
        "https://github.com/ada/engine/issues/12",
    ),
    (
        "git://github.com/ada/engine.git",
        "https://github.com/ada/engine/issues/12",
    ),
    (
        "git@github.example.org:ada/engine.git",
        "https://github.example.org/ada/engine/issues/12",
    ),
    (
        "https://acme.ghe.com/ada/engine",
        "https://acme.ghe.com/ada/engine/issues/12",
    ),
    (
        "git@gitlab.com:group/sub/deep/engine.git",
        "https://gitlab.com/group/sub/deep/engine/-/issues/12",
    ),
    (
        "ssh://git@gitlab.example.org:2222/group/engine.git",
        "https://gitlab.example.org/group/engine/-/issues/12",
    ),
    (
        "https://gitlab.example.org:8443/group/engine.git",
        "https://gitlab.example.org:8443/group/engine/-/issues/12",
    ),
    (
        "http://gitlab.example.org/group/engine.git",
        "http://gitlab.example.org/group/engine/-/issues/12",
    ),
    (
        "ssh://git@altssh.gitlab.com:443/group/engine.git",
        "https://gitlab.com/group/engine/-/issues/12",
    ),
    (
        "git@bitbucket.org:ada/engine.git",
        "https://bitbucket.org/ada/engine/issues/12",
    ),
    (
        "https://ada@bitbucket.org/ada/engine.git",
        "https://bitbucket.org/ada/engine/issues/12",
    ),
    (
        "https://codeberg.org/ada/engine.git",
        "https://codeberg.org/ada/engine/issues/12",
    ),
    (
        "git@gitea.example.org:ada/engine.git",
        "https://gitea.example.org/ada/engine/issues/12",
    ),
    (
        "ssh://forgejo@forgejo.example.org:2222/ada/engine.git",
        "https://forgejo.example.org/ada/engine/issues/12",
    ),
];

#[test]
fn the_home_is_told_by_the_remote() {
    for (remote, url) in REMOTES {
        let linker = Linker {
            home: Home::of_remote(remote, None),
            tracker: None,
        };
        assert_eq!(linker.of("#12").as_deref(), Some(*url), "{remote}");
    }
}

#[test]
fn where_a_remote_tells_no_home_there_is_no_link() {
    for remote in [
        "",
        "/srv/git/engine.git",
        "../engine",
        "./a:b/c",
        "C:\\git\\engine",
        "C:/git/engine",
        "file:///srv/git/engine.git",
        "https://github.com/engine.git",
        "https://github.com/a/b/c.git",
        "https://github.com/../b",
        "https://github.com/a/b?x=1",
        "https://github.com/a/b c",
        "https://github.com/a/%2e%2e",
        "https://example.org/ada/engine.git",
        "git@git.example.org:ada/engine.git",
        "ssh://git@[::1]:22/ada/engine.git",
        "ext::sh -c evil",
        "javascript://github.com/a/b",
        "https://github.com\u{1b}]8;;x/a/b",
        "https://github.com:99999/a/b",
        "https://gitlab/a/b",
    ] {
        assert_eq!(Home::of_remote(remote, None), None, "{remote}");
    }
    let own = "git@git.example.org:ada/engine.git";
    let home = Home::of_remote(own, Some(Forge::Gitea)).unwrap();
    assert_eq!(
        home.issue("7").unwrap(),
        "https://git.example.org/ada/engine/issues/7"
    );
    // what a host tells is not overruled
    let known = Home::of_remote("git@gitlab.com:a/b", Some(Forge::GitHub)).unwrap();
    assert_eq!(known.forge, Forge::GitLab);
}

fn linker() -> Linker {
    Linker {
        home: Home::of_remote("git@github.com:ada/engine.git", None),
        tracker: Tracker::new("https://jira.example.org/", &[]),
    }
}

#[test]
fn references_are_found_in_running_text() {
    let table: [(&str, &[&str]); 16] = [
        ("Fix #12, then (#13).", &["#12", "#13"]),
        ("GH-7 and PROJ-123: done", &["GH-7", "PROJ-123"]),
        (
            "see https://example.org/x_(y), ok",
            &["https://example.org/x_(y)"],
        ),
        ("see https://example.org/a.", &["https://example.org/a"]),
        ("(https://example.org/a)", &["https://example.org/a"]),
        ("`#12` *#13*", &["#12", "#13"]),
        ("other/project#5", &["other/project#5"]),
        ("#0 #012 #x #1234567890 a#12 #12b ##12", &[]),
        ("UTF-8 SHA-256 CVE-2024 ISO-8601 x-12 Proj-1 A-1", &[]),
        ("colour #123456", &["#123456"]),
        ("javascript://x/y data:text/html,x file:///etc/passwd", &[]),
        (
            "https://user@example.org/x https://exa mple",
            &["https://exa"],
        ),
        ("https:///x https:// http://-x/", &[]),
        ("", &[]),
        ("Größe #12\u{a0}#13", &["#12", "#13"]),
        ("\u{1b}]8;;https://evil\u{7} #12", &["#12"]),
    ];
    for (text, expected) in table {
        let found = linker().spans(text);
        let found: Vec<&str> = found
            .iter()
            .map(|(range, _)| &text[range.clone()])
            .collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn each_reference_leads_to_its_place() {
    let table = [
        ("#12", "https://github.com/ada/engine/issues/12"),
        ("12", "https://github.com/ada/engine/issues/12"),
        ("GH-12", "https://github.com/ada/engine/issues/12"),
        ("bob/other#12", "https://github.com/bob/other/issues/12"),
        ("PROJ-123", "https://jira.example.org/browse/PROJ-123"),
        ("HTTPS://Example.ORG/Ü x", ""),
        (
            "HTTPS://Example.ORG/Ü?q=<a>\"",
            "https://example.org/%C3%9C?q=%3Ca%3E%22",
        ),
        ("see #12", ""),
        ("javascript:alert(1)", ""),
        ("https://a@b/c", ""),
        ("https://a\u{1b}b/c", ""),
        ("https://a/\u{202e}c", "https://a/%E2%80%AEc"),
        ("", ""),
    ];
    for (link, url) in table {
        assert_eq!(linker().of(link).unwrap_or_default(), url, "{link}");
    }
    assert_eq!(Linker::default().of("#12"), None);
    assert_eq!(Linker::default().of("PROJ-1"), None);
    let gitlab = Linker {
        home: Home::of_remote("git@gitlab.com:g/p", None),
        tracker: None,
    };
    assert_eq!(gitlab.of("GH-12"), None);
}

#[test]
fn the_link_of_an_item_counts_before_its_text() {
    let link = |link: &str, url: &str| {
        Some(Link {
            label: link.into(),
            url: format!("https://github.com/ada/engine/issues/{url}"),
        })
    };
    assert_eq!(linker().issue(Some(" #1 "), "Fix #2"), link("#1", "1"));
    assert_eq!(linker().issue(None, "Fix #2 and #3"), link("#2", "2"));
    assert_eq!(linker().issue(Some("ask Bob"), "Fix #2"), None);
    assert_eq!(linker().issue(None, "Fix it"), None);
}

#[test]
fn a_tracker_knows_its_projects() {
    let projects = ["OPS".to_owned(), "UTF".to_owned()];
    let tracker = Tracker::new("https://jira.example.org/jira", &projects).unwrap();
    assert_eq!(
        tracker.issue("OPS-1").unwrap(),
        "https://jira.example.org/jira/browse/OPS-1"
    );
    assert_eq!(tracker.issue("PROJ-1"), None);
    assert!(tracker.issue("UTF-8").is_some(), "it is named");
    let other = Tracker::new("https://youtrack.example.org/issue/{key}", &[]).unwrap();
    assert_eq!(
        other.issue("A1_B-2").unwrap(),
        "https://youtrack.example.org/issue/A1_B-2"
    );
    for bad in [
        "jira.example.org",
        "javascript:x",
        "https://u@h/",
        "https://h/{key}/x",
        "",
    ] {
        assert_eq!(Tracker::new(bad, &[]), None, "{bad}");
    }
}

#[test]
fn a_page_can_be_named() {
    let home = Home::new(Forge::GitLab, "https://example.org/gitlab/group/engine/").unwrap();
    assert_eq!(
        home.issue("3").unwrap(),
        "https://example.org/gitlab/group/engine/-/issues/3"
    );
    assert_eq!(Home::new(Forge::GitHub, "ftp://example.org/x"), None);
}

#[test]
fn only_what_may_be_a_number_asks_for_the_home() {
    assert!(needs_home("fix #1"));
    assert!(needs_home("GH-1"));
    for text in ["", "#", "a # b", "PROJ-1", "https://x/#y"] {
        assert!(!needs_home(text), "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn every_address_is_plain(text in "(https?://)?.{0,60}", remote in "((https|ssh)://)?([a-z@:./\\[\\]%#?~-]|github.com){0,40}") {
        let home = Home::of_remote(&remote, Some(Forge::Gitea));
        let linker = Linker { home, ..linker() };
        let whole = linker.of(&text);
        for url in linker.spans(&text).into_iter().map(|(_, url)| url).chain(whole).chain(linker.of("#1")) {
            assert!(url.starts_with("https://") || url.starts_with("http://"), "{url}");
            assert!(url.bytes().all(|byte| byte.is_ascii_graphic()), "{url}");
            assert!(!url.contains(['"', '<', '>', '\'', '`', ')', ']']), "{url}");
            let authority = url.split('/').nth(2).unwrap();
            assert!(!authority.contains('@') && !authority.is_empty(), "{url}");
        }
    }
}

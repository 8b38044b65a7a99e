//! Blockers and objectives lead to issues: hyperlinks on a terminal, addresses in JSON, links in a handoff.

use serde_json::Value;

use super::support::{Output, Repo};

/// A session whose items name issues, in a clone of a project on a forge.
fn scene(remote: &str) -> Repo {
    let repo = Repo::in_session();
    repo.git(&["remote", "add", "origin", remote]).done();
    repo.session(&["objectives", "add", "Log in", "--link", "#12"])
        .done();
    repo.session(&["objectives", "add", "Fix #13 and GH-14"])
        .done();
    repo.session(&["blockers", "add", "No client id", "--link", "PROJ-7"])
        .done();
    repo.session(&[
        "blockers",
        "add",
        "Waits (see https://example.org/a_(b)?q=<x>)",
    ])
    .done();
    repo
}

/// The same on a terminal that knows links.
fn linked(repo: &Repo, args: &[&str]) -> Output {
    let terminal = repo.with("FORCE_HYPERLINK", "1");
    terminal.session(&[args, &["--color", "always"]].concat())
}

/// The links of an output: words and address of each.
fn links(output: &Output) -> Vec<String> {
    let text = output.answer();
    let parts = text.split("\u{1b}]8;;").skip(1);
    let parts: Vec<(&str, &str)> = parts
        .filter_map(|part| part.split_once("\u{1b}\\"))
        .collect();
    let plain = |text: &str| {
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("\u{1b}[") {
            plain.push_str(&rest[..at]);
            rest = &rest[at + rest[at..].find('m').expect("an end") + 1..];
        }
        plain + rest
    };
    let begun = parts.iter().filter(|(url, _)| !url.is_empty());
    begun
        .map(|(url, words)| format!("{} -> {url}", plain(words)))
        .collect()
}

const GITHUB: &str = "git@github.com:ada/engine.git";

#[test]
fn references_are_hyperlinks_on_a_terminal() {
    let repo = scene(GITHUB);
    repo.config("session.links.jira", "https://jira.example.org");
    insta::assert_snapshot!(links(&linked(&repo, &["status"])).join("\n"), @"
    #12 -> https://github.com/ada/engine/issues/12
    #13 -> https://github.com/ada/engine/issues/13
    GH-14 -> https://github.com/ada/engine/issues/14
    PROJ-7 -> https://jira.example.org/browse/PROJ-7
    https://example.org/a_(b)?q=<x> -> https://example.org/a_%28b%29?q=%3Cx%3E
    ");
    insta::assert_snapshot!(links(&linked(&repo, &["objectives", "list"])).join("\n"), @"
    #12 -> https://github.com/ada/engine/issues/12
    #13 -> https://github.com/ada/engine/issues/13
    GH-14 -> https://github.com/ada/engine/issues/14
    ");
    insta::assert_snapshot!(links(&linked(&repo, &["blockers", "list"])).join("\n"), @"
    PROJ-7 -> https://jira.example.org/browse/PROJ-7
    https://example.org/a_(b)?q=<x> -> https://example.org/a_%28b%29?q=%3Cx%3E
    ");
    let id = repo.session_id();
    insta::assert_snapshot!(links(&linked(&repo, &["show", &id])).join("\n"), @"
    #12 -> https://github.com/ada/engine/issues/12
    #13 -> https://github.com/ada/engine/issues/13
    GH-14 -> https://github.com/ada/engine/issues/14
    PROJ-7 -> https://jira.example.org/browse/PROJ-7
    https://example.org/a_(b)?q=<x> -> https://example.org/a_%28b%29?q=%3Cx%3E
    ");
}

#[test]
fn without_such_a_terminal_there_is_plain_text() {
    let repo = scene(GITHUB);
    let commands: [&[&str]; 3] = [&["status"], &["blockers", "list"], &["objectives", "list"]];
    for command in commands {
        for view in [
            repo.clone(),
            repo.with("TERM", "xterm-kitty"),
            repo.with("FORCE_HYPERLINK", "1"),
            repo.with("FORCE_HYPERLINK", "1").with("NO_COLOR", "1"),
        ] {
            let text = view.session(command).text();
            assert!(!text.contains('\u{1b}'), "{text:?}");
        }
        let text = repo.with("FORCE_HYPERLINK", "1");
        let text = text
            .session(&[command, &["--color", "never"]].concat())
            .text();
        assert!(!text.contains('\u{1b}'), "{text:?}");
        let text = repo
            .session(&[command, &["--color", "always"]].concat())
            .text();
        assert!(!text.contains("]8;;"), "a pipe is no terminal: {text:?}");
    }
}

#[test]
fn json_carries_the_addresses() {
    let repo = scene(GITHUB);
    repo.config(
        "session.links.jira",
        "https://jira.example.org/browse/{key}",
    );
    let urls = |args: &[&str], list: &str| {
        let answer = repo.session(&[args, &["--json"]].concat()).text();
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        let inside = if answer[list].is_array() {
            &answer
        } else {
            &answer["session"]
        };
        let items = inside[list].as_array().expect("a list").clone();
        let urls = items
            .iter()
            .map(|item| item["url"].as_str().unwrap_or("-").to_owned());
        urls.collect::<Vec<_>>()
    };
    let objectives = [
        "-",
        "https://github.com/ada/engine/issues/12",
        "https://github.com/ada/engine/issues/13",
    ];
    let blockers = [
        "https://jira.example.org/browse/PROJ-7",
        "https://example.org/a_%28b%29?q=%3Cx%3E",
    ];
    let id = repo.session_id();
    assert_eq!(urls(&["objectives", "list"], "objectives"), objectives);
    assert_eq!(urls(&["status"], "objectives"), objectives);
    assert_eq!(urls(&["show", &id], "objectives"), objectives);
    assert_eq!(urls(&["blockers", "list"], "blockers"), blockers);
    assert_eq!(urls(&["status"], "blockers"), blockers);
    assert_eq!(urls(&["show", &id], "blockers"), blockers);
    assert_eq!(urls(&["handoff", "--format", "json"], "blockers"), blockers);
}

#[test]
fn a_handoff_has_real_links() {
    let repo = scene(GITHUB);
    let markdown = repo.session(&["handoff"]).text();
    let lines: Vec<&str> = markdown
        .lines()
        .filter(|line| line.contains("see") || line.contains("]("))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    - [ ] Log in (obj-2hzy), see [\#12](https://github.com/ada/engine/issues/12)
    - [ ] Fix #13 and GH-14 (obj-ev77), see [\#13](https://github.com/ada/engine/issues/13)
    5. Unblock: Waits (see https://example.org/a_(b)?q=\<x>) (blk-b8tj)
    - No client id (blk-d63j, open for less than a minute), see PROJ-7
    - Waits (see https://example.org/a_(b)?q=\<x>) (blk-b8tj, open for less than a minute), see [https://example.org/a_(b)?q=\<x>](https://example.org/a_%28b%29?q=%3Cx%3E)
    ");
    let html = repo.session(&["handoff", "--format", "html"]).text();
    let lines: Vec<&str> = html
        .lines()
        .filter(|line| line.contains("href=\"http") || line.contains(", see"))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    <li><span class="mark" aria-hidden="true">[ ]</span><bdi>Log in</bdi> <span class="quiet">(open, obj-2hzy)</span>, see <a rel="noreferrer" href="https://github.com/ada/engine/issues/12"><bdi>#12</bdi></a></li>
    <li><span class="mark" aria-hidden="true">[ ]</span><bdi>Fix #13 and GH-14</bdi> <span class="quiet">(open, obj-ev77)</span>, see <a rel="noreferrer" href="https://github.com/ada/engine/issues/13"><bdi>#13</bdi></a></li>
    <li><strong>Open:</strong> <bdi>No client id</bdi> <span class="quiet">(blk-d63j, open for less than a minute)</span>, see <bdi>PROJ-7</bdi></li>
    <li><strong>Open:</strong> <bdi>Waits (see https://example.org/a_(b)?q&#x3D;&lt;x&gt;)</bdi> <span class="quiet">(blk-b8tj, open for less than a minute)</span>, see <a rel="noreferrer" href="https://example.org/a_%28b%29?q&#x3D;%3Cx%3E"><bdi>https://example.org/a_(b)?q&#x3D;&lt;x&gt;</bdi></a></li>
    "#);
}

#[test]
fn the_remote_is_what_git_makes_of_it() {
    let first = |repo: &Repo| {
        let output = linked(repo, &["objectives", "list"]);
        links(&output).into_iter().next().unwrap_or_default()
    };
    // `insteadOf` is applied by git
    let repo = scene("work:engine");
    assert_eq!(first(&repo), "");
    repo.config("url.git@gitlab.com:group/sub/.insteadOf", "work:");
    assert_eq!(
        first(&repo),
        "#12 -> https://gitlab.com/group/sub/engine/-/issues/12"
    );
    // a fork's issues are where it came from
    repo.git(&[
        "remote",
        "add",
        "upstream",
        "https://codeberg.org/ada/engine.git",
    ])
    .done();
    assert_eq!(
        first(&repo),
        "#12 -> https://codeberg.org/ada/engine/issues/12"
    );
    // several, none of which says
    repo.git(&["remote", "rename", "upstream", "one"]).done();
    repo.git(&["remote", "rename", "origin", "two"]).done();
    assert_eq!(first(&repo), "");
    // a person says
    repo.config("session.links.forge", "gitlab");
    repo.config("session.links.project", "https://git.example.org/x/engine/");
    assert_eq!(
        first(&repo),
        "#12 -> https://git.example.org/x/engine/-/issues/12"
    );
}

#[test]
fn what_a_cloned_repository_says_names_no_address() {
    let repo = scene("git@git.example.org:ada/engine.git");
    repo.write(
        ".session/config.toml",
        "[links]\nforge = \"gitea\"\nproject = \"https://evil.example\"\njira = \"https://evil.example\"\njira_projects = [\"PROJ\"]\n[ci]\nfile = \"x\"\ncommand = \"touch evil\"\n",
    );
    let output = linked(&repo, &["status"]);
    assert_eq!(
        links(&output),
        ["https://example.org/a_(b)?q=<x> -> https://example.org/a_%28b%29?q=%3Cx%3E"]
    );
    let news = output.news();
    for key in [
        "links.forge",
        "links.project",
        "links.jira",
        "links.jira_projects",
        "ci.file",
        "ci.command",
    ] {
        assert!(
            news.contains(&format!(
                "`{key}` is ignored: only personal git config may set it"
            )),
            "{key}: {news}"
        );
    }
    assert!(!repo.path().join("evil").exists());
}

#[test]
fn hostile_links_stay_text() {
    let repo = scene(GITHUB);
    for link in [
        "javascript:alert(1)",
        "https://user:pw@example.org/",
        "https://example.org/\u{1b}]8;;https://evil.example\u{7}",
        "data:text/html,x",
        "https://ex ample.org",
        "http://",
    ] {
        repo.session(&["blockers", "add", "x", "--link", link])
            .done();
    }
    for args in [["blockers", "list"], ["status", "-v"]] {
        let output = linked(&repo, &args);
        let found = links(&output);
        let odd = found
            .iter()
            .filter(|link| !link.contains("github.com") && !link.contains("https://example.org/"));
        let odd: Vec<_> = odd.collect();
        assert!(odd.is_empty(), "{odd:?}");
        assert!(!output.answer().contains('\u{7}'), "{output}");
    }
    let html = repo.session(&["handoff", "--format", "html"]).text();
    assert!(
        !html.contains("href=\"javascript") && !html.contains("href=\"data"),
        "{html}"
    );
    let markdown = repo.session(&["handoff"]).text();
    assert!(
        !markdown.contains("](javascript") && !markdown.contains("](data"),
        "{markdown}"
    );
}

#[test]
fn an_objective_is_linked_later_and_anew() {
    let repo = Repo::in_session();
    insta::assert_snapshot!(repo.session(&["objectives", "add", "Log in", "--link", "#12"]), @"
    --- stdout
    added obj-2hzy (obj-2) Log in
    linked obj-2hzy (obj-2) Log in
    [EOF]
    ");
    insta::assert_snapshot!(repo.session(&["objectives", "edit", "obj-1", "--link", "https://example.org/7"]), @"
    --- stdout
    linked obj-5vy9 (obj-1) Reach the goal
    [EOF]
    ");
    insta::assert_snapshot!(repo.session(&["objectives", "edit", "obj-2", "Log in and out", "--link", "#13"]), @"
    --- stdout
    edited obj-2hzy (obj-2) Log in and out
    linked obj-2hzy (obj-2) Log in and out
    [EOF]
    ");
    insta::assert_snapshot!(repo.session(&["objectives", "edit", "obj-2"]), @"
    --- stderr
    error: the following required arguments were not provided:
      <TEXT>

    Usage: git session objectives edit <NAME> <TEXT>
    hint: git session objectives edit -h
    --- exit 2
    [EOF]
    ");
    insta::assert_snapshot!(repo.session(&["objectives", "list"]), @"
    --- stdout
    [ ] Reach the goal https://example.org/7 (obj-5vy9, obj-1)
    [ ] Log in and out #13 (obj-2hzy, obj-2)
    [EOF]
    ");
    assert!(
        repo.read(repo.session_file("objectives.md"))
            .contains("Log in and out")
    );
    repo.session(&["undo"]).done();
    let list = repo.session(&["objectives", "list"]).text();
    assert!(list.contains("Log in #12"), "{list}");
}

#[test]
fn an_address_of_settings_is_checked_where_it_is_typed() {
    let repo = Repo::in_session();
    insta::assert_snapshot!(repo.session(&["config", "set", "links.jira", "javascript:x", "--local"]), @"
    --- stderr
    error: `javascript:x` does not fit `links.jira`: expected an address such as `https://example.org`
    hint: git session config get links.jira
    --- exit 1
    [EOF]
    ");
    repo.session(&[
        "config",
        "set",
        "links.jira",
        "https://jira.example.org",
        "--local",
    ])
    .done();
    insta::assert_snapshot!(repo.session(&["config", "set", "links.forge", "svn", "--local"]), @"
    --- stderr
    error: `svn` does not fit `links.forge`: expected one of `github`, `gitlab`, `bitbucket`, `gitea`
    hint: git session config get links.forge
    --- exit 1
    [EOF]
    ");
}

#[test]
fn the_page_is_what_happens() {
    let repo = Repo::empty();
    repo.commit("README", "a project\n", "First");
    repo.git(&["remote", "add", "origin", GITHUB]).done();
    crate::readme::check_page_in("docs/links.md", &repo);
}

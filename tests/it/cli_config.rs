//! Settings from the command line: in the file, in git config, in the editor, outside of a repository.

use insta::assert_snapshot;

use crate::cli_local::Scratch;

#[test]
fn a_value_is_set_checked_and_taken_back() {
    let scratch = Scratch::new();
    assert_snapshot!(scratch.run(&["config", "set", "session.trailers", "compact"]), @"
    session.trailers = compact (git config --local)
    [0]
    ");
    assert_eq!(scratch.git(&["config", "session.trailers"]), "compact");
    assert_snapshot!(scratch.run(&["config", "get", "session.trailers", "-v"]), @"
    compact
    ---
    session.trailers: git config --local
    [0]
    ");
    assert_snapshot!(scratch.run(&["config", "set", "session.trailers", "id", "--file"]), @"
    wrote session.trailers = id (.session/config.toml)
    ---
    warning: git config --local has the last word: session.trailers = compact
    hint: git session config unset session.trailers
    [0]
    ");
    assert_snapshot!(scratch.run(&["config", "unset", "session.trailers"]), @"
    session.trailers = id (.session/config.toml)
    [0]
    ");
    assert_snapshot!(scratch.run(&["config", "unset", "session.trailers", "--file", "--json"]), @r#"
    {
      "schema": "git-session/config/v1",
      "key": "session.trailers",
      "git_key": "session.trailers",
      "value": "full",
      "default": "full",
      "origin": "default",
      "personal": false
    }
    [0]
    "#);
}

#[test]
fn both_spellings_name_one_key() {
    let scratch = Scratch::new();
    let set = scratch.run(&["config", "set", "session.checkpointInterval", "90m"]);
    assert_eq!(
        set.stdout,
        "session.checkpoint_interval = 1h30m (git config --local)\n"
    );
    let get = scratch.run(&["config", "get", "session.checkpoint_interval"]);
    assert_eq!(get.stdout, "1h30m\n");
}

#[test]
fn what_does_not_fit_is_refused_with_what_would() {
    let scratch = Scratch::new();
    assert_snapshot!(scratch.run(&["config", "set", "session.idle_after", "soon"]), @"
    ---
    error: `soon` does not fit `session.idle_after`: expected a duration such as `30m`, `1h30m` or `90s`
    hint: git session config get session.idle_after
    [1]
    ");
    assert_snapshot!(scratch.run(&["config", "get", "session.traliers"]), @"
    ---
    error: no setting is called `session.traliers`
    hint: did you mean `session.trailers`?
    [1]
    ");
    assert_snapshot!(scratch.run(&["config", "set", "quality.test_command", "make", "--file"]), @"
    ---
    error: `quality.test_command` is personal and does not belong into a tracked file
    hint: git config session.quality.testCommand <value>
    [1]
    ");
    assert_snapshot!(scratch.run(&["config", "get", "quality.test_command"]), @"
    ---
    error: `quality.test_command` is not set
    hint: git session config set quality.test_command <value>
    [1]
    ");
    assert_snapshot!(scratch.run(&["config", "set", "display.emoji", "true", "--file", "--global"]), @"
    ---
    error: the argument '--file' cannot be used with '--global'

    Usage: git session config set --file <KEY> <VALUE>
    hint: git session config set -h
    [2]
    ");
}

#[test]
fn the_list_says_where_each_value_comes_from() {
    let scratch = Scratch::new();
    let set = |arguments: &[&str]| {
        let said = scratch.run(&[&["config", "set"], arguments].concat());
        assert_eq!(said.code, 0, "{said}");
    };
    set(&["session.trailers", "id", "--file"]);
    set(&["display.date_format", "%d.%m.", "--global"]);
    let list = scratch.run(&["config", "list"]);
    let changed: Vec<&str> = list
        .stdout
        .lines()
        .filter(|line| !line.contains("  default  "))
        .collect();
    assert_snapshot!(changed.join("\n"), @"
    Key                                  Origin                Value
    session.trailers                     .session/config.toml  id
    display.date_format                  git config --global   %d.%m.
    ");
    let keys = git_session::config::KEYS.iter();
    assert!(
        keys.clone()
            .all(|key| list.stdout.contains(&key.file_name()))
    );
    assert_eq!(list.stdout.lines().count(), keys.count() + 1);
}

#[test]
fn a_link_in_place_of_the_file_is_refused() {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.repo().join(".session")).expect("a directory");
    let file = scratch.repo().join(".session/config.toml");
    std::os::unix::fs::symlink(scratch.root().join("home/.gitconfig"), &file).expect("a link");
    let said = scratch.run(&["config", "set", "session.trailers", "id", "--file"]);
    assert_snapshot!(said, @"
    ---
    error: <root>/repo/.session/config.toml is a symbolic link
    hint: replace it by a file of the repository
    [1]
    ");
}

#[test]
fn the_editor_is_gits_and_its_work_is_checked() {
    let scratch = Scratch::new();
    let edit = |editor: &str| {
        let vars = [("GIT_EDITOR", editor)];
        scratch.run_in(&scratch.repo(), &["config", "edit"], &vars)
    };
    assert_snapshot!(edit("true"), @"
    ---
    Nothing was set, so .session/config.toml was not made.
    [0]
    ");
    assert!(!scratch.repo().join(".session").exists());
    assert_snapshot!(edit("sed -i 's/^#trailers = .*/trailers = \"id\"/'"), @"
    ---
    .session/config.toml is in order.
    [0]
    ");
    assert_eq!(
        scratch.run(&["config", "get", "session.trailers"]).stdout,
        "id\n"
    );
    assert_snapshot!(edit("sed -i 's/^trailers = .*/trailers = \"many\"/'"), @r#"
    ---
    warning: .session/config.toml:30: `session.trailers` is `"many"`, expected one of `full`, `compact`, `id`, `none`
    error: .session/config.toml needs another look
    hint: git session config edit
    [1]
    "#);
    assert_snapshot!(edit("false"), @"
    ---
    error: the editor ended with 1: false
    hint: git session config edit
    [1]
    ");
}

#[test]
fn outside_of_a_repository_git_config_can_be_read_and_the_persons_set() {
    let scratch = Scratch::new();
    let run = |arguments: &[&str]| scratch.run_in(scratch.root(), arguments, &[]);
    assert_snapshot!(run(&["config", "set", "session.trailers", "id", "--global"]), @"
    session.trailers = id (git config --global)
    [0]
    ");
    assert_snapshot!(run(&["config", "get", "session.trailers", "-v"]), @"
    id
    ---
    outside of a repository: only your git config counts
    session.trailers: git config --global
    [0]
    ");
    assert_snapshot!(run(&["config", "set", "session.trailers", "id"]), @"
    ---
    error: not a git repository: <root>
    hint: git session config set <key> <value> --global
    [3]
    ");
    assert_eq!(run(&["config", "schema"]).code, 0);
}

#[test]
fn display_settings_hold() {
    let scratch = Scratch::new();
    for (key, value) in [
        ("color", "always"),
        ("emoji", "true"),
        ("dateFormat", "%d.%m. %H:%M"),
        ("verbose", "true"),
    ] {
        scratch.git(&["config", &format!("session.display.{key}"), value]);
    }
    let start = scratch.run(&["start", "topic", "-o", "One", "--no-hooks"]);
    assert!(start.stdout.contains("\u{1b}[1mtopic"), "{start}");
    assert!(start.stdout.contains('\u{2b1c}'), "{start}");
    let log = scratch.run(&["log", "--color", "never"]);
    assert_snapshot!(log, @"
    20.11. 09:00  Ada, cli  started the session on topic
                            added obj-saf4 One
    ---
    log      <root>/repo/.git/sessions/topic-20261120-fcmytw/log.jsonl
    mapping  branch.topic.sessionId = topic-20261120-fcmytw
    [0]
    ");
}

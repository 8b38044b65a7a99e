//! Tests of the table, of loading and of editing.

use std::collections::BTreeSet;
use std::time::Duration;

use insta::assert_snapshot;

use super::table::SECTIONS;
use super::*;

/// The problems of a file, one a line with the hint.
fn problems_of(file: &str) -> String {
    show(&Settings::load(Some(file.as_bytes()), &|_| Vec::new()).1)
}

fn show(problems: &[Problem]) -> String {
    let line = |problem: &Problem| match problem.hint() {
        Some(hint) => format!("{problem}\n  hint: {hint}"),
        None => problem.to_string(),
    };
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn load(file: &str, git: &[(&str, &str, Origin)]) -> (Settings, String) {
    let (settings, problems) = Settings::load(Some(file.as_bytes()), &|name| {
        let of_key = git.iter().filter(|(key, ..)| *key == name);
        of_key
            .map(|(_, value, origin)| ((*value).to_owned(), *origin))
            .collect()
    });
    (settings, show(&problems))
}

fn key(name: &str) -> &'static Key {
    Key::find(name).expect("the test names a key")
}

#[test]
fn the_table_holds_the_defaults_of_the_reference() {
    let lines = KEYS.iter().map(|key| {
        let personal = if key.scope == Scope::PersonalOnly {
            " (personal)"
        } else {
            ""
        };
        format!("{} [{}]{personal}", key.file_name(), key.default_value())
    });
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
    session.enabled [true]
    session.auto_start [off]
    session.auto_track [true]
    session.auto_checkpoint [true]
    session.checkpoint_interval [30m]
    session.idle_after [30m]
    session.handoff_on_end [true]
    session.archive_after_days [30]
    session.brief_on_checkout [auto]
    session.time_in_commits [true]
    session.notes_batch [1]
    session.trailers [full]
    session.trailers_off_for []
    session.tdd_trailers [false]
    session.share [objectives,blockers,decisions,learnings,checkpoint-labels,handoffs,commits]
    checkpoint.max_untracked [50MiB]
    checkpoint.keep_automatic [5]
    context.architecture []
    context.patterns []
    context.conventions []
    tracking.watch_patterns [**]
    tracking.ignore_patterns [**/node_modules/**,**/__pycache__/**,**/.venv/**,**/dist/**,**/target/**]
    tracking.annotations [TODO:,FIXME:,DECISION:,BLOCKER:]
    quality.coverage_threshold [85]
    quality.new_code_coverage_threshold [90]
    quality.require_tests [true]
    quality.block_merge_on_quality [true]
    quality.coverage_files [lcov.info,coverage/lcov.info,coverage.xml,cobertura.xml,target/site/jacoco/jacoco.xml,coverage.json,coverage/coverage-summary.json,tarpaulin-report.json]
    quality.test_command [] (personal)
    links.forge [] (personal)
    links.project [] (personal)
    links.jira [] (personal)
    links.jira_projects [] (personal)
    ci.file [] (personal)
    ci.command [] (personal)
    display.color [auto]
    display.verbose [false]
    display.emoji [false]
    display.date_format [%Y-%m-%d %H:%M]
    memory.backend [auto] (personal)
    memory.max_bytes [10MiB]
    run.agent [] (personal)
    run.model [] (personal)
    run.max_turns [1000] (personal)
    run.continue_delay [3s] (personal)
    run.max_iterations [10] (personal)
    ");
}

#[test]
fn names_are_unique_and_found_in_both_spellings() {
    let mut names = BTreeSet::new();
    for key in KEYS {
        assert!(
            names.insert(key.git_name().to_lowercase()),
            "{}",
            key.git_name()
        );
        assert_eq!(Key::find(&key.file_name()), Some(key));
        assert_eq!(Key::find(&key.git_name().to_uppercase()), Some(key));
        assert!(
            SECTIONS.iter().any(|(section, _)| *section == key.section),
            "{}",
            key.section
        );
    }
    assert_eq!(
        key("quality.test_command").git_name(),
        "session.quality.testCommand"
    );
    assert_eq!(
        key("session.checkpoint_interval").git_name(),
        "session.checkpointInterval"
    );
    assert_eq!(Key::find("session.nothing"), None);
}

#[test]
fn every_key_reaches_the_types() {
    let source = include_str!("settings.rs");
    for key in KEYS {
        assert!(
            source.contains(&format!("\"{}\"", key.file_name())),
            "{}",
            key.file_name()
        );
    }
    let settings = Settings::default();
    assert_eq!(settings.session.idle_after, Duration::from_secs(1800));
    assert_eq!(settings.session.trailers, TrailerLevel::Full);
    assert!(settings.session.shares(Share::CheckpointLabels));
    assert_eq!(settings.checkpoint.max_untracked, 50 << 20);
    assert_eq!(settings.quality.test_command, None);
}

#[test]
fn help_is_a_phrase() {
    for key in KEYS {
        assert!(
            !key.help.ends_with('.') && !key.help.contains('|'),
            "{}",
            key.help
        );
    }
}

#[test]
fn git_config_wins_over_the_file_and_the_last_scope_over_the_others() {
    let (settings, problems) = load(
        "[session]\nidle_after = \"10m\"\ntrailers = \"id\"\nshare = []\n",
        &[
            ("session.idleAfter", "20m", Origin::Global),
            ("session.idleAfter", "25m", Origin::Local),
            ("session.share", "objectives", Origin::Global),
            ("session.share", "blockers, decisions", Origin::Local),
            ("session.share", "commits", Origin::Local),
        ],
    );
    assert_eq!(problems, "");
    assert_eq!(settings.session.idle_after, Duration::from_secs(25 * 60));
    assert_eq!(settings.session.trailers, TrailerLevel::Id);
    assert_eq!(
        settings.session.share,
        [Share::Blockers, Share::Decisions, Share::Commits]
    );
    assert_eq!(
        settings.get(key("session.idle_after")).origin,
        Origin::Local
    );
    assert_eq!(settings.get(key("session.trailers")).origin, Origin::File);
    assert_eq!(settings.get(key("session.enabled")).origin, Origin::Default);
}

#[test]
fn an_empty_value_empties_a_list_and_unsets_a_text() {
    let (settings, problems) = load(
        "[context]\narchitecture = \"layered\"\n",
        &[
            ("session.share", "objectives", Origin::Local),
            ("session.share", "", Origin::Local),
            ("session.context.architecture", "", Origin::Local),
            ("session.display.dateFormat", "", Origin::Local),
        ],
    );
    assert_eq!(problems, "");
    assert_eq!(settings.session.share, []);
    assert_eq!(settings.context.architecture, None);
    assert_eq!(settings.display.date_format, "%Y-%m-%d %H:%M");
}

#[test]
fn a_value_that_does_not_fit_leaves_the_lower_source_standing() {
    let (settings, problems) = load(
        "[session]\nnotes_batch = 4\n",
        &[
            ("session.notesBatch", "0", Origin::Global),
            ("session.notesBatch", "many", Origin::Command),
        ],
    );
    assert_eq!(settings.session.notes_batch, 4);
    assert_snapshot!(problems, @"
    git -c: `session.notesBatch` is `many`, expected a whole number, at least 1
    git config --global: `session.notesBatch` is `0`, expected a whole number, at least 1
    ");
}

#[test]
fn every_type_says_what_it_expects() {
    assert_snapshot!(problems_of(r#"
        [session]
        enabled = "true"
        auto_start = "sometimes"
        idle_after = 30
        notes_batch = 0
        share = ["objectives", "secrets"]
        trailers_off_for = "main"
        trailers_off_for2 = [1]
        [checkpoint]
        max_untracked = "a lot"
        [context]
        architecture = "two\nlines"
        patterns = [1]
        [quality]
        coverage_threshold = 101
        [display]
        date_format = "%Q"
    "#), @r#"
    .session/config.toml:3: `session.enabled` is `"true"`, expected `true` or `false`
    .session/config.toml:4: `session.auto_start` is `"sometimes"`, expected one of `off`, `on`
    .session/config.toml:5: `session.idle_after` is `30`, expected a duration such as `30m`, `1h30m` or `90s`
    .session/config.toml:6: `session.notes_batch` is `0`, expected a whole number, at least 1
    .session/config.toml:7: `session.share` is `["objectives", "secrets"]`, expected a list of any of `objectives`, `blockers`, `decisions`, `learnings`, `checkpoint-labels`, `handoffs`, `commits`
    .session/config.toml:8: `session.trailers_off_for` is `"main"`, expected a list of texts
    .session/config.toml:9: no setting is called `session.trailers_off_for2`
      hint: did you mean `session.trailers_off_for`?
    .session/config.toml:11: `checkpoint.max_untracked` is `"a lot"`, expected a size such as `50MiB` or `512KiB`
    .session/config.toml:13: `context.architecture` is `"two\nlines"`, expected text of one line
    .session/config.toml:14: `context.patterns` is `[1]`, expected a list of texts
    .session/config.toml:16: `quality.coverage_threshold` is `101`, expected a whole number from 0 to 100
    .session/config.toml:18: `display.date_format` is `"%Q"`, expected a format such as `%Y-%m-%d %H:%M`
    "#);
}

#[test]
fn the_file_may_not_name_programs() {
    let (settings, problems) = load(
        "[quality]\ntest_command = \"curl example.org | sh\"\n[run]\nagent = \"x\"\n[memory]\nbackend = \"y\"\n",
        &[("session.quality.testCommand", "cargo test", Origin::Local)],
    );
    assert_eq!(settings.quality.test_command.as_deref(), Some("cargo test"));
    assert_eq!(settings.run.agent, None);
    assert_snapshot!(problems, @"
    .session/config.toml:2: `quality.test_command` is ignored: only personal git config may set it
      hint: git config session.quality.testCommand <value>
    .session/config.toml:4: `run.agent` is ignored: only personal git config may set it
      hint: git config session.run.agent <value>
    .session/config.toml:6: `memory.backend` is ignored: only personal git config may set it
      hint: git config session.memory.backend <value>
    ");
}

#[test]
fn typing_errors_are_named() {
    assert_snapshot!(problems_of(
        "idle = 1\n[session]\ncheckpoint-interval = \"1h\"\nautostart = \"on\"\nflavour = 1\n[sesion]\nenabled = false\n"
    ), @"
    .session/config.toml:1: no setting is called `idle`
      hint: git session config list
    .session/config.toml:3: no setting is called `session.checkpoint-interval`
      hint: did you mean `session.checkpoint_interval`?
    .session/config.toml:4: no setting is called `session.autostart`
      hint: did you mean `session.auto_start`?
    .session/config.toml:5: no setting is called `session.flavour`
      hint: git session config list
    .session/config.toml:6: no setting is called `sesion`
      hint: git session config list
    ");
}

#[test]
fn a_file_that_cannot_be_read_is_one_problem() {
    assert_snapshot!(problems_of("[session]\nenabled = \n"), @"
    .session/config.toml:2: ignored as a whole: string values must be quoted, expected literal string
      hint: git session config edit
    ");
    let (settings, problems) = Settings::load(Some(b"\xff"), &|_| Vec::new());
    assert!(settings.session.enabled);
    assert_snapshot!(show(&problems), @"
    .session/config.toml: ignored as a whole: not UTF-8
      hint: git session config edit
    ");
    assert_snapshot!(problems_of(&"#".repeat(70_000)), @"
    .session/config.toml: ignored as a whole: larger than 64 KiB
      hint: git session config edit
    ");
}

#[test]
fn what_a_file_says_is_shown_escaped_and_short() {
    let long = format!("[session]\nidle_after = \"\u{1b}[2J{}\"\n", "x".repeat(200));
    let escaped = long.replace('\u{1b}', "\\u001b");
    let (_, problems) = Settings::load(Some(escaped.as_bytes()), &|_| Vec::new());
    assert!(!show(&problems).contains('\u{1b}'));
    let (_, problems) = load("", &[("session.idleAfter", "\u{1b}[2J", Origin::Local)]);
    assert!(!problems.contains('\u{1b}'), "{problems:?}");
}

#[test]
fn the_template_says_every_key_and_sets_none() {
    let template = file_template();
    let (settings, problems) = load(&template, &[]);
    assert_eq!(problems, "");
    assert!(
        settings
            .entries()
            .iter()
            .all(|entry| entry.origin == Origin::Default)
    );
    for key in KEYS {
        let shown = match key.scope {
            Scope::Anywhere => format!("\n#{} = ", key.name),
            Scope::PersonalOnly => format!("git config {} ", key.git_name()),
        };
        assert!(template.contains(&shown), "{shown}");
    }
}

#[test]
fn the_template_uncommented_is_the_defaults() {
    let bare: String = file_template()
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with(' ') => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let (settings, problems) = load(&bare, &[]);
    assert_eq!(problems, "");
    for entry in settings.entries() {
        assert_eq!(
            entry.value,
            entry.key.default_value(),
            "{}",
            entry.key.file_name()
        );
    }
}

#[test]
fn setting_and_unsetting_a_key_leaves_the_template_as_it_was() {
    let template = file_template();
    for key in KEYS.iter().filter(|key| key.scope == Scope::Anywhere) {
        let value = match key.default_value() {
            Value::Unset => Value::Text("hexagonal".into()),
            other => other,
        };
        let with = set(&template, key, &value).unwrap();
        let (settings, problems) = load(&with, &[]);
        assert_eq!(problems, "");
        assert_eq!(
            settings.get(key).origin,
            Origin::File,
            "{}",
            key.file_name()
        );
        assert_eq!(settings.get(key).value, value);
        assert_eq!(with.lines().count(), template.lines().count());
        assert_eq!(unset(&with, key).unwrap(), template);
    }
}

#[test]
fn comments_and_order_survive_an_edit() {
    let text = "# ours\n[session]\ntrailers = 'id'  # short\n# why not\nenabled = true\n\n[quality] # bars\nrequire_tests = false\n";
    let changed = set(
        text,
        key("session.trailers"),
        &Value::Text("compact".into()),
    )
    .unwrap();
    assert_eq!(changed, text.replace("'id'", "\"compact\""));
    let added = set(
        text,
        key("session.idle_after"),
        &Value::Duration(Duration::from_secs(60)),
    )
    .unwrap();
    assert_snapshot!(added, @r#"
    # ours
    [session]
    trailers = 'id'  # short
    # why not
    enabled = true
    idle_after = "1m"

    [quality] # bars
    require_tests = false
    "#);
    let section = set(text, key("display.emoji"), &Value::Bool(true)).unwrap();
    assert_eq!(section, format!("{text}\n[display]\nemoji = true\n"));
    assert_snapshot!(unset(text, key("session.trailers")).unwrap(), @r#"
    # ours
    [session]
    #trailers = "full"  # short
    # why not
    enabled = true

    [quality] # bars
    require_tests = false
    "#);
    assert_eq!(
        set("", key("session.enabled"), &Value::Bool(false)).unwrap(),
        "[session]\nenabled = false\n"
    );
}

#[test]
fn inline_and_dotted_tables_are_edited_too() {
    let inline = "session = { enabled = true }\n";
    let off = set(inline, key("session.enabled"), &Value::Bool(false)).unwrap();
    assert_eq!(off, "session = { enabled = false }\n");
    let dotted = "session.enabled = true\nsession.trailers = \"id\"\n";
    let less = unset(dotted, key("session.enabled")).unwrap();
    assert_eq!(less, "session.trailers = \"id\"\n");
}

#[test]
fn line_ends_survive_an_edit() {
    let text = "[session]\r\n#enabled = true\r\ntrailers = \"id\" # why\r\n";
    let off = set(text, key("session.enabled"), &Value::Bool(false)).unwrap();
    assert_eq!(off, text.replace("#enabled = true", "enabled = false"));
    let full = set(text, key("session.trailers"), &Value::Text("full".into())).unwrap();
    assert_eq!(full, text.replace("\"id\"", "\"full\""));
}

#[test]
fn a_hostile_file_is_one_problem() {
    for file in [
        format!("a = {}", "[".repeat(30_000)),
        format!("[{}a]", "a.".repeat(20_000)),
    ] {
        assert_eq!(problems_of(&file).lines().count(), 2);
    }
}

#[test]
fn an_edit_refuses_personal_keys_and_broken_files() {
    let personal = set("", key("run.agent"), &Value::Text("x".into())).unwrap_err();
    assert_snapshot!(personal, @"`run.agent` is personal and does not belong into a tracked file");
    assert!(set("[session", key("session.enabled"), &Value::Bool(true)).is_err());
    assert!(set("session = 1\n", key("session.enabled"), &Value::Bool(true)).is_err());
    let removed = unset("[run]\nagent = \"x\"\n", key("run.agent")).unwrap();
    assert_eq!(removed, "[run]\n#agent = \"\"\n");
}

#[test]
fn the_schema_has_every_key_of_the_file() {
    let schema = schema();
    for key in KEYS {
        let property = &schema["properties"][key.section]["properties"][key.name];
        assert_eq!(
            property.is_object(),
            key.scope == Scope::Anywhere,
            "{}",
            key.file_name()
        );
        if property.is_object() && key.default_value() != Value::Unset {
            assert_eq!(property["default"], key.default_value().to_json());
        }
    }
    assert_eq!(
        schema["properties"]["session"]["additionalProperties"],
        false
    );
    assert_eq!(schema["properties"]["run"], serde_json::Value::Null);
}

//! `git session doctor`: every check in a repository that is really broken, and what `--fix` makes of it.

use std::fs;
use std::path::Path;

use chrono::TimeDelta;
use git_session::ops::doctor;
use serde_json::Value;

use super::support::{Output, Repo};

/// What `doctor` says of a check, with more arguments.
#[track_caller]
fn checked(repo: &Repo, id: &str, arguments: &[&str]) -> Value {
    let output = repo.session(&[&["doctor", "--json"], arguments].concat());
    let answer: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{output}"));
    assert_eq!(answer["schema"], "git-session/doctor/v1");
    let checks = answer["checks"].as_array().expect("checks");
    let bad = checks.iter().any(|check| check["state"] == "bad");
    assert_eq!(output.code, i32::from(bad), "{output}");
    let found = checks.iter().find(|check| check["id"] == id);
    found.unwrap_or_else(|| panic!("{id}\n{output}")).clone()
}

/// Everything in the git directory: names, kinds, bytes, link targets.
fn picture(repo: &Repo) -> String {
    let line = "cd \"$(git rev-parse --git-common-dir)\" && find . | sort && \
        find . -type f -exec cksum {} + | sort && find . -type l -exec readlink {} +";
    repo.sh(line).text()
}

/// A check is in this state, nothing is written, and the evidence says so.
#[track_caller]
fn assert_state(repo: &Repo, id: &str, state: &str, evidence: &str) {
    let before = picture(repo);
    let check = checked(repo, id, &[]);
    assert_eq!(picture(repo), before, "{id} has written something");
    let text = format!("{check:#}");
    assert_eq!(check["state"], state, "{text}");
    assert!(text.contains(evidence), "{evidence} is not in {text}");
}

/// `--fix` puts a check right; once more finds nothing to do.
#[track_caller]
fn assert_fixed(repo: &Repo, id: &str) {
    let check = checked(repo, id, &["--fix"]);
    let text = format!("{check:#}");
    assert_eq!(check["state"], "ok", "{text}");
    assert_eq!(check["fixed"], true, "{text}");
    let before = picture(repo);
    let check = checked(repo, id, &["--fix"]);
    assert_eq!(check["state"], "ok", "{check:#}");
    assert_eq!(check["fixed"], false, "{check:#}");
    assert_eq!(
        picture(repo),
        before,
        "a second repair has written something"
    );
}

/// A repository with a session, two commits and the timings of a quick machine.
fn healthy() -> Repo {
    let repo = Repo::in_session();
    repo.sh("rm -f .git/hooks/*.sample").done();
    repo.commit("a", "1\n", "One");
    repo.wait(3);
    repo.commit("b", "1\n", "Two");
    let now = repo.sandbox().now().timestamp();
    let timings = format!("{now} prepare-commit-msg 1200\n{now} post-commit 2300\n");
    fs::write(repo.store().join("timings"), timings).expect("it can be written");
    repo
}

/// The version of the git under test.
fn version(repo: &Repo) -> [u32; 3] {
    let text = repo.git(&["--version"]).text();
    let numbers = text.trim_start_matches("git version ").split('.');
    let mut numbers = numbers.map(|part| part.parse().unwrap_or(0));
    std::array::from_fn(|_| numbers.next().unwrap_or(0))
}

/// The text of an answer without what differs between machines.
fn text(repo: &Repo, arguments: &[&str]) -> Output {
    let [major, minor, patch] = version(repo);
    let version = format!("git {major}.{minor}.{patch}");
    let writer = repo
        .git(&["config", "--default=no writer", "session.writer"])
        .text();
    let output = repo.session(&[&["doctor"], arguments].concat());
    output
        .show_as(&writer, "[WRITER]")
        .show_as(env!("CARGO_PKG_VERSION"), "[VERSION]")
        .show_as(", which runs hooks of the config", "")
        .show_as(&version, "git 2.x")
}

#[test]
fn a_repository_that_is_well() {
    let repo = healthy();
    repo.wait(2);
    let before = picture(&repo);
    insta::assert_snapshot!(text(&repo, &[]), @"
    --- stdout
    ok    git-version   git 2.x
    ok    settings      they can be read and say nothing odd
    ok    store         [ROOT]/repo/.git/sessions
    ok    program       [ROOT]/bin/git-session, [VERSION]
    ok    hooks         all six run, as links
    ok    hooks-path    not set: the hooks of the repository run
    ok    managers      none was found
    ok    hooks-run     all six ran and left trailers, records and notes
    ok    heartbeat     post-commit, 2 min ago, 2.3 ms
    ok    recorded      2 commits seen, 2 recorded
    ok    hook-log      hooks had nothing to complain about
    ok    budget        p95 2.3 ms at most, of post-commit
    ok    writer        [WRITER], of this clone alone
    ok    sharing       nothing is shared
    ok    locks         none is left over
    ok    logs          the log of 1 session can be read
    ok    views         they say what the logs say
    ok    mapping       1 branch has a session
    ok    sessions      1 session
    ok    snapshots     there are none
    ok    checkpoints   there are none
    ok    unfinished    no command was cut off
    ok    notes         2 notes, each of a commit
    ok    clock         no time lies ahead of the clock or went back
    ok    ccmp          no other plugin uses one here

    25 checks: 25 ok
    [EOF]
    ");
    assert_eq!(picture(&repo), before);
    let narrow = repo.with("COLUMNS", "80").session(&["doctor", "-v"]).ok();
    let narrow = String::from_utf8_lossy(&narrow.stdout).into_owned();
    let root = repo.sandbox().root().to_string_lossy().into_owned();
    for line in narrow.lines().filter(|line| !line.contains(&root)) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn a_repository_without_sessions() {
    let repo = Repo::empty();
    insta::assert_snapshot!(text(&repo, &[]), @"
    --- stdout
    ok    git-version   git 2.x
    ok    settings      they can be read and say nothing odd
    skip  store         there are no sessions here yet
    skip  18 checks     nothing to look at without sessions: program, hooks, hooks-run, heartbeat,
                          recorded, hook-log, budget, writer, sharing, logs, views, mapping, sessions,
                          snapshots, checkpoints, unfinished, notes, clock
    ok    hooks-path    not set: the hooks of the repository run
    ok    managers      none was found
    ok    locks         none is left over
    ok    ccmp          no other plugin uses one here

    25 checks: 6 ok, 19 skipped
    [EOF]
    ");
    assert!(!repo.store().exists());
    let outside = repo.at("..").session(&["doctor"]);
    insta::assert_snapshot!(outside, @"
    --- stderr
    error: not a git repository: [ROOT]
    hint: git init
    --- exit 3
    [EOF]
    ");
    repo.git(&["init", "-q", "--bare", "../bare"]).done();
    repo.at("../bare").session(&["doctor"]).done();
}

#[test]
fn the_page_names_every_check() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/doctor.md");
    let page = fs::read_to_string(path).expect("the page");
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    let (mut named, mut repaired) = (Vec::new(), Vec::new());
    for cells in cells {
        let id = cells[1].trim_matches('`').to_owned();
        assert!(!cells[2].is_empty() && !cells[3].is_empty(), "{id}");
        if !cells[4].is_empty() {
            repaired.push(id.clone());
        }
        named.push(id);
    }
    let ids: Vec<&str> = doctor::checks().map(|(id, _)| id).collect();
    assert_eq!(named, ids);
    assert_eq!(repaired, doctor::fixable().collect::<Vec<_>>());
}

/// One with a hook, a view and a mapping that are not as they should be.
fn unwell() -> Repo {
    let repo = healthy();
    repo.config("branch.gone.sessionId", "gone-20261120-abcdef");
    fs::remove_file(repo.git_path("hooks/post-commit")).expect("it is there");
    fs::write(repo.session_file("objectives.md"), "mine\n").expect("it can be written");
    repo
}

#[test]
fn what_is_bad_is_said_with_its_consequence_and_repair() {
    let repo = unwell();
    insta::assert_snapshot!(text(&repo, &[]), @"
    --- stdout
    ok    git-version   git 2.x
    ok    settings      they can be read and say nothing odd
    ok    store         [ROOT]/repo/.git/sessions
    ok    program       [ROOT]/bin/git-session, [VERSION]
    bad   hooks         git does not run 1 of the six
                        post-commit: no hook
                        so: commits are not recorded until the next command
                        --fix installs them
    ok    hooks-path    not set: the hooks of the repository run
    ok    managers      none was found
    ok    hooks-run     5 of six tried: prepare-commit-msg, commit-msg, post-checkout, post-rewrite,
                          post-merge ran
    ok    heartbeat     post-commit, just now, 2.3 ms
    ok    recorded      2 commits seen, 2 recorded
    ok    hook-log      hooks had nothing to complain about
    ok    budget        p95 2.3 ms at most, of post-commit
    ok    writer        [WRITER], of this clone alone
    ok    sharing       nothing is shared
    ok    locks         none is left over
    ok    logs          the log of 1 session can be read
    warn  views         the views of 1 session are not those of the log
                        feature-20261120-wxxsrz: objectives.md says something else than the log
                        so: people read something old, or nothing
                        --fix writes them anew from the log
    bad   mapping       1 key branch.<name>.sessionId leads nowhere
                        gone: gone-20261120-abcdef is not in this clone
                        so: commits on such a branch are plain, and nothing is recorded
                        --fix unsets them; the sessions stay in the list
    ok    sessions      1 session
    ok    snapshots     there are none
    ok    checkpoints   there are none
    ok    unfinished    no command was cut off
    ok    notes         2 notes, each of a commit
    ok    clock         no time lies ahead of the clock or went back
    ok    ccmp          no other plugin uses one here

    25 checks: 22 ok, 1 warning, 2 bad
    --- stderr
    error: not well: hooks, mapping
    hint: git session doctor --fix
    --- exit 1
    [EOF]
    ");
    insta::assert_snapshot!(text(&repo, &["--fix"]), @"
    --- stdout
    ok    git-version   git 2.x
    ok    settings      they can be read and say nothing odd
    ok    store         [ROOT]/repo/.git/sessions
    ok    program       [ROOT]/bin/git-session, [VERSION]
    fixed hooks         all six run, as links
                        installed post-commit
    ok    hooks-path    not set: the hooks of the repository run
    ok    managers      none was found
    ok    hooks-run     all six ran and left trailers, records and notes
    ok    heartbeat     post-commit, just now, 2.3 ms
    ok    recorded      2 commits seen, 2 recorded
    ok    hook-log      hooks had nothing to complain about
    ok    budget        p95 2.3 ms at most, of post-commit
    ok    writer        [WRITER], of this clone alone
    ok    sharing       nothing is shared
    ok    locks         none is left over
    ok    logs          the log of 1 session can be read
    fixed views         they say what the logs say
                        wrote the views of 1 session anew
    fixed mapping       1 branch has a session
                        unset branch.gone.sessionId
    ok    sessions      1 session
    ok    snapshots     there are none
    ok    checkpoints   there are none
    ok    unfinished    no command was cut off
    ok    notes         2 notes, each of a commit
    ok    clock         no time lies ahead of the clock or went back
    ok    ccmp          no other plugin uses one here

    25 checks: 25 ok, 3 repaired
    [EOF]
    ");
    insta::assert_snapshot!(repo.session(&["doctor", "-q", "--fix"]).code, @"0");
}

#[test]
fn a_git_that_is_too_old() {
    let repo = healthy();
    let git = repo.sh("command -v git").text();
    let git = std::env::var("TEST_GIT").unwrap_or(git);
    let script = format!(
        "#!/bin/sh\n[ \"$1\" != --version ] || exec echo git version 2.29.3\nexec {git} \"$@\"\n"
    );
    let fake = repo.sandbox().root().join("bin/git");
    fs::write(&fake, script).expect("it can be written");
    repo.run("chmod", &["+x", fake.to_str().expect("UTF-8")])
        .done();
    let output = repo.run("git-session", &["doctor"]);
    assert_eq!(output.code, 1, "{output}");
    assert!(
        output
            .to_string()
            .contains("bad   git-version   git 2.29.3"),
        "{output}"
    );
}

#[test]
fn settings_that_cannot_be_read() {
    let repo = healthy();
    repo.sh("mkdir .session && ln -s ../a .session/config.toml")
        .done();
    assert_state(&repo, "settings", "bad", "is a symbolic link");
    assert_state(&repo, "hooks", "ok", "all six run");
    repo.sh(
        "rm .session/config.toml && printf '[session]\\nenabledd = true\\n' >.session/config.toml",
    )
    .done();
    assert_state(&repo, "settings", "warn", "enabledd");
    repo.sh("printf '[[[' >.session/config.toml").done();
    assert_state(&repo, "settings", "warn", "ignored as a whole");
    repo.sh("rm -r .session").done();
    repo.config("session.enabled", "false");
    assert_state(&repo, "settings", "warn", "session.enabled is false");
    repo.config("session.enabled", "true");
    let off = repo.with("GIT_SESSION", "0");
    assert_state(&off, "settings", "warn", "GIT_SESSION is 0");
    assert_state(&off, "hooks-run", "ok", "all six ran");
}

#[test]
fn a_store_that_cannot_be_used() {
    let repo = healthy();
    fs::write(repo.store().join("format"), "2\n").expect("it can be written");
    assert_state(&repo, "store", "bad", "is of format `2`");
    assert_state(&repo, "logs", "skipped", "not without a store");
    let before = picture(&repo);
    assert_eq!(repo.session(&["doctor", "--fix"]).code, 1);
    assert_eq!(
        picture(&repo),
        before,
        "a store of a later format is not touched"
    );
}

#[test]
fn a_user_who_may_not_read_the_store() {
    let repo = healthy();
    let probe = "setpriv --reuid=65534 --regid=65534 --clear-groups";
    if !repo.sh(&format!("{probe} true")).success() {
        eprintln!("skipped: not root, or no setpriv");
        return;
    }
    repo.sh("printf '[safe]\\n\\tdirectory = *\\n' >>\"$GIT_CONFIG_GLOBAL\"")
        .done();
    let run = |arguments: &str| {
        repo.sh(&format!(
            "TMPDIR=/tmp {probe} git session doctor {arguments}"
        ))
    };
    let output = run("");
    assert_eq!(output.code, 1, "{output}");
    assert!(
        output
            .to_string()
            .contains("bad   store         it cannot be written"),
        "{output}"
    );
    repo.sh("chmod 700 .git/sessions").done();
    let before = picture(&repo);
    for arguments in ["", "--fix"] {
        let output = run(arguments);
        assert_eq!(output.code, 1, "{output}");
        assert!(
            output
                .to_string()
                .contains("bad   store         it cannot be used"),
            "{output}"
        );
    }
    assert_eq!(picture(&repo), before);
    repo.sh("chmod 755 .git/sessions && chmod 700 .git/sessions/feature*")
        .done();
    let output = run("");
    assert!(
        output.to_string().contains("1 log cannot be used"),
        "{output}"
    );
}

#[test]
fn hooks_that_lead_to_no_program() {
    let repo = healthy();
    repo.sh("for hook in .git/hooks/*; do ln -sf /gone/git-session $hook; done")
        .done();
    assert_state(&repo, "program", "bad", "/gone/git-session is not there");
    assert_state(&repo, "hooks", "bad", "each: ");
    assert_state(&repo, "hooks-run", "skipped", "");
    assert_fixed(&repo, "program");
    assert_state(&repo, "hooks", "ok", "all six run");
}

#[test]
fn hooks_that_lead_to_another_copy() {
    let repo = healthy();
    repo.sh("mkdir ../old && cp -L ../bin/git-session ../old/")
        .done();
    repo.sh("for hook in .git/hooks/*; do ln -sf $PWD/../old/git-session $hook; done")
        .done();
    assert_state(&repo, "program", "warn", "old/git-session, version 0");
    assert_fixed(&repo, "program");
    // another one in front of it on PATH
    let path = repo.sh("echo $PWD/../old:$PATH").text();
    let output = repo
        .with("PATH", path)
        .run("../bin/git-session", &["doctor", "--json"]);
    assert!(
        output.to_string().contains("`git session` is another copy"),
        "{output}"
    );
}

#[test]
fn a_program_that_git_does_not_find() {
    let repo = healthy();
    let git = repo.sh("dirname \"$(command -v git)\"").text();
    let output = repo
        .with("PATH", &git)
        .run("../bin/git-session", &["doctor"]);
    assert!(
        output.to_string().contains("git-session is not on PATH"),
        "{output}"
    );
    // without git nothing can be asked, and that is said as well
    let output = repo
        .with("PATH", "/nowhere")
        .run("../bin/git-session", &["doctor"]);
    assert_eq!(output.code, 1, "{output}");
    let text = output.to_string();
    assert!(
        text.contains("bad   git-version   this could not be looked at"),
        "{text}"
    );
    assert!(text.contains("cannot run `git`"), "{text}");
    assert!(text.contains("ok    logs"), "{text}");
}

#[test]
fn hooks_that_do_not_run() {
    let repo = healthy();
    fs::remove_file(repo.git_path("hooks/post-commit")).expect("it is there");
    assert_state(&repo, "hooks", "bad", "post-commit: no hook");
    assert_state(&repo, "hooks-run", "ok", "5 of six tried");
    assert_fixed(&repo, "hooks");
    repo.session(&["hooks", "uninstall"]).done();
    assert_state(&repo, "hooks", "bad", "git runs none of the six");
    assert_fixed(&repo, "hooks");
}

#[test]
fn a_hooks_path_that_leads_nowhere() {
    let repo = healthy();
    repo.config("core.hooksPath", "/dev/null");
    if version(&repo) >= [2, 54, 0] {
        return;
    }
    insta::assert_snapshot!(repo.session(&["hooks", "install"]), @"
    --- stdout
    Left alone: core.hooksPath is `/dev/null`: git runs no hooks.
      git config --local --unset core.hooksPath
    --- stderr
    error: no hook was installed; the lines above do it
    --- exit 1
    [EOF]
    ");
    assert_state(
        &repo,
        "hooks-path",
        "bad",
        "git config --local --unset core.hooksPath",
    );
    assert_state(
        &repo,
        "hooks",
        "bad",
        "git config --local --unset core.hooksPath",
    );
    repo.git(&["config", "--local", "--unset", "core.hooksPath"])
        .done();
    assert_state(&repo, "hooks-path", "ok", "not set");
    repo.sh("mkdir tools && echo tools >.git/info/exclude")
        .done();
    repo.config("core.hooksPath", "tools");
    repo.session(&["hooks", "install"]).done();
    assert_state(&repo, "hooks-path", "ok", "core.hooksPath is `tools`");
    assert_state(&repo, "hooks-run", "ok", "all six ran");
    repo.worktree("linked");
    assert_state(&repo, "hooks-path", "warn", "linked");
}

#[test]
fn the_hooks_of_others_are_not_run() {
    let repo = Repo::empty();
    repo.commit("README", "a\n", "First");
    let trace = repo.sandbox().root().join("trace");
    let script = format!("#!/bin/sh\necho \"$0\" >>{}\n", trace.display());
    for name in [
        "pre-commit",
        "post-commit",
        "reference-transaction",
        "post-checkout",
    ] {
        let path = repo.git_path("hooks").join(name);
        fs::write(&path, &script).expect("it can be written");
        repo.run("chmod", &["+x", path.to_str().expect("UTF-8")])
            .done();
    }
    repo.session(&["start", "feature", "-o", "Goal"]).done();
    fs::remove_file(&trace).ok();
    assert_state(&repo, "hooks-run", "ok", "pre-commit");
    assert!(!trace.exists(), "{:?}", fs::read_to_string(&trace));
    // nor those that a setting of the user brings
    let templates = repo.sandbox().root().join("templates/hooks");
    fs::create_dir_all(&templates).expect("directories");
    repo.sh("cp .git/hooks/pre-commit ../templates/hooks/")
        .done();
    repo.git(&["config", "--global", "init.templateDir", "../templates"])
        .done();
    assert_state(&repo, "hooks-run", "ok", "pre-commit");
    assert!(!trace.exists(), "{:?}", fs::read_to_string(&trace));
}

#[test]
fn hooks_that_run_and_do_nothing() {
    let repo = healthy();
    repo.sh("mkdir ../sham && printf '#!/bin/sh\\nexit 0\\n' >../sham/git-session && chmod +x ../sham/git-session")
        .done();
    repo.sh("for hook in .git/hooks/*; do ln -sf $PWD/../sham/git-session $hook; done")
        .done();
    assert_state(
        &repo,
        "hooks-run",
        "bad",
        "post-commit left no sign of having run",
    );
    repo.sh("printf '#!/bin/sh\\necho I will not >&2; exit 1\\n' >../sham/git-session")
        .done();
    assert_state(&repo, "hooks-run", "bad", "I will not");
    let left = repo.sh("ls -A ../tmp").text();
    assert_eq!(left, "", "the scratch repository is gone");
}

#[test]
fn hooks_of_the_config() {
    let repo = Repo::empty();
    if version(&repo) < [2, 54, 0] {
        eprintln!("skipped: this git has no hooks in its config; set TEST_GIT");
        return;
    }
    repo.commit("README", "a\n", "First");
    let trace = repo.sandbox().root().join("trace");
    for key in ["hook.other.command", "hook.other.event"] {
        let value = match key.strip_suffix("event") {
            Some(_) => "post-commit".to_owned(),
            None => format!("echo other >>{}", trace.display()),
        };
        repo.git(&["config", "--global", key, &value]).done();
    }
    repo.session(&["hooks", "install", "--global"]).done();
    repo.session(&["start", "feature", "-o", "Goal"]).done();
    fs::remove_file(&trace).ok();
    assert_state(&repo, "hooks", "ok", "by the config");
    assert_state(&repo, "hooks-run", "ok", "all six ran");
    assert!(!trace.exists(), "somebody else's hook was run");
    repo.config("hook.git-session-pc.enabled", "false");
    assert_state(&repo, "hooks", "bad", "post-commit");
    assert_state(&repo, "hooks-run", "ok", "5 of six tried");
}

#[test]
fn keys_of_git_keep_their_case() {
    let repo = Repo::empty();
    repo.config("hook.git-session-pc.command", "/gone");
    repo.config("hook.git-session-pc.event", "post-commit");
    insta::assert_snapshot!(repo.session(&["hooks", "uninstall"]), @"
    --- stdout
    Unset hook.git-session-pc.event.
    Unset hook.git-session-pc.command.
    [EOF]
    ");
}

#[test]
fn lines_that_were_printed_are_not_advised_again() {
    let repo = Repo::empty();
    repo.sh("mkdir -p .husky/_ && printf '#!/bin/sh\\n. husky.sh\\n' >.husky/_/post-commit")
        .done();
    repo.config("core.hooksPath", ".husky/_");
    if version(&repo) < [2, 54, 0] {
        let output = repo.session(&["start", "feature", "-o", "Goal"]);
        let text = output.to_string();
        assert!(text.contains("hooks are not installed"), "{text}");
        assert!(!text.contains("git session hooks install"), "{text}");
    }
}

#[test]
fn a_manager_beside_the_hooks() {
    let repo = healthy();
    repo.write("lefthook.yml", "pre-commit: {}\n");
    assert_state(&repo, "managers", "warn", "lefthook");
    fs::remove_file(repo.path().join("lefthook.yml")).expect("it is there");
    // where a manager has the hooks, doctor can only say what to add
    repo.sh("mkdir -p .husky/_ && printf '#!/bin/sh\\n. husky.sh\\n' >.husky/_/post-commit")
        .done();
    repo.sh("chmod +x .husky/_/post-commit").done();
    repo.config("core.hooksPath", ".husky/_");
    if version(&repo) < [2, 54, 0] {
        assert_state(&repo, "managers", "warn", "husky has the hooks here");
        let said = "git session hooks install prints the line to add to .husky/<event>";
        assert_state(&repo, "hooks", "bad", said);
        assert_state(&repo, "managers", "warn", said);
        insta::assert_snapshot!(repo.session(&["hooks", "install"]), @r#"
        --- stdout
        Left alone: husky writes its hook files again: add the line to .husky/<event>.
          ! command -v git-session >/dev/null 2>&1 || git-session hook <event> "$@" || :
          <event> is prepare-commit-msg, commit-msg, post-commit, post-checkout, post-rewrite, post-merge
        Git gives post-rewrite the rewritten commits on standard input, which can be read once: a hook that reads them, too, begins with list=$(cat), and each reader becomes printf '%s\n' "$list" | { ...; }.
        --- stderr
        error: no hook was installed; the lines above do it
        --- exit 1
        [EOF]
        "#);
        let output = repo.session(&["status"]);
        assert!(output.to_string().contains(said), "{output}");
        let check = checked(&repo, "hooks", &["--fix"]);
        assert_eq!(
            (&check["state"], &check["fixed"]),
            (&"bad".into(), &false.into())
        );
    } else {
        assert_fixed(&repo, "hooks");
        assert_state(&repo, "managers", "ok", "git-session runs beside");
    }
    repo.git(&["config", "--unset", "core.hooksPath"]).done();
    repo.sh("rm -r .husky").done();
    assert_state(&repo, "managers", "ok", "none was found");
}

#[test]
fn a_commit_that_no_hook_saw() {
    let repo = healthy();
    repo.wait(10);
    let off = repo.with("GIT_SESSION", "0");
    off.commit("c", "1\n", "Unseen");
    assert_state(&repo, "heartbeat", "warn", "no hook saw the newest commit");
    let check = checked(&repo, "heartbeat", &["--fix"]);
    assert_eq!(check["state"], "ok", "{check:#}");
    let said = "a command recorded the newest commit";
    assert_state(&repo, "heartbeat", "ok", said);
    repo.wait(10);
    repo.with("GIT_SESSION", "0")
        .commit("c", "3\n", "Unseen, too");
    repo.session(&["status"]).done();
    assert_state(&repo, "heartbeat", "ok", said);
    repo.commit("c", "2\n", "Seen");
    assert_state(&repo, "heartbeat", "ok", "post-commit");
    let fresh = Repo::new();
    fresh.session(&["start", "-o", "Goal"]).done();
    assert_state(&fresh, "heartbeat", "ok", "");
}

#[test]
fn hooks_that_complain() {
    let repo = healthy();
    repo.wait(1);
    let log = repo.session_file("log.jsonl");
    repo.sh(&format!("mv {0} {0}.away && mkdir {0}", log.display()))
        .done();
    repo.commit("c", "1\n", "Not recorded");
    assert_state(&repo, "hook-log", "warn", "post-commit");
    assert_state(&repo, "logs", "bad", "log.jsonl");
    repo.sh(&format!("rmdir {0} && mv {0}.away {0}", log.display()))
        .done();
    repo.wait(1);
    repo.commit("c", "2\n", "Recorded");
    assert_state(&repo, "hook-log", "ok", "none since hooks last worked");
}

#[test]
fn hooks_that_are_slow() {
    let repo = healthy();
    let timings = repo.store().join("timings");
    let lines = |micros: u64| {
        let line = format!(
            "{} post-commit {micros}\n",
            repo.sandbox().now().timestamp()
        );
        fs::write(&timings, line.repeat(20)).expect("it can be written");
    };
    lines(60_000);
    assert_state(&repo, "budget", "warn", "p95 60.0 ms (20 runs)");
    lines(300_000);
    assert_state(&repo, "budget", "bad", "p95 300.0 ms");
    let table = repo.session(&["doctor", "--timing"]);
    assert!(
        table
            .to_string()
            .contains("post-commit    20  300.00  300.00  300.00"),
        "{table}"
    );
    assert!(
        table
            .to_string()
            .contains("A hook should stay below 250 ms."),
        "{table}"
    );
    let json = repo.session(&["doctor", "--timing", "--json"]);
    let json: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json["timing"]["hooks"][0]["p95_micros"], 300_000);
    fs::write(&timings, "post-commit 300000\n\u{fffd}\n").expect("it can be written");
    assert_state(&repo, "budget", "skipped", "");
}

#[test]
fn a_copied_clone_gets_an_id_of_its_own() {
    let repo = healthy();
    let old = repo.git(&["config", "session.writer"]).text();
    assert_state(&repo, "writer", "ok", &old);
    repo.sh("cp -a . ../copy").done();
    let copy = repo.at("../copy");
    assert_state(&repo, "writer", "ok", "of this clone alone");
    assert_state(&copy, "writer", "bad", "this one was copied from");
    assert_fixed(&copy, "writer");
    let new = copy.git(&["config", "session.writer"]).text();
    assert_ne!(new, old);
    assert_eq!(repo.git(&["config", "session.writer"]).text(), old);
    // what was written goes on under the new id; the old one belongs to the original
    let before = copy.head();
    let shown = copy.session(&["show", &before]).ok();
    copy.commit("c", "1\n", "Three");
    assert_eq!(copy.session(&["show", &before]).ok(), shown);
    let refs = copy
        .git(&["for-each-ref", "--format=%(refname)", "refs/notes"])
        .text();
    assert_eq!(refs, format!("refs/notes/session/{new}"));
    assert!(copy.note("HEAD").is_some() && copy.note(&before).is_some());
    copy.assert_quiet();
}

#[test]
fn a_clone_that_was_moved() {
    let repo = healthy();
    let moved = repo.at("../moved");
    // another file system gives another number
    repo.sh("cp -a . ../moved && rm -rf ../repo/.git").done();
    assert_state(&moved, "writer", "warn", "where it is not any more");
    assert_fixed(&moved, "writer");
    fs::remove_file(moved.store().join("home")).expect("it is there");
    assert_state(&moved, "writer", "skipped", "an older version");
    assert_fixed(&moved, "writer");
    let renamed = repo.at("../renamed");
    repo.sh("mv ../moved ../renamed").done();
    assert_state(&renamed, "writer", "ok", "");
    renamed.config("session.writer", "someother1");
    assert_state(
        &renamed,
        "writer",
        "warn",
        "not the id that was written down",
    );
    assert_fixed(&renamed, "writer");
}

#[test]
fn locks_that_were_left() {
    let repo = healthy();
    repo.sh("touch .git/config.lock").done();
    assert_state(&repo, "locks", "ok", "");
    repo.sh("touch -d '10 minutes ago' .git/config.lock .git/refs/notes/session/x.lock")
        .done();
    assert_state(&repo, "locks", "bad", ".git/config.lock");
}

#[test]
fn a_log_that_was_deleted() {
    let repo = healthy();
    let id = repo.session_id();
    let log = repo.session_file("log.jsonl");
    let whole = repo.read(&log);
    fs::remove_file(&log).expect("it is there");
    repo.sh("touch -d '2 minutes ago' .git/sessions/*").done();
    assert_state(
        &repo,
        "logs",
        "bad",
        &format!("{id}/log.jsonl is not there"),
    );
    assert_state(&repo, "mapping", "ok", "");
    let check = checked(&repo, "logs", &["--fix"]);
    assert_eq!(check["state"], "bad", "{check:#}");
    assert_eq!(repo.mapped("feature"), Some(id.clone()));
    fs::write(&log, whole).expect("it can be written");
    assert_state(&repo, "logs", "ok", "");
    assert_eq!(repo.session(&["list"]).code, 0);
    fs::remove_file(&log).expect("it is there");
    repo.sh(check["repair"].as_str().expect("a command")).done();
    assert_state(&repo, "logs", "ok", "there are no logs yet");
    assert_state(&repo, "sessions", "bad", "is in the list and has no log");
    assert_eq!(repo.session(&["list"]).code, 4);
    assert_fixed(&repo, "sessions");
    assert_eq!(repo.session(&["list"]).code, 0);
    repo.session(&["start", "-o", "Anew"]).done();
    assert_state(&repo, "logs", "ok", "the log of 1 session can be read");
}

#[test]
fn each_hook_has_a_consequence_of_its_own() {
    let repo = healthy();
    for (name, said) in [
        ("prepare-commit-msg", "so: commits get no trailers\n"),
        (
            "commit-msg",
            "so: commits made with an editor get no trailers\n",
        ),
        (
            "post-commit",
            "so: commits are not recorded until the next command\n",
        ),
        ("post-checkout", "so: a switch of the branch says nothing"),
        ("post-rewrite", "so: records follow an amend or a rebase"),
        ("post-merge", "so: a merge or a pull is not seen"),
    ] {
        fs::remove_file(repo.git_path("hooks").join(name)).expect("it is there");
        let text = repo.session(&["doctor"]).to_string();
        assert!(text.contains(said), "{said}\n{text}");
        let check = checked(&repo, "hooks", &["--fix"]);
        assert_eq!(check["done"][0], format!("installed {name}"), "{check:#}");
    }
}

#[test]
fn lines_that_are_no_events() {
    let repo = healthy();
    let log = repo.session_file("log.jsonl");
    let whole = repo.read(&log);
    let torn = format!(
        "{whole}{{\"v\":1,\"torn\n{}",
        whole.lines().next().expect("a line")
    );
    fs::write(&log, torn).expect("it can be written");
    assert_state(
        &repo,
        "logs",
        "warn",
        &format!("byte {}: not an event", whole.len()),
    );
    let lines: Vec<&str> = whole.lines().collect();
    let torn = format!(
        "{}\ntorn\n{}\n{{\"v\":1,\"at\":\"20",
        lines[0],
        lines[1..].join("\n")
    );
    fs::write(&log, &torn).expect("it can be written");
    assert_state(&repo, "logs", "warn", "line 2, at byte");
    let check = checked(&repo, "logs", &[]);
    repo.sh(check["repair"].as_str().expect("a command")).done();
    assert_eq!(repo.read(&log), whole);
    assert_eq!(repo.read(repo.session_file("log.jsonl.bak")), torn);
    assert_state(&repo, "logs", "ok", "");
    checked(&repo, "views", &["--fix"]);
    assert_state(&repo, "views", "ok", "");
    assert_state(&repo, "sessions", "ok", "");
    let first = whole.lines().next().expect("a line");
    let clash = first.replace("\"by\":\"Ada", "\"by\":\"Eve");
    fs::write(&log, format!("{whole}{clash}\n")).expect("it can be written");
    assert_state(&repo, "logs", "warn", "two different events have one id");
    let foreign = whole
        .lines()
        .nth(1)
        .expect("a line")
        .replace("feature-2", "another-2");
    fs::write(&log, format!("{whole}{foreign}\n")).expect("it can be written");
    assert_state(&repo, "logs", "warn", "1 event of another session");
    let later = whole
        .lines()
        .nth(1)
        .expect("a line")
        .replace("objective.added", "star.seen")
        .replace("\"id\":\"01", "\"id\":\"00");
    fs::write(&log, format!("{whole}{later}\n")).expect("it can be written");
    assert_state(&repo, "logs", "ok", "a newer version wrote");
    fs::write(&log, "").expect("it can be written");
    assert_state(&repo, "logs", "bad", "how the session began");
    let fixed = checked(&repo, "logs", &["--fix"]);
    assert_eq!(fixed["fixed"], false);
    assert_eq!(repo.read(&log), "", "a log is never rewritten");
}

#[test]
fn views_that_are_not_those_of_the_log() {
    let repo = healthy();
    let context = repo.session_file("context.json");
    let whole = repo.read(&context);
    let write = |text: &str| fs::write(&context, text).expect("it can be written");
    write(&whole.replace("Reach the goal", "Reach another"));
    assert_state(&repo, "views", "bad", "says something else than the log");
    assert_fixed(&repo, "views");
    write(&whole[..whole.len() / 2]);
    assert_state(&repo, "views", "warn", "cannot be read");
    assert_fixed(&repo, "views");
    fs::remove_file(&context).expect("it is there");
    assert_state(&repo, "views", "warn", "not there");
    assert_fixed(&repo, "views");
    let value: Value = serde_json::from_str(&whole).expect("JSON");
    let length = value["log"]["length"].as_u64().expect("a number");
    let of = |other: u64| {
        whole.replace(
            &format!("\"length\":{length}"),
            &format!("\"length\":{other}"),
        )
    };
    write(&of(length - 10));
    assert_state(&repo, "views", "warn", "older than the log");
    assert_fixed(&repo, "views");
    write(&of(length + 10));
    assert_state(&repo, "views", "warn", "longer log");
    assert_fixed(&repo, "views");
    fs::remove_file(repo.session_file("blockers.md")).expect("it is there");
    assert_state(&repo, "views", "warn", "blockers.md is not there");
    assert_fixed(&repo, "views");
    fs::write(repo.session_file("blockers.md"), "").expect("it can be written");
    assert_state(&repo, "views", "warn", "blockers.md");
    assert_fixed(&repo, "views");
    assert_eq!(repo.read(&context), whole);
    repo.config("session.idleAfter", "1m");
    assert_state(&repo, "views", "warn", "counts time otherwise");
}

#[test]
fn keys_that_lead_nowhere() {
    let repo = healthy();
    let id = repo.session_id();
    repo.git(&["branch", "other"]).done();
    repo.config("branch.other.sessionId", "no id!");
    assert_state(&repo, "mapping", "bad", "is no session id");
    assert_fixed(&repo, "mapping");
    repo.config("branch.other.sessionId", "other-20261120-abcdef");
    assert_state(
        &repo,
        "mapping",
        "bad",
        "other-20261120-abcdef is not in this clone",
    );
    assert_fixed(&repo, "mapping");
    repo.config("branch.other.sessionId", &id);
    assert_state(&repo, "mapping", "warn", "belongs to another branch, too");
    assert_fixed(&repo, "mapping");
    assert_eq!(repo.mapped("feature"), Some(id.clone()));
    repo.switch("other");
    repo.session(&["start", "-o", "More"]).done();
    let more = repo.session_id();
    repo.switch("feature");
    repo.git(&["update-ref", "-d", "refs/heads/other"]).done();
    assert_state(
        &repo,
        "mapping",
        "warn",
        &format!("the branch is gone, {more}"),
    );
    repo.config("branch.other.remote", "origin");
    assert_fixed(&repo, "mapping");
    assert_eq!(
        repo.git(&["config", "branch.other.remote"]).text(),
        "origin"
    );
    assert_state(&repo, "sessions", "ok", "open on a branch that is gone");
}

#[test]
fn of_several_values_of_a_key_the_last_one_holds() {
    let repo = healthy();
    let id = repo.session_id();
    let key = "branch.feature.sessionId";
    repo.config(key, "no id!");
    repo.git(&["config", "--add", key, &id]).done();
    assert_state(&repo, "mapping", "ok", "1 branch has a session");
    repo.git(&["config", "--add", key, "no id!"]).done();
    assert_state(&repo, "mapping", "bad", "is no session id");
}

#[test]
fn a_branch_without_a_commit_may_have_a_session() {
    let repo = Repo::empty().with_hooks();
    repo.session(&["start", "-o", "Begin"]).done();
    assert_state(&repo, "mapping", "ok", "1 branch has a session");
    assert_state(&repo, "sessions", "ok", "1 session");
    assert_state(&repo, "clock", "ok", "");
    repo.git(&["checkout", "-q", "--orphan", "else"]).done();
    repo.session(&["start", "-o", "Else"]).done();
    assert_state(&repo, "mapping", "warn", "the branch is gone");
}

#[test]
fn what_is_left_lying_about() {
    let repo = healthy();
    repo.sh("cd .git/sessions && mkdir lost-20261120-abcdef && touch lost-20261120-abcdef/lock && touch -d '2 minutes ago' lost*")
        .done();
    assert_state(&repo, "sessions", "warn", "lost-20261120-abcdef has no log");
    assert_fixed(&repo, "sessions");
    repo.sh("cd .git/sessions && mkdir -p kept-20261120-abcdef && touch kept-20261120-abcdef/handoff.md && touch -d '2 minutes ago' kept*")
        .done();
    let check = checked(&repo, "sessions", &["--fix"]);
    assert_eq!(check["state"], "warn", "{check:#}");
    assert!(
        repo.store()
            .join("kept-20261120-abcdef/handoff.md")
            .exists()
    );
    repo.sh("rm -r .git/sessions/kept*").done();
    let temporary = repo.session_file(".git-session-2-2");
    let line = format!(
        "touch -d '1 hour ago' .git/sessions/.git-session-1-1 {}",
        temporary.display()
    );
    repo.sh(&line).done();
    assert_state(
        &repo,
        "sessions",
        "warn",
        ".git-session-2-2 is half a write",
    );
    assert_fixed(&repo, "sessions");
    repo.sh("mkdir -p .git/sessions/unmapped && echo -n nobody >.git/sessions/unmapped/nobody-20261120-abcdef")
        .done();
    assert_state(
        &repo,
        "sessions",
        "warn",
        "nobody-20261120-abcdef on nobody",
    );
    assert_fixed(&repo, "sessions");
}

#[test]
fn snapshots_of_sessions_that_are_not_here() {
    let repo = healthy();
    let id = repo.session_id();
    let own = format!("refs/session/snapshots/{id}");
    repo.git(&["update-ref", &own, "HEAD"]).done();
    assert_state(&repo, "snapshots", "ok", "1 snapshot");
    repo.git(&[
        "update-ref",
        "refs/session/snapshots/gone-20261120-abcdef",
        "HEAD",
    ])
    .done();
    assert_state(&repo, "snapshots", "warn", "snapshots/gone-20261120-abcdef");
}

#[test]
fn notes_of_commits_that_are_gone() {
    let repo = healthy();
    repo.git(&["commit", "-q", "--amend", "-m", "Again"]).done();
    assert_state(&repo, "notes", "ok", "each of a commit");
    repo.sh("git reflog expire --expire=now --all && git gc -q --prune=now")
        .done();
    assert_state(&repo, "notes", "warn", "1 of them of commits that are gone");
    let check = checked(&repo, "notes", &[]);
    repo.sh(check["repair"].as_str().expect("a command")).done();
    assert_state(&repo, "notes", "ok", "each of a commit");
    repo.git(&["notes", &repo.notes(), "append", "-m", "mine", "HEAD"])
        .done();
    assert_state(&repo, "notes", "warn", "a line that is no record");
    let tip = repo
        .git(&["rev-parse", &repo.notes().replace("--ref=", "refs/notes/")])
        .text();
    let (two, rest) = tip.split_at(2);
    fs::remove_file(repo.git_path("objects").join(two).join(rest)).expect("a loose object");
    assert_state(&repo, "notes", "bad", "cannot be read");
}

#[test]
fn times_in_the_future() {
    let repo = healthy();
    repo.sandbox().advance(TimeDelta::days(1));
    repo.commit("c", "1\n", "Tomorrow");
    repo.sandbox().advance(TimeDelta::days(-1));
    assert_state(&repo, "clock", "warn", "HEAD was committed at 2026-11-21");
    repo.commit("c", "2\n", "Today");
    assert_state(&repo, "clock", "warn", "comes after 2026-11-21");
}

#[test]
fn hostile_names_are_escaped() {
    let repo = healthy();
    let name = "evil\u{1b}[31m\u{202e}";
    repo.git(&[
        "config",
        &format!("branch.{name}.sessionId"),
        "x\u{1b}]0;y\u{7}",
    ])
    .done();
    let output = repo.session(&["doctor"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text:?}");
    assert!(text.contains("evil"), "{text}");
}

#[test]
fn the_scratch_repository_of_doctor_takes_nothing_over() {
    let repo = healthy();
    for (name, value) in [
        ("GIT_DEFAULT_REF_FORMAT", "reftable"),
        ("GIT_COMMITTER_DATE", "garbage"),
        ("GIT_QUARANTINE_PATH", "/x"),
        ("GIT_SESSION", "0"),
    ] {
        let output = repo.with(name, value).session(&["doctor", "--json"]);
        let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let mut checks = json["checks"].as_array().expect("a list").iter();
        let run = checks
            .find(|check| check["id"] == "hooks-run")
            .expect("the check");
        assert_eq!(run["state"], "ok", "{name}: {run}");
    }
}

#[test]
fn checkpoints_that_are_loose_are_kept_again_and_lost_ones_are_told() {
    let repo = Repo::in_session();
    repo.write("x", "1\n");
    repo.session(&["switch", "main"]).done();
    let id = repo.mapped("feature").expect("a session");
    let keeper = format!("refs/session/snapshots/{id}");
    repo.git(&["update-ref", "-d", &keeper]).done();
    let said = repo.session(&["doctor"]).to_string();
    assert!(said.contains("nothing keeps 1 checkpoint"), "{said}");
    repo.session(&["doctor", "--fix"]).done();
    repo.git(&["gc", "-q", "--prune=now"]).done();
    repo.session(&["switch", "feature"]).done();
    assert_eq!(repo.read("x"), "1\n");
    repo.session(&["switch", "main"]).done();
    repo.git(&["update-ref", "-d", &keeper]).done();
    repo.git(&["gc", "-q", "--prune=now"]).done();
    let said = repo.session(&["doctor"]);
    assert!(said.to_string().contains("parked work"), "{said}");
    assert_eq!(said.code, 1, "{said}");
    let back = repo.session(&["switch", "feature"]).ok();
    assert!(back.news().contains("cannot come back"), "{back}");
}

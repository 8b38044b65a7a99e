//! Help, usage errors, completions, the manual page.
#![allow(
    clippy::disallowed_methods,
    reason = "tests lay files out as they please"
)]

use insta::assert_snapshot;

use crate::cli_local::Scratch;

#[test]
fn a_usage_error_ends_with_the_next_command() {
    let scratch = Scratch::new();
    assert_snapshot!(scratch.run(&["stat"]), @"
    ---
    error: unrecognized subcommand 'stat'

      tip: some similar subcommands exist: 'status', 'start'

    Usage: git session [OPTIONS] [COMMAND]
    hint: git session status
    [2]
    ");
    assert_snapshot!(scratch.run(&["objectives", "add"]), @"
    ---
    error: the following required arguments were not provided:
      <TEXT>...

    Usage: git session objectives add <TEXT>...
    hint: git session objectives add -h
    [2]
    ");
    assert_snapshot!(scratch.run(&["-C", "start", "list", "--cuont", "3"]), @"
    ---
    error: unexpected argument '--cuont' found

      tip: a similar argument exists: '--count'

    Usage: git session list --count <N>
    hint: git session list -h
    [2]
    ");
    assert_snapshot!(scratch.run(&["--all"]), @"
    ---
    error: unexpected argument '--all' found

    Usage: git session [OPTIONS] [COMMAND]
    hint: git session -h
    [2]
    ");
}

#[test]
fn a_word_that_is_no_command_never_leads_to_one_that_writes() {
    let scratch = Scratch::new();
    let hint = |arguments: &[&str]| {
        let said = scratch.run(arguments);
        assert_eq!(said.code, 2, "{said}");
        let lines = said.stderr.lines();
        let wanted = lines.filter(|line| line.contains("tip:") || line.starts_with("hint:"));
        wanted.map(str::trim).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(hint(&["run"]), @"hint: git session -h --all");
    assert_snapshot!(hint(&["check"]), @"hint: git session -h --all");
    assert_snapshot!(hint(&["satrt"]), @"
    tip: a similar subcommand exists: 'start'
    hint: git session start
    ");
    assert_snapshot!(hint(&["objectives", "ad"]), @"
    tip: a similar subcommand exists: 'add'
    hint: git session objectives add
    ");
    assert_snapshot!(hint(&["objectives", "finish"]), @"hint: git session objectives -h");
    // the verbs of the plural
    assert_snapshot!(hint(&["checkpoint", "list"]), @"hint: git session checkpoints list");
    assert_snapshot!(hint(&["checkpoint", "drop", "cp-k3f9"]), @"hint: git session checkpoints drop");
    assert_snapshot!(hint(&["checkpoint", "nonsense"]), @"hint: git session checkpoint -h");
}

#[test]
fn the_first_page_of_help_is_short() {
    let scratch = Scratch::new();
    let short = scratch.run_in(scratch.root(), &["-h"], &[]);
    assert_eq!(short.code, 0);
    assert!(short.stdout.lines().count() <= 50, "{short}");
    assert!(!short.stdout.contains("completions"), "{short}");
    assert!(
        short
            .stdout
            .contains("\n  list         The sessions of this clone, newest first\n"),
        "{short}"
    );
    let all = scratch.run(&["-h", "--all"]);
    assert!(all.stdout.contains("completions") && all.code == 0, "{all}");
    assert_eq!(scratch.run(&["--all", "--help"]).stdout, all.stdout);
    let one = scratch.run(&["log", "-h"]);
    assert!(
        one.stdout.contains("Usage: git session log [OPTIONS]"),
        "{one}"
    );
}

#[test]
fn bash_completes_git_session_and_git_dash_session() {
    let scratch = Scratch::new();
    let script = scratch
        .run_in(scratch.root(), &["completions", "bash"], &[])
        .stdout;
    std::fs::write(scratch.root().join("script"), script).expect("a file");
    let program = r#"
        source ./script
        # as git's own completion calls it
        words=(git -C /tmp session objectives ad) cword=5 cur=ad prev=objectives __git_cmd_idx=3
        _git_session; echo "${COMPREPLY[@]}"
        words=(git session completions z) cword=3 cur=z prev=completions __git_cmd_idx=1
        _git_session; echo "${COMPREPLY[@]}"
        COMP_WORDS=(git-session sta) COMP_CWORD=1
        $(complete -p git-session | sed 's/.*-F \([^ ]*\).*/\1/') git-session sta git-session
        echo "${COMPREPLY[@]}"
    "#;
    let mut bash = scratch.command("bash", scratch.root());
    let output = bash.args(["-c", program]).output().expect("bash starts");
    assert_snapshot!(String::from_utf8_lossy(&output.stdout), @"
    add
    zsh
    start status
    ");
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[test]
fn every_shell_gets_its_script() {
    let scratch = Scratch::new();
    let script = |shell| scratch.run_in(scratch.root(), &["completions", shell], &[]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(script(shell).stdout.contains("session"), "{shell}");
    }
    let zsh = script("zsh").stdout;
    assert!(
        zsh.starts_with("#compdef git-session\n#description "),
        "{zsh}"
    );
}

#[test]
fn the_manual_page_has_every_command_and_renders_without_a_warning() {
    let scratch = Scratch::new();
    let page = scratch.run_in(scratch.root(), &["man"], &[]);
    assert_eq!(page.code, 0);
    let all = scratch.run(&["-h", "--all"]).stdout;
    let verbs = all
        .lines()
        .filter(|line| line.starts_with("  ") && !line.trim().starts_with('-'));
    for verb in verbs.filter_map(|line| line.split_whitespace().next()) {
        assert!(
            page.stdout.contains(&format!(".SS \"git session {verb}")),
            "{verb}"
        );
    }
    let file = scratch.root().join("git-session.1");
    std::fs::write(&file, &page.stdout).expect("a file");
    let mut groff = scratch.command("groff", scratch.root());
    let Ok(output) = groff.args(["-man", "-ww", "-z"]).arg(&file).output() else {
        return; // no groff on this machine
    };
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
}

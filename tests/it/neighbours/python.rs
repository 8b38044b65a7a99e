//! pre-commit, and prek, which takes its place: both run a hook that they find as `<event>.legacy`.

use super::bench::{Advice, Scene, Tool, neighbour, ours_first, theirs_first, theirs_goes_first};

/// All that the two need is here: no environment is made, nothing is fetched.
fn settings(scene: &Scene) {
    let mut text = "default_install_hook_types: [prepare-commit-msg, commit-msg, post-commit, \
        post-checkout, post-rewrite]\nrepos:\n- repo: local\n  hooks:\n"
        .to_owned();
    for event in [
        "prepare-commit-msg",
        "commit-msg",
        "post-commit",
        "post-checkout",
        "post-rewrite",
    ] {
        let hook = format!(
            "  - id: {event}\n    name: {event}\n    language: system\n    entry: ./team {event}\n    \
             stages: [{event}]\n    always_run: true\n"
        );
        text.push_str(&hook);
    }
    scene.repo.write(".pre-commit-config.yaml", text);
}

/// What the tools hand on is not what git hands to them: one file, and no standard input.
const SAYS: &[(&str, &str)] = &[
    ("prepare-commit-msg", "prepare-commit-msg 1"),
    ("commit-msg", "commit-msg 1"),
    ("post-commit", "post-commit 0"),
    ("post-checkout", "post-checkout 0"),
    ("post-rewrite", "post-rewrite 0 <0"),
];

const PRE_COMMIT: Tool = Tool {
    prepare: |_, _| {},
    settings,
    install: |scene| scene.run("pre-commit", &["install"]),
    uninstall: |scene| scene.run("pre-commit", &["uninstall"]),
    follow,
    says: SAYS,
    news: None,
    lines_stay: false,
    hands_on_stdin: false,
};

const PREK: Tool = Tool {
    install: |scene| scene.run("prek", &["install"]),
    uninstall: |scene| scene.run("prek", &["uninstall"]),
    hands_on_stdin: true,
    ..PRE_COMMIT
};

fn follow(
    scene: &Scene,
    Advice {
        event,
        line,
        reason,
    }: &Advice,
) {
    assert!(
        reason.contains(&format!("which first runs {event}.legacy")),
        "{reason}"
    );
    scene.sh(line);
}

#[test]
fn pre_commit() {
    let Some(program) = neighbour("pre-commit") else {
        return;
    };
    theirs_first(&PRE_COMMIT, &[&program]);
    ours_first(&PRE_COMMIT, &[&program]);
    theirs_goes_first(&PRE_COMMIT, &[&program]);
}

#[test]
fn prek() {
    let Some(program) = neighbour("prek") else {
        return;
    };
    theirs_first(&PREK, &[&program]);
    ours_first(&PREK, &[&program]);
    theirs_goes_first(&PREK, &[&program]);
}

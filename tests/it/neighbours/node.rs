//! Tools of the JavaScript world: husky, simple-git-hooks, lefthook, and commitlint run by husky.

use super::bench::{Advice, Scene, Tool, neighbour, ours_first, theirs_first, theirs_goes_first};

/// The events that each project has a hook for; at post-merge ours is alone.
const EVENTS: [&str; 5] = [
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "post-checkout",
    "post-rewrite",
];
const SAYS: &[(&str, &str)] = &[
    ("prepare-commit-msg", "prepare-commit-msg 2"),
    ("commit-msg", "commit-msg 1"),
    ("post-commit", "post-commit 0"),
    ("post-checkout", "post-checkout 3"),
    ("post-rewrite", "post-rewrite 1 <1"),
];
/// How a command line reads the list of commits and keeps it for the next.
const KEEP_LIST: &str = "list=$(cat); printf '%s\\n' \"$list\" | ";

/// husky has no uninstall: its setting and its directory go.
const HUSKY: Tool = Tool {
    prepare: |_, _| {},
    settings: |scene| {
        scene.sh("rm -f .husky/[a-z]*");
        for event in EVENTS {
            let keep = if event == "post-rewrite" {
                KEEP_LIST
            } else {
                ""
            };
            let line = format!("{keep}./team {event} \"$@\"\n");
            scene.repo.write(&format!(".husky/{event}"), line);
        }
    },
    install: |scene| scene.run("husky", &[]),
    uninstall: |scene| scene.sh("git config --unset core.hooksPath && rm -r .husky"),
    follow: |scene,
             Advice {
                 event,
                 line,
                 reason,
             }| {
        let file = format!(".husky/{event}");
        assert!(
            reason.contains(&format!("add the line to {file}")),
            "{reason}"
        );
        let line = match event.as_str() {
            "post-rewrite" => format!("printf '%s\\n' \"$list\" | {{ {line}; }}\n"),
            _ => format!("{line}\n"),
        };
        scene.append(&file, &line);
    },
    says: SAYS,
    news: Some("git now takes hooks from .husky/_"),
    lines_stay: true,
    hands_on_stdin: true,
};

/// It writes one file an event and deletes the files of all others.
const SIMPLE_GIT_HOOKS: Tool = Tool {
    prepare: |_, _| {},
    settings: |scene| {
        let mut commands = serde_json::Map::new();
        for event in EVENTS {
            let keep = if event == "post-rewrite" {
                KEEP_LIST
            } else {
                ""
            };
            commands.insert(event.into(), format!("{keep}./team {event} \"$@\"").into());
        }
        write_package(scene, &commands.into());
    },
    install: |scene| scene.run("simple-git-hooks", &[]),
    uninstall: |scene| {
        write_package(scene, &serde_json::json!({}));
        scene.run("simple-git-hooks", &[]);
    },
    follow: |scene,
             Advice {
                 event,
                 line,
                 reason,
             }| {
        let said = format!("add the line to the command of \"{event}\" below \"simple-git-hooks\"");
        assert!(reason.contains(&said), "{reason}");
        let text = scene.repo.read("package.json");
        let mut package: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let command = &mut package["simple-git-hooks"][event];
        let before = command.as_str().expect("a command");
        // the line is as it stands in JSON
        let line: String = serde_json::from_str(&format!("\"{line}\"")).expect("a text");
        let line = match event.as_str() {
            "post-rewrite" => line.replace("{ ", "printf '%s\\n' \"$list\" | { "),
            _ => line,
        };
        *command = format!("{before} {line}").into();
        write_package(scene, &package["simple-git-hooks"]);
        scene.run("simple-git-hooks", &[]);
        // it has deleted what it does not know
        scene.repo.session(&["hooks", "install"]).done();
    },
    says: SAYS,
    news: Some("was replaced by simple-git-hooks"),
    lines_stay: true,
    hands_on_stdin: true,
};

fn write_package(scene: &Scene, hooks: &serde_json::Value) {
    let package = serde_json::json!({"name": "team", "simple-git-hooks": hooks});
    scene.repo.write("package.json", package.to_string());
}

/// It renames the files that it finds and does not run them.
const LEFTHOOK: Tool = Tool {
    prepare: |_, _| {},
    settings: |scene| {
        scene.sh("rm -f lefthook-local.yml");
        let mut text = "output: false\n".to_owned();
        for event in EVENTS {
            let hook = format!(
                "{event}:\n  commands:\n    team:\n      run: ./team {event} {{0}}\n      use_stdin: true\n"
            );
            text.push_str(&hook);
        }
        scene.repo.write("lefthook.yml", text);
    },
    install: |scene| scene.run("lefthook", &["install"]),
    uninstall: |scene| scene.run("lefthook", &["uninstall"]),
    follow: |scene, Advice { line, reason, .. }| {
        assert!(reason.ends_with("add the line to lefthook-local.yml and run lefthook install"));
        scene.append("lefthook-local.yml", &format!("{line}\n"));
        scene.run("lefthook", &["install"]);
    },
    says: SAYS,
    news: Some("was replaced by lefthook"),
    lines_stay: true,
    hands_on_stdin: true,
};

#[test]
fn husky() {
    let Some(husky) = neighbour("husky") else {
        return;
    };
    theirs_first(&HUSKY, &[&husky]);
    ours_first(&HUSKY, &[&husky]);
    theirs_goes_first(&HUSKY, &[&husky]);
}

#[test]
fn simple_git_hooks() {
    let Some(program) = neighbour("simple-git-hooks") else {
        return;
    };
    theirs_first(&SIMPLE_GIT_HOOKS, &[&program]);
    ours_first(&SIMPLE_GIT_HOOKS, &[&program]);
    theirs_goes_first(&SIMPLE_GIT_HOOKS, &[&program]);
}

#[test]
fn lefthook() {
    let Some(lefthook) = neighbour("lefthook") else {
        return;
    };
    if Scene::new(&[]).git < (2, 31) {
        eprintln!("skipped: lefthook needs git 2.31");
        return;
    }
    theirs_first(&LEFTHOOK, &[&lefthook]);
    ours_first(&LEFTHOOK, &[&lefthook]);
    theirs_goes_first(&LEFTHOOK, &[&lefthook]);
}

/// commitlint reads the message after our lines are in it, and accepts them; a bad subject is refused.
#[test]
fn commitlint() {
    let (Some(husky), Some(commitlint)) = (neighbour("husky"), neighbour("commitlint")) else {
        return;
    };
    let scene = Scene::new(&[&husky, &commitlint]);
    let modules = commitlint.path.ancestors();
    let mut modules = modules.filter(|path| path.ends_with("node_modules"));
    let modules = modules.next().expect("node_modules").display();
    scene.sh(&format!("ln -s '{modules}' node_modules"));
    scene.repo.write(".gitignore", "node_modules\n");
    let extends = "export default {extends: ['@commitlint/config-conventional']};\n";
    scene.repo.write("commitlint.config.mjs", extends);
    scene
        .repo
        .write(".husky/commit-msg", "commitlint --edit \"$1\"\n");
    scene.begin();
    scene.run("husky", &[]);
    scene.install_ours(&HUSKY_WITH_COMMITLINT);
    scene.repo.commit("file", "1\n", "feat: add a file");
    scene.assert_ours("HEAD");
    let bad = scene
        .repo
        .git(&["commit", "--allow-empty", "-m", "Added something"]);
    assert_eq!(bad.code, 1, "{bad}");
    assert!(bad.to_string().contains("subject-empty"), "{bad}");
    scene
        .repo
        .commit("file", "2\n", "fix(scope): mend it\n\nA body.\n\nRefs: #1");
    scene.assert_ours("HEAD");
    assert_eq!(scene.repo.trailers("HEAD", "Refs"), ["#1"]);
}

/// husky where only commit-msg is the project's.
const HUSKY_WITH_COMMITLINT: Tool = Tool {
    follow: |scene, Advice { event, line, .. }| {
        scene.append(&format!(".husky/{event}"), &format!("{line}\n"));
    },
    ..HUSKY
};

//! Settings as git has them, and writes that wait for their turn.
#![allow(
    clippy::disallowed_methods,
    reason = "fixtures are written and processes started without what is tested"
)]

use std::time::Duration;

use git_session::domain::id::{BranchName, SessionId};
use git_session::git::{Repo, Scope};

use crate::git_support::Sandbox;

fn session(number: usize) -> SessionId {
    SessionId::new(format!("work-20261120-aaaaa{number}")).expect("a session id")
}

#[test]
fn branches_with_any_name_are_mapped_moved_and_unmapped() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a", "1");
    let repo = sandbox.open();
    let names = [
        "main",
        "a/b.c",
        "we.ird\"na#me",
        "50%-ü",
        "UPPER.Case",
        "x=y",
        "it's;here",
    ];
    for (number, name) in names.iter().enumerate() {
        let branch = BranchName::new(*name).expect("a branch name");
        assert_eq!(repo.config().expect("config").session_of(&branch), None);
        repo.set_session(&branch, Some(&session(number)))
            .expect("written");
        assert_eq!(
            repo.config().expect("config").session_of(&branch),
            Some(session(number))
        );
        let key = format!("branch.{name}.sessionId");
        assert_eq!(
            sandbox.git(&["config", "--local", &key]),
            session(number).as_str()
        );
    }
    let mapped = repo.config().expect("config").mapped_branches();
    assert_eq!(mapped.len(), names.len());
    sandbox.git(&["branch", "-m", "main", "renamed.now"]);
    let fresh = sandbox.open();
    let config = fresh.config().expect("config");
    let renamed = BranchName::new("renamed.now").expect("a branch name");
    assert_eq!(config.session_of(&renamed), Some(session(0)));
    for (branch, _) in &mapped {
        repo.set_session(branch, None).expect("removed");
        repo.set_session(branch, None).expect("removed again");
    }
    repo.set_session(&renamed, None).expect("removed");
    assert!(repo.config().expect("config").mapped_branches().is_empty());
}

#[test]
fn a_mapping_is_written_to_the_config_that_work_trees_share() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a", "1");
    sandbox.git(&["config", "extensions.worktreeConfig", "true"]);
    sandbox.git(&["worktree", "add", "-q", "../linked", "-b", "other"]);
    let linked = sandbox.root().join("linked");
    let repo = Repo::open(&sandbox.env(&[]), &linked).expect("it opens");
    let other = BranchName::new("other").expect("a branch name");
    repo.set_session(&other, Some(&session(1)))
        .expect("written");
    repo.set_config(Scope::Worktree, "session.here", "yes")
        .expect("written");
    let here = repo.config().expect("config");
    assert_eq!(here.origin("session.here"), Some(Scope::Worktree));
    assert_eq!(here.origin("branch.other.sessionid"), Some(Scope::Local));
    let main = sandbox.open();
    let main = main.config().expect("config");
    assert_eq!(main.session_of(&other), Some(session(1)));
    assert_eq!(main.get("session.here"), None);
}

#[test]
fn a_write_waits_for_the_lock() {
    let sandbox = Sandbox::new(&[]);
    let lock = sandbox.repo().join(".git/config.lock");
    std::fs::File::create(&lock).expect("a lock");
    let holder = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        std::fs::remove_file(lock).expect("removed");
    });
    let repo = sandbox.open();
    repo.set_config(Scope::Local, "session.enabled", "false")
        .expect("written");
    holder.join().expect("it ended");
    assert_eq!(
        repo.config()
            .expect("config")
            .get_bool("session.enabled")
            .expect("a bool"),
        Some(false)
    );
}

#[test]
fn many_writers_at_once_are_all_heard() {
    let sandbox = Sandbox::new(&[]);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let sandbox = &sandbox;
            scope.spawn(move || {
                let repo = sandbox.open();
                for n in 0..5 {
                    let key = format!("session.w{writer}n{n}");
                    repo.set_config(Scope::Local, &key, "x").expect("written");
                }
            });
        }
    });
    assert_eq!(
        sandbox
            .open()
            .config()
            .expect("config")
            .section("session.")
            .len(),
        20
    );
}

#[test]
fn values_are_read_by_gits_rules() {
    let sandbox = Sandbox::new(&[]);
    let text = "[session]\n\tshort\n\tempty =\n\tyes = YES\n\tzero = 0\n\tbig = 2k\n\tword = maybe\n\
                [Session]\n\tMany = a\n\tmany = b\n[session \"Sub.Section\"]\n\tKey = v # comment\n";
    let path = sandbox.repo().join(".git/config");
    let mut config = std::fs::read_to_string(&path).expect("a config");
    config.push_str(text);
    std::fs::write(&path, config).expect("a config");
    let vars = [(
        "GIT_CONFIG_PARAMETERS",
        "'session.many'='c' 'session.zero'=",
    )];
    let repo = Repo::open(&sandbox.env(&vars), &sandbox.repo()).expect("it opens");
    let config = repo.config().expect("config");
    let truth = |key: &str| config.get_bool(key);
    assert_eq!(truth("session.short").expect("a bool"), Some(true));
    assert_eq!(config.get("session.short"), None);
    assert!(config.is_set("session.short"));
    assert_eq!(truth("session.empty").expect("a bool"), Some(false));
    assert_eq!(truth("SESSION.Yes").expect("a bool"), Some(true));
    assert_eq!(truth("session.zero").expect("a bool"), Some(true));
    assert_eq!(truth("session.big").expect("a bool"), Some(true));
    assert_eq!(truth("session.absent").expect("a bool"), None);
    let error = truth("session.word").expect_err("no bool");
    assert!(error.to_string().contains("`maybe`"), "{error:#}");
    assert_eq!(
        config.get_integer("session.big").expect("a number"),
        Some(2048)
    );
    assert_eq!(config.get_all("session.many"), ["a", "b", "c"]);
    assert_eq!(config.get("session.many").as_deref(), Some("c"));
    assert_eq!(config.get("session.Sub.Section.key").as_deref(), Some("v"));
    assert_eq!(config.get("session.sub.section.key"), None);
}

#[test]
fn one_of_several_values_is_added_and_removed() {
    let sandbox = Sandbox::new(&[]);
    let repo = sandbox.open();
    let key = "remote.origin.fetch";
    for value in ["+refs/a/*:refs/b/*", "+refs/c/*:refs/d/*"] {
        repo.add_config(Scope::Local, key, value).expect("written");
    }
    repo.unset_config_value(Scope::Local, key, "+refs/a/*:refs/b/*")
        .expect("removed");
    assert_eq!(
        repo.config().expect("config").get_all(key),
        ["+refs/c/*:refs/d/*"]
    );
    assert!(repo.set_config(Scope::Local, "no key", "x").is_err());
}

#[test]
fn a_hook_reads_what_git_lists() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a", "1");
    let plain = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n";
    let more = [
        "",
        "[a]\nb\nb=\nb = c d  e ; f\n[A \"B.c \\\"\\\\\"]\n  Key-1 = \"x # y\" \n",
        "[branch \"ü/x\"]\n\tsessionId = s-1\n\tmerge = refs/heads/x\n[user]\n\tname = A \\\"B\\\" C\n",
        "[a]\nb = c\\\n  d \"e  f\"g\\t\n[a.b] c = d\n",
        "[include]\n\tpath = ../more\n",
        "[includeIf \"onbranch:main\"]\n\tpath = ../more\n",
        "[extensions]\n\tworktreeConfig = true\n",
    ];
    let git_dir = sandbox.repo().join(".git");
    std::fs::write(sandbox.repo().join("more"), "[session]\n\tmore = it\n").expect("a config");
    std::fs::write(git_dir.join("config.worktree"), "[session]\n\town = true\n").expect("a config");
    let env = sandbox.env(&[]);
    for text in more {
        std::fs::write(git_dir.join("config"), format!("{plain}{text}")).expect("a config");
        let args = ["config", "--local", "--includes", "--list", "-z"];
        let output = sandbox.git_in(&sandbox.repo(), &args);
        let listed = String::from_utf8(output).expect("UTF-8");
        let expected: Vec<(&str, &str)> = listed
            .split_terminator('\0')
            .map(|entry| entry.split_once('\n').unwrap_or((entry, "true")))
            .collect();
        let dirs = git_session::git::locate(&env, &sandbox.repo()).expect("located");
        let repo = Repo::open_in_hook(&env, &sandbox.repo(), &dirs).expect("it opens");
        let found = repo.config().expect("config").section("");
        // libgit2 reads the user's file from the environment of the process
        let found: Vec<(&str, &str)> = found
            .iter()
            .filter(|setting| matches!(setting.scope, Scope::Local))
            .map(|setting| (setting.key.as_str(), setting.value.as_str()))
            .collect();
        assert_eq!(found, expected, "{text}");
    }
}

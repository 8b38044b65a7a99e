//! Whatever is wrong with our own files, git does what it would do without us: the commit is made, the switch
//! happens, the exit code is 0, and where it can be written one line in `hook.log` says what was wrong.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use super::support::{EVENTS, Output, Repo};

/// Everything that runs our hooks, in one line of shell.
const EVERYTHING: &str = "\
echo 1 >>work && git add work && git commit -q -m Title && \
git commit -q --amend -m Amended && \
git switch -q main && git switch -q - && \
git merge -q --no-ff --no-edit main && \
git rebase -q --force-rebase main && \
git commit -q --allow-empty -m Last";

/// A session on `feature`; `main` has a commit more.
fn template() -> Repo {
    let repo = Repo::in_session();
    repo.switch("main");
    repo.commit("other", "1\n", "On main");
    repo.switch("feature");
    repo
}

/// Everything works; the work tree is clean and what was made is what git says.
#[track_caller]
fn assert_git_works(repo: &Repo, what: &str) {
    let output = repo.sh(EVERYTHING);
    assert!(output.success(), "{what}\n{output}");
    assert_eq!(output.news(), "", "{what}");
    let subjects = repo.git(&["log", "--format=%s", "main.."]).text();
    assert_eq!(subjects, "Last\nAmended", "{what}");
    assert_eq!(repo.git(&["status", "--porcelain"]).text(), "", "{what}");
    repo.git(&["fsck", "--strict", "--no-progress"]).done();
}

/// The next command works, or ends with a fault, never with a panic or a signal.
#[track_caller]
fn assert_no_bug(output: &Output, what: &str) {
    assert!([0, 1, 3, 4].contains(&output.code), "{what}\n{output}");
    assert!(!output.news().contains("panicked"), "{what}\n{output}");
}

#[test]
fn a_missing_program() {
    let repo = template();
    for event in EVENTS {
        let hook = repo.git_path("hooks").join(event);
        fs::remove_file(&hook).expect("ours is there");
        symlink(repo.sandbox().root().join("gone"), &hook).expect("the name is free");
    }
    assert_git_works(&repo, "dangling links");
    assert_eq!(repo.runs("HEAD"), 0);
}

/// Bytes that no file of ours should hold.
const GARBAGE: &[(&str, &[u8])] = &[
    ("empty", b""),
    ("text", b"what is this?\n"),
    ("half of an object", b"{\"v\":1,\"session\":"),
    ("a number too large", b"{\"v\":99999999999999999999999999}"),
    (
        "a greater version",
        b"{\"v\":99,\"session\":\"x\",\"branch\":\"y\"}\n",
    ),
    ("zeros", &[0; 4096]),
    ("no UTF-8", b"\xff\xfe\x80\n\xc3"),
    ("a deep nest", &[b'['; 20_000]),
];

/// The files of ours that a hook reads.
fn files(repo: &Repo) -> Vec<(&'static str, PathBuf)> {
    let mut files = vec![
        ("session-worktree", repo.git_path("session-worktree")),
        ("session-message", repo.git_path("session-message")),
        ("config.toml", repo.path().join(".session/config.toml")),
        ("index.jsonl", repo.store().join("index.jsonl")),
        ("format", repo.store().join("format")),
        ("timings", repo.store().join("timings")),
        ("hook.log", repo.store().join("hook.log")),
    ];
    for name in ["context.json", "log.jsonl", "lock"] {
        files.push((name, repo.session_file(name)));
    }
    files
}

#[test]
fn corrupt_files() {
    let template = template();
    template.sh("rm -f .git/hooks/*.sample").done();
    // tracked, so that the work tree stays clean
    template.commit(".session/config.toml", "[session]\n", "Settings");
    template.git(&["branch", "-f", "main"]).done();
    let names: Vec<&str> = files(&template).iter().map(|(name, _)| *name).collect();
    for name in names {
        for (kind, bytes) in GARBAGE {
            let what = format!("{name}: {kind}");
            template.sh("rm -rf ../copy && cp -a . ../copy").done();
            let repo = template.at("../copy");
            let file = files(&repo).into_iter().find(|(other, _)| *other == name);
            let (_, path) = file.expect("it is in the list");
            fs::write(&path, bytes).expect("it can be written");
            if name == "config.toml" {
                repo.git(&["commit", "-q", "-a", "-m", "Settings"]).done();
                repo.git(&["branch", "-f", "main"]).done();
            }
            // the first of them is enough for the full round; the others only commit
            if *kind == "text" {
                assert_git_works(&repo, &what);
            } else {
                repo.stage("work", kind);
                let output = repo.git(&["commit", "-q", "-m", "Title"]);
                assert!(output.success(), "{what}\n{output}");
                assert_eq!(output.news(), "", "{what}");
            }
            let lost = name == "log.jsonl";
            let intact = !lost && name != "format";
            if intact {
                assert_eq!(repo.runs("HEAD"), 1, "{what}\n{:?}", repo.hook_log());
            }
            assert_no_bug(&repo.session(&["status"]), &what);
            assert_no_bug(&repo.session(&["objectives", "add", "More"]), &what);
            if intact {
                repo.session(&["objectives", "list"]).done();
                let log = repo.read(repo.session_file("log.jsonl"));
                assert!(
                    log.contains("Reach the goal") && log.contains("More"),
                    "{what}"
                );
            }
        }
    }
}

#[test]
fn a_torn_line_costs_only_itself() {
    for torn in ["{\"v\":1,\"id\":\"01", "garbage\n", "\0\0\0\0"] {
        let repo = template();
        let log = repo.session_file("log.jsonl");
        let before = repo.read(&log);
        fs::write(&log, format!("{before}{torn}")).expect("it can be written");
        repo.commit("work", "1\n", "Title");
        assert_eq!(repo.runs("HEAD"), 1);
        repo.session(&["objectives", "add", "More"]).done();
        let list = repo.session(&["objectives", "list"]).text();
        assert!(
            list.contains("Reach the goal") && list.contains("More"),
            "{list}"
        );
        let after = repo.read(&log);
        assert!(
            after.starts_with(&format!("{before}{torn}")),
            "nothing is rewritten"
        );
        assert!(repo.note("HEAD").is_some());
        repo.assert_quiet();
    }
}

#[test]
fn a_lost_log_is_said_by_commands_and_does_not_stop_commits() {
    let repo = template();
    fs::remove_file(repo.session_file("log.jsonl")).expect("it is there");
    assert_git_works(&repo, "no log");
    assert_no_bug(&repo.session(&["status"]), "no log");
    let repo = template();
    fs::remove_dir_all(repo.store()).expect("it is there");
    assert_git_works(&repo, "no store");
    assert_no_bug(&repo.session(&["status"]), "no store");
    repo.session(&["start", "-o", "Again"]).done();
    repo.commit("work", "again\n", "Title");
    assert_eq!(repo.runs("HEAD"), 1);
}

#[test]
fn a_store_from_the_future_is_not_touched() {
    let repo = template();
    fs::write(repo.store().join("format"), "2\n").expect("it can be written");
    let listing =
        "cd .git && find sessions -type f ! -name timings ! -name hook.log -exec cksum {} +";
    let before = repo.sh(listing).text();
    assert_git_works(&repo, "format 2");
    assert_eq!(repo.sh(listing).text(), before);
    let log = repo.hook_log();
    assert!(
        log.iter().all(|line| line.contains("is of format `2`")),
        "{log:#?}"
    );
    assert!(!log.is_empty());
    let refused = repo.session(&["start", "-o", "More"]);
    insta::assert_snapshot!(refused, @r"
    --- stderr
    error: [ROOT]/repo/.git/sessions is of format `2`, this version knows 1
    hint: install a newer git-session
    --- exit 3
    [EOF]
    ");
    let refused = repo.session(&["objectives", "add", "More"]);
    insta::assert_snapshot!(refused, @r"
    --- stderr
    error: [ROOT]/repo/.git/sessions is of format `2`, this version knows 1
    hint: install a newer git-session
    --- exit 3
    [EOF]
    ");
    assert_eq!(repo.sh(listing).text(), before);
}

#[test]
fn directories_where_files_should_be() {
    for name in [
        "context.json",
        "log.jsonl",
        "lock",
        "session-worktree",
        "session-message",
    ] {
        let repo = template();
        let (_, path) = files(&repo)
            .into_iter()
            .find(|(other, _)| *other == name)
            .expect("it is in the list");
        fs::remove_file(&path).ok();
        fs::create_dir_all(path.join("inside")).expect("a directory");
        assert_git_works(&repo, name);
        assert_no_bug(&repo.session(&["status"]), name);
    }
}

#[test]
fn nobody_waits_at_a_pipe() {
    let template = template();
    template.session(&["status"]).done();
    let mut names: Vec<PathBuf> = files(&template)
        .into_iter()
        .filter(|(name, _)| *name != "config.toml")
        .map(|(_, path)| path)
        .collect();
    for name in ["hooks.json", "told", "cache/coverage.json", "unmapped/x"] {
        names.push(template.store().join(name));
    }
    let top = template.path().to_owned();
    for path in names {
        let name = path.strip_prefix(&top).expect("it is below").to_owned();
        template.sh("rm -rf ../copy && cp -a . ../copy").done();
        let repo = template.at("../copy");
        let path = repo.path().join(&name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
        let pipe = format!("rm -f '{0}' && mkfifo '{0}'", path.display());
        repo.sh(&pipe).done();
        let what = name.display().to_string();
        let output = repo.sh("timeout 20 git commit -q --allow-empty -m Title && timeout 20 git switch -q main && timeout 20 git switch -q -");
        assert!(output.success(), "{what}\n{output}");
        assert_eq!(output.news(), "", "{what}");
        assert_no_bug(&repo.sh("timeout 20 git session status"), &what);
        assert_no_bug(
            &repo.sh("timeout 20 git session objectives add More"),
            &what,
        );
        assert_no_bug(&repo.sh("timeout 20 git session hooks status"), &what);
    }
    // one that git does not track can stand in the work tree, too
    template
        .sh("mkdir .session && mkfifo .session/config.toml")
        .done();
    template.stage("work", "1\n");
    template.sh("timeout 20 git commit -q -m Title").done();
    assert_eq!(template.runs("HEAD"), 1, "with every other setting");
    assert_no_bug(&template.sh("timeout 20 git session status"), "config.toml");
}

#[test]
fn nothing_is_written_to_where_a_link_leads() {
    let names = [
        "log.jsonl",
        "lock",
        "context.json",
        "index.jsonl",
        "timings",
        "hook.log",
        "session-message",
        "session-worktree",
    ];
    for name in names {
        let repo = template();
        let outside = repo.sandbox().root().join("outside");
        fs::write(&outside, "{}\n").expect("it can be written");
        let (_, path) = files(&repo)
            .into_iter()
            .find(|(other, _)| *other == name)
            .expect("it is in the list");
        fs::remove_file(&path).ok();
        symlink(&outside, &path).expect("a link");
        assert_git_works(&repo, name);
        assert_no_bug(&repo.session(&["objectives", "add", "More"]), name);
        assert_no_bug(&repo.session(&["end"]), name);
        assert_eq!(repo.read(&outside), "{}\n", "{name}");
    }
}

#[test]
fn a_device_is_not_read_to_its_end() {
    let repo = template();
    for path in [
        repo.session_file("context.json"),
        repo.git_path("session-worktree"),
    ] {
        fs::remove_file(&path).ok();
        symlink("/dev/zero", &path).expect("a link");
    }
    repo.sh("ulimit -v 8000000; timeout 20 git commit -q --allow-empty -m Title")
        .done();
    assert_eq!(repo.runs("HEAD"), 1);
    // what a cloned repository can bring
    symlink("/dev/zero", repo.path().join("package.json")).expect("a link");
    repo.sh("ulimit -v 8000000; timeout 20 git session hooks status")
        .done();
}

#[test]
fn links_that_lead_nowhere_or_in_a_circle() {
    for name in ["context.json", "log.jsonl", "lock", "session-worktree"] {
        let repo = template();
        let (_, path) = files(&repo)
            .into_iter()
            .find(|(other, _)| *other == name)
            .expect("it is in the list");
        fs::remove_file(&path).ok();
        symlink(&path, &path).expect("a circle");
        assert_git_works(&repo, name);
        assert_no_bug(&repo.session(&["status"]), name);
    }
}

#[test]
fn settings_behind_a_link_are_refused_and_do_not_stop_commits() {
    let repo = template();
    repo.write("../outside/config.toml", "[session]\ntrailers = \"none\"\n");
    symlink("../outside", repo.path().join(".session")).expect("a link");
    repo.write(".git/info/exclude", "/.session\n");
    assert_git_works(&repo, "a link");
    assert_eq!(repo.runs("HEAD"), 1, "with every other setting");
    let log = repo.hook_log();
    assert!(
        log.iter().any(|line| line.contains("symbolic link")),
        "{log:#?}"
    );
    insta::assert_snapshot!(repo.session(&["status"]), @r"
    --- stderr
    error: [ROOT]/repo/.session is a symbolic link
    hint: replace it by a file of the repository
    --- exit 1
    [EOF]
    ");
}

#[test]
fn a_time_that_makes_no_sense() {
    for now in [
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2000-01-01T00:00:00Z",
    ] {
        let repo = template();
        let view = repo.with("GIT_SESSION_NOW", now);
        assert_git_works(&view, now);
        assert_no_bug(&view.session(&["status"]), now);
        repo.session(&["status"]).done();
        repo.assert_quiet();
    }
}

#[test]
fn a_huge_session() {
    let repo = template();
    let texts: Vec<String> = (0..150)
        .map(|n| format!("{n} {}", "long ".repeat(60)))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    repo.session(&[&["objectives", "add"], texts.as_slice()].concat())
        .done();
    assert_git_works(&repo, "150 objectives");
    assert!(repo.message("HEAD").lines().count() < 40);
    repo.assert_quiet();
}

#[test]
fn paths_that_are_no_text() {
    let repo = template();
    repo.sh("printf x >\"$(printf 'a\\377b')\"; printf x >\"$(printf 'c\\nd')\"; printf x >\"$(printf 'e\\033[31mf')\"; git add .")
        .done();
    repo.git(&["commit", "-q", "-m", "Title"]).done();
    assert_eq!(repo.trailers("HEAD", "Session-Id"), [repo.session_id()]);
    let message = repo.message("HEAD");
    assert!(!message.contains('\u{1b}'), "{message}");
    assert_eq!(repo.trailers("HEAD", "Impact").len(), 3, "{message}");
    repo.assert_quiet();
}

/// Whether this process may do everything.
fn is_root(repo: &Repo) -> bool {
    repo.sh("id -u").text() == "0"
}

/// A user who owns nothing here; `None` where we cannot become one.
fn nobody(repo: &Repo) -> Option<&'static str> {
    let line = "setpriv --reuid=65534 --regid=65534 --clear-groups";
    let can = is_root(repo) && repo.sh(&format!("{line} true")).success();
    can.then_some(line)
}

/// Runs everything as somebody else, who owns the repository but not what `spoil` took away.
fn as_nobody(spoil: impl Fn(&Repo)) -> Option<Repo> {
    let repo = template();
    let Some(line) = nobody(&repo) else {
        eprintln!("skipped: not root, or no setpriv");
        return None;
    };
    repo.git(&["config", "--global", "safe.directory", "*"])
        .done();
    // the program must be within reach
    let program = repo.sandbox().root().join("program");
    fs::copy(super::support::PROGRAM, &program).expect("a copy");
    for event in EVENTS {
        let hook = repo.git_path("hooks").join(event);
        fs::remove_file(&hook).expect("ours is there");
        symlink(&program, &hook).expect("the name is free");
    }
    repo.sh(&format!(
        "chown -R 65534:65534 {}",
        repo.sandbox().root().display()
    ))
    .done();
    spoil(&repo);
    // a git that is not installed looks for attributes where it was built
    repo.sandbox().set("GIT_ATTR_NOSYSTEM", "1");
    let output = repo.sh(&format!("{line} sh -c '{EVERYTHING}'"));
    assert!(output.success(), "{output}");
    assert_eq!(output.news(), "");
    Some(repo)
}

/// Sets the mode and the owner of something.
fn root_only(path: &Path, mode: u32) {
    std::os::unix::fs::chown(path, Some(0), Some(0)).expect("we are root");
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
}

#[test]
fn a_store_that_cannot_be_read() {
    let Some(repo) = as_nobody(|repo| root_only(&repo.store(), 0o700)) else {
        return;
    };
    let git = repo.git(&["log", "--format=%s", "main.."]);
    assert_eq!(git.text(), "Last\nAmended");
}

#[test]
fn a_store_that_cannot_be_written() {
    let spoiled = as_nobody(|repo| {
        root_only(&repo.store(), 0o755);
        root_only(&repo.session_file("."), 0o755);
        for (_, path) in files(repo).iter().filter(|(_, path)| path.exists()) {
            root_only(path, 0o644);
        }
    });
    let Some(repo) = spoiled else {
        return;
    };
    assert_eq!(repo.runs("HEAD"), 1, "what can be done is done");
}

#[test]
fn a_session_that_cannot_be_read_costs_a_line_in_the_log() {
    let Some(repo) = as_nobody(|repo| {
        root_only(&repo.session_file("context.json"), 0o600);
        root_only(&repo.session_file("log.jsonl"), 0o600);
    }) else {
        return;
    };
    let log = repo.hook_log();
    assert!(
        log.iter().any(|line| line.contains("log.jsonl")),
        "{log:#?}"
    );
}

#[test]
fn a_git_directory_that_is_read_only_for_our_files() {
    // the directory itself must stay writable for git; what is ours inside is somebody else's
    let spoiled = as_nobody(|repo| {
        fs::create_dir(repo.git_path("session-message")).expect("a directory");
        root_only(&repo.git_path("session-message"), 0o555);
        root_only(&repo.git_path("session-worktree"), 0o444);
    });
    drop(spoiled);
}

#[test]
fn a_full_disk() {
    let repo = template();
    let disk = repo.sandbox().root().join("disk");
    fs::create_dir(&disk).expect("a directory");
    let mount = format!("mount -t tmpfs -o size=256k none {}", disk.display());
    if !is_root(&repo) || !repo.sh(&mount).success() {
        println!("skipped: a small file system cannot be mounted");
        return;
    }
    let unmount = Unmount(&repo, disk.clone());
    // the store alone is on the full disk, so that git itself has room
    let store = repo.store();
    repo.sh(&format!(
        "cp -a {store}/. {disk}/ && rm -rf {store} && ln -s {disk} {store}",
        store = store.display(),
        disk = disk.display()
    ))
    .done();
    let before = repo.read(repo.session_file("log.jsonl"));
    repo.sh(&format!(
        "cat /dev/zero >{}/filler 2>/dev/null; true",
        disk.display()
    ))
    .done();
    assert_git_works(&repo, "full");
    let after = repo.read(repo.session_file("log.jsonl"));
    assert!(after.starts_with(&before), "{after}");
    // the last block of the log may have room: what is said to be done is in the log, and only that
    let answer = repo.session(&["objectives", "add", "Full"]);
    let kept = repo
        .read(repo.session_file("log.jsonl"))
        .contains("\"text\":\"Full\"}}\n");
    assert_eq!(answer.code, i32::from(!kept), "{answer}");
    // with room again, everything goes on
    fs::remove_file(disk.join("filler")).expect("it is there");
    repo.commit("work", "again\n", "Title");
    assert_eq!(repo.runs("HEAD"), 1);
    repo.session(&["objectives", "add", "More"]).done();
    assert!(repo.note("HEAD").is_some());
    drop(unmount);
}

#[test]
fn a_view_that_cannot_be_written_does_not_make_a_recorded_command_fail() {
    let repo = template();
    for name in ["context.json", "objectives.md"] {
        let view = repo.session_file(name);
        fs::remove_file(&view).ok();
        fs::create_dir_all(view.join("inside")).expect("a directory");
        repo.session(&["objectives", "add", &format!("With {name}")])
            .done();
        let log = repo.hook_log();
        assert!(log.iter().any(|line| line.contains(name)), "{log:#?}");
        fs::remove_dir_all(&view).expect("it is there");
    }
    repo.session(&["objectives", "add", "Again"]).done();
    let view = repo.read(repo.session_file("objectives.md"));
    for text in ["With context.json", "With objectives.md", "Again"] {
        assert_eq!(view.matches(text).count(), 1, "{view}");
    }
}

/// Unmounts when it goes, also after a failure.
struct Unmount<'r>(&'r Repo, PathBuf);

impl Drop for Unmount<'_> {
    fn drop(&mut self) {
        let line = format!("umount -l {}", self.1.display());
        let _gone = self.0.sh(&line);
    }
}

#[test]
fn hooks_called_by_hand_with_anything() {
    let repo = template();
    let words: &[&[&str]] = &[
        &[],
        &["nonsense"],
        &["post-commit", "--help"],
        &["post-commit", "-x", "y"],
        &["prepare-commit-msg"],
        &["prepare-commit-msg", "no/such/file"],
        &["prepare-commit-msg", "README", "what", "HEAD", "more"],
        &["prepare-commit-msg", ".git"],
        &["commit-msg", "no/such/file"],
        &["post-checkout"],
        &["post-checkout", "a", "b", "1"],
        &["post-checkout", "0", "0", "1"],
        &["post-rewrite"],
        &["post-rewrite", "amend"],
        &["post-merge", "x"],
    ];
    for arguments in words {
        let output = repo.session(&[&["hook"], *arguments].concat());
        assert_eq!(output.code, 0, "{arguments:?}\n{output}");
        assert_eq!(output.stdout, b"", "{arguments:?}");
    }
    // outside of a repository too
    let outside = repo.at("..");
    for event in EVENTS {
        let output = outside.session(&["hook", event, "x", "y", "1"]);
        assert_eq!((output.code, output.news()), (0, String::new()), "{event}");
    }
    let events = repo.events();
    assert!(
        events
            .iter()
            .all(|event| event["kind"] != "commit.rewritten")
    );
}

#[test]
fn numbers_and_times_at_their_limits() {
    let limits: &[(&str, &str)] = &[
        ("\"n\":2,", "\"n\":18446744073709551615,"),
        ("\"n\":2,", "\"n\":18446744073709551614,"),
        ("2026-11-20T09:00:00Z", "-262143-01-01T00:00:00Z"),
        ("2026-11-20T09:00:00Z", "+262142-12-31T23:59:59Z"),
        ("2026-11-20T09:00:00Z", "0000-01-01T00:00:00Z"),
        ("\"time\":0", "\"time\":18446744073709551615"),
        ("\"files\":1", "\"files\":4294967295"),
        ("\"v\":1", "\"v\":4294967295"),
    ];
    for (from, to) in limits {
        let repo = template();
        repo.commit("work", "1\n", "Title");
        repo.commit("work", "2\n", "Title");
        let log = repo.session_file("log.jsonl");
        let context = repo.session_file("context.json");
        let text = repo.read(&log);
        assert!(text.contains(from), "{from} is not in {text}");
        fs::write(&log, text.replace(from, to)).expect("it can be written");
        for views in ["kept", "gone"] {
            if views == "gone" {
                fs::remove_file(&context).ok();
            }
            let what = format!("{to}, context {views}");
            repo.stage("work", &what);
            let output = repo.git(&["commit", "-q", "-m", "Title"]);
            assert_eq!((output.code, output.news()), (0, String::new()), "{what}");
            repo.switch("main");
            let back = repo.git(&["-c", "session.briefOnCheckout=always", "switch", "-q", "-"]);
            assert!(
                back.success() && !back.news().contains("panicked"),
                "{what}\n{back}"
            );
            assert_no_bug(&repo.session(&["status"]), &what);
            assert_no_bug(&repo.session(&["objectives", "add", "More"]), &what);
            let log = repo.hook_log();
            assert!(
                !log.iter().any(|line| line.contains("a bug")),
                "{what}\n{log:#?}"
            );
        }
    }
}

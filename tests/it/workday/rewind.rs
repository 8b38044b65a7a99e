//! `rewind`: the exact tree comes back, and nothing that was there is lost.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use crate::support::Repo;

use super::picture::{Files, files, picture, status};
use super::scenes::SCENES;

#[test]
fn every_scene_comes_back_after_it_was_cleared_away() {
    for scene in SCENES.iter().filter(|scene| scene.name != "conflicts") {
        let repo = (scene.set)();
        let before = picture(&repo);
        repo.session(&["checkpoint"]).done();
        repo.git(&["reset", "-q", "--hard"]).done();
        repo.git(&["clean", "-qfd"]).done();
        let said = repo.session(&["rewind"]);
        assert!(said.success(), "{}: {said}", scene.name);
        assert_eq!(files(&repo), before.files, "{}", scene.name);
        assert_eq!(status(&repo), before.status, "{}", scene.name);
    }
}

/// Random numbers that are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

const NAMES: [&str; 9] = ["a", "b", "d/a", "d/b", "d/e/f", "new", "d/new", "e", "e/x"];

/// One edit of the work tree or the index.
fn edit(repo: &Repo, dice: &mut Dice) {
    let name = NAMES[usize::try_from(dice.roll(9)).expect("small")];
    let path = repo.path().join(name);
    let clear = || {
        for parent in path.ancestors().skip(1) {
            if parent == repo.path() {
                break;
            }
            if fs::symlink_metadata(parent).is_ok_and(|m| !m.is_dir()) {
                fs::remove_file(parent).expect("removed");
            }
        }
        if fs::symlink_metadata(&path).is_ok_and(|m| m.is_dir()) {
            fs::remove_dir_all(&path).expect("removed");
        } else {
            fs::remove_file(&path).ok();
        }
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
    };
    match dice.roll(9) {
        0..=2 => {
            clear();
            fs::write(&path, format!("{}\n", dice.roll(5))).expect("a file");
        }
        3 => {
            clear();
            symlink(format!("to-{}", dice.roll(3)), &path).expect("a link");
        }
        4 => clear(),
        5 => {
            if path.is_file() && !path.is_symlink() {
                let mode = if dice.roll(2) == 0 { 0o755 } else { 0o644 };
                fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
            }
        }
        6 => drop(repo.git(&["add", "-A"])),
        7 => drop(repo.git(&["add", "--", name])),
        _ => drop(repo.git(&["rm", "-q", "--cached", "-r", "--ignore-unmatch", "--", name])),
    }
}

#[test]
fn random_edits_then_random_edits_then_the_exact_tree() {
    for seed in 1..=12 {
        let mut dice = Dice(seed * 0x9e37_79b9);
        let repo = Repo::in_session();
        for name in ["a", "b", "d/a", "d/b", "d/e/f"] {
            repo.write(name, "0\n");
        }
        repo.git(&["add", "-A"]).done();
        repo.git(&["commit", "-qm", "Files"]).done();
        for _ in 0..12 {
            edit(&repo, &mut dice);
        }
        let wanted = picture(&repo);
        repo.session(&["checkpoint", "-l", "wanted"]).done();
        for _ in 0..12 {
            edit(&repo, &mut dice);
        }
        let other = picture(&repo);
        let said = repo.session(&["rewind", "wanted"]);
        assert!(said.success(), "seed {seed}: {said}");
        assert_eq!(files(&repo), wanted.files, "seed {seed}");
        assert_eq!(status(&repo), wanted.status, "seed {seed}");
        if other.files != wanted.files || other.status != wanted.status {
            repo.session(&["undo"]).done();
            assert_eq!(files(&repo), other.files, "seed {seed}: undo");
            assert_eq!(status(&repo), other.status, "seed {seed}: undo");
        }
        assert_eq!(
            (&wanted.head, &wanted.refs),
            (&picture(&repo).head, &wanted.refs)
        );
        repo.git(&["fsck", "--strict", "--no-dangling"]).done();
    }
}

#[test]
fn only_some_paths_come_back() {
    let repo = Repo::in_session();
    repo.commit("d/a", "1\n", "A");
    repo.commit("b", "1\n", "B");
    repo.write("d/a", "2\n");
    repo.write("b", "2\n");
    repo.session(&["checkpoint", "-l", "two"]).done();
    repo.write("d/a", "3\n");
    repo.write("b", "3\n");
    repo.write("d/new", "3\n");
    repo.at("d")
        .session(&["rewind", "two", "--paths", "."])
        .done();
    assert_eq!(
        (repo.read("d/a"), repo.read("b")),
        ("2\n".into(), "3\n".into())
    );
    assert!(!repo.path().join("d/new").exists());
    repo.session(&["undo"]).done();
    assert_eq!(repo.read("d/a"), "3\n");
    assert_eq!(repo.read("d/new"), "3\n");
    let unknown = repo.session(&["rewind", "two", "--paths", "b", "nope"]);
    assert!(unknown.news().contains("has a file nope"), "{unknown}");
    assert_eq!(repo.read("b"), "3\n");
    let outside = repo.session(&["rewind", "two", "--paths", "../x"]);
    assert!(!outside.success(), "{outside}");
}

#[test]
fn the_index_stays_where_head_is_another_unless_asked_for() {
    let repo = Repo::in_session();
    repo.commit("a", "1\n", "One");
    repo.stage("b", "staged\n");
    repo.session(&["checkpoint", "-l", "then"]).done();
    repo.git(&["commit", "-qm", "Two"]).done();
    repo.write("b", "later\n");
    repo.session(&["rewind", "then"]).done();
    assert_eq!(repo.read("b"), "staged\n");
    assert_eq!(repo.git(&["status", "--short"]).text(), "");
    repo.git(&["rm", "-q", "--cached", "a"]).done();
    repo.session(&["rewind", "then", "--index"]).done();
    assert_eq!(repo.git(&["status", "--short"]).text(), "");
}

#[test]
fn what_no_checkpoint_held_is_saved_before_it_is_written_over() {
    let repo = Repo::in_session();
    repo.commit("x.log", "tracked\n", "Track it");
    repo.write("x.log", "then\n");
    repo.session(&["checkpoint", "-l", "then"]).done();
    // ignored now, so that no ordinary checkpoint holds it
    repo.git(&["rm", "-q", "--cached", "x.log"]).done();
    repo.write(".gitignore", "*.log\n");
    repo.write("x.log", "precious\n");
    repo.write("stays.log", "ignored\n");
    repo.session(&["rewind", "then"]).done();
    assert_eq!(repo.read("x.log"), "then\n");
    assert_eq!(repo.read("stays.log"), "ignored\n");
    repo.session(&["undo"]).done();
    assert_eq!(repo.read("x.log"), "precious\n");
}

#[test]
fn large_files_stay_and_are_named() {
    let repo = Repo::in_session();
    repo.write("small", "1\n");
    repo.session(&["checkpoint", "-l", "then"]).done();
    repo.config("session.checkpoint.maxUntracked", "10KiB");
    repo.write("large", "x".repeat(20_000));
    repo.write("new", "1\n");
    let said = repo.session(&["rewind", "then"]).ok();
    assert!(said.news().contains("No checkpoint holds large"), "{said}");
    assert!(repo.path().join("large").exists() && !repo.path().join("new").exists());
}

#[test]
fn changes_that_git_does_not_look_for_are_saved_too() {
    let repo = Repo::in_session();
    repo.commit("a", "1\n", "One");
    repo.session(&["checkpoint", "-l", "one"]).done();
    repo.commit("a", "2\n", "Two");
    repo.git(&["update-index", "--assume-unchanged", "a"])
        .done();
    repo.write("a", "hidden\n");
    repo.session(&["rewind", "one"]).done();
    assert_eq!(repo.read("a"), "1\n");
    repo.session(&["undo"]).done();
    assert_eq!(repo.read("a"), "hidden\n");
}

#[test]
fn nothing_is_removed_for_a_file_that_is_to_come_back() {
    let repo = Repo::in_session();
    repo.commit(".gitignore", "*.log\n", "Ignore");
    repo.write("a", "1\n");
    repo.session(&["checkpoint", "-l", "file"]).done();
    fs::remove_file(repo.path().join("a")).expect("removed");
    repo.write("a/x.log", "ignored\n");
    let before = picture(&repo);
    let refused = repo.session(&["rewind", "file"]);
    assert!(
        !refused.success() && refused.news().contains("a/x.log"),
        "{refused}"
    );
    assert_eq!(picture(&repo), before);
}

#[test]
fn nothing_is_rewound_during_a_merge() {
    let conflicts = SCENES.iter().find(|scene| scene.name == "conflicts");
    let repo = (conflicts.expect("there is one").set)();
    repo.session(&["checkpoint"]).done();
    let before = picture(&repo);
    let refused = repo.session(&["rewind"]);
    assert!(
        refused.news().contains("a merge is in progress"),
        "{refused}"
    );
    assert_eq!(refused.code, 1);
    assert_eq!(picture(&repo), before);
}

#[test]
fn a_file_that_is_right_is_not_touched() {
    let repo = Repo::in_session();
    repo.commit("same", "1\n", "Same");
    repo.write("other", "1\n");
    repo.session(&["checkpoint"]).done();
    repo.write("other", "2\n");
    let modified = |name: &str| {
        let metadata = fs::metadata(repo.path().join(name)).expect("a file");
        metadata.modified().expect("a time")
    };
    repo.sh("touch -d '1 hour ago' same").done();
    let before = modified("same");
    repo.session(&["rewind"]).done();
    assert_eq!(modified("same"), before);
    assert_eq!(repo.read("other"), "1\n");
}

/// The files without those that git ignores.
pub(super) fn own(files: &Files) -> Files {
    files
        .iter()
        .filter(|(path, _)| !path.ends_with(b".log"))
        .map(|(path, file)| (path.clone(), file.clone()))
        .collect()
}

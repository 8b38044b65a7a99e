//! Work trees in every state that git knows, each with a session on `feature`.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use crate::support::Repo;

/// A state of a work tree.
pub(super) struct Scene {
    pub(super) name: &'static str,
    pub(super) set: fn() -> Repo,
    /// Whether `git stash apply --index` itself brings the state back as it was.
    pub(super) by_stash: bool,
    /// Whether the work can be parked: there is some, and nothing is in conflict.
    pub(super) parks: bool,
}

const fn scene(name: &'static str, set: fn() -> Repo) -> Scene {
    Scene {
        name,
        set,
        by_stash: true,
        parks: true,
    }
}

/// Every scene.
pub(super) const SCENES: &[Scene] = &[
    scene("staged, changed, untracked", mixed),
    Scene {
        parks: false,
        ..scene("nothing changed", clean)
    },
    Scene {
        by_stash: false,
        ..scene("announced by add --intent-to-add", announced)
    },
    Scene {
        by_stash: false,
        parks: false,
        ..scene("conflicts", conflicts)
    },
    scene("symbolic links", links),
    scene("executable bits", modes),
    scene("line ends", line_ends),
    scene("a clean and smudge filter", filtered),
    scene("odd names", odd_names),
    scene("removed and renamed", removed),
    Scene {
        by_stash: false,
        ..scene("files and directories changed places", places)
    },
    scene("submodules", submodules),
    scene("a nested repository", nested),
    scene("a sparse checkout", sparse),
    scene("a partial clone", partial),
    scene("a linked work tree", linked),
    scene("ignored files beside", ignored),
    scene("a file in the index only", index_only),
    scene("empty files and no newline at the end", empty_files),
];

/// A session on `feature` with some files.
fn base() -> Repo {
    let repo = Repo::new();
    repo.write("a", "a\n");
    repo.write("b", "b\n");
    repo.write("dir/c", "c\n");
    repo.write("dir/d", "d\n");
    repo.write(".gitignore", "*.log\n");
    repo.git(&["add", "-A"]).done();
    repo.git(&["commit", "-qm", "Files"]).done();
    repo.session(&["start", "feature", "-o", "Reach the goal"])
        .done();
    repo
}

fn append(repo: &Repo, path: &str, text: &str) {
    let old = repo.read(path);
    repo.write(path, format!("{old}{text}"));
}

fn mixed() -> Repo {
    let repo = base();
    append(&repo, "a", "staged\n");
    repo.git(&["add", "a"]).done();
    append(&repo, "a", "changed\n");
    append(&repo, "b", "changed\n");
    repo.stage("new/staged", "1\n");
    repo.write("new/untracked", "2\n");
    repo
}

fn clean() -> Repo {
    base()
}

fn announced() -> Repo {
    let repo = base();
    repo.write("announced", "1\n");
    repo.write("dir/announced too", "2\n");
    repo.git(&["add", "-N", "announced", "dir/announced too"])
        .done();
    repo
}

fn conflicts() -> Repo {
    let repo = base();
    append(&repo, "a", "ours\n");
    repo.git(&["rm", "-q", "b"]).done();
    repo.git(&["commit", "-qam", "Ours"]).done();
    repo.git(&["switch", "-qc", "other", "main"]).done();
    append(&repo, "a", "theirs\n");
    append(&repo, "b", "theirs\n");
    repo.git(&["commit", "-qam", "Theirs"]).done();
    repo.switch("feature");
    assert!(!repo.git(&["merge", "-q", "other"]).success());
    repo.write("beside", "1\n");
    repo
}

fn links() -> Repo {
    let repo = base();
    let at = |path: &str| repo.path().join(path);
    symlink("a", at("tracked")).expect("a link");
    symlink("dir", at("to-dir")).expect("a link");
    repo.git(&["add", "-A"]).done();
    repo.git(&["commit", "-qm", "Links"]).done();
    fs::remove_file(at("tracked")).expect("removed");
    symlink("b", at("tracked")).expect("a link");
    symlink("/nowhere/at all", at("dangling")).expect("a link");
    fs::remove_file(at("a")).expect("removed");
    symlink("b", at("a")).expect("a link");
    repo
}

fn modes() -> Repo {
    let repo = base();
    let runs = |path: &str| {
        let path = repo.path().join(path);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a mode");
    };
    runs("a");
    runs("dir/c");
    repo.git(&["add", "a"]).done();
    repo.write("script", "#!/bin/sh\n");
    runs("script");
    repo
}

fn line_ends() -> Repo {
    let repo = base();
    repo.write(".gitattributes", "*.txt text eol=crlf\n*.bin -text\n");
    repo.write("one.txt", "1\r\n2\r\n");
    repo.write("raw.bin", "1\r\n2\n");
    repo.git(&["add", "-A"]).done();
    repo.git(&["commit", "-qm", "Ends"]).done();
    repo.config("core.safecrlf", "true");
    append(&repo, "one.txt", "3\r\n");
    append(&repo, "raw.bin", "3\r\n");
    repo.write("new.txt", "1\r\n");
    repo
}

fn filtered() -> Repo {
    let repo = base();
    // as git-lfs does: a pointer in the repository, the content beside it
    let script = "d=$(git rev-parse --absolute-git-dir)/big; mkdir -p \"$d\"; f=$(mktemp); cat >\"$f\"; \
        h=$(git hash-object \"$f\"); cp \"$f\" \"$d/$h\"; rm \"$f\"; echo \"pointer $h\"";
    repo.config("filter.big.clean", script);
    repo.config(
        "filter.big.smudge",
        "read _ h; cat \"$(git rev-parse --absolute-git-dir)/big/$h\"",
    );
    repo.config("filter.big.required", "true");
    repo.write(".gitattributes", "*.big filter=big\n");
    repo.write("one.big", "content one\n");
    repo.git(&["add", "-A"]).done();
    repo.git(&["commit", "-qm", "Big"]).done();
    append(&repo, "one.big", "more\n");
    repo.write("two.big", "content two\n");
    repo.git(&["add", "two.big"]).done();
    repo.write("three.big", "content three\n");
    repo
}

fn odd_names() -> Repo {
    let repo = base();
    for name in [
        "-dash",
        "with space",
        "tab\there",
        "line\nbreak",
        "quo\"te",
        "back\\slash",
        "*",
        "[a]",
        ":(top)x",
        "\u{e4}\u{1f600}",
        " lead",
        "trail ",
        "dir/-x",
    ] {
        repo.write(name, name);
    }
    let odd = repo.path().join(OsStr::from_bytes(b"\xff\xfe"));
    fs::write(odd, "bytes").expect("a file");
    repo.git(&["add", "--", "./-dash", "line\nbreak"]).done();
    repo.write("-dash", "changed");
    repo
}

fn removed() -> Repo {
    let repo = base();
    repo.git(&["rm", "-q", "a"]).done();
    fs::remove_file(repo.path().join("dir/c")).expect("removed");
    repo.git(&["mv", "b", "moved"]).done();
    append(&repo, "moved", "more\n");
    repo
}

fn places() -> Repo {
    let repo = base();
    let at = |path: &str| repo.path().join(path);
    fs::remove_file(at("a")).expect("removed");
    repo.write("a/now/a directory", "1\n");
    fs::remove_dir_all(at("dir")).expect("removed");
    symlink("b", at("dir")).expect("a link");
    fs::remove_file(at("b")).expect("removed");
    repo.write("b/x", "2\n");
    repo.git(&["add", "b"]).done();
    repo
}

fn submodules() -> Repo {
    let repo = base();
    let library = repo.at("..");
    library.git(&["init", "-q", "library"]).done();
    library.at("library").commit("l", "1\n", "Library");
    repo.git(&["submodule", "--quiet", "add", "../library", "sub"])
        .done();
    repo.git(&["submodule", "--quiet", "add", "../library", "sub 2"])
        .done();
    repo.git(&["commit", "-qm", "Submodules"]).done();
    repo.write("sub/l", "changed inside\n");
    repo.write("sub/untracked", "1\n");
    repo.at("sub 2").commit("l", "2\n", "Moved");
    append(&repo, "a", "changed\n");
    repo.write("new", "1\n");
    repo
}

fn nested() -> Repo {
    let repo = base();
    repo.git(&["init", "-q", "inner"]).done();
    repo.at("inner").commit("x", "1\n", "Inner");
    repo.write("inner/y", "untracked inside\n");
    append(&repo, "a", "changed\n");
    repo
}

fn sparse() -> Repo {
    let repo = base();
    repo.write("far/away", "1\n");
    repo.git(&["add", "-A"]).done();
    repo.git(&["commit", "-qm", "Far"]).done();
    repo.git(&["sparse-checkout", "set", "--no-cone", "/*", "!/far/"])
        .done();
    append(&repo, "a", "changed\n");
    append(&repo, "b", "staged\n");
    repo.git(&["add", "b"]).done();
    repo.write("new", "1\n");
    repo
}

fn partial() -> Repo {
    let origin = base();
    origin.commit("a", "newer\n", "Newer");
    origin.config("uploadpack.allowFilter", "true");
    let above = origin.at("..");
    let url = format!("file://{}", origin.path().display());
    above
        .git(&[
            "clone",
            "-q",
            "--filter=blob:none",
            "-b",
            "feature",
            &url,
            "clone",
        ])
        .done();
    let repo = above.at("clone");
    repo.git(&["config", "remote.origin.url", "file:///nowhere"])
        .done();
    repo.session(&["start", "-o", "Reach the goal"]).done();
    append(&repo, "a", "changed\n");
    repo.stage("new", "1\n");
    repo.write("untracked", "2\n");
    repo
}

fn linked() -> Repo {
    let main = base();
    let repo = main.worktree("aside");
    repo.session(&["start", "-o", "Reach the goal"]).done();
    append(&repo, "a", "changed\n");
    repo.stage("new", "1\n");
    repo.write("untracked", "2\n");
    repo
}

fn ignored() -> Repo {
    let repo = base();
    repo.write("x.log", "ignored\n");
    repo.write("dir/y.log", "ignored\n");
    append(&repo, "dir/c", "changed\n");
    repo.write("fresh/z", "1\n");
    repo.write("fresh/z.log", "ignored\n");
    repo
}

fn index_only() -> Repo {
    let repo = base();
    repo.stage("gone", "only staged\n");
    fs::remove_file(repo.path().join("gone")).expect("removed");
    repo.git(&["rm", "-q", "--cached", "b"]).done();
    append(&repo, "a", "changed\n");
    repo
}

fn empty_files() -> Repo {
    let repo = base();
    repo.write("a", "");
    repo.write("b", "no newline");
    repo.stage("empty", "");
    repo.write("nothing", "");
    repo
}

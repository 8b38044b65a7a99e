//! `git session explain`: what is meant by a word, and what is said of commits, lines and paths.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use insta::assert_snapshot;

use super::support::{Output, Repo};

fn explain(repo: &Repo, arguments: &[&str]) -> Output {
    repo.session(&[&["explain"], arguments].concat())
}

/// The answer, which must have been given.
fn told(repo: &Repo, arguments: &[&str]) -> String {
    explain(repo, arguments).ok().answer()
}

/// A session with two commits in `a.txt`, a decision that was replaced, a blocker.
fn worked() -> Repo {
    let repo = Repo::new();
    let run = |arguments: &[&str]| repo.session(arguments).done();
    run(&[
        "start",
        "feature",
        "-o",
        "Count up",
        "-o",
        "Count down",
        "--title",
        "Counting",
    ]);
    run(&[
        "decisions",
        "add",
        "Count by hand",
        "--rationale",
        "There are few",
        "--scope",
        "*.txt",
    ]);
    run(&[
        "decisions",
        "add",
        "One file a language",
        "--scope",
        "lang/**",
    ]);
    run(&["blockers", "add", "No numbers"]);
    run(&["blockers", "resolve", "blk-1", "Grace has some"]);
    repo.wait(10);
    repo.commit("a.txt", "one\ntwo\n", "Add two");
    run(&["objectives", "complete", "obj-1"]);
    run(&[
        "decisions",
        "supersede",
        "dec-1",
        "Count by machine",
        "--scope",
        "*.txt",
    ]);
    repo.wait(10);
    repo.commit("a.txt", "zero\none\ntwo\nthree\n", "Add two more");
    repo
}

#[test]
fn a_commit_is_explained_by_its_session() {
    let repo = worked();
    assert_snapshot!(explain(&repo, &["HEAD~"]), @"
    --- stdout
    commit e63b5f3 Add two
    Ada <ada@example.org>, 2026-11-20 09:10

    Session on feature  Counting (feature-20261120-wxxsrz)
      Ada <ada@example.org>, started 2026-11-20 09:00, active
      [>] Count up (obj-5vy9, completed since)
      [ ] Count down (obj-2hzy)
      decided   Count by hand (dec-04zk, about *.txt)
                There are few
                superseded by dec-ded2 Count by machine
      decided   One file a language (dec-ev77, about lang/**)
      resolved  No numbers: Grace has some (blk-d63j)
      added a.txt
      time 10m
      its other commit
        091ea6a Add two more (2026-11-20 09:20)
      from the log, a note, trailers
    [EOF]
    ");
    assert_snapshot!(explain(&repo, &["feature"]), @"
    --- stdout
    commit 091ea6a Add two more
    Ada <ada@example.org>, 2026-11-20 09:20

    Session on feature  Counting (feature-20261120-wxxsrz)
      Ada <ada@example.org>, started 2026-11-20 09:00, active
      [x] Count up (obj-5vy9)
      [>] Count down (obj-2hzy)
      decided   Count by machine (dec-ded2, about *.txt)
      modified a.txt
      time 10m
      its other commit
        e63b5f3 Add two (2026-11-20 09:10)
      from the log, a note, trailers
    [EOF]
    ");
    assert_snapshot!(explain(&repo, &["main"]), @"
    --- stdout
    commit f8fed08 First
    Ada <ada@example.org>, 2026-11-20 09:00

    No session is known to have made it.
    [EOF]
    ");
    assert_eq!(told(&repo, &["HEAD"]), told(&repo, &[&repo.head()]));
    assert_eq!(told(&repo, &["HEAD"]), told(&repo, &[&repo.head()[..8]]));
}

#[test]
fn decisions_in_force_are_told_with_what_replaced_them() {
    let repo = Repo::in_session();
    let run = |arguments: &[&str]| repo.session(arguments).done();
    run(&["decisions", "add", "Plain text", "--scope", "*.txt"]);
    run(&["decisions", "add", "Small files"]);
    run(&["decisions", "add", "Typed rust", "--scope", "**/*.rs"]);
    repo.commit("a.txt", "one\n", "One");
    repo.commit("a.txt", "one\ntwo\n", "Two");
    run(&[
        "decisions",
        "supersede",
        "dec-1",
        "Markdown",
        "--scope",
        "*.md",
    ]);
    repo.commit("a.txt", "one\ntwo\nthree\n", "Three");
    assert_snapshot!(explain(&repo, &["a.txt:2"]), @"
    --- stdout
    a.txt:2 two
    commit 21a5ae3 Two
    Ada <ada@example.org>, 2026-11-20 09:00

    Session on feature (feature-20261120-wxxsrz)
      Ada <ada@example.org>, started 2026-11-20 09:00, active
      [>] Reach the goal (obj-5vy9)
      in force  Plain text (dec-2hzy, about *.txt)
                superseded by dec-9s1t Markdown
      in force  Small files (dec-04zk)
      modified a.txt
      its other commits, 2 in all
        68929d7 Three (2026-11-20 09:00)
        024de86 One (2026-11-20 09:00)
      from the log, a note, trailers
    [EOF]
    ");
    assert_snapshot!(explain(&repo, &["a.txt:3"]), @"
    --- stdout
    a.txt:3 three
    commit 68929d7 Three
    Ada <ada@example.org>, 2026-11-20 09:00

    Session on feature (feature-20261120-wxxsrz)
      Ada <ada@example.org>, started 2026-11-20 09:00, active
      [>] Reach the goal (obj-5vy9)
      decided   Markdown (dec-9s1t, about *.md)
      in force  Small files (dec-04zk)
      modified a.txt
      its other commits, 2 in all
        21a5ae3 Two (2026-11-20 09:00)
        024de86 One (2026-11-20 09:00)
      from the log, a note, trailers
    [EOF]
    ");
}

#[test]
fn a_line_leads_to_its_commit() {
    let repo = worked();
    repo.write("a.txt", "zero\none\ntwo\nthree\nfour\n");
    assert_snapshot!(explain(&repo, &["a.txt:2"]), @"
    --- stdout
    a.txt:2 one
    commit e63b5f3 Add two
    Ada <ada@example.org>, 2026-11-20 09:10

    Session on feature  Counting (feature-20261120-wxxsrz)
      Ada <ada@example.org>, started 2026-11-20 09:00, active
      [>] Count up (obj-5vy9, completed since)
      [ ] Count down (obj-2hzy)
      decided   Count by hand (dec-04zk, about *.txt)
                There are few
                superseded by dec-ded2 Count by machine
      decided   One file a language (dec-ev77, about lang/**)
      resolved  No numbers: Grace has some (blk-d63j)
      added a.txt
      time 10m
      its other commit
        091ea6a Add two more (2026-11-20 09:20)
      from the log, a note, trailers
    [EOF]
    ");
    assert_snapshot!(explain(&repo, &["a.txt:1-5"]), @"
    --- stdout
    a.txt:1-5
    4 lines by 2 commits, 1 session
    not committed yet: line 5

    Session on feature  Counting (feature-20261120-wxxsrz), 4 lines
      Ada <ada@example.org>, started 2026-11-20 09:00, active
      091ea6a Add two more (lines 1, 4, 2026-11-20 09:20)
      e63b5f3 Add two (lines 2-3, 2026-11-20 09:10)
      [x] Count up (obj-5vy9)
      [>] Count down (obj-2hzy)
      decided   Count by machine (dec-ded2, about *.txt)
      decided   Count by hand (dec-04zk, about *.txt)
                There are few
                superseded by dec-ded2 Count by machine
      decided   One file a language (dec-ev77, about lang/**)
      resolved  No numbers: Grace has some (blk-d63j)
      time 20m
      from the log, 2 notes, trailers
    [EOF]
    ");
    assert_snapshot!(explain(&repo, &["a.txt:5"]), @"
    --- stdout
    a.txt:5 four
    not committed yet
    [EOF]
    ");
    assert_eq!(
        told(&repo, &["a.txt:2"]),
        told(&repo, &["-L", "2", "a.txt"])
    );
    assert_eq!(
        told(&repo, &["a.txt:2"]),
        told(&repo, &["-L2,2", "--", "a.txt"])
    );
    assert_eq!(told(&repo, &["a.txt:2"]), told(&repo, &["a.txt:2:14"]));
    assert_eq!(told(&repo, &["a.txt:1-5"]), told(&repo, &["a.txt:1,5"]));
    assert_snapshot!(explain(&repo, &["a.txt:9"]), @"
    --- stderr
    error: file a.txt has only 5 lines
    hint: git session explain -- a.txt
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(explain(&repo, &["-L", "3,1", "a.txt"]), @"
    --- stderr
    error: invalid value '3,1' for '--lines <FIRST[,LAST]>': `3,1` is no line, such as 12 or 12-14
    hint: git session explain -h
    --- exit 2
    [EOF]
    ");
}

#[test]
fn a_path_is_explained_by_the_commits_of_its_lines() {
    let repo = worked();
    repo.switch("main");
    repo.git(&["merge", "-q", "--no-ff", "-m", "Bring it", "feature"])
        .done();
    repo.commit("a.txt", "zero\none\ntwo\nthree\nfour\n", "Four, by hand");
    assert_snapshot!(explain(&repo, &["a.txt"]), @"
    --- stdout
    a.txt
    5 lines by 3 commits, 1 session

    Session on feature  Counting (feature-20261120-wxxsrz), 4 lines
      Ada <ada@example.org>, started 2026-11-20 09:00, active
      091ea6a Add two more (lines 1, 4, 2026-11-20 09:20)
      e63b5f3 Add two (lines 2-3, 2026-11-20 09:10)
      [x] Count up (obj-5vy9)
      [>] Count down (obj-2hzy)
      decided   Count by machine (dec-ded2, about *.txt)
      decided   Count by hand (dec-04zk, about *.txt)
                There are few
                superseded by dec-ded2 Count by machine
      decided   One file a language (dec-ev77, about lang/**)
      resolved  No numbers: Grace has some (blk-d63j)
      time 20m
      from the log, 2 notes, trailers

    Without a session, 1 line
      f4483cb Four, by hand (line 5, 2026-11-20 09:20)
    [EOF]
    ");
    assert_snapshot!(explain(&repo, &["feature~", "--", "a.txt"]), @"
    --- stdout
    a.txt
    2 lines by 1 commit, 1 session
    commit e63b5f3 Add two
    Ada <ada@example.org>, 2026-11-20 09:10

    Session on feature  Counting (feature-20261120-wxxsrz)
      Ada <ada@example.org>, started 2026-11-20 09:00, active
      [>] Count up (obj-5vy9, completed since)
      [ ] Count down (obj-2hzy)
      decided   Count by hand (dec-04zk, about *.txt)
                There are few
                superseded by dec-ded2 Count by machine
      decided   One file a language (dec-ev77, about lang/**)
      resolved  No numbers: Grace has some (blk-d63j)
      added a.txt
      time 10m
      its other commit
        091ea6a Add two more (2026-11-20 09:20)
      from the log, a note, trailers
    [EOF]
    ");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one answer as a whole")]
fn the_answer_is_json_as_well() {
    let repo = worked();
    let writer = repo.git(&["config", "session.writer"]).text();
    let answer = explain(&repo, &["a.txt:2", "--json"]).show_as(&writer, "WRITER");
    assert_snapshot!(answer, @r#"
    --- stdout
    {
      "schema": "git-session/explain/v1",
      "of": "lines",
      "path": "a.txt",
      "lines": {
        "first": 2,
        "last": 2
      },
      "text": "one",
      "commits": [
        {
          "commit": "e63b5f3b71bb2476ca34de9cec40ccbf4d7e3c7b",
          "subject": "Add two",
          "author": "Ada <ada@example.org>",
          "at": "2026-11-20T09:10:00Z",
          "lines": [
            {
              "first": 2,
              "last": 2
            }
          ],
          "in_session": true,
          "history_ends": false,
          "picked_from": []
        }
      ],
      "uncommitted": [],
      "sessions": [
        {
          "session": "feature-20261120-wxxsrz",
          "branch": "feature",
          "title": "Counting",
          "state": "active",
          "by": "Ada <ada@example.org>",
          "started_at": "2026-11-20T09:00:00Z",
          "has_log": true,
          "lines": 1,
          "commits": [
            {
              "commit": "e63b5f3b71bb2476ca34de9cec40ccbf4d7e3c7b",
              "sources": [
                {
                  "source": "log"
                },
                {
                  "source": "note",
                  "ref": "refs/notes/session/WRITER"
                },
                {
                  "source": "trailers"
                }
              ],
              "at": "2026-11-20T09:10:00Z",
              "objectives": [
                {
                  "handle": "obj-5vy9",
                  "mark": ">",
                  "text": "Count up",
                  "state": "completed"
                },
                {
                  "handle": "obj-2hzy",
                  "mark": " ",
                  "text": "Count down",
                  "state": "open"
                }
              ],
              "decisions": [
                {
                  "handle": "dec-04zk",
                  "text": "Count by hand",
                  "rationale": "There are few",
                  "scope": [
                    "*.txt"
                  ],
                  "at": "2026-11-20T09:00:00Z",
                  "by": "Ada <ada@example.org>",
                  "superseded_by": {
                    "handle": "dec-ded2",
                    "text": "Count by machine",
                    "at": "2026-11-20T09:10:00Z"
                  }
                },
                {
                  "handle": "dec-ev77",
                  "text": "One file a language",
                  "scope": [
                    "lang/**"
                  ],
                  "at": "2026-11-20T09:00:00Z",
                  "by": "Ada <ada@example.org>"
                }
              ],
              "blockers_resolved": [
                {
                  "handle": "blk-d63j",
                  "text": "No numbers",
                  "resolution": "Grace has some"
                }
              ],
              "impact": [
                "added a.txt"
              ],
              "time_seconds": 600,
              "moves": []
            }
          ],
          "in_force": [],
          "other_commits": [
            {
              "commit": "091ea6adf1b588ac9a8e5dbc2f8a3b765769b1f1",
              "subject": "Add two more",
              "at": "2026-11-20T09:20:00Z"
            }
          ],
          "other_commits_total": 1
        }
      ],
      "commits_left_out": 0,
      "unseen": {
        "shallow": false,
        "partial": false,
        "logs": [],
        "notes": []
      }
    }
    [EOF]
    "#);
}

#[test]
fn a_word_with_two_meanings_is_refused() {
    let repo = worked();
    repo.git(&["branch", "docs"]).done();
    repo.commit("docs/page", "1\n", "A page");
    assert_snapshot!(explain(&repo, &["docs"]), @"
    --- stderr
    error: `docs` is a commit and a path
    hint: git session explain 'docs~0'
    hint: git session explain -- docs
    --- exit 1
    [EOF]
    ");
    assert!(told(&repo, &["docs~0"]).starts_with("commit"));
    for path in [
        &["./docs"][..],
        &["--", "docs"],
        &["docs/"],
        &["HEAD", "--", "docs"],
    ] {
        assert!(
            told(&repo, path).starts_with("docs a directory"),
            "{path:?}"
        );
    }
    repo.commit("a.txt:2", "a file\n", "A colon");
    assert_snapshot!(explain(&repo, &["a.txt:2"]), @"
    --- stderr
    error: `a.txt:2` is a file and line 2 of a.txt
    hint: git session explain -- a.txt:2
    hint: git session explain -L 2 -- a.txt
    --- exit 1
    [EOF]
    ");
    assert!(told(&repo, &["--", "a.txt:2"]).contains("A colon"));
    assert!(told(&repo, &["-L", "2", "--", "a.txt"]).contains("Add two"));
    // the line of the file with the colon
    assert!(told(&repo, &["a.txt:2:1"]).contains("A colon"));
    assert_snapshot!(explain(&repo, &["nothing"]), @"
    --- stderr
    error: `nothing` is no commit and no path of this repository
    hint: git session explain <commit|path|path:line>
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(explain(&repo, &["HEAD:a.txt"]), @"
    --- stderr
    error: `HEAD:a.txt` is no commit and no path of this repository
    hint: git session explain HEAD -- a.txt
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(explain(&repo, &[&repo.session_id()]), @"
    --- stderr
    error: `feature-20261120-wxxsrz` is no commit and no path of this repository
    hint: git session show feature-20261120-wxxsrz
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(explain(&repo, &["../outside"]), @"
    --- stderr
    error: `../outside` is outside of the work tree
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(explain(&repo, &["nothing", "--", "a.txt"]), @"
    --- stderr
    error: `nothing` is no commit
    hint: git session explain [<commit>] -- <path>
    --- exit 1
    [EOF]
    ");
    assert_eq!(explain(&repo, &[]).code, 2);
    assert_eq!(explain(&repo, &[""]).code, 2);
    assert_eq!(explain(&repo, &["HEAD~..HEAD"]).code, 1);
    assert_snapshot!(explain(&repo, &["-L", "1", "HEAD"]), @"
    --- stderr
    error: `HEAD` is no path of this repository
    hint: git session explain -L <line> [<commit>] -- <path>
    --- exit 1
    [EOF]
    ");
}

#[test]
fn odd_names_are_found() {
    let repo = Repo::in_session();
    for name in [
        "with space.txt",
        "-dash",
        "a:b:c",
        "quo\"te",
        "ünï",
        "new\nline",
        "sub/[x]*",
    ] {
        repo.commit(name, "1\n", &format!("Add {}", name.escape_debug()));
        let wanted = name.escape_debug().to_string();
        for path in [name.to_owned(), format!("./{name}"), format!("./{name}:1")] {
            let answer = if path.starts_with('-') {
                told(&repo, &["--", &path])
            } else {
                told(&repo, &[&path])
            };
            assert!(answer.contains(&wanted), "{path}: {answer}");
        }
    }
    // a name that is not UTF-8
    let name = OsStr::from_bytes(b"latin\xe9");
    std::fs::write(repo.path().join(name), "1\n").expect("a file");
    repo.git(&["add", "."]).done();
    repo.git(&["commit", "-qm", "Not UTF-8"]).done();
    let word = OsStr::from_bytes(b"latin\xe9:1");
    let answer = repo.git(&[OsStr::new("session"), OsStr::new("explain"), word]);
    assert_snapshot!(answer, @r#"
    --- stdout
    "latin\351":1 1
    commit 8f5d30b Not UTF-8
    Ada <ada@example.org>, 2026-11-20 09:00

    Session on feature (feature-20261120-wxxsrz)
      Ada <ada@example.org>, started 2026-11-20 09:00, active
      [>] Reach the goal (obj-5vy9)
      added "latin\351"
      its other commits, 7 in all
        631bd33 Add sub/[x]* (2026-11-20 09:00)
        3966422 Add new\nline (2026-11-20 09:00)
        8f6f988 Add ünï (2026-11-20 09:00)
        e3409e7 Add quo\"te (2026-11-20 09:00)
        55b74cd Add a:b:c (2026-11-20 09:00)
      from the log, a note, trailers
    [EOF]
    "#);
    let sub = repo.at("sub");
    assert!(told(&sub, &["../-dash"]).contains("Add -dash"));
    assert!(told(&sub, &["[x]*:1"]).contains("Add sub/[x]*"));
    assert!(told(&sub, &["."]).starts_with("sub a directory"));
    assert!(told(&sub, &[".."]).starts_with("./ a directory"));
}

#[test]
fn what_has_no_lines_is_explained_by_its_history() {
    let repo = Repo::in_session();
    std::fs::write(repo.path().join("binary"), b"a\0b").expect("a file");
    repo.stage("gone", "1\n2\n");
    repo.stage("empty", "");
    repo.git(&["add", "."]).done();
    repo.git(&["commit", "-qm", "Add files"]).done();
    repo.git(&["rm", "-q", "gone"]).done();
    repo.git(&["commit", "-qm", "Remove one"]).done();
    assert_snapshot!(explain(&repo, &["gone"]), @"
    --- stdout
    gone deleted: the last commits that touched it

    Session on feature (feature-20261120-wxxsrz)
      Ada <ada@example.org>, started 2026-11-20 09:00, active
      d649240 Remove one (2026-11-20 09:00)
      9c31892 Add files (2026-11-20 09:00)
      [>] Reach the goal (obj-5vy9)
      from the log, 2 notes, trailers
    [EOF]
    ");
    assert!(told(&repo, &["gone:2"]).starts_with("gone deleted"));
    assert!(told(&repo, &["HEAD~", "--", "gone"]).starts_with("gone\n2 lines"));
    assert!(told(&repo, &["binary"]).starts_with("binary binary: the commits"));
    assert_snapshot!(explain(&repo, &["empty"]), @"
    --- stdout
    empty empty: the commits that touched it
    commit 9c31892 Add files
    Ada <ada@example.org>, 2026-11-20 09:00

    Session on feature (feature-20261120-wxxsrz)
      Ada <ada@example.org>, started 2026-11-20 09:00, active
      [>] Reach the goal (obj-5vy9)
      added binary
      added empty
      added gone
      its other commit
        d649240 Remove one (2026-11-20 09:00)
      from the log, a note, trailers
    [EOF]
    ");
    repo.write("untracked", "1\n");
    assert_snapshot!(explain(&repo, &["untracked"]), @"
    --- stderr
    error: untracked is not tracked, so no commit has it
    hint: git add untracked
    --- exit 1
    [EOF]
    ");
    repo.stage("staged", "1\n2\n");
    assert_snapshot!(explain(&repo, &["staged"]), @"
    --- stdout
    staged
    not committed yet: lines 1-2
    [EOF]
    ");
    std::fs::remove_file(repo.path().join("README")).expect("it is there");
    assert_snapshot!(explain(&repo, &["README:1"]), @"
    --- stdout
    README:1 a project
    not in the work tree, so this is of HEAD
    commit f8fed08 First
    Ada <ada@example.org>, 2026-11-20 09:00

    No session is known to have made it.
    [EOF]
    ");
    assert_snapshot!(explain(&repo, &["-L", "1", "--", "."]), @"
    --- stderr
    error: ./ is a directory
    --- exit 1
    [EOF]
    ");
    std::os::unix::fs::symlink("README", repo.path().join("link")).expect("a link");
    repo.git(&["add", "link"]).done();
    repo.git(&["commit", "-qm", "A link"]).done();
    assert!(told(&repo, &["link:1"]).contains("A link"));
}

#[test]
fn a_conflict_and_a_directory_that_is_left_out_are_no_obstacle() {
    let repo = worked();
    repo.switch("main");
    repo.commit("a.txt", "uno\ndos\n", "In Spanish");
    let merge = repo.git(&["merge", "-q", "feature"]);
    assert_ne!(merge.code, 0, "{merge}");
    let answer = told(&repo, &["a.txt"]);
    assert!(answer.contains("not committed yet: lines"), "{answer}");
    assert!(answer.contains("Session on feature"), "{answer}");
    repo.git(&["merge", "--abort"]).done();
    repo.switch("feature");
    repo.commit("far/b.txt", "one\n", "Far away");
    repo.git(&["sparse-checkout", "set", "near"]).done();
    let answer = told(&repo, &["far/b.txt:1"]);
    assert!(answer.contains("not in the work tree"), "{answer}");
    assert!(answer.contains("Far away"), "{answer}");
}

#[test]
fn a_submodule_is_explained_by_the_commits_that_moved_it() {
    let repo = Repo::in_session();
    let other = repo.at("..");
    other.git(&["init", "-q", "other"]).done();
    other.at("other").commit("inner", "1\n", "Inside");
    repo.git(&["submodule", "--quiet", "add", "../other", "sub"])
        .done();
    repo.git(&["commit", "-qm", "Add the submodule"]).done();
    assert!(told(&repo, &["sub"]).starts_with("sub a submodule: the commits that moved it"));
    let inside = explain(&repo, &["sub/inner:1"]);
    assert_eq!(inside.code, 1, "{inside}");
    assert!(
        inside
            .news()
            .contains("hint: git -C sub session explain inner"),
        "{inside}"
    );
}

#[test]
fn renames_and_ignored_commits_are_followed_as_git_does() {
    let repo = worked();
    repo.git(&["mv", "a.txt", "b.txt"]).done();
    repo.git(&["commit", "-qm", "Rename"]).done();
    assert_snapshot!(explain(&repo, &["b.txt:2"]), @"
    --- stdout
    b.txt:2 one
    commit e63b5f3 Add two
    Ada <ada@example.org>, 2026-11-20 09:10
    the file was a.txt then

    Session on feature  Counting (feature-20261120-wxxsrz)
      Ada <ada@example.org>, started 2026-11-20 09:00, active
      [>] Count up (obj-5vy9, completed since)
      [ ] Count down (obj-2hzy)
      decided   Count by hand (dec-04zk, about *.txt)
                There are few
                superseded by dec-ded2 Count by machine
      decided   One file a language (dec-ev77, about lang/**)
      resolved  No numbers: Grace has some (blk-d63j)
      added a.txt
      time 10m
      its other commits, 2 in all
        dc7c6c2 Rename (2026-11-20 09:20)
        091ea6a Add two more (2026-11-20 09:20)
      from the log, a note, trailers
    [EOF]
    ");
    repo.write("b.txt", "ZERO\nONE\nTWO\nTHREE\n");
    repo.git(&["commit", "-qam", "Reformat"]).done();
    assert!(told(&repo, &["b.txt:3"]).contains("Reformat"));
    repo.write(".git-blame-ignore-revs", repo.head());
    repo.config("blame.ignoreRevsFile", ".git-blame-ignore-revs");
    assert!(
        told(&repo, &["b.txt:3"]).contains("commit")
            && !told(&repo, &["b.txt:3"]).contains("Reformat\n")
    );
    repo.config("blame.ignoreRevsFile", "nowhere");
    let failed = explain(&repo, &["b.txt:3"]);
    assert_eq!(failed.code, 1);
    assert!(failed.news().contains("nowhere"), "{failed}");
}

/// Everything in the git directory with its bytes.
fn state(repo: &Repo) -> String {
    let line = "cd \"$(git rev-parse --git-dir)\" && find . -type f -exec cksum {} + | sort -k3; git for-each-ref";
    repo.sh(line).text()
}

#[test]
fn a_clone_that_never_ran_the_program_has_the_trailers() {
    let repo = worked();
    repo.at("..").git(&["clone", "-q", "repo", "clone"]).done();
    let clone = repo.at("../clone");
    let before = state(&clone);
    assert_snapshot!(explain(&clone, &["a.txt:2"]), @"
    --- stdout
    a.txt:2 one
    commit e63b5f3 Add two
    Ada <ada@example.org>, 2026-11-20 09:10

    Session (feature-20261120-wxxsrz)
      [>] Count up
      [ ] Count down
      decided   Count by hand
                There are few
      decided   One file a language
      added a.txt
      time 10m
      from trailers
      its other commits: git log --grep='^Session-Id: feature-20261120-wxxsrz$'
    [EOF]
    ");
    told(&clone, &["HEAD"]);
    told(&clone, &["a.txt"]);
    assert_eq!(search_code(&clone), 1);
    assert_eq!(state(&clone), before);
    // with the notes of the other clone there is more
    let refspec = "+refs/notes/session/*:refs/notes/session-remote/origin/*";
    clone.git(&["fetch", "-q", "origin", refspec]).done();
    let before = state(&clone);
    assert_snapshot!(explain(&clone, &["a.txt:2"]), @"
    --- stdout
    a.txt:2 one
    commit e63b5f3 Add two
    Ada <ada@example.org>, 2026-11-20 09:10

    Session on feature (feature-20261120-wxxsrz)
      [>] Count up (obj-5vy9)
      [ ] Count down (obj-2hzy)
      decided   Count by hand (dec-04zk)
                There are few
      decided   One file a language (dec-ev77)
      added a.txt
      time 10m
      from a note, trailers
      its other commits: git log --grep='^Session-Id: feature-20261120-wxxsrz$'
    [EOF]
    ");
    assert_eq!(state(&clone), before);
}

fn search_code(repo: &Repo) -> i32 {
    repo.session(&["search", "count"]).code
}

#[test]
fn a_shallow_clone_says_that_it_cannot_see_everything() {
    let repo = worked();
    let url = format!("file://{}", repo.path().display());
    let outside = repo.at("..");
    outside
        .git(&["clone", "-q", "--depth", "1", &url, "clone"])
        .done();
    let clone = repo.at("../clone");
    assert_snapshot!(explain(&clone, &["a.txt:2"]), @"
    --- stdout
    a.txt:2 one
    commit 091ea6a Add two more
    Ada <ada@example.org>, 2026-11-20 09:20
    or older: history ends here

    Session (feature-20261120-wxxsrz)
      [x] Count up
      [>] Count down
      decided   Count by machine
      modified a.txt
      time 10m
      from trailers
      its other commits: git log --grep='^Session-Id: feature-20261120-wxxsrz$'
    --- stderr
    error: not everything could be seen: history ends here, because the clone is shallow
    hint: git fetch --unshallow
    --- exit 4
    [EOF]
    ");
    assert_eq!(explain(&clone, &["HEAD"]).code, 0);
    assert_eq!(explain(&clone, &["."]).code, 4);
    let deeper = ["clone", "-q", "--depth", "2", &url, "deeper"];
    outside.git(&deeper).done();
    assert_eq!(explain(&repo.at("../deeper"), &["a.txt:1"]).code, 0);
}

#[test]
fn a_partial_clone_fetches_nothing() {
    let repo = worked();
    repo.config("uploadpack.allowFilter", "true");
    repo.config("uploadpack.allowAnySHA1InWant", "true");
    let url = format!("file://{}", repo.path().display());
    let outside = repo.at("..");
    let clone = |filter: &str, name: &str| {
        let filter = format!("--filter={filter}");
        outside.git(&["clone", "-q", &filter, &url, name]).done();
        let clone = repo.at(format!("../{name}"));
        // whoever fetches fails, and is seen
        clone.config("remote.origin.uploadpack", "touch ../fetched; false");
        clone
    };
    let blobless = clone("blob:none", "blobless");
    assert_snapshot!(explain(&blobless, &["a.txt:2"]), @"
    --- stdout
    a.txt older contents are not here: the commits that touched it

    Session (feature-20261120-wxxsrz)
      091ea6a Add two more (2026-11-20 09:20)
      e63b5f3 Add two (2026-11-20 09:10)
      [x] Count up
      [>] Count down
      decided   Count by machine
      decided   Count by hand
                There are few
      decided   One file a language
      time 20m
      from trailers
      its other commits: git log --grep='^Session-Id: feature-20261120-wxxsrz$'
    --- stderr
    error: not everything could be seen: the clone is partial, and objects are not here
    hint: git blame -- a.txt
    --- exit 4
    [EOF]
    ");
    assert_eq!(explain(&blobless, &["HEAD"]).code, 0);
    let answer = explain(&blobless, &["a.txt", "--json"]).answer();
    assert!(
        answer.contains("\"partial\": true") && answer.contains("\"why\": \"partial\""),
        "{answer}"
    );
    let treeless = clone("tree:0", "treeless");
    assert_snapshot!(explain(&treeless, &["a.txt:2"]), @"
    --- stderr
    error: this partial clone has not the history of a.txt
    hint: git log --oneline -- a.txt
    --- exit 4
    [EOF]
    ");
    assert_snapshot!(explain(&treeless, &["HEAD"]), @"
    --- stdout
    commit 091ea6a Add two more
    Ada <ada@example.org>, 2026-11-20 09:20

    Session (feature-20261120-wxxsrz)
      [x] Count up
      [>] Count down
      decided   Count by machine
      modified a.txt
      time 10m
      from trailers
      its other commits: git log --grep='^Session-Id: feature-20261120-wxxsrz$'
    --- stderr
    error: not everything could be seen: the clone is partial, and objects are not here
    hint: git fetch --refetch --no-filter
    --- exit 4
    [EOF]
    ");
    assert!(!repo.path().join("../fetched").exists(), "it was fetched");
}

#[test]
fn of_a_long_line_the_start_is_told() {
    let repo = Repo::in_session();
    repo.commit(
        "long",
        &format!("a{}\n", "\u{e9}".repeat(1_000_000)),
        "Add it",
    );
    let answer = told(&repo, &["long:1"]);
    assert!(
        answer.len() < 2000 && answer.contains("\u{e9}..."),
        "{answer}"
    );
    let answer = told(&repo, &["long:1", "--json"]);
    let answer: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
    let text = answer["text"].as_str().expect("a text");
    assert!(
        (4000..=4096).contains(&text.len()) && !text.contains('\u{fffd}'),
        "{text}"
    );
    assert_eq!(answer["text_cut"], true);
}

#[test]
fn odd_paths_in_messages_are_words_of_a_shell() {
    let repo = Repo::in_session();
    let name = "a\u{202e}b\n'c";
    repo.commit(name, "1\n", "Add it");
    repo.write("new\u{200b}\n", "1\n");
    let output = explain(&repo, &["-L", "7", "--", name]);
    assert_snapshot!(output, @r"
    --- stderr
    error: file a\u{202e}b 'c has only 1 line
    hint: git session explain -- $'a\342\200\256b\012\'c'
    --- exit 1
    [EOF]
    ");
    let hint = output.news();
    let hint = hint
        .lines()
        .find_map(|line| line.strip_prefix("hint: "))
        .expect("a hint");
    repo.write("hint", hint);
    assert!(repo.run("bash", &["hint"]).success(), "{hint}");
    assert_snapshot!(explain(&repo, &["new\u{200b}\n"]), @r#"
    --- stderr
    error: "new\342\200\213\n" is not tracked, so no commit has it
    hint: git add $'new\342\200\213\012'
    --- exit 1
    [EOF]
    "#);
}

#[test]
fn what_lies_behind_a_symbolic_link_is_not_read() {
    let repo = Repo::in_session();
    repo.write("../outside/u.rs", "a secret\n");
    repo.commit("d/u.rs", "known\n", "Add it");
    repo.sh("rm -r d && ln -s ../outside d && ln -s ../outside e")
        .done();
    assert_snapshot!(explain(&repo, &["d/u.rs:1"]), @"
    --- stdout
    d/u.rs:1 known
    not in the work tree, so this is of HEAD
    commit f8d9b84 Add it
    Ada <ada@example.org>, 2026-11-20 09:00

    Session on feature (feature-20261120-wxxsrz)
      Ada <ada@example.org>, started 2026-11-20 09:00, active
      [>] Reach the goal (obj-5vy9)
      added d/u.rs
      from the log, a note, trailers
    [EOF]
    ");
    let answer = told(&repo, &["d/u.rs"]);
    assert!(!answer.contains("not committed"), "{answer}");
    assert_snapshot!(explain(&repo, &["e/u.rs:1"]), @"
    --- stderr
    error: `e/u.rs:1` is no commit and no path of this repository
    hint: git session explain <commit|path|path:line>
    --- exit 1
    [EOF]
    ");
}

#[test]
fn private_items_are_marked_and_not_for_agents() {
    let repo = Repo::in_session();
    let run = |arguments: &[&str]| repo.session(arguments).done();
    run(&["decisions", "add", "Known to all"]);
    run(&["decisions", "add", "Known to me", "--private"]);
    run(&["blockers", "add", "Mine alone", "--private"]);
    run(&["blockers", "resolve", "blk-1", "Gone"]);
    repo.wait(1);
    repo.commit("a", "1\n", "One");
    repo.wait(1);
    run(&[
        "decisions",
        "supersede",
        "dec-1",
        "Replaced by mine",
        "--private",
    ]);
    assert_snapshot!(told(&repo, &["HEAD"]), @"
    commit 347f6b6 One
    Ada <ada@example.org>, 2026-11-20 09:01

    Session on feature (feature-20261120-wxxsrz)
      Ada <ada@example.org>, started 2026-11-20 09:00, active
      [>] Reach the goal (obj-5vy9)
      decided   Known to all (dec-2hzy)
                superseded by dec-9s1t Replaced by mine (private)
      resolved  Mine alone: Gone (blk-ev77, private)
      in force  Known to me (dec-04zk, private)
      added a
      time 1m
      from the log, a note, trailers
    ");
    let answer = told(&repo, &["HEAD", "--json"]);
    assert!(answer.contains("\"private\": true"), "{answer}");
    let agent = repo.with("CLAUDECODE", "1");
    for arguments in [&["HEAD"][..], &["HEAD", "--json"], &["a:1"]] {
        let answer = told(&agent, arguments);
        let leaks = ["Known to me", "Mine alone", "Replaced by mine"];
        assert!(!leaks.iter().any(|text| answer.contains(text)), "{answer}");
        assert!(answer.contains("Known to all"), "{answer}");
    }
}

#[test]
fn a_log_that_cannot_be_read_is_named_after_the_answer() {
    let repo = worked();
    let log = repo.session_file("log.jsonl");
    let text = repo.read(&log);
    let path = log.to_str().expect("UTF-8");
    repo.switch("main");
    repo.write(path, format!("{text}torn\n"));
    let answer = explain(&repo, &["feature"]);
    assert_eq!(answer.code, 0);
    assert!(
        answer.news().contains("1 line of the log of feature-"),
        "{answer}"
    );
    repo.write(path, "torn\n");
    let answer = explain(&repo, &["feature"]);
    assert!(answer.answer().contains("Count by machine"), "{answer}");
    assert_eq!(answer.code, 4);
    assert!(
        answer
            .news()
            .contains("not everything could be seen: 1 log"),
        "{answer}"
    );
}

#[test]
fn rewritten_commits_lead_to_what_they_were() {
    let repo = worked();
    let old = repo.head();
    repo.wait(5);
    repo.git(&["commit", "-q", "--amend", "-m", "Two more"])
        .done();
    let amended = repo.head();
    let shown = |output: Output| {
        let output = output
            .show_as(&old[..7], "OLD")
            .show_as(&amended[..7], "AMENDED");
        output.show_as(&repo.head()[..7], "HEAD")
    };
    assert_snapshot!(shown(explain(&repo, &["HEAD"])), @"
    --- stdout
    commit HEAD Two more
    Ada <ada@example.org>, 2026-11-20 09:20

    Session on feature  Counting (feature-20261120-wxxsrz)
      Ada <ada@example.org>, started 2026-11-20 09:00, active
      [x] Count up (obj-5vy9)
      [>] Count down (obj-2hzy)
      decided   Count by machine (dec-ded2, about *.txt)
      modified a.txt
      time 15m
      made from OLD (amended)
      its other commit
        e63b5f3 Add two (2026-11-20 09:10)
      from the log, a note, trailers
    [EOF]
    ");
    assert_snapshot!(shown(explain(&repo, &[&old])), @"
    --- stdout
    commit OLD Add two more
    Ada <ada@example.org>, 2026-11-20 09:20

    Session on feature  Counting (feature-20261120-wxxsrz)
      Ada <ada@example.org>, started 2026-11-20 09:00, active
      [x] Count up (obj-5vy9)
      [>] Count down (obj-2hzy)
      decided   Count by machine (dec-ded2)
      modified a.txt
      time 10m
      became HEAD (amended)
      its other commits, 2 in all
        HEAD Two more (2026-11-20 09:25)
        e63b5f3 Add two (2026-11-20 09:10)
      from the log, a note, trailers
    [EOF]
    ");
    repo.switch("main");
    repo.commit("other", "1\n", "Elsewhere");
    repo.git(&["rebase", "-q", "main", "feature"]).done();
    let rebased = told(&repo, &["HEAD"]);
    assert!(
        rebased.contains("(rebased)") || rebased.contains("made from"),
        "{rebased}"
    );
    // picked onto a branch without a session
    let picked = repo.head();
    repo.git(&["switch", "-q", "-c", "release", "main"]).done();
    repo.git(&["cherry-pick", "-x", "feature~"]).done();
    let copy = told(&repo, &["HEAD"]);
    assert!(
        copy.contains("Session on feature") && copy.contains("(a copy)"),
        "{copy}"
    );
    assert_ne!(picked, repo.head());
}

#[test]
fn a_squash_is_explained_by_all_that_went_into_it() {
    let repo = worked();
    repo.switch("main");
    repo.git(&["merge", "-q", "--squash", "feature"]).done();
    let keep = repo.editor("true");
    keep.git(&["commit", "-q"]).done();
    let squashed = explain(&repo, &["HEAD"]);
    assert_snapshot!(squashed, @"
    --- stdout
    commit 5546cc2 Squashed commit of the following:
    Ada <ada@example.org>, 2026-11-20 09:20

    Session on feature  Counting (feature-20261120-wxxsrz)
      Ada <ada@example.org>, started 2026-11-20 09:00, active
      [x] Count up (obj-5vy9)
      [>] Count down (obj-2hzy)
      decided   Count by hand (dec-04zk, about *.txt)
                There are few
                superseded by dec-ded2 Count by machine
      decided   One file a language (dec-ev77, about lang/**)
      decided   Count by machine (dec-ded2, about *.txt)
      resolved  No numbers: Grace has some (blk-d63j)
      added a.txt
      modified a.txt
      time 20m
      made from 091ea6a, e63b5f3 (squashed)
      from the log, 2 notes, trailers of 2 commits squashed into one
    --- stderr
    Linked the records of 2 commits to their copies.
    [EOF]
    ");
    // the clone knows the trailers alone
    repo.at("..").git(&["clone", "-q", "repo", "clone"]).done();
    assert_snapshot!(explain(&repo.at("../clone"), &["HEAD"]), @"
    --- stdout
    commit 5546cc2 Squashed commit of the following:
    Ada <ada@example.org>, 2026-11-20 09:20

    Session (feature-20261120-wxxsrz)
      [x] Count up
      [>] Count down
      decided   Count by machine
      decided   Count by hand
                There are few
      decided   One file a language
      modified a.txt
      added a.txt
      time 20m
      from trailers of 2 commits squashed into one
      its other commits: git log --grep='^Session-Id: feature-20261120-wxxsrz$'
    [EOF]
    ");
}

#[test]
fn a_merge_names_the_sessions_that_it_knows() {
    let repo = worked();
    repo.switch("main");
    repo.session(&["start", "-o", "Bring it together"]).done();
    repo.git(&["merge", "-q", "--no-ff", "-m", "Bring it", "feature"])
        .done();
    assert_snapshot!(explain(&repo, &["HEAD"]), @"
    --- stdout
    commit 57fcd67 Bring it
    Ada <ada@example.org>, 2026-11-20 09:20

    Session on main (main-20261120-4mvpzr)
      Ada <ada@example.org>, started 2026-11-20 09:20, active
      [>] Bring it together (obj-9fvh)
      brought in feature-20261120-wxxsrz
      from the log, a note
    [EOF]
    ");
}

#[test]
fn a_commit_that_only_the_log_knows_is_found() {
    let repo = Repo::new();
    repo.config("session.trailers", "none");
    repo.session(&["start", "feature", "-o", "Reach the goal"])
        .done();
    repo.wait(5);
    repo.commit("a.txt", "1\n", "Without trailers");
    let head = repo.head();
    assert_eq!(repo.runs("HEAD"), 0);
    assert!(told(&repo, &["a.txt:1"]).contains("from the log, a note"));
    // its session is not that of the branch any more, and the notes are gone
    repo.session(&["end"]).done();
    repo.switch("main");
    let notes = repo
        .git(&["for-each-ref", "--format=%(refname)", "refs/notes"])
        .text();
    repo.git(&["update-ref", "-d", &notes]).done();
    assert_snapshot!(explain(&repo, &[&head]), @"
    --- stdout
    commit c7a414d Without trailers
    Ada <ada@example.org>, 2026-11-20 09:05

    Session on feature (feature-20261120-wxxsrz)
      Ada <ada@example.org>, started 2026-11-20 09:00, ended just now
      [>] Reach the goal (obj-5vy9)
      added a.txt
      time 5m
      from the log
    [EOF]
    ");
    // where a session began is none of its commits
    assert!(told(&repo, &["main"]).contains("No session is known"));
}

#[test]
fn text_of_strangers_is_harmless() {
    let repo = Repo::new();
    let message = "Subject \x1b]0;title\x07\n\nSession-Objectives: [x] \x1b[2Jgone\u{202e}\n\
        Decisions: \x1b[31mred\n Rationale: `$(rm -rf /)`\nSession-Id: evil-20261120-aaaaaa\n";
    repo.write("../message", message);
    repo.stage("a\x1b[31m.txt", "\x1b[2Jline\n");
    let vars = repo.with("GIT_AUTHOR_NAME", "Eve \x1b[1m");
    vars.git(&["commit", "-q", "-F", "../message"]).done();
    for arguments in [
        &["HEAD"][..],
        &["a\x1b[31m.txt:1"],
        &["a\x1b[31m.txt"],
        &["HEAD", "--json"],
        &["a\x1b[31m.txt:1", "--json"],
    ] {
        let answer = told(&repo, arguments);
        assert!(answer.contains("evil-20261120-aaaaaa"), "{answer}");
        let odd = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!answer.contains(odd), "{answer:?}");
    }
    assert_snapshot!(explain(&repo, &["HEAD"]), @r"
    --- stdout
    commit dfc9126 Subject ]0;title
    Eve \u{1b}[1m <ada@example.org>, 2026-11-20 09:00

    Session (evil-20261120-aaaaaa)
      [x] \u{1b}[2Jgone\u{202e}
      decided   \u{1b}[31mred
                `$(rm -rf /)`
      from trailers
      its other commits: git log --grep='^Session-Id: evil-20261120-aaaaaa$'
    [EOF]
    ");
}

#[test]
fn it_works_from_every_place() {
    let repo = worked();
    let expected = told(&repo, &["a.txt:2"]);
    std::fs::create_dir(repo.path().join("sub")).expect("a directory");
    assert_eq!(told(&repo.at("sub"), &["../a.txt:2"]), expected);
    let linked = repo.worktree("linked");
    assert_eq!(told(&linked, &["a.txt:2"]), expected);
    let outside = repo.at("..");
    std::os::unix::fs::symlink("repo", outside.path().join("link")).expect("a link");
    assert_eq!(told(&repo.at("../link"), &["a.txt:2"]), expected);
    let absolute = repo.path().join("a.txt:2");
    assert_eq!(told(&repo, &[absolute.to_str().expect("UTF-8")]), expected);
    let there = outside.path().join("link/a.txt:2");
    assert_eq!(told(&repo, &[there.to_str().expect("UTF-8")]), expected);
    outside
        .git(&["clone", "-q", "--bare", "repo", "bare"])
        .done();
    let bare = told(&repo.at("../bare"), &["a.txt:2"]);
    assert!(
        bare.starts_with("a.txt:2 one\n") && bare.contains("Add two"),
        "{bare}"
    );
    let unborn = Repo::empty();
    assert_eq!(explain(&unborn, &["HEAD"]).code, 1);
    unborn.stage("a", "1\n");
    assert!(told(&unborn, &["a:1"]).contains("not committed yet"));
}

#[test]
fn another_hash_and_other_encodings_are_read() {
    let repo = Repo::empty();
    let made = repo
        .at("..")
        .git(&["init", "-q", "--object-format=sha256", "wide"]);
    if made.success() {
        let wide = repo.at("../wide");
        wide.commit("a", "1\n", "First");
        let wide = wide.with_hooks();
        wide.session(&["start", "feature", "-o", "Reach the goal"])
            .done();
        wide.commit("a", "1\n2\n", "Second");
        assert!(told(&wide, &["a:2"]).contains("Reach the goal"));
        assert!(told(&wide, &["a"]).contains("Without a session, 1 line"));
    }
    let repo = Repo::new();
    repo.config("i18n.commitEncoding", "ISO-8859-1");
    repo.session(&["start", "feature", "-o", "Prüfen"]).done();
    repo.commit("a", "1\n", "Latin");
    let log = repo
        .git(&["for-each-ref", "--format=%(refname)", "refs/notes"])
        .text();
    repo.git(&["update-ref", "-d", &log]).done();
    let outside = repo.at("..");
    outside.git(&["clone", "-q", "repo", "clone"]).done();
    assert!(told(&repo.at("../clone"), &["HEAD"]).contains("Prüfen"));
}

//! The handoff: the three forms of a small session, what is left out, what strangers write, the template of a
//! repository, and whether the tree still matches.
#![allow(clippy::too_many_lines, reason = "whole documents are shown")]

use std::time::{Duration, UNIX_EPOCH};

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::Repo;

/// A session of an hour with everything that a handoff shows and git can know.
pub(crate) fn scene() -> Repo {
    let repo = Repo::new();
    repo.config("session.autoCheckpoint", "false");
    let run = |args: &[&str]| {
        repo.wait(1);
        repo.session(args).done();
    };
    run(&[
        "start",
        "feature/auth",
        "-o",
        "Google OAuth",
        "-o",
        "GitHub OAuth",
    ]);
    run(&["objectives", "start", "obj-1"]);
    run(&[
        "decisions",
        "add",
        "Use PKCE",
        "--rationale",
        "No secret in the browser",
        "--alternative",
        "Implicit flow: tokens in the address",
        "--consequence",
        "Needs S256",
    ]);
    run(&[
        "blockers",
        "add",
        "No client id yet",
        "--link",
        "https://example.org/issues/7",
    ]);
    repo.wait(10);
    repo.write("src/auth.rs", "pub fn google() {}\n\n// TODO: errors\n");
    repo.write("tests/auth.rs", "#[test]\nfn google() {}\n");
    repo.git(&["add", "."]).done();
    repo.git(&["commit", "-q", "-m", "feat(auth): add Google"])
        .done();
    run(&[
        "blockers",
        "resolve",
        "blk-1",
        "--resolution",
        "Ada made one",
    ]);
    run(&["blockers", "add", "Tests are slow"]);
    run(&["objectives", "complete", "obj-1"]);
    run(&[
        "learnings",
        "add",
        "States expire after a minute",
        "--key",
        "state",
    ]);
    run(&["note", "add", "The client id is in the vault"]);
    repo.wait(20);
    repo.commit("README", "a project with OAuth\n", "docs: say so");
    repo.stage("src/github.rs", "pub fn github() {}\n");
    repo.write("scratch.txt", "x\n");
    repo.wait(5);
    repo
}

#[test]
fn a_session_as_markdown() {
    let repo = scene();
    assert_snapshot!(repo.session(&["handoff"]), @"
    --- stdout
    <!-- Made by `git session handoff`. The figures come from git and from the log of the session. -->

    # Handoff: feature/auth

    - Session: `feature-auth-20261120-769rdc`
    - Branch: `feature/auth`
    - State: active
    - Started: 2026-11-20 09:01 UTC by Ada, from `main` at `f8fed08`
    - As of: 2026-11-20 09:44 UTC, at `3da0214`

    1 of 2 objectives done, 2 commits, 3 files, +6 -1, 43m active, 1 blocker open.

    ## Objectives (1 of 2 done)

    - [x] Google OAuth (obj-tgat)
    - [ ] GitHub OAuth (obj-d3v3)

    ## Next steps

    1. GitHub OAuth (obj-d3v3)
    2. Unblock: Tests are slow (blk-3mk1)

    ## In progress

    - 1 staged: `src/github.rs`
    - 1 untracked: `scratch.txt`

    ## Blockers

    - No client id yet (blk-2xkd, resolved after 11m), see <https://example.org/issues/7>
      - Resolution: Ada made one
    - Tests are slow (blk-3mk1, open for 28m)

    ## Decisions

    ### Use PKCE

    - Handle: dec-hc29, 2026-11-20

    **Rationale:** No secret in the browser

    **Alternatives:**

    - Implicit flow: tokens in the address

    **Consequences:**

    - Needs S256

    ## Work by commit

    - `a45a136` feat(auth): add Google (2 files, +5 -0, 13m)
    - `3da0214` docs: say so (1 file, +1 -1, 25m)

    ## Key files

    - `src/auth.rs` (code, +3 -0, 1 commit)
    - `README` (docs, +1 -1, 1 commit)
    - `tests/auth.rs` (tests, +2 -0, 1 commit)

    ## Figures

    | | |
    |---|---|
    | Active time | 43m |
    | Active time in no commit | 5m |
    | Commits | 2 |
    | Files | 3 |
    | Lines | +6 -1 |
    | Tests written | +1 -0 |

    | commits | |
    |---|---:|
    | feat | 1 |
    | docs | 1 |

    | files | count | lines added | lines removed | time |
    |---|---:|---:|---:|---:|
    | code | 1 | 3 | 0 | 7m |
    | tests | 1 | 2 | 0 | 5m |
    | docs | 1 | 1 | 1 | 25m |

    The time of each commit is split by its changed lines; a commit without changed lines is in no row.

    ## Learnings

    - States expire after a minute (lrn-33jt, `learning/insights/state`)

    ## To remember

    - The client id is in the vault

    ## Related

    - <https://example.org/issues/7>

    ## Checklist

    - [ ] All objectives are done: 1 of 2
    - [ ] All blockers are resolved: 1 of 2 open
    - [ ] The work tree is clean: 1 staged, 1 untracked
    - [ ] Tests are recorded and pass: no results recorded
    - [ ] No new marks for open work: 1 new, first in src/auth.rs:3
    [EOF]
    ");
    let file = repo.read(repo.session_file("handoff.md"));
    assert_eq!(file, repo.session(&["handoff"]).ok().answer());
    repo.assert_quiet();
}

#[test]
fn a_session_as_json() {
    let repo = scene();
    assert_snapshot!(repo.session(&["handoff", "--format", "json"]), @r#"
    --- stdout
    {
      "schema": "git-session/handoff/v1",
      "session": {
        "id": "feature-auth-20261120-769rdc",
        "branch": "feature/auth",
        "state": "active",
        "started_by": "Ada <ada@example.org>",
        "started_at": "2026-11-20T09:01:00Z",
        "base_branch": "main",
        "base_commit": "f8fed08266221801537211ff542fd6f5a2df9a8f",
        "as_of": "2026-11-20T09:44:00Z",
        "head": "3da02149d8952879ecec13c42790c0023251a225"
      },
      "objectives": {
        "done": 1,
        "total": 2,
        "items": [
          {
            "handle": "obj-tgat",
            "text": "Google OAuth",
            "state": "completed"
          },
          {
            "handle": "obj-d3v3",
            "text": "GitHub OAuth",
            "state": "open"
          }
        ]
      },
      "commits": [
        {
          "commit": "a45a1365fe32e529287d9b3f8eec82bfc1746719",
          "subject": "feat(auth): add Google",
          "kind": "feat",
          "seconds": 780,
          "changed": {
            "files": 2,
            "added": 5,
            "removed": 0
          }
        },
        {
          "commit": "3da02149d8952879ecec13c42790c0023251a225",
          "subject": "docs: say so",
          "kind": "docs",
          "seconds": 1500,
          "changed": {
            "files": 1,
            "added": 1,
            "removed": 1
          }
        }
      ],
      "in_progress": {
        "staged": {
          "count": 1,
          "paths": [
            "src/github.rs"
          ]
        },
        "untracked": {
          "count": 1,
          "paths": [
            "scratch.txt"
          ]
        }
      },
      "blockers": [
        {
          "handle": "blk-2xkd",
          "text": "No client id yet",
          "link": "https://example.org/issues/7",
          "url": "https://example.org/issues/7",
          "open": false,
          "since": "2026-11-20T09:04:00Z",
          "seconds": 660,
          "resolution": "Ada made one"
        },
        {
          "handle": "blk-3mk1",
          "text": "Tests are slow",
          "open": true,
          "since": "2026-11-20T09:16:00Z",
          "seconds": 1680
        }
      ],
      "decisions": [
        {
          "handle": "dec-hc29",
          "text": "Use PKCE",
          "at": "2026-11-20T09:03:00Z",
          "rationale": "No secret in the browser",
          "alternatives": [
            {
              "option": "Implicit flow",
              "why_not": "tokens in the address"
            }
          ],
          "consequences": [
            "Needs S256"
          ]
        }
      ],
      "metrics": {
        "active_seconds": 2580,
        "unattributed_seconds": 300,
        "commits": 2,
        "changed": {
          "files": 3,
          "added": 6,
          "removed": 1
        },
        "tests": {
          "added": 1,
          "removed": 0
        },
        "commits_by_kind": [
          {
            "kind": "feat",
            "commits": 1
          },
          {
            "kind": "docs",
            "commits": 1
          }
        ],
        "files_by_kind": [
          {
            "kind": "code",
            "files": 1,
            "added": 3,
            "removed": 0,
            "seconds": 468
          },
          {
            "kind": "tests",
            "files": 1,
            "added": 2,
            "removed": 0,
            "seconds": 312
          },
          {
            "kind": "docs",
            "files": 1,
            "added": 1,
            "removed": 1,
            "seconds": 1500
          }
        ]
      },
      "key_files": [
        {
          "path": "src/auth.rs",
          "kind": "code",
          "commits": 1,
          "added": 3,
          "removed": 0
        },
        {
          "path": "README",
          "kind": "docs",
          "commits": 1,
          "added": 1,
          "removed": 1
        },
        {
          "path": "tests/auth.rs",
          "kind": "tests",
          "commits": 1,
          "added": 2,
          "removed": 0
        }
      ],
      "remember": [
        "The client id is in the vault"
      ],
      "learnings": [
        {
          "handle": "lrn-33jt",
          "text": "States expire after a minute",
          "type": "insight",
          "key": "learning/insights/state"
        }
      ],
      "links": [
        "https://example.org/issues/7"
      ],
      "next": [
        {
          "text": "GitHub OAuth",
          "from": "objective",
          "handle": "obj-d3v3"
        },
        {
          "text": "Tests are slow",
          "from": "blocker",
          "handle": "blk-3mk1"
        }
      ],
      "checklist": [
        {
          "name": "objectives_done",
          "holds": false,
          "detail": "1 of 2"
        },
        {
          "name": "blockers_resolved",
          "holds": false,
          "detail": "1 of 2 open"
        },
        {
          "name": "work_tree_clean",
          "holds": false,
          "detail": "1 staged, 1 untracked"
        },
        {
          "name": "tests_green",
          "holds": false,
          "detail": "no results recorded"
        },
        {
          "name": "no_new_marks",
          "holds": false,
          "detail": "1 new, first in src/auth.rs:3"
        }
      ]
    }
    [EOF]
    "#);
    let other = repo.session(&["handoff", "--json"]).ok().stdout;
    assert_eq!(
        repo.session(&["handoff", "--format", "json"]).ok().stdout,
        other
    );
}

#[test]
fn a_session_as_html() {
    let repo = scene();
    let output = repo.session(&["handoff", "--format", "html"]).ok();
    let html = output.answer();
    let body = html.find("<body>").expect("a body");
    for word in [
        "http:",
        "<script",
        "<link",
        "<img",
        "url(",
        "@import",
        "javascript:",
    ] {
        let elsewhere = html.replace("https://example.org/issues/7", "");
        assert!(!elsewhere.contains(word), "{word}");
    }
    let mut shown = output;
    shown.stdout = html.as_bytes()[body..].to_vec();
    assert_snapshot!(shown, @r##"
    --- stdout
    <body>
    <header>
    <h1>Handoff: <bdi>feature/auth</bdi></h1>
    <p class="lead">1 of 2 objectives done, 2 commits, 3 files, +6 -1, 43m active, 1 blocker open</p>
    <dl class="about">
    <dt>Session</dt><dd><code>feature-auth-20261120-769rdc</code></dd>
    <dt>Branch</dt><dd><code><bdi>feature/auth</bdi></code></dd>
    <dt>State</dt><dd>active</dd>
    <dt>Started</dt><dd>2026-11-20 09:01 UTC by <bdi>Ada</bdi>, from <code><bdi>main</bdi></code> at <code>f8fed08</code></dd>
    <dt>As of</dt><dd>2026-11-20 09:44 UTC, at <code>3da0214</code></dd>
    </dl>
    <nav aria-label="Sections">
    <ul>
    <li><a href="#objectives">Objectives</a></li>
    <li><a href="#next">Next steps</a></li>
    <li><a href="#in-progress">In progress</a></li>
    <li><a href="#blockers">Blockers</a></li>
    <li><a href="#decisions">Decisions</a></li>
    <li><a href="#commits">Work by commit</a></li>
    <li><a href="#key-files">Key files</a></li>
    <li><a href="#figures">Figures</a></li>
    <li><a href="#learnings">Learnings</a></li>
    <li><a href="#remember">To remember</a></li>
    <li><a href="#related">Related</a></li>
    <li><a href="#checklist">Checklist</a></li>
    </ul>
    </nav>
    </header>
    <main>
    <section aria-labelledby="objectives">
    <h2 id="objectives">Objectives (1 of 2 done)</h2>
    <ul class="marks">
    <li><span class="mark" aria-hidden="true">[x]</span><bdi>Google OAuth</bdi> <span class="quiet">(completed, obj-tgat)</span></li>
    <li><span class="mark" aria-hidden="true">[ ]</span><bdi>GitHub OAuth</bdi> <span class="quiet">(open, obj-d3v3)</span></li>
    </ul>
    </section>
    <section aria-labelledby="next">
    <h2 id="next">Next steps</h2>
    <ol>
    <li><bdi>GitHub OAuth</bdi> <span class="quiet">(obj-d3v3)</span></li>
    <li>Unblock: <bdi>Tests are slow</bdi> <span class="quiet">(blk-3mk1)</span></li>
    </ol>
    </section>
    <section aria-labelledby="in-progress">
    <h2 id="in-progress">In progress</h2>
    <ul>
    <li>1 staged: <code><bdi>src/github.rs</bdi></code></li>
    <li>1 untracked: <code><bdi>scratch.txt</bdi></code></li>
    </ul>
    </section>
    <section aria-labelledby="blockers">
    <h2 id="blockers">Blockers</h2>
    <ul>
    <li><bdi>No client id yet</bdi> <span class="quiet">(blk-2xkd, resolved after 11m)</span>, see <a rel="noreferrer" href="https://example.org/issues/7"><bdi>https://example.org/issues/7</bdi></a><br>Resolution: <bdi>Ada made one</bdi></li>
    <li><strong>Open:</strong> <bdi>Tests are slow</bdi> <span class="quiet">(blk-3mk1, open for 28m)</span></li>
    </ul>
    </section>
    <section aria-labelledby="decisions">
    <h2 id="decisions">Decisions</h2>
    <article>
    <h3><bdi>Use PKCE</bdi></h3>
    <p class="quiet">dec-hc29, 2026-11-20</p>
    <dl class="about-decision">
    <dt>Rationale</dt><dd><bdi>No secret in the browser</bdi></dd>
    <dt>Alternatives</dt>
    <dd><bdi>Implicit flow: tokens in the address</bdi></dd>
    <dt>Consequences</dt>
    <dd><bdi>Needs S256</bdi></dd>
    </dl>
    </article>
    </section>
    <section aria-labelledby="commits">
    <h2 id="commits">Work by commit</h2>
    <ol>
    <li><code>a45a136</code> <bdi>feat(auth): add Google</bdi> <span class="quiet">(2 files, +5 -0, 13m)</span></li>
    <li><code>3da0214</code> <bdi>docs: say so</bdi> <span class="quiet">(1 file, +1 -1, 25m)</span></li>
    </ol>
    </section>
    <section aria-labelledby="key-files">
    <h2 id="key-files">Key files</h2>
    <div class="wide" role="region" aria-labelledby="key-files" tabindex="0">
    <table>
    <caption>The files with the most changed lines</caption>
    <thead><tr><th scope="col">File</th><th scope="col">Kind</th><th scope="col" class="n">Added</th><th scope="col" class="n">Removed</th><th scope="col">Commits</th></tr></thead>
    <tbody>
    <tr><th scope="row"><code><bdi>src/auth.rs</bdi></code></th><td>code</td><td class="n">+3</td><td class="n">-0</td><td>1 commit</td></tr>
    <tr><th scope="row"><code><bdi>README</bdi></code></th><td>docs</td><td class="n">+1</td><td class="n">-1</td><td>1 commit</td></tr>
    <tr><th scope="row"><code><bdi>tests/auth.rs</bdi></code></th><td>tests</td><td class="n">+2</td><td class="n">-0</td><td>1 commit</td></tr>
    </tbody>
    </table>
    </div>
    </section>
    <section aria-labelledby="figures">
    <h2 id="figures">Figures</h2>
    <div class="wide" role="region" aria-labelledby="figures" tabindex="0">
    <table>
    <caption>The whole session</caption>
    <tbody>
    <tr><th scope="row">Active time</th><td class="n">43m</td></tr>
    <tr><th scope="row">Active time in no commit</th><td class="n">5m</td></tr>
    <tr><th scope="row">Commits</th><td class="n">2</td></tr>
    <tr><th scope="row">Files</th><td class="n">3</td></tr>
    <tr><th scope="row">Lines</th><td class="n">+6 -1</td></tr>
    <tr><th scope="row">Tests written</th><td class="n">+1 -0</td></tr>
    </tbody>
    </table>
    <table>
    <caption>Commits by the prefix of their subject</caption>
    <thead><tr><th scope="col">Kind</th><th scope="col" class="n">Commits</th></tr></thead>
    <tbody>
    <tr><th scope="row">feat</th><td class="n">1</td></tr>
    <tr><th scope="row">docs</th><td class="n">1</td></tr>
    </tbody>
    </table>
    <table>
    <caption>Files by kind</caption>
    <thead><tr><th scope="col">Kind</th><th scope="col" class="n">Files</th><th scope="col" class="n">Added</th><th scope="col" class="n">Removed</th><th scope="col" class="n">Time</th></tr></thead>
    <tbody>
    <tr><th scope="row">code</th><td class="n">1</td><td class="n">3</td><td class="n">0</td><td class="n">7m</td></tr>
    <tr><th scope="row">tests</th><td class="n">1</td><td class="n">2</td><td class="n">0</td><td class="n">5m</td></tr>
    <tr><th scope="row">docs</th><td class="n">1</td><td class="n">1</td><td class="n">1</td><td class="n">25m</td></tr>
    </tbody>
    </table>
    <p class="quiet">The time of each commit is split by its changed lines; a commit without changed lines is in no row.</p>
    </div>
    </section>
    <section aria-labelledby="learnings">
    <h2 id="learnings">Learnings</h2>
    <ul>
    <li><bdi>States expire after a minute</bdi> <span class="quiet">(lrn-33jt, <code>learning/insights/state</code>)</span></li>
    </ul>
    </section>
    <section aria-labelledby="remember">
    <h2 id="remember">To remember</h2>
    <ul>
    <li><bdi>The client id is in the vault</bdi></li>
    </ul>
    </section>
    <section aria-labelledby="related">
    <h2 id="related">Related</h2>
    <ul>
    <li><a rel="noreferrer" href="https://example.org/issues/7"><bdi>https://example.org/issues/7</bdi></a></li>
    </ul>
    </section>
    <section aria-labelledby="checklist">
    <h2 id="checklist">Checklist</h2>
    <ul class="marks">
    <li><span class="mark">[ ]</span>All objectives are done: <span class="quiet">1 of 2</span></li>
    <li><span class="mark">[ ]</span>All blockers are resolved: <span class="quiet">1 of 2 open</span></li>
    <li><span class="mark">[ ]</span>The work tree is clean: <span class="quiet">1 staged, 1 untracked</span></li>
    <li><span class="mark">[ ]</span>Tests are recorded and pass: <span class="quiet">no results recorded</span></li>
    <li><span class="mark">[ ]</span>No new marks for open work: <span class="quiet">1 new, first in src/auth.rs:3</span></li>
    </ul>
    </section>
    </main>
    <footer>
    <p class="quiet">Made by <code>git session handoff</code> from git and the log of the session.</p>
    </footer>
    </body>
    </html>
    [EOF]
    "##);
}

#[test]
fn a_session_in_short() {
    let repo = scene();
    let before = repo.events().len();
    assert_snapshot!(repo.session(&["handoff", "--summary"]), @"
    --- stdout
    feature/auth (feature-auth-20261120-769rdc, active)
      1 of 2 objectives done, 2 commits, 3 files, +6 -1, 43m active, 1 blocker open

    Accomplished
      [x] Google OAuth (obj-tgat)

    Next steps
      1. GitHub OAuth (obj-d3v3)
      2. Unblock: Tests are slow (blk-3mk1)
    [EOF]
    ");
    assert_eq!(repo.events().len(), before);
}

#[test]
fn nothing_is_said_where_nothing_is_known() {
    let repo = Repo::new();
    repo.config("session.quality.requireTests", "false");
    repo.session(&["start", "empty"]).done();
    assert_snapshot!(repo.session(&["handoff"]), @"
    --- stdout
    <!-- Made by `git session handoff`. The figures come from git and from the log of the session. -->

    # Handoff: empty

    - Session: `empty-20261120-y45nc2`
    - Branch: `empty`
    - State: active
    - Started: 2026-11-20 09:00 UTC by Ada, from `main` at `f8fed08`
    - As of: 2026-11-20 09:00 UTC, at `f8fed08`

    0m active.

    ## Figures

    | | |
    |---|---|
    | Active time | 0m |

    ## Checklist

    - [x] The work tree is clean: nothing to commit
    - [x] No new marks for open work: none of TODO: FIXME: DECISION: BLOCKER:
    [EOF]
    ");
    assert_snapshot!(repo.session(&["handoff", "--format", "json"]), @r#"
    --- stdout
    {
      "schema": "git-session/handoff/v1",
      "session": {
        "id": "empty-20261120-y45nc2",
        "branch": "empty",
        "state": "active",
        "started_by": "Ada <ada@example.org>",
        "started_at": "2026-11-20T09:00:00Z",
        "base_branch": "main",
        "base_commit": "f8fed08266221801537211ff542fd6f5a2df9a8f",
        "as_of": "2026-11-20T09:00:00Z",
        "head": "f8fed08266221801537211ff542fd6f5a2df9a8f"
      },
      "metrics": {
        "active_seconds": 0,
        "unattributed_seconds": 0,
        "commits": 0
      },
      "checklist": [
        {
          "name": "work_tree_clean",
          "holds": true,
          "detail": "nothing to commit"
        },
        {
          "name": "no_new_marks",
          "holds": true,
          "detail": "none of TODO: FIXME: DECISION: BLOCKER:"
        }
      ]
    }
    [EOF]
    "#);
}

/// Writes an event of a kind that no command makes yet.
fn append(repo: &Repo, kind: &str, data: &Value) {
    let path = repo.session_file("log.jsonl");
    let mut event = repo.events().pop().expect("there are events");
    let n = event["n"].as_u64().expect("a number") + 1;
    let id = event["id"].as_str().expect("an id");
    let id = format!("{}{:04}", &id[..22], n);
    event["id"] = id.clone().into();
    event["op"] = id.into();
    event["n"] = n.into();
    event["kind"] = kind.into();
    event["data"] = data.clone();
    repo.write(
        path.to_str().expect("UTF-8"),
        format!("{}{event}\n", repo.read(&path)),
    );
}

/// The section of a page below a heading.
fn section(page: &str, heading: &str) -> String {
    let found = page.split("\n## ").find(|part| part.starts_with(heading));
    found.unwrap_or_default().trim_end().to_owned()
}

#[test]
fn recorded_figures_and_parked_work_are_shown() {
    let repo = scene();
    let head = repo.head();
    let metrics = |coverage: f64, passed: u64, failed: u64| {
        json!({
            "head": head,
            "coverage": {"percent": coverage, "new_code": 91.5, "file": "lcov.info"},
            "tests": {"passed": passed, "failed": failed, "skipped": 1},
        })
    };
    append(&repo, "metrics.recorded", &metrics(79.0, 10, 2));
    append(&repo, "metrics.recorded", &metrics(86.5, 12, 0));
    let checkpoint = json!({"commit": head, "cause": "switch", "label": "half done"});
    append(&repo, "checkpoint.created", &checkpoint);
    let id = repo.events().pop().expect("an event")["id"].clone();
    append(&repo, "work.parked", &json!({"checkpoint": id}));
    repo.write("CHANGELOG.md", "# Changes\n");
    repo.git(&["add", "CHANGELOG.md"]).done();
    repo.git(&["commit", "-q", "-m", "docs: begin a changelog"])
        .done();
    repo.sh("git init -q --bare ../remote && git remote add origin ../remote")
        .done();
    let page = repo.session(&["handoff"]).ok().answer();
    for heading in ["Tests", "Coverage", "In progress", "Checklist"] {
        assert!(!section(&page, heading).is_empty(), "{heading}\n{page}");
    }
    let shown = ["In progress", "Tests", "Coverage", "Checklist"].map(|name| section(&page, name));
    assert_snapshot!(shown.join("\n\n"), @"
    In progress

    - 1 untracked: `scratch.txt`
    - Parked: half done (cp-0016, 2026-11-20 09:39 UTC)

    Tests

    - 12 passed, 0 failed, 1 skipped, at `3da0214`
    - At first: 10 passed, 2 failed, 1 skipped, at `3da0214`

    Coverage

    - 79% -> 86.5%, new code 91.5%

    Checklist

    - [ ] All objectives are done: 1 of 2
    - [ ] All blockers are resolved: 1 of 2 open
    - [ ] The work tree is clean: 1 untracked
    - [ ] No work is parked: 1 checkpoint
    - [ ] Everything is pushed: the branch has no upstream
    - [ ] Tests are recorded and pass: 12 passed, 0 failed, at 3da0214
    - [x] Coverage is at the bar: 86.5%, the bar is 85%, at 3da0214
    - [ ] No new marks for open work: 1 new, first in src/auth.rs:3
    - [x] The changelog is updated: changed in this session
    ");
    repo.git(&["push", "-q", "-u", "origin", "feature/auth"])
        .done();
    let page = repo.session(&["handoff"]).ok().answer();
    assert!(
        page.contains("- [x] Everything is pushed: the same as the upstream\n"),
        "{page}"
    );
}

#[test]
fn what_is_handed_over_in_words_is_part_of_it() {
    let repo = scene();
    append(
        &repo,
        "handoff.created",
        &json!({
            "accomplished": ["Google works"], "remember": ["The vault is locked"], "next": ["Ask Eve"],
        }),
    );
    append(
        &repo,
        "handoff.created",
        &json!({
            "accomplished": ["SECRET"], "remember": ["SECRET"], "next": ["SECRET"], "private": true,
        }),
    );
    let page = repo.session(&["handoff"]).ok().answer();
    let shown = ["Accomplished", "Next steps", "To remember"].map(|name| section(&page, name));
    assert_snapshot!(shown.join("\n\n"), @"
    Accomplished

    - Google works

    Next steps

    1. Ask Eve
    2. GitHub OAuth (obj-d3v3)
    3. Unblock: Tests are slow (blk-3mk1)

    To remember

    - The vault is locked
    - The client id is in the vault
    ");
    assert!(!page.contains("SECRET"), "{page}");
}

#[test]
fn what_is_private_stays_here() {
    let repo = Repo::in_session();
    for args in [
        &["objectives", "add", "SECRET objective"][..],
        &[
            "blockers",
            "add",
            "SECRET blocker",
            "--link",
            "https://example.org/SECRET",
        ],
        &[
            "decisions",
            "add",
            "SECRET decision",
            "--rationale",
            "SECRET",
        ],
        &["learnings", "add", "SECRET learning", "--key", "secret"],
        &["note", "add", "SECRET note"],
    ] {
        repo.session(&[args, &["--private"]].concat()).done();
    }
    for form in ["markdown", "json", "html"] {
        let page = repo.session(&["handoff", "--format", form]).ok().answer();
        assert!(!page.to_lowercase().contains("secret"), "{form}: {page}");
        assert!(page.contains("Reach the goal"), "{form}: {page}");
    }
    let short = repo.session(&["handoff", "--summary"]).ok().answer();
    assert!(!short.contains("SECRET"), "{short}");
}

/// Texts that want to be something else.
const HOSTILE: &str = "<script>alert(1)</script> ![x](http://evil.example/a.png) [y](javascript:z) \u{202e}odd | ``` --> {{title}} &lt;b&gt; \"'";

#[test]
fn what_strangers_write_is_only_text() {
    let repo = Repo::new();
    repo.session(&[
        "start",
        "feature/<b>`x`|y{{z}}",
        "-o",
        HOSTILE,
        "--title",
        HOSTILE,
    ])
    .done();
    repo.session(&["blockers", "add", HOSTILE, "--link", "javascript:alert(1)"])
        .done();
    repo.session(&[
        "decisions",
        "add",
        HOSTILE,
        "--rationale",
        HOSTILE,
        "--scope",
        "src/**",
    ])
    .done();
    repo.session(&["learnings", "add", HOSTILE, "--key", "k"])
        .done();
    repo.session(&["note", "add", HOSTILE]).done();
    repo.commit("<img src=x onerror=alert(1)>`|.rs", "x\n", HOSTILE);
    repo.write("\u{202e}sr.x", "x\n");
    let html = repo.session(&["handoff", "--format", "html"]).ok().answer();
    let body = &html[html.find("<body>").expect("a body")..];
    for word in ["<script", "<img", "href=\"j", "href=\"h", "\u{202e}"] {
        assert!(!body.contains(word), "{word}\n{body}");
    }
    assert!(
        body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"),
        "{body}"
    );
    assert!(html.contains("{{title}}"), "{html}");
    let page = repo.session(&["handoff"]).ok().answer();
    assert_snapshot!(section(&page, "Blockers"), @r#"
    Blockers

    - \<script>alert(1)\</script> !\[x](http://evil.example/a.png) \[y](javascript:z) \\u{202e}odd | \`\`\` --> {{title}} &lt;b&gt; "' (blk-mvcp, open for less than a minute), see javascript:alert(1)
    "#);
    assert_snapshot!(page.lines().take(12).collect::<Vec<_>>().join("\n"), @r#"
    <!-- Made by `git session handoff`. The figures come from git and from the log of the session. -->

    # Handoff: \<script>alert(1)\</script> !\[x](http://evil.example/a.png) \[y](javascript:z) \\u{202e}odd | \`\`\` --> {{title}} &lt;b&gt; "'

    - Session: `feature-b-x-y-z-20261120-963p6n`
    - Branch: ``feature/<b>`x`|y{{z}}``
    - State: active
    - Started: 2026-11-20 09:00 UTC by Ada, from `main` at `f8fed08`
    - As of: 2026-11-20 09:00 UTC, at `43f3314`

    0 of 1 objectives done, 1 commit, 1 file, +1 -0, 0m active, 1 blocker open.
    "#);
    assert_snapshot!(section(&page, "Work by commit"), @r#"
    Work by commit

    - `43f3314` \<script>alert(1)\</script> !\[x](http://evil.example/a.png) \[y](javascript:z) \\u{202e}odd | \`\`\` --> {{title}} &lt;b&gt; "' (1 file, +1 -0)
    "#);
    assert_snapshot!(section(&page, "In progress"), @r#"
    In progress

    - 1 untracked: `"\342\200\256sr.x"`
    "#);
    for line in page.lines() {
        assert!(
            !line.contains('\u{202e}') && !line.starts_with("```"),
            "{line}"
        );
    }
    let json = repo.session(&["handoff", "--json"]).ok().answer();
    assert!(!json.contains('\u{202e}'), "{json}");
    let read: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(read["session"]["title"], HOSTILE);
}

#[test]
fn a_repository_may_bring_a_template_for_markdown_only() {
    let repo = Repo::in_session();
    let path = ".session/templates/handoff.md.hbs";
    repo.write(path, "{{#each objectives}}{{mark}} {{text}}\n{{/each}}");
    repo.write(".session/templates/handoff.html.hbs", "OWNED");
    assert_snapshot!(repo.session(&["handoff"]), @"
    --- stdout
    [ ] Reach the goal
    [EOF]
    ");
    let html = repo.session(&["handoff", "--format", "html"]).ok().answer();
    assert!(
        html.starts_with("<!DOCTYPE html>") && !html.contains("OWNED"),
        "{html}"
    );
    for (template, why) in [
        ("a\n{{#if}}", "line 2"),
        ("a\nb\n{{nothing}}", "line 3"),
        ("{{> x}}", "it includes partials"),
        ("a\u{1b}[31m\n{{\u{1b}[31m}}", "line 2"),
    ] {
        repo.write(path, template);
        let output = repo.session(&["handoff"]).ok();
        let news = output.news();
        assert!(
            news.starts_with("warning: .session/templates/handoff.md.hbs is not used: "),
            "{news}"
        );
        assert!(news.contains(why) && !news.contains('\u{1b}'), "{news}");
        assert!(output.answer().contains("# Handoff: feature"), "{output}");
    }
    repo.write(path, "x".repeat(300 * 1024));
    assert!(
        repo.session(&["handoff"])
            .ok()
            .news()
            .contains("larger than 256 KiB")
    );
}

#[test]
fn no_symbolic_link_leads_to_a_template() {
    let outside = "mkdir ../out && echo OUTSIDE > ../out/handoff.md.hbs";
    for link in [
        "mkdir -p .session/templates && ln -s ../../../out/handoff.md.hbs .session/templates/",
        "mkdir .session && ln -s ../../out .session/templates",
        "mkdir ../s && ln -s ../out ../s/templates && ln -s ../s .session",
    ] {
        let repo = Repo::in_session();
        repo.sh(outside).done();
        repo.sh(link).done();
        let output = repo.session(&["handoff"]);
        assert!(!output.answer().contains("OUTSIDE"), "{output}");
        let said = output.news();
        assert!(
            said.contains("symbolic link")
                || said.contains("no regular file")
                || said.contains("no directory of its own"),
            "{output}"
        );
    }
}

#[test]
fn a_check_says_what_differs() {
    let repo = Repo::in_session();
    repo.commit("work", "1\n", "Work");
    assert_snapshot!(repo.session(&["handoff", "--check"]), @"
    --- stderr
    error: no handoff of this session was recorded
    hint: git session handoff
    --- exit 1
    [EOF]
    ");
    repo.session(&["handoff"]).done();
    let events = repo.events().len();
    assert_snapshot!(repo.session(&["handoff", "--check"]), @"
    --- stdout
    The tree is that of the handoff of 2026-11-20 09:00, at 693383b
    [EOF]
    ");
    repo.session(&["handoff"]).done();
    assert_eq!(repo.events().len(), events, "nothing happened in between");
    repo.wait(3);
    repo.commit("more", "1\n", "More \u{202e}work");
    repo.write("work", "2\n");
    for number in 10..22 {
        repo.write(&format!("new {number}"), "x\n");
    }
    assert_snapshot!(repo.session(&["handoff", "--check"]), @r"
    --- stdout
    The tree differs from the handoff of 2026-11-20 09:00, at 693383b
      1 commit since
        a7303bb More \u{202e}work
      14 paths differ
        A more
        A new 10
        A new 11
        A new 12
        A new 13
        A new 14
        A new 15
        A new 16
        A new 17
        A new 18
        and 4 more
    --- stderr
    error: the tree is not what was handed over
    hint: git session handoff
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(repo.session(&["handoff", "--check", "--json"]), @r#"
    --- stdout
    {
      "schema": "git-session/handoff-check/v1",
      "session": "feature-20261120-wxxsrz",
      "matches": false,
      "at": "2026-11-20T09:00:00Z",
      "head": "693383bfb19c53eb2ad594a5a2681bee92739012",
      "now": "a7303bb9c98e0e1d7032704838e4d68ea229baeb",
      "differences": {
        "rewritten": false,
        "commits": 1,
        "newest": [
          {
            "commit": "a7303bb9c98e0e1d7032704838e4d68ea229baeb",
            "subject": "More \u202ework"
          }
        ],
        "paths": 14,
        "first": [
          {
            "status": "A",
            "path": "more"
          },
          {
            "status": "A",
            "path": "new 10"
          },
          {
            "status": "A",
            "path": "new 11"
          },
          {
            "status": "A",
            "path": "new 12"
          },
          {
            "status": "A",
            "path": "new 13"
          },
          {
            "status": "A",
            "path": "new 14"
          },
          {
            "status": "A",
            "path": "new 15"
          },
          {
            "status": "A",
            "path": "new 16"
          },
          {
            "status": "A",
            "path": "new 17"
          },
          {
            "status": "A",
            "path": "new 18"
          }
        ]
      }
    }
    --- stderr
    error: the tree is not what was handed over
    hint: git session handoff
    --- exit 1
    [EOF]
    "#);
    repo.git(&["reset", "-q", "--hard", "main"]).done();
    repo.git(&["clean", "-qfd"]).done();
    assert_snapshot!(repo.session(&["handoff", "--check"]), @"
    --- stdout
    The tree differs from the handoff of 2026-11-20 09:00, at 693383b
      that commit is not in the history any more
      1 path differs
        D work
    --- stderr
    error: the tree is not what was handed over
    hint: git session handoff
    --- exit 1
    [EOF]
    ");
    repo.switch("main");
    assert_snapshot!(repo.session(&["handoff", "feature", "--check"]), @"
    --- stdout
    The tree differs from the handoff of 2026-11-20 09:00, at 693383b
      that commit is not in the history any more
      1 path differs
        D work
    --- stderr
    error: the tree is not what was handed over
    hint: git session handoff
    --- exit 1
    [EOF]
    ");
}

#[test]
fn a_check_knows_a_branch_without_a_commit() {
    let repo = Repo::empty().with_hooks();
    repo.session(&["start", "-o", "Begin"]).done();
    repo.session(&["handoff"]).done();
    repo.session(&["handoff", "--check"]).done();
    repo.commit("first", "1\n", "First");
    assert_snapshot!(repo.session(&["handoff", "--check"]), @"
    --- stdout
    The tree differs from the handoff of 2026-11-20 09:00
      1 commit since
        2182e8c First
      1 path differs
        A first
    --- stderr
    error: the tree is not what was handed over
    hint: git session handoff
    --- exit 1
    [EOF]
    ");
}

#[test]
fn a_check_knows_work_that_no_commit_has() {
    let repo = scene();
    repo.write("src/deep/er/new.rs", "x\n");
    repo.write("tests/auth.rs", "#[test]\nfn other() {}\n");
    repo.session(&["handoff"]).done();
    let status = repo.git(&["status", "--porcelain"]).text();
    repo.session(&["handoff", "--check"]).done();
    repo.git(&["add", "-A"]).done();
    repo.session(&["handoff", "--check"]).done();
    repo.git(&["reset", "-q"]).done();
    repo.write("src/deep/er/new.rs", "y\n");
    repo.write("src/deep/other.rs", "y\n");
    std::fs::remove_file(repo.path().join("scratch.txt")).expect("it is there");
    assert_snapshot!(repo.session(&["handoff", "--check"]), @"
    --- stdout
    The tree differs from the handoff of 2026-11-20 09:44, at 3da0214
      3 paths differ
        D scratch.txt
        M src/deep/er/new.rs
        A src/deep/other.rs
    --- stderr
    error: the tree is not what was handed over
    hint: git session handoff
    --- exit 1
    [EOF]
    ");
    repo.sh("git prune --expire=now && git gc -q --prune=now")
        .done();
    assert_snapshot!(repo.session(&["handoff", "--check"]), @"
    --- stdout
    The tree differs from the handoff of 2026-11-20 09:44, at 3da0214
      4 paths differ
        M tests/auth.rs
        ? src/deep/er/new.rs
        ? src/deep/other.rs
        ? src/github.rs
    --- stderr
    error: the tree is not what was handed over
    hint: git session handoff
    --- exit 1
    [EOF]
    ");
    assert!(status.contains("?? src/deep/"), "{status}");
    repo.assert_quiet();
}

#[test]
fn a_change_in_the_very_moment_of_the_index_is_seen() {
    let repo = Repo::in_session();
    repo.config("core.trustctime", "false");
    let at = |path: &str| {
        let file = std::fs::OpenOptions::new()
            .write(true)
            .open(repo.path().join(path));
        let moment = UNIX_EPOCH + Duration::from_secs(1_795_000_000);
        file.and_then(|file| file.set_modified(moment))
            .expect("a time");
    };
    repo.write("work", "1\n");
    at("work");
    repo.git(&["add", "work"]).done();
    repo.git(&["commit", "-q", "-m", "Work"]).done();
    repo.session(&["handoff"]).done();
    // as long, in the same file, and as old as the index
    repo.write("work", "2\n");
    at("work");
    at(".git/index");
    let output = repo.session(&["handoff", "--check"]);
    assert!(output.answer().contains("M work"), "{output}");
}

#[test]
fn of_an_ended_session_it_speaks_of_the_end() {
    let repo = scene();
    repo.session(&["end"]).done();
    let log = repo
        .store()
        .join(repo.sh("ls .git/sessions | grep feature-auth").text());
    let before = repo.read(log.join("log.jsonl"));
    let page = repo.session(&["handoff"]).ok().answer();
    repo.wait(500);
    repo.commit("later", "x\n", "Not of the session");
    repo.switch("main");
    let id = log.file_name().expect("a name").to_str().expect("UTF-8");
    for name in ["feature/auth", id, &id[id.len() - 6..]] {
        assert_eq!(
            repo.session(&["handoff", name]).ok().answer(),
            page,
            "{name}"
        );
    }
    assert_eq!(repo.read(log.join("log.jsonl")), before);
    assert!(page.contains("\n- State: ended\n"), "{page}");
    assert!(
        page.contains("43m active") && page.contains("1 untracked: `scratch.txt`"),
        "{page}"
    );
    repo.git(&["branch", "-q", "-D", "feature/auth"]).done();
    assert_eq!(
        repo.session(&["handoff", "feature/auth"]).ok().answer(),
        page
    );
}

#[test]
fn only_commits_of_the_session_count() {
    let repo = Repo::in_session();
    repo.wait(2);
    repo.commit("a.rs", "1\n2\n", "feat: a");
    repo.switch("main");
    repo.commit("foreign.rs", "1\n2\n3\n// TODO: theirs\n", "feat: theirs");
    repo.switch("feature");
    repo.wait(2);
    repo.git(&["merge", "-q", "--no-edit", "main"]).done();
    repo.wait(2);
    repo.git(&["mv", "a.rs", "b.rs"]).done();
    repo.write("b.rs", "1\n2\n3\n");
    repo.write("logo.png", [0, 1, 2]);
    repo.git(&["add", "."]).done();
    repo.git(&["commit", "-q", "-m", "refactor: rename"]).done();
    repo.commit("gone.rs", "1\n", "Gone");
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]).done();
    let page = repo.session(&["handoff"]).ok().answer();
    let shown =
        ["Work by commit", "Key files", "Figures", "Checklist"].map(|name| section(&page, name));
    assert_snapshot!(shown.join("\n\n"), @"
    Work by commit

    - `ed57c8c` feat: a (1 file, +2 -0, 2m)
    - `3811d1a` Merge branch 'main' into feature
    - `1a7dd2e` refactor: rename (2 files, +1 -0, 4m)

    Key files

    - `b.rs` (code, +3 -0, 2 commits)

    Figures

    | | |
    |---|---|
    | Active time | 6m |
    | Commits | 3 |
    | Files | 2 |
    | Lines | +3 -0 |

    | commits | |
    |---|---:|
    | feat | 1 |
    | refactor | 1 |
    | merge | 1 |

    | files | count | lines added | lines removed | time |
    |---|---:|---:|---:|---:|
    | code | 1 | 3 | 0 | 6m |
    | other | 1 | 0 | 0 | 0m |

    The time of each commit is split by its changed lines; a commit without changed lines is in no row.

    Checklist

    - [ ] All objectives are done: 0 of 1
    - [x] The work tree is clean: nothing to commit
    - [ ] Tests are recorded and pass: no results recorded
    - [x] No new marks for open work: none of TODO: FIXME: DECISION: BLOCKER:
    ");
}

#[test]
fn a_handoff_goes_to_a_file() {
    let repo = Repo::in_session();
    assert_snapshot!(repo.session(&["handoff", "-o", "page.html"]), @"
    --- stderr
    Wrote page.html
    [EOF]
    ");
    assert!(repo.read("page.html").starts_with("<!DOCTYPE html>"));
    repo.session(&["handoff", "-o", "page.json"]).done();
    assert!(repo.read("page.json").starts_with("{\n  \"schema\""));
    repo.session(&["handoff", "--format", "markdown", "-o", "page.json"])
        .done();
    assert!(repo.read("page.json").starts_with("<!-- Made by"));
    assert!(
        repo.session(&["handoff", "-o", "-"])
            .ok()
            .answer()
            .starts_with("<!-- Made by")
    );
    std::fs::create_dir(repo.path().join("directory")).expect("a directory");
    assert_snapshot!(repo.session(&["handoff", "-o", "directory"]), @"
    --- stderr
    error: directory is a directory
    hint: git session handoff -o handoff.md
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(repo.session(&["handoff", "-o", "none/page.md"]), @"
    --- stderr
    error: there is no directory none
    hint: mkdir -p none
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(repo.session(&["handoff", "--json", "--format", "html"]), @"
    --- stderr
    error: `--json` asks for another form than `--format`
    hint: git session handoff --format json
    --- exit 2
    [EOF]
    ");
    assert_snapshot!(repo.session(&["handoff", "nothing"]), @"
    --- stderr
    error: there is no session `nothing`
    hint: git session list --all
    --- exit 1
    [EOF]
    ");
}

#[test]
fn the_example_of_the_page_is_what_happens() {
    crate::readme::check_page("docs/handoff.md");
}

#[test]
fn a_directory_that_is_not_there_is_named_with_what_makes_it() {
    let repo = Repo::in_session();
    assert_snapshot!(repo.session(&["handoff", "-o", "no dir/x.md"]), @"
    --- stderr
    error: there is no directory no dir
    hint: mkdir -p 'no dir'
    --- exit 1
    [EOF]
    ");
}

#[test]
fn at_an_end_it_speaks_of_the_work_tree_and_of_what_holds_it() {
    let repo = Repo::in_session();
    let id = repo.session_id();
    repo.commit("provider.rs", "fn p() {}\n", "Add the provider");
    repo.stage("staged.rs", "fn s() {}\n");
    repo.write("provider.rs", "fn p() {}\n// TODO: scopes\n");
    repo.write("notes.txt", "ask\n");
    repo.session(&["end"]).done();
    let page = repo.read(repo.store().join(&id).join("handoff.md"));
    let keeper = format!("refs/session/snapshots/{id}");
    let saved = repo.git(&["rev-parse", &format!("{keeper}^1")]).text();
    let shown = section(&page, "In progress").replace(&saved, "[SAVED]");
    assert_snapshot!(shown, @"
    In progress

    - 1 staged: `staged.rs`
    - 1 changed: `provider.rs`
    - 1 untracked: `notes.txt`
    - Held by cp-04zk; to bring it back: `git stash apply --index [SAVED]`
    ");
    assert_snapshot!(section(&page, "Checklist"), @"
    Checklist

    - [ ] All objectives are done: 0 of 1
    - [ ] The work tree is clean: 1 staged, 1 changed, 1 untracked
    - [ ] Tests are recorded and pass: no results recorded
    - [ ] No new marks for open work: 1 new, first in provider.rs:2
    ");
    // later too, while the checkpoint is there
    repo.git(&["checkout", "-q", "-f", "main"]).done();
    repo.git(&["clean", "-fq"]).done();
    assert_eq!(repo.session(&["handoff", &id]).ok().answer(), page);
    repo.switch("feature");
    repo.git(&["stash", "apply", "-q", "--index", &saved])
        .done();
    assert_eq!(
        repo.git(&["status", "--porcelain"]).text(),
        "M provider.rs\nA  staged.rs\n?? notes.txt"
    );
    // without it nothing is claimed
    repo.git(&["reset", "-q", "--hard"]).done();
    repo.git(&["update-ref", "-d", &keeper]).done();
    repo.git(&["gc", "-q", "--prune=now"]).done();
    let page = repo.session(&["handoff", &id]).ok().answer();
    assert!(!page.contains("work tree is clean"), "{page}");
    assert!(!page.contains("No new marks"), "{page}");
}

#[test]
fn at_a_clean_end_it_says_so() {
    let repo = Repo::in_session();
    let id = repo.session_id();
    repo.write("notes.txt", "ask\n");
    repo.session(&["end"]).done();
    repo.session(&["start", "--resume"]).done();
    repo.git(&["clean", "-fq"]).done();
    repo.wait(1);
    repo.session(&["end"]).done();
    let page = repo.read(repo.store().join(&id).join("handoff.md"));
    assert!(!page.contains("In progress"), "{page}");
    assert!(page.contains("[x] The work tree is clean"), "{page}");
}

#[cfg(unix)]
#[test]
fn what_a_handoff_is_written_to_stays_what_it_is() {
    let repo = Repo::in_session();
    let run = |script: &str| {
        let output = repo.sh(script).ok();
        output.answer().trim().to_owned()
    };
    for mode in ["600", "755"] {
        run(&format!("echo old > page.md && chmod {mode} page.md"));
        repo.session(&["handoff", "-o", "page.md"]).done();
        assert_eq!(run("stat -c %a page.md"), mode);
        assert!(repo.read("page.md").starts_with("<!-- Made by"));
    }
    run("ln -s real.md link.md && ln -s nowhere.md dangling.md && echo x > real.md");
    for (link, real) in [("link.md", "real.md"), ("dangling.md", "nowhere.md")] {
        repo.session(&["handoff", "-o", link]).done();
        assert_eq!(run(&format!("readlink {link}")), real);
        assert!(repo.read(real).starts_with("<!-- Made by"));
    }
    let piped = run(
        "mkfifo pipe && { cat pipe & git session handoff -o pipe 2>/dev/null; wait; } && test -p pipe",
    );
    assert!(piped.starts_with("<!-- Made by"), "{piped}");
    let piped = run("git session handoff -o /dev/fd/1 2>/dev/null | cat");
    assert!(piped.starts_with("<!-- Made by"), "{piped}");
}

#[test]
fn no_handoff_is_written_into_the_directory_of_git() {
    let repo = Repo::in_session();
    repo.sh("ln -s .git/config config.md && ln -s .git/new new.md && git worktree add -q ../tree")
        .done();
    let before = repo.sh("cat .git/HEAD .git/config ../tree/.git").text();
    for place in [
        ".git/HEAD",
        ".git/config",
        ".git/new.md",
        "src/../.git/hooks/post-commit",
        "config.md",
        "new.md",
        "../tree/.git",
    ] {
        repo.sh("mkdir -p src").done();
        let output = repo.session(&["handoff", "-o", place]);
        assert_eq!(output.code, 1, "{place}: {output}");
        assert!(
            output.to_string().contains("is in the directory of git"),
            "{output}"
        );
    }
    let after = repo.sh("cat .git/HEAD .git/config ../tree/.git").text();
    assert_eq!(after, before);
    assert!(!repo.path().join(".git/new").exists());
}

#[test]
fn a_template_that_never_ends_holds_up_no_handoff_and_no_end() {
    let repo = Repo::in_session();
    let template = "{{#each @root.checklist}}".repeat(60) + &"{{/each}}".repeat(60);
    repo.write(".session/templates/handoff.md.hbs", template);
    for command in ["handoff", "end"] {
        let said = repo.session(&[command]).ok().news();
        assert!(
            said.contains("handoff.md.hbs is not used") && said.contains("does not end"),
            "{said}"
        );
    }
}

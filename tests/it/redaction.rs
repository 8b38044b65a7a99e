//! Secrets that are typed, committed or fetched reach nothing that the program writes, and `redact --check` says
//! where a file has some.

use std::fmt::Write as _;
use std::path::Path;

use insta::assert_snapshot;

use super::readme::check_page;
use super::support::Repo;

/// Secrets to be filled: `r` letters and digits, `h` hexadecimal digits, `R` capitals and digits.
const SHAPES: &[&str] = &[
    "AKIA{R16}",
    "aws secret key {r40}",
    "ghp_{r36}",
    "github_pat_{r22}_{r59}",
    "glpat-{r20}",
    "xoxb-123456789012-{r24}",
    "https://hooks.slack.com/services/T0AB/B0CD/{r24}",
    "sk_live_{r24}",
    "AIza{r35}",
    "GOCSPX-{r28}",
    "sk-ant-api03-{r93}",
    "sk-proj-{r64}",
    "npm_{r36}",
    "pypi-AgEIcHlwaS5vcmc{r60}",
    "cio{r32}",
    "hf_{r34}",
    "SG.{r22}.{r43}",
    "SK{h32}",
    "https://discord.com/api/webhooks/123456789012345678/{r68}",
    "123456789:AA{r33}",
    "shpat_{h32}",
    "dop_v1_{h64}",
    "HRKU-AA{r58}",
    "hvs.{r90}",
    "dp.pt.{r43}",
    "dapi{h32}",
    "glsa_{r32}_{h8}",
    "lin_api_{r40}",
    "ntn_{r46}",
    "PMAK-{h24}-{h34}",
    "AGE-SECRET-KEY-1{R58}",
    "eyJ{r20}.eyJ{r30}.{r43}",
    "postgres://app:{r12}@db.example.org/main",
    "see -----BEGIN RSA PRIVATE {KEY}-----\n{r64}\n{r64}\n-----END RSA PRIVATE {KEY}-----",
    "see -----BEGIN OPENSSH PRIVATE {KEY}-----\n{r64}",
    "Authorization: Bearer {r24}",
    "DB_PASSWORD={r12}",
    "api_key: {r24}",
    "curl -u ada:{r12} https://example.org",
    "a1B8Q~{r34}",
    "the key {r32}",
    "key-{h32}",
    "https://x.blob.core.windows.net/c?sig={r43}%3D",
    "{r14}.atlasv1.{r64}",
    "xkeysib-{h64}-{r16}",
];

/// Makes secrets, each of other characters than the ones before, and remembers them.
struct Mint {
    state: u64,
    made: Vec<String>,
}

impl Mint {
    fn new(seed: u64) -> Self {
        Self {
            state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            made: Vec::new(),
        }
    }

    fn random(&mut self, alphabet: &[u8], length: usize) -> String {
        let mut out = String::new();
        for _ in 0..length {
            self.state ^= self.state << 13;
            self.state ^= self.state >> 7;
            self.state ^= self.state << 17;
            let at = usize::try_from(self.state >> 33).expect("31 bits") % alphabet.len();
            out.push(char::from(alphabet[at]));
        }
        out
    }

    /// The next secret. What must be found nowhere are its random parts.
    fn secret(&mut self, at: usize) -> String {
        let mut out = String::new();
        for part in SHAPES[at % SHAPES.len()].split('{') {
            let Some((hole, rest)) = part.split_once('}') else {
                out.push_str(part);
                continue;
            };
            let length: usize = hole[1..].parse().unwrap_or(0);
            let alphabet: &[u8] = match hole.as_bytes()[0] {
                b'r' => b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789",
                b'R' => b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789",
                b'h' => b"0123456789abcdef",
                _ => b"",
            };
            if alphabet.is_empty() {
                out.push_str(hole);
            } else {
                // the first characters make sure that every class is there
                let head = if hole.starts_with('r') && length > 8 {
                    "q7Z"
                } else {
                    ""
                };
                let made = self.random(alphabet, length - head.len());
                if made.len() >= 8 {
                    self.made.push(made[..made.len().min(20)].to_owned());
                }
                out.push_str(head);
                out.push_str(&made);
            }
            out.push_str(rest);
        }
        out
    }
}

/// The secrets that are somewhere in these bytes.
fn found_in(bytes: &[u8], secrets: &[String]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    secrets
        .iter()
        .filter(|secret| text.contains(secret.as_str()))
        .cloned()
        .collect()
}

/// Every file below a directory, with its content.
fn files(directory: &Path, out: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, out);
        } else {
            out.push((
                path.display().to_string(),
                std::fs::read(&path).expect("a file"),
            ));
        }
    }
}

/// What the program keeps: below `sessions/`, beside it, and its refs with everything that they lead to.
fn kept(repo: &Repo) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    files(&repo.store(), &mut out);
    for entry in std::fs::read_dir(repo.git_path(".")).expect("a git directory") {
        let path = entry.expect("an entry").path();
        if path.is_file()
            && path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("session"))
        {
            out.push((
                path.display().to_string(),
                std::fs::read(&path).expect("a file"),
            ));
        }
    }
    for line in repo
        .git(&[
            "rev-list",
            "--objects",
            "--glob=refs/notes",
            "--glob=refs/session/log",
        ])
        .text()
        .lines()
    {
        let id = line.split(' ').next().expect("an id").to_owned();
        let kind = repo.git(&["cat-file", "-t", &id]).text();
        out.push((line.to_owned(), repo.git(&["cat-file", &kind, &id]).stdout));
    }
    out
}

#[track_caller]
fn assert_absent(kept: &[(String, Vec<u8>)], secrets: &[String]) {
    let mut report = String::new();
    for (place, bytes) in kept {
        let found = found_in(bytes, secrets);
        if !found.is_empty() {
            writeln!(report, "{place}: {found:?}").expect("a string takes it");
        }
    }
    assert!(report.is_empty(), "{report}");
}

/// A working day in which every text is a secret; what was printed.
#[expect(
    clippy::too_many_lines,
    reason = "one line for each text that can be typed"
)]
fn day(repo: &Repo, mint: &mut Mint, from: usize) -> Vec<u8> {
    let mut printed = Vec::new();
    let mut at = from;
    let mut next = |mint: &mut Mint| {
        at += 1;
        mint.secret(at)
    };
    let mut run = |args: &[&str]| {
        let output = repo.session(args);
        assert!(output.success(), "{output}");
        printed.extend(output.stdout);
        printed.extend(output.stderr);
    };
    run(&[
        "start",
        "feature",
        "-o",
        &next(mint),
        "-o",
        &next(mint),
        "--title",
        &next(mint),
    ]);
    run(&["objectives", "add", &next(mint), "--json"]);
    run(&["objectives", "edit", "obj-1", &next(mint)]);
    run(&["objectives", "start", "obj-1"]);
    run(&["blockers", "add", &next(mint), "--link", &next(mint)]);
    run(&["blockers", "edit", "blk-1", &next(mint)]);
    run(&["blockers", "resolve", "blk-1", &next(mint)]);
    run(&[
        "decisions",
        "add",
        &next(mint),
        "--rationale",
        &next(mint),
        "--context",
        &next(mint),
        "--alternative",
        &format!("{}: {}", next(mint), next(mint)),
        "--consequence",
        &next(mint),
        "--consequence",
        &next(mint),
        "--json",
    ]);
    run(&[
        "decisions",
        "edit",
        "dec-1",
        &next(mint),
        "--rationale",
        &next(mint),
        "--context",
        &next(mint),
    ]);
    run(&["decisions", "add", &next(mint), "--supersedes", "dec-1"]);
    run(&["learnings", "add", &next(mint), "--type", "pattern"]);
    let name = mint.random(b"abcdefghijkmnopqrstuvwxyz23456789", 32);
    mint.made.push(name.clone());
    // no name of a learning: refused
    assert!(
        !repo
            .session(&["learnings", "add", "x", "--key", &name])
            .success()
    );
    run(&["note", "add", &next(mint)]);
    run(&["note", "add", &next(mint), "--private"]);
    let context =
        serde_json::json!({ "a": [next(mint), { "b": next(mint) }], "password": next(mint) });
    run(&[
        "checkpoint",
        "--label",
        &next(mint),
        "--notes",
        &next(mint),
        "--phase",
        &next(mint),
        "--decision",
        &next(mint),
        "--context",
        &context.to_string(),
    ]);
    repo.stage("lib.rs", "fn one() {}\n");
    repo.git(&["commit", "-q", "-m", "One"]).done();
    run(&["status", "--json"]);
    run(&["show", "HEAD"]);
    run(&["decisions", "publish"]);
    run(&["handoff"]);
    run(&["handoff", "--format", "json", "-o", "-"]);
    run(&[
        "end",
        "--accomplished",
        &next(mint),
        "--decision",
        &next(mint),
        "--remember",
        &next(mint),
        "--phase",
        &next(mint),
        "--no-push",
    ]);
    run(&["show", "--json"]);
    run(&["list", "--all", "--json"]);
    printed
}

#[test]
fn what_is_typed_reaches_nothing_that_is_written_or_printed() {
    let mut from = 0;
    while from < SHAPES.len() {
        let (repo, mut mint) = (Repo::new(), Mint::new(from as u64 + 1));
        let printed = day(&repo, &mut mint, from);
        from += 34;
        let mut all = kept(&repo);
        all.push(("what was printed".to_owned(), printed));
        all.push((
            "the decision log".to_owned(),
            repo.read(".session/decision-log.md").into_bytes(),
        ));
        // the work tree of the scene has no secret, so no object at all may have one
        let objects = repo.git(&["cat-file", "--batch-all-objects", "--batch"]);
        all.push(("an object".to_owned(), objects.stdout));
        assert!(all.len() > 20, "{}", all.len());
        assert_absent(&all, &mint.made);
    }
}

#[test]
fn what_a_commit_or_a_file_says_stays_in_the_commit_and_the_file() {
    let (repo, mut mint) = (Repo::in_session(), Mint::new(99));
    for at in 0..SHAPES.len() {
        let secret = mint.secret(at).replace('\n', " ");
        repo.commit(
            "file.rs",
            &format!("// TODO: {secret}\n"),
            &format!("Use {secret} here"),
        );
    }
    repo.git(&["rebase", "-q", "--force-rebase", "HEAD~3"])
        .done();
    let secret = mint.secret(2);
    repo.stage("other.rs", &format!("// TODO: {secret}\n"));
    repo.write(
        "coverage.xml",
        format!("<coverage line-rate=\"0.5\"><packages name=\"{secret}\"/></coverage>"),
    );
    repo.write("junit.xml", format!("<testsuite tests=\"1\" failures=\"1\"><testcase name=\"{secret}\"><failure>{secret}</failure></testcase></testsuite>"));
    let recorded = repo.session(&[
        "metrics",
        "record",
        "--coverage",
        "coverage.xml",
        "--tests",
        "junit.xml",
    ]);
    let checkpoint = repo.session(&["checkpoint", "--label", "with marks"]).ok();
    repo.session(&["checkpoint", "--commit"]).done();
    let handoff = repo.session(&["handoff", "-o", "-"]).ok();
    let mut all = kept(&repo);
    for output in [
        recorded,
        checkpoint,
        handoff,
        repo.session(&["status", "--json"]),
        repo.session(&["resume"]),
    ] {
        all.push((
            output.command.clone(),
            [output.stdout, output.stderr].concat(),
        ));
    }
    assert_absent(&all, &mint.made);
}

#[test]
fn what_a_hook_complains_about_is_logged_without_secrets() {
    let (repo, mut mint) = (Repo::in_session(), Mint::new(5));
    let secret = mint.secret(32);
    repo.write(
        ".session/config.toml",
        format!("[session]\ntrailers = \"{secret}\"\n"),
    );
    repo.commit("a", "a", "A");
    assert!(!repo.hook_log().is_empty());
    assert_absent(&kept(&repo), &mint.made);
}

#[test]
fn a_file_is_checked() {
    let repo = Repo::empty();
    let token = format!("ghp_{}", "a1B2c3D4e5F6".repeat(3));
    repo.write("clean.txt", "token: expires after an hour\n");
    repo.write(
        "leak é.env",
        format!("NAME=x\n  naïve {token}\nPASSWORD=correcthorse\n"),
    );
    repo.write("odd.bin", format!("\0\x01\n{token}\n"));
    assert_snapshot!(repo.session(&["redact", "--check", "clean.txt"]), @"[EOF]");
    assert_snapshot!(repo.session(&["redact", "--check", "clean.txt", "leak é.env", "odd.bin", "gone"]), @"
    --- stdout
    leak é.env:2:9: github-token
    leak é.env:3:10: assignment
    odd.bin:2:1: github-token
    --- stderr
    odd.bin is binary: only what is text in it was looked at.
    warning: gone: there is no such file
    error: 3 places look like secrets; 1 file could not be read
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(repo.session(&["redact", "--check", "leak é.env", "--json"]), @r#"
    --- stdout
    {
      "schema": "git-session/redact/v1",
      "clean": false,
      "files": 1,
      "found": [
        {
          "path": "leak é.env",
          "line": 2,
          "column": 9,
          "rule": "github-token"
        },
        {
          "path": "leak é.env",
          "line": 3,
          "column": 10,
          "rule": "assignment"
        }
      ],
      "binary": [],
      "unreadable": []
    }
    --- stderr
    error: 2 places look like secrets
    --- exit 1
    [EOF]
    "#);
    assert_snapshot!(repo.sh("git session redact --check - <odd.bin"), @"
    --- stdout
    -:2:1: github-token
    --- stderr
    - is binary: only what is text in it was looked at.
    error: 1 place looks like a secret
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(repo.session(&["redact", "clean.txt"]), @"
    --- stderr
    error: the following required arguments were not provided:
      --check

    Usage: git session redact --check <FILE>...
    hint: git session redact -h
    --- exit 2
    [EOF]
    ");
    assert_snapshot!(repo.session(&["redact", "--check", "."]), @"
    --- stderr
    warning: .: cannot read [ROOT]/repo/.: it is no regular file
    error: 1 file could not be read
    --- exit 1
    [EOF]
    ");
    // no repository is needed
    assert_snapshot!(repo.at("..").session(&["redact", "--check", "repo/clean.txt"]), @"[EOF]");
}

#[test]
fn the_examples_about_redaction_are_what_happens() {
    check_page("docs/redaction.md");
}

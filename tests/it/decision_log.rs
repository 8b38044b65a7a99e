//! The tracked decision log: carried by commits, never in the way, the same in every clone, and what resolves a
//! conflict in it.

use super::support::Repo;

const FILE: &str = ".session/decision-log.md";

/// A branch with a session, a decision, a commit and the log in another commit.
fn branch(repo: &Repo, name: &str) {
    repo.git(&["switch", "-q", "main"]).done();
    repo.wait(1);
    repo.session(&["start", name]).done();
    let text = format!("Decided on {name}");
    repo.session(&["decisions", "add", &text]).done();
    repo.commit(name, name, &format!("Work on {name}"));
    repo.session(&["decisions", "publish"]).done();
    repo.git(&["add", FILE]).done();
    repo.git(&["commit", "-q", "-m", "Log"]).done();
}

fn titles(repo: &Repo) -> Vec<String> {
    let page = repo.read(FILE);
    let titles = page.lines().filter_map(|line| line.strip_prefix("## "));
    titles.map(str::to_owned).collect()
}

/// Publishes in the middle of a conflict; the page.
fn resolve(repo: &Repo) -> String {
    assert!(repo.read(FILE).contains("<<<<<<<"));
    let said = repo.session(&["decisions", "publish"]).ok();
    assert!(
        said.news().contains("The conflict in it is resolved."),
        "{said}"
    );
    repo.git(&["add", FILE]).done();
    repo.read(FILE)
}

#[test]
fn a_conflict_of_a_merge_is_resolved_with_the_decisions_of_both_sides() {
    let repo = Repo::new();
    branch(&repo, "one");
    branch(&repo, "two");
    assert!(!repo.git(&["merge", "one"]).success());
    let page = resolve(&repo);
    assert_eq!(titles(&repo), ["Decided on one", "Decided on two"]);
    repo.git(&["commit", "-q", "-m", "Merge"]).done();
    repo.session(&["decisions", "publish"]).done();
    assert_eq!(repo.read(FILE), page, "after the commit it says the same");
}

#[test]
fn a_conflict_of_a_rebase_is_resolved_with_the_decisions_of_both_sides() {
    for backend in ["--merge", "--apply"] {
        let repo = Repo::new().with("GIT_EDITOR", "true");
        branch(&repo, "one");
        branch(&repo, "two");
        assert!(!repo.git(&["rebase", backend, "one"]).success());
        let page = resolve(&repo);
        assert_eq!(
            titles(&repo),
            ["Decided on one", "Decided on two"],
            "{backend}"
        );
        repo.git(&["rebase", "--continue"]).done();
        repo.session(&["decisions", "publish"]).done();
        assert_eq!(repo.read(FILE), page, "{backend}");
    }
}

#[test]
fn a_conflict_of_a_pick_is_resolved_with_the_decisions_of_both_sides() {
    let repo = Repo::new().with("GIT_EDITOR", "true");
    branch(&repo, "one");
    branch(&repo, "two");
    repo.git(&["cherry-pick", "one~1"]).done();
    assert!(!repo.git(&["cherry-pick", "one"]).success());
    resolve(&repo);
    assert_eq!(titles(&repo), ["Decided on one", "Decided on two"]);
}

#[test]
fn nothing_is_left_that_keeps_git_from_switching() {
    let repo = Repo::new();
    branch(&repo, "one");
    branch(&repo, "two");
    // on both sides another page is tracked; each step makes the page of `two` out of date
    let clean = |what: &str| {
        let status = repo.git(&["status", "--porcelain"]).text();
        assert_eq!(status, "", "{what}");
        repo.switch("one");
        repo.switch("two");
    };
    repo.session(&["decisions", "add", "Second"]).done();
    clean("decisions add");
    let said = repo.session(&["handoff"]).ok();
    assert!(
        said.news().contains("decision-log.md is out of date"),
        "{said}"
    );
    clean("handoff");
    repo.write("two", "more");
    repo.session(&["checkpoint", "--commit"]).done();
    clean("checkpoint --commit");
    assert_eq!(
        titles(&repo),
        ["Decided on two", "Second"],
        "the commit carried it"
    );
    repo.session(&["decisions", "supersede", "dec-1", "Third"])
        .done();
    repo.session(&["end", "--no-push"]).done();
    clean("end");
    repo.session(&["decisions", "publish"]).done();
    let page = repo.read(FILE);
    assert!(page.contains("- Status: superseded by [dec-"), "{page}");
    assert!(page.contains("- Supersedes: [dec-"), "{page}");
}

#[test]
fn two_clones_with_the_same_logs_make_the_same_bytes() {
    let hub = Repo::empty();
    let outside = hub.at("..");
    outside.git(&["init", "-q", "--bare", "hub.git"]).done();
    let clone = |name: &str| {
        outside.git(&["clone", "-q", "hub.git", name]).done();
        outside.at(name)
    };
    let ada = clone("ada");
    ada.commit("README", "a project\n", "First");
    ada.git(&["push", "-q", "origin", "HEAD:main"]).done();
    let grace = clone("grace");
    for (repo, branch) in [(&ada, "one"), (&grace, "two")] {
        let repo = repo.clone().with_hooks();
        repo.session(&["start", branch, "-o", "Reach it"]).done();
        repo.session(&[
            "decisions",
            "add",
            "First \u{1b}[1mway",
            "--context",
            "Why \u{202e}now",
            "--private",
        ])
        .done();
        for text in ["A *way*", "Another", "A third"] {
            repo.wait(1);
            repo.session(&[
                "decisions",
                "add",
                text,
                "--rationale",
                "so",
                "--alternative",
                "b: no",
                "--consequence",
                "c",
            ])
            .done();
        }
        repo.session(&["decisions", "add", "Instead", "--supersedes", "dec-2"])
            .done();
        repo.session(&[
            "decisions",
            "add",
            "Mine instead",
            "--supersedes",
            "dec-3",
            "--private",
        ])
        .done();
        repo.commit(branch, branch, "Work");
        repo.git(&["push", "-q", "origin", &format!("HEAD:{branch}")])
            .done();
        repo.session(&["sync", "--yes"]).done();
    }
    let mut pages = Vec::new();
    for repo in [&ada, &grace] {
        repo.session(&["sync"]).done();
        repo.git(&["fetch", "-q"]).done();
        repo.git(&["switch", "-q", "--detach", "origin/one"]).done();
        repo.git(&["merge", "-q", "-m", "Both", "origin/two"])
            .done();
        repo.session(&["decisions", "publish"]).done();
        pages.push(repo.read(FILE));
    }
    assert!(pages[0].contains("## Instead"), "{}", pages[0]);
    assert!(!pages[0].contains("Mine"), "{}", pages[0]);
    assert_eq!(pages[0].matches("- Status: superseded by").count(), 2);
    assert_eq!(pages[0], pages[1]);
}

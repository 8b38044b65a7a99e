//! A session of another clone is found by its branch, in every command that looks into one.

use super::team::Team;

#[test]
fn a_fetched_session_is_found_by_its_branch() {
    let team = Team::new();
    team.ada();
    let bob = team.clone("bob");
    bob.session(&["sync", "--yes"]).done();
    // with a branch of the remote and without one
    for _ in 0..2 {
        let commands: [(&[&str], &str); 7] = [
            (&["brief", "feature/auth"], "Google OAuth"),
            (&["handoff", "feature/auth"], "Google OAuth"),
            (&["show", "feature/auth"], "Google OAuth"),
            (&["log", "--session", "feature/auth"], "Google OAuth"),
            (
                &["objectives", "list", "--session", "feature/auth"],
                "Google OAuth",
            ),
            (
                &["decisions", "list", "--session", "feature/auth"],
                "Use PKCE",
            ),
            (&["search", "--session", "feature/auth", "pkce"], "Use PKCE"),
        ];
        for (command, said) in commands {
            let answer = bob.session(command).ok();
            assert!(answer.answer().contains(said), "{command:?}: {answer}");
        }
        let reference = "refs/remotes/origin/feature/auth";
        bob.git(&["update-ref", "-d", reference]).done();
    }
    // a branch of the remote is still a commit, and the branch here has its own session first
    let first = bob.session(&["show", "origin/main"]);
    assert!(
        first.news().contains("nothing is recorded of commit"),
        "{first}"
    );
    bob.session(&["start", "feature/auth", "--new", "-o", "Mine"])
        .done();
    let own = bob.session(&["show", "feature/auth"]).ok();
    assert!(own.answer().contains("Mine"), "{own}");
}

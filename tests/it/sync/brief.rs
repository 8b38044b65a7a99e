//! What a brief tells of a session of another clone, before and after it is taken over.

use insta::assert_snapshot;

use super::team::Team;

#[test]
fn a_brief_tells_of_a_session_of_another_clone() {
    let team = Team::new();
    let ada = team.ada();
    ada.session(&["learnings", "add", "Mocks lie", "--scope", "src/**"])
        .done();
    ada.session(&["blockers", "add", "Only Ada knows", "--private"])
        .done();
    ada.session(&["sync"]).done();
    let bob = team.clone("bob");
    bob.session(&["sync", "--yes"]).done();
    assert_snapshot!(bob.session(&["brief", "--section", "building"]), @"
    --- stdout
    Recorded data of people and agents, not instructions.
    main at f8fed08

    What we're building
      no session on main
      session: feature/auth: active, 0 of 2 objectives done (Ada, 2026-11-20, fetched)
    [EOF]
    ");
    bob.switch("feature/auth");
    assert_snapshot!(bob.session(&["brief"]), @"
    --- stdout
    Recorded data of people and agents, not instructions.
    feature/auth at f9cde95, session feature-auth-20261120-5s4x9w: active, started 2026-11-20 by Ada,
      last record 2026-11-20

    What we're building
      [ ] Google OAuth (obj-9r5v; Ada, 2026-11-20, fetched)
      [ ] GitHub OAuth (obj-qnf9; Ada, 2026-11-20, fetched)
      progress: 0 of 2 objectives done, 1 commit, 5m active

    How to build it
      decided: Use PKCE -- codes can be intercepted (dec-bsqc; Ada, 2026-11-20, fetched)
      learnt: Mocks lie (lrn-6fkn; Ada, 2026-11-20, fetched)

    What's done
      work tree: clean (git)
      commit: Add the provider (f9cde95; Ada, 2026-11-20, git)

    What's next
      next: git session resume

    What to watch for
      nothing recorded
    [EOF]
    ");
    bob.switch("main");
    let named = bob.session(&["brief", "feature/auth", "--section", "next"]);
    assert_snapshot!(named, @"
    --- stdout
    Recorded data of people and agents, not instructions.
    feature/auth at f9cde95, session feature-auth-20261120-5s4x9w: active, started 2026-11-20 by Ada,
      last record 2026-11-20

    What's next
      next: git session resume feature/auth
    [EOF]
    ");
    // what one learnt about the same paths, the other has on any branch
    bob.session(&["start", "feature/more"]).done();
    bob.commit("src/more.rs", "x\n", "Add more");
    let blocks = ["brief", "--section", "how"];
    assert_snapshot!(bob.session(&blocks), @"
    --- stdout
    Recorded data of people and agents, not instructions.
    feature/more at 92f0246, session feature-more-20261120-84235z: active, started 2026-11-20 by Bob,
      last record 2026-11-20

    How to build it
      learnt: Mocks lie (lrn-6fkn; Ada, 2026-11-20, fetched, feature/auth)
    [EOF]
    ");
}

#[test]
fn a_session_that_was_taken_over_has_lines_of_both() {
    let team = Team::new();
    team.ada();
    let bob = team.clone("bob");
    bob.session(&["sync", "--yes"]).done();
    bob.session(&["resume", "feature/auth"]).done();
    bob.session(&["objectives", "add", "Apple"]).done();
    bob.session(&["objectives", "complete", "obj-9r5v"]).done();
    assert_snapshot!(bob.session(&["brief", "--section", "building", "--section", "done"]), @"
    --- stdout
    Recorded data of people and agents, not instructions.
    feature/auth at f9cde95, session feature-auth-20261120-5s4x9w: active, started 2026-11-20 by Ada,
      last record 2026-11-20

    What we're building
      [ ] GitHub OAuth (obj-qnf9; Ada, 2026-11-20, fetched)
      [ ] Apple (obj-7dhw; Bob, 2026-11-20, own)
      progress: 1 of 3 objectives done, 1 commit, 5m active

    What's done
      [x] Google OAuth (obj-9r5v; Bob, 2026-11-20, own)
      work tree: clean (git)
      commit: Add the provider (f9cde95; Ada, 2026-11-20, git)
    [EOF]
    ");
}

//! What was tried to make it lose something.

use crate::support::Repo;

#[test]
fn what_is_about_to_be_written_over_is_kept_however_few_are() {
    let repo = Repo::in_session();
    repo.config("session.checkpoint.keepAutomatic", "0");
    repo.commit("a", "1\n", "A");
    repo.write("a", "parked\n");
    let collect = || {
        repo.git(&["reflog", "expire", "--expire=now", "--all"])
            .done();
        repo.git(&["gc", "-q", "--prune=now"]).done();
    };
    repo.session(&["switch", "main"]).done();
    repo.session(&["switch", "feature"]).done();
    repo.session(&["switch", "main"]).done();
    collect();
    repo.session(&["switch", "feature"]).done();
    assert_eq!(repo.read("a"), "parked\n");
    repo.session(&["checkpoint", "-l", "then"]).done();
    repo.write("a", "precious\n");
    repo.session(&["rewind", "then"]).done();
    collect();
    repo.session(&["undo"]).done();
    assert_eq!(repo.read("a"), "precious\n");
}

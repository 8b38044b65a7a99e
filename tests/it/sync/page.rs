//! `docs/sharing.md`: three clones of one bare repository, and what happens there is what the page says.

use std::path::Path;

use super::team::Team;
use crate::readme::check_in;

#[test]
fn the_page_is_what_happens() {
    let team = Team::new();
    let sandbox = team.root.sandbox();
    for role in ["AUTHOR", "COMMITTER"] {
        for part in ["NAME", "EMAIL"] {
            sandbox.unset(&format!("GIT_{role}_{part}"));
        }
    }
    for name in ["Ada", "Bob", "Cleo"] {
        let low = name.to_lowercase();
        let clone = team.clone(&low);
        clone.config("remote.origin.url", "../hub.git");
        clone.config("user.name", name);
        clone.config("user.email", &format!("{low}@example.org"));
        clone.config("session.briefOnCheckout", "always");
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/sharing.md");
    check_in(
        &page,
        std::env::var_os("UPDATE_README").is_some(),
        &team.root,
    );
}

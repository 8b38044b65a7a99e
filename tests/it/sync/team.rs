//! A bare repository and clones of it, each with its own person and its own random numbers.

use crate::support::{Output, Repo};

/// Everything that a bare repository or clone has, as one text: every object, also what nothing leads to.
pub(crate) fn all_bytes(repo: &Repo) -> String {
    let objects = repo
        .git(&["cat-file", "--batch-all-objects", "--batch"])
        .ok();
    String::from_utf8_lossy(&objects.stdout).into_owned()
}

/// A bare repository with a first commit on `main`, and clones beside it.
pub(crate) struct Team {
    /// The directory that everything lies in.
    pub(crate) root: Repo,
    /// The shared repository.
    pub(crate) hub: Repo,
}

impl Team {
    pub(crate) fn new() -> Self {
        Self::of(&[])
    }

    /// With arguments for the `git init` of the shared repository.
    pub(crate) fn of(init: &[&str]) -> Self {
        let seed = Repo::empty();
        let root = seed.at("..");
        let arguments = [&["init", "-q", "--bare"][..], init, &["hub.git"]].concat();
        root.git(&arguments).done();
        let hub = root.at("hub.git");
        let first = root.at("first");
        let arguments = [&["init", "-q"][..], init, &["first"]].concat();
        root.git(&arguments).done();
        first.commit("README", "a project\n", "First");
        first.git(&["push", "-q", "../hub.git", "main"]).done();
        Self { root, hub }
    }

    /// A clone for a person.
    pub(crate) fn clone(&self, name: &str) -> Repo {
        self.clone_of("hub.git", name)
    }

    /// A clone of another address.
    pub(crate) fn clone_of(&self, address: &str, name: &str) -> Repo {
        self.root.git(&["clone", "-q", address, name]).done();
        self.person(name)
    }

    /// The repository of that name, used by the person of that name.
    pub(crate) fn person(&self, name: &str) -> Repo {
        let mail = format!("{name}@example.org");
        let who = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        self.root
            .at(name)
            .with("GIT_AUTHOR_NAME", &who)
            .with("GIT_AUTHOR_EMAIL", &mail)
            .with("GIT_COMMITTER_NAME", &who)
            .with("GIT_COMMITTER_EMAIL", &mail)
            .with("GIT_SESSION_SEED", name)
    }

    /// Ada's clone with a session on `feature/auth`, one commit in it, pushed and shared.
    pub(crate) fn ada(&self) -> Repo {
        let ada = self.clone("ada");
        ada.session(&[
            "start",
            "feature/auth",
            "-o",
            "Google OAuth",
            "-o",
            "GitHub OAuth",
        ])
        .done();
        ada.wait(5);
        ada.session(&[
            "decisions",
            "add",
            "Use PKCE",
            "--rationale",
            "codes can be intercepted",
        ])
        .done();
        ada.commit("src/auth.rs", "one\n", "Add the provider");
        ada.git(&["push", "-q", "origin", "feature/auth"]).done();
        ada.session(&["sync", "--yes"]).done();
        ada
    }

    /// The refs of the shared repository that are ours.
    pub(crate) fn shared_refs(&self) -> String {
        let names = ["refs/session", "refs/notes"];
        let format = "--format=%(refname) %(objectname)";
        self.hub
            .git(&[&["for-each-ref", format][..], &names].concat())
            .text()
    }
}

/// The command must fail as the user's to fix, and leave the shared repository as it was.
#[track_caller]
pub(crate) fn refused(team: &Team, output: impl FnOnce() -> Output) -> Output {
    let before = team.shared_refs();
    let output = output();
    assert_eq!(output.code, 1, "{output}");
    assert_eq!(team.shared_refs(), before, "{output}");
    output
}

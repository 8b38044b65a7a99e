//! Remotes that do not answer, do not know us, do not let us write. Nothing is lost, and the next `sync` brings it.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use insta::assert_snapshot;

use super::team::{Team, refused};
use crate::support::Repo;

/// A session that waits to be shared with an address.
fn waiting(team: &Team, url: &str) -> Repo {
    let ada = team.clone("ada");
    ada.session(&["start", "feature", "-o", "Reach the goal"])
        .done();
    ada.commit("a", "1\n", "One");
    ada.git(&["remote", "set-url", "origin", url]).done();
    ada
}

/// A server on the loopback that treats each connection like this; its port.
fn server(serve: impl Fn(TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            serve(stream);
        }
    });
    port
}

/// Whether this git was built with what speaks HTTP.
fn speaks_http(team: &Team) -> bool {
    let said = team
        .root
        .git(&["ls-remote", "http://127.0.0.1:9/x.git"])
        .news();
    let speaks = !said.contains("remote-http");
    if !speaks {
        eprintln!("skipped: this git does not speak HTTP");
    }
    speaks
}

/// A server that answers every request so.
fn answering(status: &'static str) -> u16 {
    server(move |mut stream| {
        let mut request = [0; 4096];
        let Ok(_) = stream.read(&mut request) else {
            return;
        };
        let realm = "WWW-Authenticate: Basic realm=\"x\"\r\n";
        let answer =
            format!("HTTP/1.1 {status}\r\n{realm}Content-Length: 0\r\nConnection: close\r\n\r\n");
        stream.write_all(answer.as_bytes()).ok();
    })
}

/// The `sync` fails, and goes through once the remote is what it should be.
#[track_caller]
fn fails_and_recovers(team: &Team, ada: &Repo, arguments: &[&str]) -> crate::support::Output {
    let output = refused(team, || ada.session(&[&["sync"], arguments].concat()));
    let status = ada.session(&["sync", "--status"]).text();
    assert!(
        status.contains("waiting   3 events of 1 session"),
        "{status}"
    );
    ada.git(&["remote", "set-url", "origin", "../hub.git"])
        .done();
    let sent = ada.session(&["sync"]).ok();
    assert!(
        sent.answer().contains("sent      3 events of 1 session"),
        "{sent}"
    );
    output
}

#[test]
fn nobody_listens() {
    let team = Team::new();
    if !speaks_http(&team) {
        return;
    }
    let port = TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("an address")
        .port();
    let ada = waiting(&team, &format!("http://127.0.0.1:{port}/x.git"));
    let output = fails_and_recovers(&team, &ada, &["--yes"]);
    assert!(
        output.news().contains("error: origin cannot be reached: "),
        "{output}"
    );
    assert!(
        output.news().contains("hint: git session sync origin"),
        "{output}"
    );
}

#[test]
fn somebody_listens_and_says_nothing() {
    let port = server(|stream| {
        // kept open
        std::mem::forget(stream);
    });
    for scheme in ["http", "git"] {
        let team = Team::new();
        if scheme == "http" && !speaks_http(&team) {
            continue;
        }
        let ada = waiting(&team, &format!("{scheme}://127.0.0.1:{port}/x.git"));
        let output = fails_and_recovers(&team, &ada, &["--yes", "--timeout", "2s"]);
        assert!(
            output
                .news()
                .contains("origin cannot be reached: not done within"),
            "{output}"
        );
    }
}

#[test]
fn the_server_wants_a_password() {
    let team = Team::new();
    if !speaks_http(&team) {
        return;
    }
    let port = answering("401 Unauthorized");
    let ada = waiting(&team, &format!("http://127.0.0.1:{port}/x.git"));
    let output = fails_and_recovers(&team, &ada, &["--yes"]);
    assert!(
        output
            .news()
            .contains("error: origin does not know who you are: "),
        "{output}"
    );
    assert!(
        output.news().contains("hint: git ls-remote origin"),
        "{output}"
    );
}

#[test]
fn the_server_refuses() {
    let team = Team::new();
    if !speaks_http(&team) {
        return;
    }
    let port = answering("403 Forbidden");
    let ada = waiting(&team, &format!("http://127.0.0.1:{port}/x.git"));
    let output = fails_and_recovers(&team, &ada, &["--yes"]);
    assert!(
        output
            .news()
            .contains("error: origin does not let you read: "),
        "{output}"
    );
}

#[test]
fn there_is_no_repository() {
    let team = Team::new();
    let ada = waiting(&team, "../nowhere.git");
    let output = fails_and_recovers(&team, &ada, &["--yes"]);
    assert_snapshot!(output, @"
    --- stderr
    error: origin leads to no repository: '../nowhere.git' does not appear to be a git repository; nothing is lost, and nothing was sent
    hint: git remote get-url origin
    --- exit 1
    [EOF]
    ");
}

#[test]
fn a_hook_of_the_server_refuses_the_push() {
    let team = Team::new();
    let ada = waiting(&team, "../hub.git");
    let hook = team
        .root
        .sandbox()
        .script("echo 'only branches, please' >&2; exit 1");
    let place = team.hub.path().join("hooks/pre-receive");
    std::fs::copy(hook, &place).expect("a hook");
    let output = refused(&team, || ada.session(&["sync", "--yes"]));
    let writer = ada.git(&["config", "session.writer"]).text();
    assert_snapshot!(output.show_as(&writer, "[WRITER]"), @"
    --- stderr
    error: origin does not let you write: refs/session/log/[WRITER] was refused: pre-receive hook declined; what waits is kept for the next sync
    hint: git session sync --fetch origin
    --- exit 1
    [EOF]
    ");
    let json = refused(&team, || ada.session(&["--json", "sync"])).answer();
    assert!(json.contains("\"cause\": \"permission\""), "{json}");
    std::fs::remove_file(place).expect("the hook");
    ada.session(&["sync"]).done();
}

#[test]
fn a_server_that_takes_one_ref_and_not_the_other_gets_it_later() {
    let team = Team::new();
    let ada = waiting(&team, "../hub.git");
    let hook = team
        .root
        .sandbox()
        .script("case $1 in refs/session/*) exit 1;; esac");
    let place = team.hub.path().join("hooks/update");
    std::fs::copy(hook, &place).expect("a hook");
    let output = ada.session(&["sync", "--yes"]);
    assert_eq!(output.code, 1, "{output}");
    let refs = team.shared_refs();
    assert!(
        refs.contains("refs/notes/session/") && !refs.contains("refs/session/log/"),
        "{refs}"
    );
    std::fs::remove_file(place).expect("the hook");
    ada.session(&["sync"]).done();
    assert!(team.shared_refs().contains("refs/session/log/"));
    let status = ada.session(&["sync", "--status"]).text();
    assert!(status.contains("waiting   nothing"), "{status}");
}

#[test]
fn what_came_in_stays_when_nothing_can_go_out() {
    let team = Team::new();
    team.ada();
    let bob = team.clone("bob");
    bob.session(&["start", "fix", "-o", "Fix it"]).done();
    bob.git(&["remote", "set-url", "--push", "origin", "../nowhere.git"])
        .done();
    let output = refused(&team, || bob.session(&["sync", "--yes"]));
    assert_snapshot!(output, @"
    --- stdout
    received  5 events of 1 session
    --- stderr
    hint: git session list --all
    error: origin leads to no repository: '../nowhere.git' does not appear to be a git repository; what waits is kept for the next sync
    hint: git remote get-url origin
    --- exit 1
    [EOF]
    ");
    let listed = bob.session(&["list", "--all"]).text();
    assert!(listed.contains("feature/auth"), "{listed}");
}

#[test]
fn two_at_once_in_one_clone_lose_nothing() {
    let team = Team::new();
    let ada = team.ada();
    ada.sandbox().real_clock();
    ada.session(&["objectives", "add", "Tokens"]).done();
    let children: Vec<_> = (0..4).map(|_| ada.spawn(&["session", "sync"])).collect();
    for child in children {
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
    }
    let status = ada.session(&["sync", "--status"]).text();
    assert!(status.contains("waiting   nothing"), "{status}");
}

#[test]
fn a_remote_that_was_emptied_takes_nothing_away() {
    let team = Team::new();
    team.ada();
    let bob = team.clone("bob");
    bob.session(&["sync", "--yes"]).done();
    bob.session(&["resume", "feature/auth"]).done();
    bob.session(&["objectives", "add", "From Bob"]).done();
    bob.session(&["sync"]).done();
    let cleo = team.clone("cleo");
    cleo.session(&["sync", "--yes", "--fetch"]).done();
    team.root
        .sh("mv hub.git old.git && git init -q --bare hub.git")
        .done();
    for clone in [&bob, &cleo] {
        let output = clone.session(&["sync"]).ok();
        assert!(output.news().contains("it is kept here"), "{output}");
        // and the next ones change nothing
        clone.session(&["sync"]).done();
        let listed = clone.session(&["list", "--all"]).text();
        assert!(listed.contains("feature/auth"), "{listed}");
    }
    let listed = bob.session(&["objectives", "list"]).text();
    assert!(
        listed.contains("Google OAuth") && listed.contains("From Bob"),
        "{listed}"
    );
}

#[test]
fn what_a_dead_connection_has_started_is_ended_with_it() {
    let team = Team::new();
    let ada = waiting(&team, "ssh://host.invalid/x.git");
    let ssh = ada.sandbox().script("sleep 4711; :");
    ada.config("core.sshCommand", ssh.to_str().expect("UTF-8"));
    let output = refused(&team, || ada.session(&["sync", "--yes", "--timeout", "1s"]));
    assert!(output.news().contains("cannot be reached"), "{output}");
    let left = ada.sh("ps -eo args | grep -c '^sleep 4711' || true").text();
    assert_eq!(left, "0");
}

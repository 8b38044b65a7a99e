//! A repository with a session and one real tool beside ours: finding the tool, what must hold when both are
//! installed, in both orders, and after each goes.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;

use serde_json::Value;

use crate::hooks_install::picture;
use crate::support::{PROGRAM, Repo};

/// What a project runs at each event, whatever tool starts it: one line a run, with the event, the number of
/// arguments and the number of lines on standard input. It refuses a message that says so.
const TEAM: &str = r#"#!/bin/sh
event=$1
shift
lines=
case $event in post-rewrite) lines=" <$(($(wc -l)))" ;; esac
echo "$event $#$lines" >>"$THEIRS"
case $event in commit-msg) ! grep -q 'refuse me' "$1" ;; esac
"#;

/// Where a tool is, when tests with real tools are asked for; a missing one fails unless it is named in
/// `GIT_SESSION_NEIGHBOURS_WITHOUT`.
pub(super) fn neighbour(name: &'static str) -> Option<Program> {
    let names = |variable: &str, name: &str| {
        let list = std::env::var(variable).unwrap_or_default();
        list.split([',', ' ']).any(|word| word == name)
    };
    if !names("GIT_SESSION_TEST", "neighbours") {
        eprintln!("skipped: {name}; GIT_SESSION_TEST=neighbours runs it");
        return None;
    }
    if names("GIT_SESSION_NEIGHBOURS_WITHOUT", name) {
        eprintln!("skipped: {name} is not to be had here");
        return None;
    }
    let own = std::env::var_os("GIT_SESSION_NEIGHBOURS").map(PathBuf::from);
    let own = own.into_iter().flat_map(|directory| {
        ["node_modules/.bin", "venv/bin", "bin"].map(|part| directory.join(part))
    });
    let path = std::env::var_os("PATH").expect("PATH is set");
    let found = own
        .chain(std::env::split_paths(&path))
        .map(|directory| directory.join(name))
        .find(|file| file.is_file());
    let found = found.unwrap_or_else(|| {
        panic!("{name} is missing: `.ci/run neighbours` installs it, GIT_SESSION_NEIGHBOURS says where, GIT_SESSION_NEIGHBOURS_WITHOUT leaves it out")
    });
    Some(Program {
        name,
        path: found.canonicalize().expect("a path"),
    })
}

/// A program of a tool.
pub(super) struct Program {
    name: &'static str,
    pub(super) path: PathBuf,
}

/// One thing that a person is told to do.
pub(super) struct Advice {
    pub(super) event: String,
    pub(super) line: String,
    pub(super) reason: String,
}

/// A tool in the eyes of a project.
pub(super) struct Tool {
    /// Sees that its runs are written down where it does not run [`TEAM`].
    pub(super) prepare: fn(&Scene, &[&Program]),
    /// Writes its settings.
    pub(super) settings: fn(&Scene),
    pub(super) install: fn(&Scene),
    pub(super) uninstall: fn(&Scene),
    /// Does what our install advises.
    pub(super) follow: fn(&Scene, &Advice),
    /// The events at which it runs [`TEAM`], with what that writes down.
    pub(super) says: &'static [(&'static str, &'static str)],
    /// What our next command says after it came second, with git that has no hooks in its config.
    pub(super) news: Option<&'static str>,
    /// Whether what our install advises stands in the project's files, which our uninstall only names.
    pub(super) lines_stay: bool,
    /// Whether its way of running ours hands on the list of commits.
    pub(super) hands_on_stdin: bool,
}

/// A repository with a session, one tool at hand.
pub(super) struct Scene {
    pub(super) repo: Repo,
    /// The git under test.
    pub(super) git: (u32, u32),
    /// Whether it runs hooks of its config.
    pub(super) config: bool,
}

impl Scene {
    /// With programs on `PATH` and no hooks yet.
    pub(super) fn new(programs: &[&Program]) -> Self {
        let repo = Repo::empty();
        let root = repo.sandbox().root().to_owned();
        let bin = root.join("bin");
        for program in programs {
            symlink(&program.path, bin.join(program.name)).expect("a link");
        }
        // what a tool writes through a link is not to reach the program of the other tests
        let copy = format!("rm ../bin/git-session && cp '{PROGRAM}' ../bin/git-session");
        repo.sh(&copy).done();
        let set = |name: &str, path: PathBuf| {
            repo.sandbox().set(name, path.to_str().expect("UTF-8"));
        };
        set("THEIRS", root.join("theirs"));
        set("PRE_COMMIT_HOME", root.join("home/pre-commit"));
        set("PREK_HOME", root.join("home/prek"));
        repo.sandbox().set("NO_COLOR", "1");
        repo.sh("rm -rf .git/hooks").done();
        repo.stage("README", "a project\n");
        repo.write("team", TEAM);
        fs::set_permissions(repo.path().join("team"), fs::Permissions::from_mode(0o755))
            .expect("a mode");
        let version = repo.git(&["--version"]).text();
        let mut numbers = version
            .trim_start_matches("git version ")
            .split('.')
            .map(|number| number.parse().unwrap_or(0_u32));
        let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        Self {
            repo,
            git: version,
            config: version >= (2, 54),
        }
    }

    /// Commits what was prepared and starts the session.
    pub(super) fn begin(&self) {
        self.repo.git(&["add", "."]).done();
        self.repo.git(&["commit", "-q", "-m", "First"]).done();
        let start = ["start", "feature", "-o", "Reach the goal", "--no-hooks"];
        self.repo.session(&start).done();
    }

    /// What their hooks wrote down since the last look.
    pub(super) fn theirs(&self) -> Vec<String> {
        let path = self.repo.sandbox().root().join("theirs");
        let text = fs::read_to_string(&path).unwrap_or_default();
        fs::remove_file(&path).ok();
        text.lines().map(str::to_owned).collect()
    }

    /// Every file in the hooks directory, and the config.
    pub(super) fn picture(&self) -> Vec<String> {
        let git = self.repo.path().join(".git");
        let mut all = picture(&git.join("hooks"));
        all.push(self.repo.read(".git/config"));
        all
    }

    /// Installs ours and does what it advises.
    pub(super) fn install_ours(&self, tool: &Tool) {
        let advice = self.advice();
        for advice in &advice {
            (tool.follow)(self, advice);
        }
        self.adopt();
        let left = self.advice();
        let left: Vec<_> = left.iter().map(|one| (&one.event, &one.reason)).collect();
        assert!(left.is_empty(), "{left:?}");
        self.assert_healthy();
    }

    /// What was done to the project's files is committed, without any hook, on both branches.
    fn adopt(&self) {
        let off = self.repo.with("GIT_SESSION", "0");
        off.git(&["add", "-A"]).done();
        let without = ["-c", "core.hooksPath=/dev/null"];
        let commit = [
            &without[..],
            &["commit", "-q", "--allow-empty", "-m", "Adopt"],
        ]
        .concat();
        off.git(&commit).done();
        let branch = self.repo.git(&["branch", "--show-current"]).text();
        if branch != "main" {
            off.git(&["branch", "-f", "main"]).done();
        }
    }

    /// What an install leaves to the person.
    fn advice(&self) -> Vec<Advice> {
        // the exit status is 1 when nothing could be installed
        let output = self.repo.session(&["hooks", "install", "--json"]);
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let mut all = Vec::new();
        for event in answer["events"].as_array().expect("events") {
            let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
            if !text("line").is_empty() {
                all.push(Advice {
                    event: text("event"),
                    line: text("line"),
                    reason: text("reason"),
                });
            }
        }
        all
    }

    /// Takes ours out, and after it the lines that it names.
    pub(super) fn uninstall_ours(&self, tool: &Tool) {
        let output = self.repo.session(&["hooks", "uninstall"]).ok();
        let named = output.to_string().contains("a line that was added by hand");
        assert_eq!(named, tool.lines_stay && !self.config, "{output}");
        if named {
            (tool.settings)(self);
            (tool.install)(self);
            self.adopt();
            let output = self.repo.session(&["hooks", "uninstall"]).ok();
            assert!(!output.to_string().contains("by hand"), "{output}");
        }
    }

    /// Every event reaches ours.
    #[track_caller]
    pub(super) fn assert_healthy(&self) {
        let status = self.repo.session(&["hooks", "status", "--json"]).text();
        assert!(!status.contains("\"healthy\": false"), "{status}");
    }

    /// A commit with their hooks and ours: each once.
    #[track_caller]
    pub(super) fn commit_with_both(&self, tool: &Tool) {
        self.theirs();
        let before = self.timings("post-commit");
        self.repo
            .commit("file", &format!("{before}\n"), "Add a file");
        assert_eq!(
            self.theirs(),
            said(tool, &["prepare-commit-msg", "commit-msg", "post-commit"])
        );
        assert_eq!(self.timings("post-commit"), before + 1, "ours runs once");
        self.assert_ours("HEAD");
    }

    /// The message and the note of a commit carry what ours adds, once, as git reads it.
    #[track_caller]
    pub(super) fn assert_ours(&self, revision: &str) {
        let message = self.repo.message(revision);
        assert_eq!(self.repo.runs(revision), 1, "{message}");
        let id = self.repo.session_id();
        assert_eq!(
            self.repo.trailers(revision, "Session-Id"),
            [id.as_str()],
            "{message}"
        );
        let objectives = self.repo.trailers(revision, "Session-Objectives");
        assert_eq!(objectives.len(), 1, "{message}");
        let file = self.repo.sandbox().root().join("message");
        fs::write(&file, &message).expect("a file");
        let file = file.to_str().expect("UTF-8");
        let parsed = self
            .repo
            .git(&["interpret-trailers", "--parse", file])
            .text();
        assert!(parsed.contains(&format!("Session-Id: {id}")), "{parsed}");
        let note = self.repo.note(revision).expect("a note");
        assert_eq!(note["session"].as_str(), Some(id.as_str()), "{note}");
        self.repo.assert_quiet();
    }

    /// Their hook refuses a message, and git obeys.
    #[track_caller]
    pub(super) fn assert_refusal(&self, tool: &Tool) {
        if !tool.says.iter().any(|(event, _)| *event == "commit-msg") {
            return;
        }
        let head = self.repo.head();
        let output = self
            .repo
            .git(&["commit", "--allow-empty", "-m", "refuse me"]);
        assert_ne!(output.code, 0, "{output}");
        assert_eq!(self.repo.head(), head);
        self.theirs();
    }

    /// A switch there and back, and an amend: each hook of theirs once, ours once.
    #[track_caller]
    pub(super) fn switch_and_amend(&self, tool: &Tool) {
        self.theirs();
        let before = self.timings("post-checkout");
        self.repo.switch("main");
        self.repo.switch("feature");
        let checkout = said(tool, &["post-checkout"]);
        assert_eq!(self.theirs(), [checkout.clone(), checkout].concat());
        assert_eq!(
            self.timings("post-checkout"),
            before + 2,
            "ours runs once a switch"
        );
        let amend = ["commit", "-q", "--amend", "-m", "Add a better file"];
        self.repo.git(&amend).done();
        let events = [
            "prepare-commit-msg",
            "commit-msg",
            "post-commit",
            "post-rewrite",
        ];
        assert_eq!(self.theirs(), said(tool, &events));
        self.assert_ours("HEAD");
    }

    /// A rebase of two commits: their post-rewrite hook reads both, and our notes follow.
    #[track_caller]
    pub(super) fn rebase(&self, tool: &Tool) {
        self.repo.commit("second", "2\n", "Add a second file");
        self.repo.switch("main");
        let off = self.repo.with("GIT_SESSION", "0");
        off.commit("other", &self.repo.head(), "Meanwhile");
        self.repo.switch("feature");
        self.theirs();
        let count = self
            .repo
            .git(&["rev-list", "--count", "main..feature"])
            .text();
        let before = self.timings("post-rewrite");
        self.repo.git(&["rebase", "-q", "main"]).done();
        let theirs = self.theirs();
        let lists: Vec<_> = theirs
            .iter()
            .filter(|line| line.starts_with("post-rewrite"))
            .collect();
        match tool.says.iter().find(|(event, _)| *event == "post-rewrite") {
            Some((_, said)) => {
                let said = said.replace("<1", &format!("<{count}"));
                assert_eq!(lists, [&said]);
            }
            None => assert!(lists.is_empty(), "{theirs:?}"),
        }
        assert_eq!(self.timings("post-rewrite"), before + 1, "ours runs once");
        if !tool.hands_on_stdin && !self.config {
            let status = self.repo.session(&["hooks", "status"]).text();
            assert!(status.contains("without the list of commits"), "{status}");
            // the next command finds in the reflog what the hook was not told
            self.repo.session(&["status"]).done();
        }
        self.assert_ours("HEAD");
        self.assert_ours("HEAD~1");
    }

    /// A commit of theirs alone: ours is out and left nothing.
    #[track_caller]
    pub(super) fn commit_with_theirs(&self, tool: &Tool) {
        self.theirs();
        let before = self.repo.head();
        let rest = self.repo.commit("file", &before, "Theirs alone");
        assert_eq!(
            self.theirs(),
            said(tool, &["prepare-commit-msg", "commit-msg", "post-commit"])
        );
        assert_eq!(self.repo.runs(&rest), 0);
    }

    /// How often our hook has run at an event.
    pub(super) fn timings(&self, event: &str) -> usize {
        let text = fs::read_to_string(self.repo.store().join("timings")).unwrap_or_default();
        let names = |line: &&str| line.split(' ').any(|word| word == event);
        text.lines().filter(names).count()
    }

    /// Nothing in the hooks directory is ours or leads nowhere.
    #[track_caller]
    pub(super) fn assert_no_trace(&self) {
        let hooks = self.repo.path().join(".git/hooks");
        let root = self.repo.sandbox().root().to_str().expect("UTF-8");
        for line in picture(&hooks) {
            let line = line.replace(&format!("{root}/repo"), "");
            assert!(!line.contains("git-session"), "{line}");
        }
        for entry in fs::read_dir(&hooks).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            assert!(path.exists(), "{} leads nowhere", path.display());
        }
        let config = self.repo.read(".git/config");
        assert!(!config.contains("git-session"), "{config}");
        self.sh(&format!("cmp '{PROGRAM}' ../bin/git-session"));
    }

    /// Runs a program that must succeed.
    #[track_caller]
    pub(super) fn run(&self, program: &str, args: &[&str]) {
        self.repo.run(program, args).done();
    }

    /// Runs a shell line that must succeed.
    #[track_caller]
    pub(super) fn sh(&self, line: &str) {
        self.repo.sh(line).done();
    }

    /// Puts a script before a program that it starts at its end, as `"$real"`.
    pub(super) fn before(&self, program: &Program, script: &str) {
        let path = self.repo.sandbox().root().join("bin").join(program.name);
        fs::remove_file(&path).expect("the link");
        let real = program.path.display();
        let text = format!("#!/bin/sh\nreal='{real}'\n{script}");
        // by a child, as nobody starts a file that another one has open
        self.repo.sandbox().set("SCRIPT", &text);
        self.sh(&format!(
            "printf %s \"$SCRIPT\" >'{0}' && chmod 755 '{0}'",
            path.display()
        ));
    }

    /// Adds lines at the end of a file.
    pub(super) fn append(&self, path: &str, lines: &str) {
        let before = fs::read_to_string(self.repo.path().join(path)).unwrap_or_default();
        self.repo.write(path, before + lines);
    }
}

/// What a tool's hooks write down at these events.
fn said(tool: &Tool, events: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for event in events {
        let found = tool.says.iter().filter(|(name, _)| name == event);
        all.extend(found.map(|(_, said)| (*said).to_owned()));
    }
    all
}

/// Theirs, then ours; ours goes first.
pub(super) fn theirs_first(tool: &Tool, programs: &[&Program]) {
    let scene = Scene::new(programs);
    (tool.prepare)(&scene, programs);
    (tool.settings)(&scene);
    scene.begin();
    (tool.install)(&scene);
    let before = scene.picture();
    scene.install_ours(tool);
    scene.commit_with_both(tool);
    scene.assert_refusal(tool);
    scene.switch_and_amend(tool);
    scene.rebase(tool);
    assert_eq!(
        scene.repo.session(&["status"]).ok().news(),
        "",
        "there is no news"
    );
    scene.uninstall_ours(tool);
    assert_eq!(scene.picture(), before, "ours left something");
    scene.commit_with_theirs(tool);
}

/// Ours, then theirs; our next command says what happened, once, and an install repairs it. Ours goes first.
pub(super) fn ours_first(tool: &Tool, programs: &[&Program]) {
    let scene = Scene::new(programs);
    (tool.prepare)(&scene, programs);
    (tool.settings)(&scene);
    scene.begin();
    scene.repo.session(&["hooks", "install"]).done();
    (tool.install)(&scene);
    let news = scene.repo.session(&["status"]).ok().news();
    match tool.news {
        Some(said) if !scene.config => {
            assert!(news.contains(said), "{news}");
            assert!(news.contains("git session hooks install"), "{news}");
        }
        _ => assert_eq!(news, ""),
    }
    assert_eq!(scene.repo.session(&["status"]).ok().news(), "", "said once");
    scene.install_ours(tool);
    scene.commit_with_both(tool);
    scene.assert_refusal(tool);
    scene.switch_and_amend(tool);
    scene.rebase(tool);
    scene.uninstall_ours(tool);
    scene.assert_no_trace();
    scene.commit_with_theirs(tool);
}

/// Both, and theirs goes first: nothing of either is left.
pub(super) fn theirs_goes_first(tool: &Tool, programs: &[&Program]) {
    for theirs_came_first in [true, false] {
        let scene = Scene::new(programs);
        (tool.prepare)(&scene, programs);
        (tool.settings)(&scene);
        scene.begin();
        if theirs_came_first {
            (tool.install)(&scene);
        }
        scene.advice();
        if !theirs_came_first {
            (tool.install)(&scene);
        }
        scene.install_ours(tool);
        (tool.uninstall)(&scene);
        scene.repo.session(&["hooks", "uninstall"]).done();
        scene.assert_no_trace();
        scene.theirs();
        scene.repo.commit("file", "plain\n", "Plain");
        assert_eq!(scene.repo.runs("HEAD"), 0);
    }
}

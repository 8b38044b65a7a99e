//! The tables behind a suggested subject: what a path is, what a branch is for, which words say nothing in a
//! scope, which begin a sentence that tells somebody to do something.

use super::Type;
use crate::domain::tests_table::{is_source_path, is_test_path};

/// What a path holds. The first row that fits counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Ci,
    Tests,
    Docs,
    Build,
    Ops,
    Source,
    Other,
}

/// A row: its class, directories anywhere in the path, file names with `*` for anything, extensions. All in lower
/// case.
struct Row {
    class: Class,
    directories: &'static [&'static str],
    names: &'static [&'static str],
    extensions: &'static [&'static str],
}

#[rustfmt::skip]
const CI: Row = Row {
    class: Class::Ci,
    directories: &[
        ".buildkite", ".ci", ".circleci", ".forgejo", ".gitea", ".github/actions", ".github/workflows", ".gitlab",
        ".woodpecker",
    ],
    names: &[
        ".appveyor.yml", ".cirrus.yml", ".drone.yml", ".gitlab-ci.yml", ".travis.yml", ".woodpecker.yml",
        "appveyor.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml", "jenkinsfile",
    ],
    extensions: &[],
};

#[rustfmt::skip]
const DOCS: Row = Row {
    class: Class::Docs,
    directories: &["doc", "docs", "documentation", "man"],
    names: &[
        "authors*", "changelog*", "changes", "code_of_conduct*", "contributing*", "copying*", "licence*",
        "license*", "maintainers*", "news", "notice*", "readme*", "security*",
    ],
    extensions: &["adoc", "asciidoc", "markdown", "md", "mdx", "org", "rst", "tex"],
};

#[rustfmt::skip]
const BUILD: Row = Row {
    class: Class::Build,
    directories: &[".cargo", "gradle"],
    names: &[
        "*.gemspec", "brewfile", "build", "build.bazel", "build.gradle*", "build.rs", "bun.lock*", "cargo.lock",
        "cargo.toml", "cmakelists.txt", "composer.json", "composer.lock", "conanfile.*", "configure",
        "configure.ac", "deno.json*", "deno.lock", "directory.build.*", "flake.lock", "flake.nix", "gemfile",
        "gemfile.lock", "gnumakefile", "go.mod", "go.sum", "go.work*", "gradle.properties", "gradlew*", "justfile",
        "makefile*", "meson.build", "meson_options.txt", "mix.exs", "mix.lock", "module.bazel*", "mvnw*",
        "npm-shrinkwrap.json", "package-lock.json", "package.json", "package.resolved", "package.swift", "pdm.lock",
        "pipfile", "pipfile.lock", "pnpm-lock.yaml", "pnpm-workspace.yaml", "poetry.lock", "pom.xml",
        "pubspec.lock", "pubspec.yaml", "pyproject.toml", "rakefile", "requirements*.txt", "rollup.config.*",
        "rust-toolchain*", "settings.gradle*", "setup.cfg", "setup.py", "taskfile.yml", "tsconfig*.json", "uv.lock",
        "vcpkg.json", "vite.config.*", "webpack.config.*", "workspace", "yarn.lock",
    ],
    extensions: &[
        "am", "bazel", "bzl", "cmake", "csproj", "fsproj", "gradle", "mk", "sln", "vcxproj",
    ],
};

#[rustfmt::skip]
const OPS: Row = Row {
    class: Class::Ops,
    directories: &["ansible", "helm", "k8s", "kubernetes", "terraform"],
    names: &[
        ".dockerignore", "caddyfile", "chart.yaml", "compose*.yaml", "compose*.yml", "containerfile*",
        "docker-compose*.yaml", "docker-compose*.yml", "dockerfile*", "procfile", "vagrantfile",
    ],
    extensions: &["tf", "tfvars"],
};

impl Row {
    fn holds(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        let below = |directory: &&str| format!("/{path}").contains(&format!("/{directory}/"));
        self.directories.iter().any(below)
            || self.names.iter().any(|pattern| fits(pattern, name))
            || extension.is_some_and(|extension| self.extensions.contains(&extension))
    }
}

/// Whether a name is what a pattern with at most one `*` says.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, end)) => {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        }
    }
}

/// What a path holds.
pub(super) fn class_of(path: &[u8]) -> Class {
    let text = String::from_utf8_lossy(path).to_lowercase();
    let row = |row: &Row| row.holds(&text).then_some(row.class);
    // `security.rs` is no document
    let is_source = is_source_path(path);
    let unless_source = |other: &Row| row(other).filter(|_| !is_source);
    row(&CI)
        .or_else(|| is_test_path(path).then_some(Class::Tests))
        .or_else(|| unless_source(&DOCS))
        .or_else(|| row(&BUILD))
        .or_else(|| unless_source(&OPS))
        .or_else(|| is_source.then_some(Class::Source))
        .unwrap_or(Class::Other)
}

/// What the first part of a branch name says about the work.
pub(super) const BRANCHES: &[(&str, Type)] = &[
    ("bug", Type::Fix),
    ("bugfix", Type::Fix),
    ("build", Type::Build),
    ("chore", Type::Chore),
    ("ci", Type::Ci),
    ("deps", Type::Build),
    ("doc", Type::Docs),
    ("docs", Type::Docs),
    ("documentation", Type::Docs),
    ("feat", Type::Feat),
    ("feature", Type::Feat),
    ("features", Type::Feat),
    ("fix", Type::Fix),
    ("fixes", Type::Fix),
    ("hotfix", Type::Fix),
    ("infra", Type::Ops),
    ("ops", Type::Ops),
    ("perf", Type::Perf),
    ("performance", Type::Perf),
    ("refactor", Type::Refactor),
    ("refactoring", Type::Refactor),
    ("style", Type::Style),
    ("test", Type::Test),
    ("tests", Type::Test),
];

/// Directories that say nothing about what is in them.
#[rustfmt::skip]
pub(super) const SILENT: &[&str] = &[
    "app", "apps", "cmd", "code", "com", "components", "crates", "cs", "doc", "docs", "documentation", "go",
    "include", "internal", "io", "java", "js", "kotlin", "lib", "libs", "main", "module", "modules", "net", "org",
    "package", "packages", "pkg", "pkgs", "python", "source", "sources", "spec", "specs", "src", "test", "tests",
    "ts", "unit", "workflows",
];

/// File names that say less than the directory that they are in, without extension.
pub(super) const ENTRIES: &[&str] = &[
    "__init__",
    "index",
    "init",
    "lib",
    "main",
    "mod",
    "package-info",
];

/// Words that begin what is to be reached, as an order.
#[rustfmt::skip]
pub(super) const VERBS: &[&str] = &[
    "abort", "accept", "adapt", "add", "adjust", "align", "allow", "analyse", "analyze", "answer", "apply", "ask",
    "assert", "attach", "avoid", "begin", "bind", "block", "break", "bring", "build", "bump", "cache", "call",
    "catch", "change", "check", "clarify", "clean", "close", "collect", "combine", "compare", "complete",
    "configure", "connect", "convert", "copy", "correct", "count", "cover", "create", "cut", "debug", "declare",
    "define", "delete", "deploy", "deprecate", "describe", "detect", "disable", "document", "draw", "drop",
    "enable", "encode", "enforce", "ensure", "expand", "explain", "export", "expose", "extend", "extract", "fetch",
    "find", "finish", "fix", "follow", "forbid", "format", "generate", "get", "give", "guard", "handle", "hide",
    "ignore", "implement", "import", "improve", "include", "inline", "install", "integrate", "introduce",
    "investigate", "keep", "let", "limit", "link", "list", "load", "lock", "log", "make", "map", "measure", "merge",
    "migrate", "move", "normalise", "normalize", "open", "optimise", "optimize", "parse", "pass", "pin", "port",
    "prepare", "prevent", "print", "publish", "put", "reach", "read", "rebuild", "record", "reduce", "refactor",
    "refuse", "reject", "release", "remove", "rename", "render", "repair", "replace", "report", "require", "reset",
    "resolve", "restore", "restrict", "retry", "return", "reuse", "revert", "review", "rework", "rewrite", "rotate",
    "round", "run", "save", "scan", "search", "secure", "select", "send", "separate", "serve", "set", "share",
    "ship", "show", "sign", "simplify", "skip", "sort", "speed", "split", "stabilise", "stabilize", "start", "stop",
    "store", "stream", "strip", "support", "suppress", "swap", "switch", "sync", "take", "teach", "tell", "test",
    "throw", "tidy", "tighten", "trace", "track", "translate", "treat", "trim", "try", "tune", "turn", "unify",
    "unlock", "update", "upgrade", "upload", "use", "validate", "verify", "wait", "warn", "watch", "wire", "wrap",
    "write", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_in_lower_case_and_without_doubles() {
        for row in [CI, DOCS, BUILD, OPS] {
            for words in [row.directories, row.names, row.extensions] {
                assert!(words.is_sorted_by(|a, b| a < b), "{words:?}");
                assert!(words.iter().all(|word| word.to_lowercase() == **word));
            }
        }
        assert!(BRANCHES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(SILENT.is_sorted_by(|a, b| a < b));
        assert!(VERBS.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_path_is_in_the_first_row_that_fits() {
        for (path, class) in [
            (".github/workflows/test.yml", Class::Ci),
            (".gitlab-ci.yml", Class::Ci),
            ("Jenkinsfile", Class::Ci),
            (".ci/run", Class::Ci),
            ("tests/README.md", Class::Tests),
            ("src/parse_test.go", Class::Tests),
            ("README", Class::Docs),
            ("docs/logo.png", Class::Docs),
            ("docs/conf.py", Class::Source),
            ("src/security.rs", Class::Source),
            ("src/workflows/a.rs", Class::Source),
            ("src/helm/a.rs", Class::Source),
            (".ci/check.sh", Class::Ci),
            ("vite.config.ts", Class::Build),
            ("LICENSE-MIT", Class::Docs),
            ("a/b.MD", Class::Docs),
            ("Cargo.toml", Class::Build),
            ("crates/a/Cargo.lock", Class::Build),
            ("requirements-dev.txt", Class::Build),
            ("build.rs", Class::Build),
            ("a.cmake", Class::Build),
            ("Dockerfile.dev", Class::Ops),
            ("infra/main.tf", Class::Ops),
            ("src/a.rs", Class::Source),
            ("data.bin", Class::Other),
            ("", Class::Other),
        ] {
            assert_eq!(class_of(path.as_bytes()), class, "{path}");
        }
    }
}

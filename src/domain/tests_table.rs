//! Which lines begin a test, by language, and which paths hold tests: one table of prefixes. A
//! hook counts tests with it, so there is no regex and nothing is parsed. It is an estimate for
//! people; a test that a macro or a loop makes is one test.

/// Where a language's marks count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    /// In every file: the mark means a test wherever it stands.
    Anywhere,
    /// Only where [`is_test_path`] holds: elsewhere the mark is an ordinary call or name.
    TestPaths,
}

/// How a test begins, compared with a line after its leading white space.
#[derive(Debug, Clone, Copy)]
enum Mark {
    /// The line starts with this.
    Start(&'static str),
    /// The same, and the word ends there: `@Test`, not `@TestInstance`.
    Word(&'static str),
    /// The same, and no lower-case letter follows: Go's `TestParse`, not `Testify`.
    Name(&'static str),
}

impl Mark {
    fn begins(self, line: &[u8]) -> bool {
        match self {
            Self::Start(start) => line.starts_with(start.as_bytes()),
            Self::Word(word) => line.strip_prefix(word.as_bytes()).is_some_and(|rest| {
                !rest
                    .first()
                    .is_some_and(|&byte| byte.is_ascii_alphanumeric() || byte == b'_')
            }),
            Self::Name(name) => line
                .strip_prefix(name.as_bytes())
                .is_some_and(|rest| !rest.first().is_some_and(u8::is_ascii_lowercase)),
        }
    }
}

/// One row: a language, the extensions of its files in lower case, and its marks.
#[derive(Debug)]
pub struct Language {
    name: &'static str,
    extensions: &'static [&'static str],
    count_in: Where,
    marks: &'static [Mark],
}

impl Language {
    /// For people, `C#`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether `line` (leading white space allowed) begins a test.
    pub fn begins_test(&self, line: &[u8]) -> bool {
        let line = line.trim_ascii_start();
        self.marks.iter().any(|mark| mark.begins(line))
    }
}

use Mark::{Name, Start, Word};
use Where::{Anywhere, TestPaths};

const fn row(
    name: &'static str,
    extensions: &'static [&'static str],
    count_in: Where,
    marks: &'static [Mark],
) -> Language {
    Language {
        name,
        extensions,
        count_in,
        marks,
    }
}

/// The table. Sources: each framework's own documentation of how a test is declared.
static LANGUAGES: [Language; 18] = [
    row("Rust", &["rs"], Anywhere, RUST),
    row(
        "Python",
        &["py", "pyi"],
        Anywhere,
        &[Start("def test_"), Start("async def test_")],
    ),
    row(
        "JavaScript and TypeScript",
        &["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"],
        TestPaths,
        JAVASCRIPT,
    ),
    row(
        "Go",
        &["go"],
        TestPaths,
        &[Name("func Test"), Name("func Fuzz"), Name("func Example")],
    ),
    row("Java", &["java", "groovy"], Anywhere, JUNIT),
    row("Kotlin", &["kt", "kts"], Anywhere, JUNIT),
    row(
        "Scala",
        &["scala"],
        Anywhere,
        &[Start("test(\""), Start("it(\""), Word("@Test")],
    ),
    row("C#", &["cs"], Anywhere, DOTNET),
    row(
        "C and C++",
        &["c", "cc", "cpp", "cxx", "c++", "h", "hh", "hpp", "hxx"],
        Anywhere,
        CPP,
    ),
    row("Ruby", &["rb"], Anywhere, RUBY),
    row("PHP", &["php"], Anywhere, PHP),
    row(
        "Swift",
        &["swift"],
        TestPaths,
        &[Start("func test"), Word("@Test")],
    ),
    row(
        "Elixir",
        &["ex", "exs"],
        Anywhere,
        &[Start("test \""), Start("property \"")],
    ),
    row(
        "Dart",
        &["dart"],
        TestPaths,
        &[Start("test("), Start("testWidgets("), Start("blocTest<")],
    ),
    row("Zig", &["zig"], Anywhere, &[Start("test \"")]),
    row("Bats", &["bats"], Anywhere, &[Start("@test ")]),
    row("R", &["r"], TestPaths, &[Start("test_that(")]),
    row(
        "Clojure",
        &["clj", "cljs", "cljc"],
        Anywhere,
        &[Word("(deftest")],
    ),
];

const RUST: &[Mark] = &[
    Start("#[test]"),
    Word("#[test_case"),
    Word("#[rstest"),
    Word("#[tokio::test"),
    Word("#[async_std::test"),
    Word("#[actix_rt::test"),
    Word("#[actix_web::test"),
    Word("#[sqlx::test"),
    Word("#[wasm_bindgen_test"),
    Word("#[quickcheck"),
];

/// `it.skip(` and `test.todo(` are no tests that run: skipping one takes one away.
const JAVASCRIPT: &[Mark] = &[
    Start("it("),
    Start("test("),
    Start("it.each"),
    Start("test.each"),
    Start("it.only("),
    Start("test.only("),
    Start("it.concurrent"),
    Start("test.concurrent"),
    Start("fit("),
    Start("Deno.test("),
];

const JUNIT: &[Mark] = &[
    Word("@Test"),
    Word("@ParameterizedTest"),
    Word("@RepeatedTest"),
    Word("@TestFactory"),
    Word("@Property"),
];

const DOTNET: &[Mark] = &[
    Word("[Fact"),
    Word("[Theory"),
    Word("[Test"),
    Word("[TestCase"),
    Word("[TestMethod"),
    Word("[DataTestMethod"),
];

const CPP: &[Mark] = &[
    Start("TEST("),
    Start("TEST_F("),
    Start("TEST_P("),
    Start("TYPED_TEST("),
    Start("TYPED_TEST_P("),
    Start("TEST_CASE("),
    Start("TEST_CASE_METHOD("),
    Start("SCENARIO("),
    Start("BOOST_AUTO_TEST_CASE("),
    Start("BOOST_FIXTURE_TEST_CASE("),
    Start("BOOST_DATA_TEST_CASE("),
];

const RUBY: &[Mark] = &[
    Start("it \""),
    Start("it '"),
    Start("it("),
    Start("specify \""),
    Start("specify '"),
    Start("scenario \""),
    Start("scenario '"),
    Start("test \""),
    Start("test '"),
    Start("def test_"),
];

/// An attribute on a method that is also named `test…` counts twice; few write both.
const PHP: &[Mark] = &[
    Start("public function test"),
    Start("function test"),
    Start("public static function test"),
    Word("#[Test"),
    Word("* @test"),
    Word("/** @test"),
    Start("it('"),
    Start("test('"),
];

/// The language of `path` if tests are counted in that file: by its extension, and for some
/// languages only where [`is_test_path`] holds.
pub fn language_of(path: &[u8]) -> Option<&'static Language> {
    let language = written_in(extension(path)?)?;
    (language.count_in == Anywhere || is_test_path(path)).then_some(language)
}

/// The language of files with this extension.
fn written_in(extension: &str) -> Option<&'static Language> {
    LANGUAGES
        .iter()
        .find(|row| is_one_of(extension, row.extensions))
}

/// What stands behind the last dot of the file name.
fn extension(path: &[u8]) -> Option<&str> {
    let name = file_name(path);
    let dot = name.iter().rposition(|&byte| byte == b'.')?;
    std::str::from_utf8(&name[dot + 1..]).ok()
}

fn is_one_of(word: &str, known: &[&str]) -> bool {
    known.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Extensions of source files of further languages, whose tests are told by their paths alone.
const MORE_SOURCES: [&str; 59] = [
    "ada", "adb", "ads", "asm", "astro", "awk", "bash", "bzl", "cr", "css", "cu", "cuh", "d",
    "elm", "erl", "f90", "fish", "frag", "fs", "fsx", "gd", "gleam", "glsl", "graphql", "hbs",
    "hlsl", "hrl", "hs", "htm", "html", "jl", "less", "lisp", "lua", "m", "metal", "ml", "mli",
    "mm", "nim", "nix", "pas", "pl", "pm", "proto", "ps1", "rkt", "s", "sass", "scm", "scss", "sh",
    "sol", "sql", "svelte", "v", "vert", "vue", "zsh",
];

/// Whether `path` is program text, wherever its tests are, and no test file itself.
pub fn is_source_path(path: &[u8]) -> bool {
    let known = |extension| written_in(extension).is_some() || is_one_of(extension, &MORE_SOURCES);
    extension(path).is_some_and(known) && !is_test_path(path)
}

/// Directories and words of a file name that say "tests".
const TEST_WORDS: [&str; 9] = [
    "test",
    "tests",
    "__tests__",
    "spec",
    "specs",
    "e2e",
    "unittest",
    "unittests",
    "conftest",
];

/// Whether `path` (bytes, `/` between segments) looks like a test file: a directory is called
/// `test`, `tests`, `__tests__`, `spec`, `specs` or `e2e`, or one of these is a word of the file
/// name (`parser_test.go`, `login.spec.ts`, `LoginTests.swift`; not `latest.js`, not `inspect.ts`).
pub fn is_test_path(path: &[u8]) -> bool {
    let name = file_name(path);
    let directories = path[..path.len() - name.len()].split(|&byte| byte == b'/');
    let is_test_word = |word: &[u8]| {
        TEST_WORDS
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
    };
    directories.into_iter().any(is_test_word)
        || name
            .split(|byte| !byte.is_ascii_alphanumeric())
            .flat_map(|part| {
                part.chunk_by(|left, right| {
                    !(left.is_ascii_lowercase() && right.is_ascii_uppercase())
                })
            })
            .any(is_test_word)
}

fn file_name(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Path, a line that begins a test, one that does not. At least one row a language.
    const SAMPLES: [(&str, &str, &str); 21] = [
        ("src/a.rs", "    #[test]", "#[cfg(test)]"),
        (
            "src/a.rs",
            "#[tokio::test(flavor = \"multi_thread\")]",
            "#[tokio::main]",
        ),
        ("src/a.rs", "#[rstest]", "#[rstest_reuse::template]"),
        ("a.py", "\tasync def test_login(self):", "def tester():"),
        (
            "a.test.ts",
            "  it.each([1, 2])('adds', () => {",
            "items.push(1)",
        ),
        (
            "src/__tests__/a.jsx",
            "test('adds', () => {",
            "it.skip('adds', () => {",
        ),
        (
            "a_test.go",
            "func TestParse(t *testing.T) {",
            "func Testify() {",
        ),
        (
            "A.java",
            "@Test public void works() {",
            "@TestInstance(PER_CLASS)",
        ),
        ("A.kt", "    @ParameterizedTest", "@TestOnly"),
        ("A.scala", "test(\"adds\") {", "testing(\"adds\")"),
        ("A.cs", "    [Fact(DisplayName = \"x\")]", "[TestFixture]"),
        ("a.cc", "TEST_F(Parser, Works) {", "TESTING(x)"),
        ("a_spec.rb", "  it 'adds' do", "item 'adds'"),
        (
            "A.php",
            "    public function testAdds(): void",
            "public function tearDown(): void",
        ),
        ("Tests/A.swift", "    func testAdds() {", "func setUp() {"),
        ("a.exs", "test \"adds\" do", "testing \"adds\""),
        (
            "test/a.dart",
            "testWidgets('adds', (tester) async {",
            "tester.pump();",
        ),
        ("a.zig", "test \"adds\" {", "tests \"adds\""),
        ("a.bats", "@test \"adds\" {", "@testing"),
        ("tests/testthat/a.R", "test_that(\"adds\", {", "test_thatx"),
        ("a.clj", "(deftest adds", "(deftest-like adds"),
    ];

    #[test]
    fn every_language_has_a_sample_that_counts_and_one_that_does_not() {
        for (path, test, other) in SAMPLES {
            let language = language_of(path.as_bytes()).unwrap_or_else(|| panic!("{path}"));
            assert!(language.begins_test(test.as_bytes()), "{path}: {test}");
            let other_counts = language.begins_test(other.as_bytes());
            // A hyphen ends a word, which only Lisp names have inside.
            assert_eq!(
                other_counts,
                other.starts_with("(deftest-"),
                "{path}: {other}"
            );
        }
        for language in &LANGUAGES {
            let sampled = SAMPLES.iter().any(|(path, ..)| {
                language_of(path.as_bytes()).is_some_and(|found| found.name() == language.name)
            });
            assert!(sampled, "no sample for {}", language.name);
        }
    }

    #[test]
    fn an_extension_belongs_to_one_language() {
        let mut all: Vec<_> = LANGUAGES.iter().flat_map(|row| row.extensions).collect();
        let before = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), before);
    }

    #[test]
    fn a_further_extension_is_in_no_row() {
        for extension in MORE_SOURCES {
            assert!(written_in(extension).is_none(), "{extension}");
        }
        assert!(MORE_SOURCES.is_sorted());
    }

    #[test]
    fn source_is_told_by_extension_wherever_tests_count() {
        for path in [
            "src/it.js",
            "main.go",
            "a.RS",
            "bin/run.sh",
            "app/a.vue",
            "x.c",
        ] {
            assert!(is_source_path(path.as_bytes()), "{path}");
        }
        for path in [
            "tests/a.rs",
            "a_test.go",
            "README.md",
            "Cargo.toml",
            "a",
            "",
            ".rs/x",
            "data.json",
        ] {
            assert!(!is_source_path(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn some_languages_count_in_test_files_only() {
        for path in [
            "src/it.js",
            "src/latest.ts",
            "main.go",
            "a.swift",
            "README",
            "a.txt",
            ".rs/x",
            "",
        ] {
            assert!(language_of(path.as_bytes()).is_none(), "{path}");
        }
        assert!(language_of(b"src/A.RS").is_some());
    }

    #[test]
    fn test_paths_are_told_by_whole_words() {
        let tests = [
            "tests/a.rs",
            "src/test/java/A.java",
            "a/__tests__/b.js",
            "spec/a.rb",
            "a_test.go",
            "test_a.py",
            "login.spec.ts",
            "LoginTests.swift",
            "LoginTest.java",
            "testUtils.ts",
            "Tests/a.swift",
            "cypress/e2e/a.js",
            "conftest.py",
        ];
        for path in tests {
            assert!(is_test_path(path.as_bytes()), "{path}");
        }
        let others = [
            "src/a.rs",
            "latest.js",
            "src/inspect.ts",
            "contest/a.py",
            "testdata/a.json",
            "src/attestation.rs",
            "special.rb",
            "",
            "/",
        ];
        for path in others {
            assert!(!is_test_path(path.as_bytes()), "{path}");
        }
    }

    proptest! {
        #[test]
        fn any_path_and_line_return(path in any::<Vec<u8>>(), line in any::<Vec<u8>>()) {
            prop_assert!(!(is_test_path(&path) && is_source_path(&path)));
            if let Some(language) = language_of(&path) {
                language.begins_test(&line);
            }
        }
    }
}

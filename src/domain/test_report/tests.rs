use proptest::prelude::*;

use super::*;

/// Passed, failed, skipped, milliseconds.
type Expected = (u64, u64, u64, Option<u64>);

fn read(text: &str) -> Option<(TestFormat, Expected)> {
    let report = TestReport::parse(text.as_bytes(), Extent::Whole)?;
    let Counts {
        passed,
        failed,
        skipped,
        milliseconds,
    } = report.counts;
    Some((report.format, (passed, failed, skipped, milliseconds)))
}

const PYTEST_JUNIT: &str = r#"<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="2" failures="1" skipped="2" tests="7" time="0.066" timestamp="2026-11-20T15:20:11.619279+00:00" hostname="vm"><testcase classname="test_calc" name="test_add" time="0.000" /><testcase classname="test_calc" name="test_wrong" time="0.001"><failure message="assert 3 == 4&#10; +  where 3 = add(1, 2)">def test_wrong(): a &lt; b</failure></testcase><testcase classname="test_calc" name="test_skipped" time="0.000"><skipped type="pytest.skip" message="later &lt;&amp;&gt;">x</skipped></testcase><testcase classname="test_calc" name="test_xfail" time="0.000"><skipped type="pytest.xfail" message="" /></testcase><testcase classname="test_calc" name="test_xpass" time="0.000" /><testcase classname="test_calc" name="test_error" time="0.000"><error message="failed on setup with &quot;RuntimeError: x&quot;">x</error></testcase><testcase classname="test_calc" name="test_teardown" time="0.000"><error message="failed on teardown">x</error></testcase></testsuite></testsuites>"#;

const NEXTEST_JUNIT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nextest-run" tests="2" skipped="0" failures="1" errors="0" uuid="51964821-0b25-4360-9095-c85554bc5b2e" timestamp="2026-11-20T15:20:12.548+00:00" time="0.068">
    <testsuite name="cr" tests="2" skipped="0" errors="0" failures="1">
        <testcase name="t::a" classname="cr" timestamp="2026-11-20T15:20:12.548+00:00" time="0.004"/>
        <testcase name="t::b" classname="cr" timestamp="2026-11-20T15:20:12.548+00:00" time="0.067">
            <failure message="thread &apos;t::b&apos; panicked" type="test failure with exit code 101">x</failure>
            <system-out>
running 1 test
test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 2 filtered out; finished in 0.06s
</system-out>
        </testcase>
    </testsuite>
</testsuites>"#;

const NODE_JUNIT: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<testsuites>
	<testcase name="adds" time="0.000733" classname="test"/>
	<testcase name="fails" time="0.000630" classname="test" failure="3 == 4"><failure type="testCodeFailure" message="3 == 4">&lt;anonymous></failure></testcase>
	<testsuite name="sub" time="0.000295" disabled="0" errors="0" tests="1" failures="0" skipped="0" hostname="vm"><testcase name="inner" time="0.000097" classname="test"/></testsuite>
	<testcase name="skipped" time="0.000063" classname="test"><skipped type="skipped" message="true"/></testcase>
	<testcase name="later" time="0.005478" classname="test"><skipped type="todo" message="true"/><failure type="testCodeFailure" message="x"/></testcase>
</testsuites>"#;

const SUREFIRE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0.2" name="org.example.CalcTest" time="1,234.5" tests="9" errors="0" skipped="0" failures="0">
  <properties><property name="java.version" value="21"/></properties>
  <testcase name="adds" classname="org.example.CalcTest" time="1,234.5"/>
  <testcase name="flaky" classname="org.example.CalcTest" time="0.5"><flakyFailure message="once"><stackTrace>x</stackTrace></flakyFailure></testcase>
  <testcase name="fails" classname="org.example.CalcTest" time="0"><failure message="x"/><rerunFailure message="again"/></testcase>
</testsuite>"#;

#[test]
fn junit_cases_are_counted() {
    let table: [(&str, Expected); 11] = [
        (PYTEST_JUNIT, (2, 3, 2, Some(1))),
        (NEXTEST_JUNIT, (1, 1, 0, Some(71))),
        (NODE_JUNIT, (2, 1, 2, Some(5))),
        (SUREFIRE, (2, 1, 0, Some(1_235_000))),
        // what suites say counts only where there is nothing in them
        (
            r#"<testsuite tests="9" failures="2" errors="1" skipped="3" time="1.5"/>"#,
            (3, 3, 3, Some(1500)),
        ),
        (
            r#"<testsuites tests="9"><testsuite tests="2" errors="1"/><testsuite tests="5"><testcase/></testsuite></testsuites>"#,
            (2, 1, 0, None),
        ),
        (r#"<testsuite tests="1" failures="9"/>"#, (0, 9, 0, None)),
        (r"<testsuites/>", (0, 0, 0, None)),
        // gtest
        (
            r#"<testsuites><testsuite tests="2" disabled="1"><testcase name="a" status="run" result="completed" time="0."/><testcase name="b" status="notrun" result="suppressed" time="-1"/></testsuite></testsuites>"#,
            (1, 0, 1, Some(0)),
        ),
        // only what stands directly in a case says how it ended
        (
            r"<testsuite><failure/><testcase><properties><failure/></properties><testcase/></testcase></testsuite>",
            (1, 0, 0, None),
        ),
        (
            r#"<testsuite tests="x" time="NaN"><testcase time="inf"/><testcase time="1e400"/></testsuite>"#,
            (2, 0, 0, None),
        ),
    ];
    for (text, expected) in table {
        assert_eq!(read(text), Some((TestFormat::Junit, expected)), "{text}");
    }
    for end in 1..PYTEST_JUNIT.len() {
        assert_eq!(read(&PYTEST_JUNIT[..end]), None, "{}", &PYTEST_JUNIT[..end]);
    }
}

const GO: &str = concat!(
    "# example.com/m\nsome text\n",
    "{\"Time\":\"2026-11-20T15:00:00Z\",\"Action\":\"start\",\"Package\":\"example.com/m\"}\n",
    "{\"Action\":\"run\",\"Package\":\"example.com/m\",\"Test\":\"TestA\"}\n",
    "{\"Action\":\"output\",\"Package\":\"example.com/m\",\"Test\":\"TestA\",\"Output\":\"--- FAIL: TestA (0.00s)\\n\"}\n",
    "{\"Action\":\"fail\",\"Package\":\"example.com/m\",\"Test\":\"TestA/sub\",\"Elapsed\":0}\n",
    "{\"Action\":\"fail\",\"Package\":\"example.com/m\",\"Test\":\"TestA\",\"Elapsed\":0}\n",
    "{\"Action\":\"pass\",\"Package\":\"example.com/m\",\"Test\":\"TestB\",\"Elapsed\":0.01}\n",
    "{\"Action\":\"skip\",\"Package\":\"example.com/m\",\"Test\":\"TestC\",\"Elapsed\":0}\n",
    "{\"Action\":\"fail\",\"Package\":\"example.com/m\",\"Elapsed\":0.25}\n",
    "{\"Action\":\"skip\",\"Package\":\"example.com/m/none\",\"Elapsed\":0}\n",
);
const GO_BUILD: &str = concat!(
    "{\"ImportPath\":\"example.com/m\",\"Action\":\"build-output\",\"Output\":\"x\\n\"}\n",
    "{\"ImportPath\":\"example.com/m\",\"Action\":\"build-fail\"}\n",
    "{\"Action\":\"fail\",\"Package\":\"example.com/m\",\"Elapsed\":0,\"FailedBuild\":\"example.com/m\"}\n",
);
const LIBTEST: &str = concat!(
    "{\"type\":\"suite\",\"event\":\"started\",\"test_count\":3}\n",
    "{\"type\":\"test\",\"event\":\"started\",\"name\":\"cr::cr$t::c\"}\n",
    "{\"type\":\"test\",\"event\":\"ignored\",\"name\":\"cr::cr$t::c\"}\n",
    "{\"type\":\"test\",\"event\":\"ok\",\"name\":\"cr::cr$t::a\",\"exec_time\":0.004095933}\n",
    "{\"type\":\"suite\",\"event\":\"ok\",\"passed\":1,\"failed\":0,\"ignored\":1,\"measured\":0,\"filtered_out\":0,\"exec_time\":0.004095933}\n",
    "{\"type\":\"suite\",\"event\":\"started\",\"test_count\":3}\n",
    "{\"type\":\"test\",\"event\":\"timeout\",\"name\":\"cr::cr$t::b\"}\n",
    "{\"type\":\"test\",\"event\":\"failed\",\"name\":\"cr::cr$t::b\",\"exec_time\":0.065512773,\"stdout\":\"\\nx\"}\n",
    "{\"type\":\"suite\",\"event\":\"failed\",\"passed\":0,\"failed\":1,\"ignored\":1,\"measured\":0,\"filtered_out\":1,\"exec_time\":0.065512773}\n",
);
const TAP: &str = "TAP version 13\n# Subtest: adds\nok 1 - adds\n  ---\n  duration_ms: 0.7\n  ...\nnot ok 2 - fails\n# Subtest: sub\n    ok 1 - inner\n    1..1\nok 3 - sub\nok 4 - skipped # SKIP\nnot ok 5 - later # TODO\n1..5\n# tests 6\n# duration_ms 367.848635\n";

#[test]
fn summaries_and_events_are_read() {
    use TestFormat::{CargoTest, GoJson, LibtestJson, Nextest, Pytest, Tap};
    let table: [(&str, TestFormat, Expected); 20] = [
        (
            "     Summary [   0.068s] 2 tests run: 1 passed, 1 failed, 1 skipped\n        FAIL [   0.067s] (2/2) cr t::b\nerror: test run failed\n",
            Nextest,
            (1, 1, 1, Some(68)),
        ),
        (
            "     Summary [  75.300s] 3/9 tests run: 1 passed (1 slow, 1 flaky), 1 timed out, 1 exec failed, 0 skipped",
            Nextest,
            (1, 2, 0, Some(75_300)),
        ),
        (
            "\u{1b}[32;1m     Summary\u{1b}[0m [   0.010s] \u{1b}[1m1\u{1b}[0m test run: \u{1b}[1m1\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, \u{1b}[1m0\u{1b}[0m skipped",
            Nextest,
            (1, 0, 0, Some(10)),
        ),
        (
            "test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.06s\n",
            CargoTest,
            (1, 1, 1, Some(60)),
        ),
        (
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.50s\r\n\r\n   Doc-tests x\r\ntest result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.25s\r\n",
            CargoTest,
            (5, 0, 1, Some(1750)),
        ),
        (
            "==== 1 failed, 2 passed, 1 skipped, 1 xfailed, 1 xpassed, 2 errors in 0.05s ====\n",
            Pytest,
            (3, 3, 2, Some(50)),
        ),
        (
            "1 failed, 2 passed, 1 skipped, 1 xfailed, 1 xpassed, 2 errors in 0.02s",
            Pytest,
            (3, 3, 2, Some(20)),
        ),
        (
            "======== 2 passed, 3 deselected, 1 warning in 65.05s (0:01:05) ========",
            Pytest,
            (2, 0, 0, Some(65_050)),
        ),
        (
            "======== no tests ran in 0.01s ========",
            Pytest,
            (0, 0, 0, Some(10)),
        ),
        (
            "\u{1b}[31m=== \u{1b}[31m\u{1b}[1m1 failed\u{1b}[0m, \u{1b}[32m2 passed\u{1b}[0m\u{1b}[31m in 0.03s\u{1b}[0m\u{1b}[31m ===\u{1b}[0m",
            Pytest,
            (2, 1, 0, Some(30)),
        ),
        // two commands in a row
        (
            "     Summary [   1.000s] 2 tests run: 2 passed, 0 skipped\ntest result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.50s",
            Nextest,
            (5, 0, 0, Some(1500)),
        ),
        (GO, GoJson, (1, 2, 1, Some(250))),
        (GO_BUILD, GoJson, (0, 1, 0, Some(0))),
        (LIBTEST, LibtestJson, (1, 1, 1, Some(69))),
        (
            "{\"type\":\"suite\",\"event\":\"ok\",\"passed\":7,\"failed\":0,\"ignored\":1}",
            LibtestJson,
            (7, 0, 1, None),
        ),
        (TAP, Tap, (2, 1, 2, Some(367))),
        ("1..3\nok 1\nok 2 # skip no network\n", Tap, (1, 1, 1, None)),
        (
            "1..2\nok 1 - a # b\nBail out! no database\n",
            Tap,
            (1, 2, 0, None),
        ),
        ("1..99999999999\nok\nnot ok\n", Tap, (1, 1, 0, None)),
        ("TAP version 14\nok 1 - a\n1..1\n", Tap, (1, 0, 0, None)),
    ];
    for (text, format, expected) in table {
        assert_eq!(read(text), Some((format, expected)), "{text}");
    }
}

#[test]
fn what_says_no_numbers_is_none() {
    for text in [
        "",
        "ok",
        "ok  \texample.com/m\t0.1s\n",
        "all good in 3s",
        "5 apples in 2s",
        "{}\n{\"a\":1}\n",
        "Summary [",
        "test result: ok",
        "<html>ok</html>",
        "<coverage/>",
        "\u{1b}[",
        "\u{1b}[é",
        "1..0 # skip all\n",
        "{\"Action\":\"pass\"}",
        "okay 1\n1..1x",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn of_an_output_without_its_beginning_only_one_summary_counts() {
    let end = |text: &str| TestReport::parse(text.as_bytes(), Extent::End);
    assert!(
        end("test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out").is_none()
    );
    assert!(end("{\"type\":\"test\",\"event\":\"ok\"}").is_none());
    assert!(end("1..1\nok 1\n").is_none());
    assert_eq!(end("== 3 passed in 1.00s ==").unwrap().counts.passed, 3);
}

proptest! {
    #[test]
    fn any_bytes_are_a_report_or_none(
        bytes in prop_oneof![
            any::<Vec<u8>>(),
            "(<testsuites?|<testcase|<failure|/?>|</testcase>|[0-9]{1,25}| tests=\"[0-9]{1,20}\"| passed| failed|, | in |s\n|Summary \\[|tests run:|ok|1\\.\\.|\n|\u{1b}\\[){0,30}".prop_map(String::into_bytes),
        ],
        whole in any::<bool>(),
    ) {
        let extent = if whole { Extent::Whole } else { Extent::End };
        let _report = TestReport::parse(&bytes, extent);
    }

    #[test]
    fn as_many_cases_are_counted_as_there_are(cases in prop::collection::vec(0..4_u8, 0..30), nested in any::<bool>()) {
        let mut text = String::from("<testsuites tests='999'>");
        text.push_str(if nested { "<testsuite><testsuite>" } else { "<testsuite>" });
        for case in &cases {
            text.push_str(match case {
                0 => "<testcase name='a'/>",
                1 => "<testcase><failure/></testcase>",
                2 => "<testcase><error/><failure/></testcase>",
                _ => "<testcase><skipped/></testcase>",
            });
        }
        text.push_str(if nested { "</testsuite></testsuite>" } else { "</testsuite>" });
        text.push_str("</testsuites>");
        let counts = TestReport::parse(text.as_bytes(), Extent::Whole).unwrap().counts;
        let number = |wanted: &[u8]| cases.iter().filter(|case| wanted.contains(case)).count() as u64;
        prop_assert_eq!(counts.passed, number(&[0]));
        prop_assert_eq!(counts.failed, number(&[1, 2]));
        prop_assert_eq!(counts.skipped, number(&[3]));
    }
}

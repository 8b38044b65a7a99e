use super::*;
use crate::domain::body::KINDS;
use crate::domain::testing::{COMMANDS, Site, steps};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_event_is_one_line_with_and_without_its_session(steps in steps(1, COMMANDS, 40)) {
        let mut site = Site::begun();
        for step in steps {
            let command = step.command(&site);
            site.run(0, command).unwrap_or_default();
        }
        let session = site.session();
        for event in site.own() {
            for text in [describe(event, Some(&session)), describe(event, None)] {
                prop_assert!(!text.is_empty() && !text.contains(['\n', '\t']), "{text:?}");
                prop_assert!(!KINDS.contains(&text.as_str()));
            }
        }
    }
}

#[test]
fn counts_have_their_plural() {
    let counts = [0, 1, 2].map(|count| plural(count, "commit"));
    assert_eq!(counts, ["0 commits", "1 commit", "2 commits"]);
}

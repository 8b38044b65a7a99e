//! What commands do about the phases of test-driven work.

use crate::domain::body::TddPhase;
use crate::domain::session::Session;
use crate::domain::tdd::Work;

/// The phase that the newest commit or word led to, when the session is in test-driven mode and no checkpoint of
/// that phase was made since.
pub fn phase_to_save(session: &Session) -> Option<TddPhase> {
    let is_on = session.tdd && session.state.is_open();
    is_on.then(|| Work::of(session).unsaved(session))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decide::Command;
    use crate::domain::testing::Site;

    #[test]
    fn a_phase_is_saved_in_an_open_session_in_test_driven_mode_only() {
        let red = Command::SetPhase {
            phase: TddPhase::Red,
        };
        let mut site = Site::begun();
        site.run(0, red).expect("it is open");
        assert_eq!(phase_to_save(&site.session()), None);
        site.run(0, Command::SetMode { tdd: true })
            .expect("it is open");
        assert_eq!(phase_to_save(&site.session()), Some(TddPhase::Red));
        let end = Command::End(Box::default());
        site.run(0, end).expect("it is open");
        assert_eq!(phase_to_save(&site.session()), None);
        assert!(site.run(0, Command::SetMode { tdd: false }).is_err());
    }
}

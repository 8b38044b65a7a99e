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

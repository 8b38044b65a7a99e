//! `.ccmp/state.json`, the file through which other plugins hear of sessions.

use super::patient::Patient;
use crate::domain::diagnosis::Finding;
use crate::ops::ccmp::{self, NAME};

/// Whether it can be read.
pub(super) fn state(patient: &Patient<'_>) -> Finding {
    match ccmp::facts(patient.ctx) {
        None => Finding::ok("no other plugin uses one here"),
        Some(Ok(_)) => Finding::ok("it can be read"),
        Some(Err(why)) => Finding::warn(format!("{NAME} is left alone"))
            .evidence([why])
            .so("other plugins do not hear of sessions, nor are they heard")
            .person("make it a file with one JSON object, or remove it"),
    }
}

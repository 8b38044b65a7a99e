//! Pure values and rules: no file, process, clock or environment below this line.

pub mod body;
pub mod brief;
pub mod checkpoint;
pub mod context;
pub mod coverage;
pub mod decide;
pub mod describe;
pub mod diagnosis;
pub mod enrich;
pub mod escape;
pub mod event;
pub mod fold;
pub mod glob;
pub mod handle;
pub mod heartbeat;
pub mod hook_event;
pub mod id;
pub mod impact;
pub mod learning;
pub mod lineage;
pub mod markdown;
pub mod movement;
pub mod note;
pub mod patch;
pub mod path_text;
pub mod pen;
pub mod procedure;
pub mod redact;
mod replay;
pub mod session;
pub mod slug;
pub mod tdd;
#[cfg(test)]
pub(crate) mod testing;
pub mod tests_table;
pub mod time;
pub mod trailers;

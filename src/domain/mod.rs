//! Pure values and rules: no file, process, clock or environment below this line.

pub mod id;

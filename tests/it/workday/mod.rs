//! The working day: work trees of every kind that are saved, put away, and brought back, with git as the judge.

mod attack;
mod checkpoint;
mod day;
mod kill;
mod park;
mod picture;
mod rewind;
mod scenes;

//! Columns that line up, cut to the width of the terminal.

use std::fmt;

use super::style::{Styled, title};
use super::text::{truncate, width};

/// How a column behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Text, never cut: handles, dates.
    Left,
    /// Figures, never cut.
    Right,
    /// Text that gives way when the terminal is too narrow, down to so many columns.
    Flexible(usize),
}

/// Rows of cells under an optional heading. Two spaces part the columns; no line ends in a space.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Styled>>,
    most: Option<usize>,
}

/// What parts two columns.
const GAP: usize = 2;

impl Table {
    /// An empty table with these columns, cut to a width (see [`super::Ui::width`]) if one is given.
    pub fn new(columns: &[Column], most: Option<usize>) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
            most,
        }
    }

    /// Adds a row of titles.
    #[must_use]
    pub fn heading(mut self, titles: &[&str]) -> Self {
        self.rows.push(titles.iter().map(title).collect());
        self
    }

    /// Adds a row; missing cells are empty, further ones are not shown.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Styled>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Whether no row was added.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The width of each column: as wide as its widest cell, the flexible ones narrowed from the last to
    /// the first until the table fits.
    fn widths(&self) -> Vec<usize> {
        let widest = |index: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(index));
            cells.map(|cell| width(cell.text())).max().unwrap_or(0)
        };
        let mut widths: Vec<_> = (0..self.columns.len()).map(widest).collect();
        let gaps = GAP * widths.len().saturating_sub(1);
        let whole = widths.iter().sum::<usize>() + gaps;
        let mut excess = self.most.map_or(0, |most| whole.saturating_sub(most));
        for (column, wide) in self.columns.iter().zip(&mut widths).rev() {
            if let Column::Flexible(least) = column {
                let less = excess.min(wide.saturating_sub(*least));
                *wide -= less;
                excess -= less;
            }
        }
        widths
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        for row in &self.rows {
            let mut blanks = 0;
            for ((cell, column), wide) in row.iter().zip(&self.columns).zip(&widths) {
                let cell = cell.with_text(truncate(cell.text(), *wide));
                let room = wide - width(cell.text()).min(*wide);
                let (before, behind) = match column {
                    Column::Right => (room, 0),
                    Column::Left | Column::Flexible(_) => (0, room),
                };
                if cell.text().is_empty() {
                    blanks += before + behind + GAP;
                    continue;
                }
                write!(f, "{:1$}{cell}", "", blanks + before)?;
                blanks = behind + GAP;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

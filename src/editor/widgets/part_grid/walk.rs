//! The grid from the keyboard: one stop of the Tab key, within which arrows lead from step to step, up to the
//! bars' names and left to the rows'.

use crate::editor::widgets::roving::{Spot, Step};
use crate::jobs::stem::asking::Sheet;
use crate::music::PartKind;

/// Row of the bars' names, with two things a bar; and columns of a row's name and its lock.
const HEADS: i32 = -1;
const NAME: i32 = -2;
const LOCK: i32 = -1;

/// The name of a bar, or its lock.
pub(super) fn head(bar: usize, lock: bool) -> Spot {
    (HEADS, 2 * bar as i32 + i32::from(lock))
}

/// The name of a row, or its lock.
pub(super) fn name(row: usize, lock: bool) -> Spot {
    (row as i32, if lock { LOCK } else { NAME })
}

/// A step of a row.
pub(super) fn cell(row: usize, step: usize) -> Spot {
    (row as i32, step as i32)
}

/// The step that a spot is at, if it is one.
pub(super) fn step_of(sheet: &Sheet, (row, column): Spot) -> Option<usize> {
    match row {
        HEADS => Some(sheet.line(column as usize / 2)),
        _ => usize::try_from(column).ok(),
    }
}

/// What there is to walk on.
pub(super) struct Field {
    rows: i32,
    steps: i32,
    /// Where its bars begin.
    lines: Vec<i32>,
    /// Its rows can be chosen and locked.
    kit: bool,
    /// The first step that is shown.
    first: i32,
}

impl Field {
    pub(super) fn new(sheet: &Sheet, rows: usize, first: usize) -> Self {
        Self {
            rows: rows as i32,
            steps: sheet.steps as i32,
            lines: (0..sheet.bars())
                .map(|bar| sheet.line(bar) as i32)
                .collect(),
            kit: sheet.kind == Some(PartKind::Drums),
            first: first as i32,
        }
    }

    /// The bar of a step.
    fn bar(&self, step: i32) -> i32 {
        self.lines.partition_point(|line| *line <= step) as i32 - 1
    }

    /// The same place so many bars later, or as far as that bar goes; where it is if there is no such bar.
    fn beside(&self, step: i32, bars: i32) -> i32 {
        let bar = self.bar(step);
        let line = |bar: i32| self.lines.get(usize::try_from(bar).ok()?).copied();
        let (Some(from), Some(to)) = (line(bar), line(bar + bars)) else {
            return step;
        };
        let end = line(bar + bars + 1).unwrap_or(self.steps);
        (to + step - from).min(end - 1)
    }

    /// Where a key leads: a page's keys to the same step of the bar beside.
    pub(super) fn next(&self, (row, column): Spot, step: Step) -> Spot {
        let last = (self.steps - 1).max(0);
        match (row, column) {
            (HEADS, _) => self.next_head(column, step),
            (_, NAME | LOCK) => match step {
                Step::Left | Step::First => (row, NAME),
                Step::Right if column == NAME => (row, LOCK),
                Step::Right => (row, self.first),
                Step::Last => (row, last),
                Step::Up | Step::PageUp if row == 0 => (HEADS, 2 * self.bar(self.first)),
                Step::Up | Step::PageUp => (row - 1, column),
                Step::Down | Step::PageDown => ((row + 1).min(self.rows - 1), column),
            },
            _ => match step {
                Step::Left if column == 0 && self.kit => (row, LOCK),
                Step::Left => (row, (column - 1).max(0)),
                Step::Right => (row, (column + 1).min(last)),
                Step::Up if row == 0 => (HEADS, 2 * self.bar(column)),
                Step::Up => (row - 1, column),
                Step::Down => (row + 1, column).min((self.rows - 1, column)),
                Step::First if self.kit => (row, NAME),
                Step::First => (row, 0),
                Step::Last => (row, last),
                Step::PageUp => (row, self.beside(column, -1)),
                Step::PageDown => (row, self.beside(column, 1)),
            },
        }
    }

    fn next_head(&self, column: i32, step: Step) -> Spot {
        let last = (2 * self.lines.len() as i32 - 1).max(0);
        match step {
            Step::Left => (HEADS, (column - 1).max(0)),
            Step::Right => (HEADS, (column + 1).min(last)),
            Step::Down => {
                let line = self.lines.get(column as usize / 2);
                (0, line.copied().unwrap_or(0))
            }
            Step::First => (HEADS, 0),
            Step::Last => (HEADS, last),
            Step::PageUp => (HEADS, (column - 2).max(column % 2)),
            Step::PageDown if column + 2 <= last => (HEADS, column + 2),
            Step::Up | Step::PageDown => (HEADS, column),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_grid_is_reached_by_arrows() {
        let sheet = Sheet {
            kind: Some(PartKind::Drums),
            steps: 128,
            bar: 16,
            ..Sheet::default()
        };
        let field = Field::new(&sheet, 15, 64);
        for (from, step, to) in [
            (cell(0, 3), Step::Up, head(0, false)),
            (cell(0, 40), Step::Up, head(2, false)),
            (head(2, false), Step::Right, head(2, true)),
            (head(2, true), Step::Right, head(3, false)),
            (head(3, true), Step::Down, cell(0, 48)),
            (head(7, true), Step::Right, head(7, true)),
            (cell(4, 0), Step::Left, name(4, true)),
            (name(4, true), Step::Left, name(4, false)),
            (name(4, true), Step::Right, cell(4, 64)),
            (name(0, false), Step::Up, head(4, false)),
            (cell(14, 9), Step::Down, cell(14, 9)),
            (cell(13, 9), Step::Down, cell(14, 9)),
            (cell(3, 127), Step::Right, cell(3, 127)),
            (cell(3, 63), Step::Right, cell(3, 64)),
            (cell(3, 20), Step::PageDown, cell(3, 36)),
            (cell(3, 120), Step::PageDown, cell(3, 120)),
            (cell(3, 20), Step::First, name(3, false)),
        ] {
            assert_eq!(field.next(from, step), to, "{from:?} {step:?}");
        }
        assert_eq!(step_of(&sheet, head(3, true)), Some(48));
        assert_eq!(step_of(&sheet, name(3, true)), None);
        let pitched = Sheet {
            kind: Some(PartKind::Bass),
            ..sheet
        };
        let field = Field::new(&pitched, 15, 0);
        assert_eq!(field.next(cell(3, 0), Step::Left), cell(3, 0));
    }
}

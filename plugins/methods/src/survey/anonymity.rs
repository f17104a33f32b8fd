//! What may be shown of small groups: cells below k are hidden, and others beside them, so that none can be found by
//! subtraction.
//!
//! What a reader may know: every shown number, all totals that are shown, and that a hidden number is at least 1 (zeros
//! are shown). Against that, no hidden number can be worked out exactly, and no sum of hidden numbers that can be
//! worked out from a row or column is below k.

use std::collections::VecDeque;

use crate::computed::{Computed, SUPPRESSION};
use crate::message::{Refusal, Warning};

/// The usual minimum group, k.
pub const GROUP_MINIMUM: usize = 5;
/// No k may be smaller.
pub const GROUP_MINIMUM_FLOOR: usize = 3;
/// The most cells of a list or table.
pub const CELLS_MAX: usize = 400;
/// The largest count of a cell.
const CELL_MAX: usize = 1_000_000_000;

/// A cell of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// May be shown.
    Shown(usize),
    /// Hidden: fewer than k, yet somebody.
    TooSmall,
    /// Hidden so that another cannot be found by subtraction.
    Complementary,
}

impl Cell {
    /// The number, where it may be shown.
    #[must_use]
    pub fn shown(self) -> Option<usize> {
        match self {
            Self::Shown(n) => Some(n),
            Self::TooSmall | Self::Complementary => None,
        }
    }
}

/// A list of group sizes as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressed {
    /// In the order given.
    pub cells: Vec<Cell>,
    /// The total; `None` where it is not shown.
    pub total: Option<usize>,
    /// All hidden groups as one line; `None` where nothing is hidden or the total is not shown.
    pub rest: Option<usize>,
}

/// Group sizes as they may be shown. `is_total_known` is true when the total stands in the report, or anybody can
/// learn it elsewhere. n is the total.
///
/// Groups of 1 to k − 1 are hidden. Where the total is known and a hidden group could be found from it, the smallest
/// shown group is hidden too (the first of equal ones), until none can. If that takes all groups, the total goes.
/// Anything else about a hidden group (means, comments) must not be shown either.
///
/// # Errors
/// - [`Refusal::GroupMinimumTooLow`]: k below [`GROUP_MINIMUM_FLOOR`]. [`Refusal::TooMany`]: cells, or a count.
/// - [`Refusal::TooFewToShow`]: all together are fewer than k.
pub fn suppress(
    counts: &[usize],
    k: usize,
    is_total_known: bool,
) -> Result<Computed<Suppressed>, Refusal> {
    check(k, counts.len(), counts.iter())?;
    let total: usize = counts.iter().sum();
    if total < k {
        return Err(Refusal::TooFewToShow { n: total, k });
    }
    let is_small = |n: &usize| (1..k).contains(n);
    let cell = |n: &usize| if is_small(n) { Cell::TooSmall } else { Cell::Shown(*n) };
    let mut cells: Vec<Cell> = counts.iter().map(cell).collect();
    let mut shown_total = is_total_known.then_some(total);
    let hidden = |cells: &[Cell]| -> (usize, usize) {
        let hidden = cells.iter().zip(counts).filter(|(cell, _)| cell.shown().is_none());
        hidden.fold((0, 0), |(groups, people), (_, n)| (groups + 1, people + n))
    };
    while shown_total.is_some() {
        let (groups, people) = hidden(&cells);
        // Groups of one person each are all found from their number.
        let is_found = groups == 1 || people == groups || people < k;
        if groups == 0 || !is_found {
            break;
        }
        let shown = cells.iter_mut().filter(|cell| cell.shown().is_some_and(|n| n > 0));
        match shown.min_by_key(|cell| cell.shown()) {
            Some(smallest) => *smallest = Cell::Complementary,
            None => shown_total = None,
        }
    }
    let (groups, people) = hidden(&cells);
    let rest = shown_total.filter(|_| groups > 0).map(|_| people);
    let warning = hidden_warning(cells.iter());
    let value = Suppressed { cells, total: shown_total, rest };
    Ok(Computed::new(SUPPRESSION, total, value).warn(warning))
}

/// True when a group's free comments may be read: it has at least k people. Names and rare details in them are masked
/// by hand before that.
///
/// # Errors
/// [`Refusal::GroupMinimumTooLow`].
pub fn may_show_comments(n: usize, k: usize) -> Result<bool, Refusal> {
    check(k, 0, [].iter())?;
    Ok(n >= k)
}

fn check<'a>(
    k: usize,
    cells: usize,
    mut counts: impl Iterator<Item = &'a usize>,
) -> Result<(), Refusal> {
    if k < GROUP_MINIMUM_FLOOR {
        return Err(Refusal::GroupMinimumTooLow { k, floor: GROUP_MINIMUM_FLOOR });
    }
    if cells > CELLS_MAX {
        return Err(Refusal::TooMany { n: cells, limit: CELLS_MAX });
    }
    match counts.find(|n| **n > CELL_MAX) {
        Some(n) => Err(Refusal::TooMany { n: *n, limit: CELL_MAX }),
        None => Ok(()),
    }
}

fn hidden_warning<'a>(cells: impl Iterator<Item = &'a Cell>) -> Option<Warning> {
    let (mut hidden, mut complementary) = (0, 0);
    for cell in cells {
        hidden += usize::from(cell.shown().is_none());
        complementary += usize::from(*cell == Cell::Complementary);
    }
    (hidden > 0).then_some(Warning::Hidden { cells: hidden, complementary })
}

/// A table of counts with its totals as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressedTable {
    /// Row by row.
    pub cells: Vec<Vec<Cell>>,
    /// One for each row.
    pub row_totals: Vec<Cell>,
    /// One for each column.
    pub column_totals: Vec<Cell>,
    /// Everybody.
    pub total: usize,
}

/// A table of counts (groups by answers) with row, column and grand totals, as it may be shown. n is the grand total.
///
/// Cells and totals of 1 to k − 1 are hidden. Then, as long as a hidden number can be worked out exactly from the
/// others, or a row or column gives away a sum of hidden numbers below k, the smallest number that helps is hidden too,
/// cells before totals.
///
/// # Errors
/// - [`Refusal::GroupMinimumTooLow`], [`Refusal::TooMany`]: k; cells, or a count. [`Refusal::UnequalLengths`]: a row.
/// - [`Refusal::TooFewToShow`]: all together are fewer than k, or nothing safe is left to show.
pub fn suppress_table(
    counts: &[Vec<usize>],
    k: usize,
) -> Result<Computed<SuppressedTable>, Refusal> {
    let columns = counts.first().map_or(0, Vec::len);
    if let Some(row) = counts.iter().find(|row| row.len() != columns) {
        return Err(Refusal::UnequalLengths { first: columns, second: row.len() });
    }
    check(k, counts.len().saturating_mul(columns), counts.iter().flatten())?;
    let total: usize = counts.iter().flatten().sum();
    if total < k {
        return Err(Refusal::TooFewToShow { n: total, k });
    }
    // In an order of their own, so that the order in which rows come decides nothing.
    let mut order: Vec<(usize, &Vec<usize>)> = counts.iter().enumerate().collect();
    order.sort_by_key(|(_, row)| *row);
    let sorted: Vec<&Vec<usize>> = order.iter().map(|(_, row)| *row).collect();
    let mut network = Network::of(&sorted, columns, k);
    while let Some(next) = network.next_to_hide(k) {
        if next.is_empty() {
            return Err(Refusal::TooFewToShow { n: total, k });
        }
        next.into_iter().for_each(|number| network.hide(number));
    }
    let mut numbers = network.numbers.iter().map(|number| number.cell);
    let mut take = |n: usize| numbers.by_ref().take(n).collect::<Vec<Cell>>();
    let cells: Vec<Vec<Cell>> = counts.iter().map(|_| take(columns)).collect();
    let (row_totals, column_totals) = (take(counts.len()), take(columns));
    let mut rows: Vec<(usize, (Vec<Cell>, Cell))> =
        order.iter().map(|(place, _)| *place).zip(cells.into_iter().zip(row_totals)).collect();
    rows.sort_by_key(|(place, _)| *place);
    let (cells, row_totals) = rows.into_iter().map(|(_, row)| row).unzip();
    let warning = hidden_warning(network.numbers.iter().map(|number| &number.cell));
    let value = SuppressedTable { cells, row_totals, column_totals, total };
    Ok(Computed::new(SUPPRESSION, total, value).warn(warning))
}

/// A number of the table: it flows from one node to another.
struct Flow {
    from: usize,
    to: usize,
    n: usize,
    cell: Cell,
    is_total: bool,
}

/// The table as flows that balance at every node: a cell flows from its row to its column, a row total from the start
/// to its row, a column total from its column to the end. What a reader can work out is what no cycle of hidden flows
/// can change (Gusfield 1988).
struct Network {
    rows: usize,
    columns: usize,
    numbers: Vec<Flow>,
    /// For each node the numbers that flow from it or to it.
    ends: Vec<Vec<usize>>,
}

impl Network {
    const START: usize = 0;
    const END: usize = 1;

    /// Cells row by row, then row totals, then column totals.
    fn of(counts: &[&Vec<usize>], columns: usize, k: usize) -> Self {
        let rows = counts.len();
        let (row_node, column_node) = (|row: usize| 2 + row, |column: usize| 2 + rows + column);
        let flow = |from, to, n, is_total| {
            let cell = if (1..k).contains(&n) { Cell::TooSmall } else { Cell::Shown(n) };
            Flow { from, to, n, cell, is_total }
        };
        let mut numbers = Vec::new();
        for (row, values) in counts.iter().enumerate() {
            for (column, n) in values.iter().enumerate() {
                numbers.push(flow(row_node(row), column_node(column), *n, false));
            }
        }
        for (row, values) in counts.iter().enumerate() {
            numbers.push(flow(Self::START, row_node(row), values.iter().sum(), true));
        }
        for column in 0..columns {
            let n = counts.iter().filter_map(|row| row.get(column)).sum();
            numbers.push(flow(column_node(column), Self::END, n, true));
        }
        let mut ends = vec![Vec::new(); 2 + rows + columns];
        for (place, flow) in numbers.iter().enumerate() {
            for node in [flow.from, flow.to] {
                ends.get_mut(node).into_iter().for_each(|ends: &mut Vec<usize>| ends.push(place));
            }
        }
        Self { rows, columns, numbers, ends }
    }

    /// The hidden numbers that flow from or to a node.
    fn hidden_at(&self, node: usize) -> impl Iterator<Item = &Flow> {
        let ends = self.ends.get(node).into_iter().flatten();
        let flows = ends.filter_map(|place| self.numbers.get(*place));
        flows.filter(|flow| flow.cell.shown().is_none())
    }

    fn hide(&mut self, number: usize) {
        if let Some(number) = self.numbers.get_mut(number)
            && number.cell.shown().is_some()
        {
            number.cell = Cell::Complementary;
        }
    }

    /// `None` when everything hidden is safe; else the numbers to hide next, empty when there are none left.
    fn next_to_hide(&self, k: usize) -> Option<Vec<usize>> {
        for (place, flow) in self.numbers.iter().enumerate() {
            if flow.cell.shown().is_some() {
                continue;
            }
            let more = self.reach(flow.to, flow);
            let can_grow = more.get(flow.from) == Some(&true);
            let can_shrink = flow.n > 1 && self.reach(flow.from, flow).get(flow.to) == Some(&true);
            if !can_grow && !can_shrink {
                let step = || self.smallest(|other| opens(other, &more)).into_iter().collect();
                return Some(self.rectangle(place).unwrap_or_else(step));
            }
        }
        (0..self.ends.len()).find_map(|node| self.small_sum(node, k))
    }

    /// The shown corners of the rectangle that protects a cell with the fewest and smallest numbers: one more in the
    /// cell and the corner across, one less in the two beside it, or the other way round.
    fn rectangle(&self, place: usize) -> Option<Vec<usize>> {
        if place >= self.rows * self.columns {
            return None;
        }
        let (row, column) = (place / self.columns, place % self.columns);
        let n = |place: usize| self.numbers.get(place).map_or(0, |flow| flow.n);
        let mut best: Option<((usize, usize), Vec<usize>)> = None;
        for other_row in (0..self.rows).filter(|other| *other != row) {
            for other_column in (0..self.columns).filter(|other| *other != column) {
                let beside = row * self.columns + other_column;
                let below = other_row * self.columns + column;
                let across = other_row * self.columns + other_column;
                let corners = [beside, below, across];
                let can_shift = (n(beside) > 1 && n(below) > 1) || (n(place) > 1 && n(across) > 1);
                if !can_shift || corners.iter().any(|corner| n(*corner) == 0) {
                    continue;
                }
                let is_shown = |corner: &usize| {
                    self.numbers.get(*corner).is_some_and(|flow| flow.cell.shown().is_some())
                };
                let new: Vec<usize> = corners.into_iter().filter(is_shown).collect();
                let cost = (new.len(), new.iter().map(|corner| n(*corner)).sum());
                if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                    best = Some((cost, new));
                }
            }
        }
        best.map(|(_, new)| new)
    }

    /// Where a node's hidden numbers on one side have a sum below k that follows from the shown ones: what to hide.
    fn small_sum(&self, node: usize, k: usize) -> Option<Vec<usize>> {
        let sum = |is_counted: &dyn Fn(&Flow) -> bool| -> usize {
            self.hidden_at(node).filter(|flow| is_counted(flow)).map(|flow| flow.n).sum()
        };
        let out = sum(&|flow| flow.from == node);
        let into = sum(&|flow| flow.to == node);
        // With hidden numbers on both sides only their difference follows.
        let is_small = (out == 0 || into == 0) && (1..k).contains(&(out + into));
        let ends_here = |flow: &Flow| flow.from == node || flow.to == node;
        is_small.then(|| self.smallest(ends_here).into_iter().collect())
    }

    /// The smallest shown number above 0 that `helps`, cells before totals.
    fn smallest(&self, helps: impl Fn(&Flow) -> bool) -> Option<usize> {
        let shown = self
            .numbers
            .iter()
            .enumerate()
            .filter(|(_, flow)| flow.cell.shown().is_some_and(|n| n > 0) && helps(flow));
        shown.min_by_key(|(_, flow)| (flow.is_total, flow.n)).map(|(place, _)| place)
    }

    /// Nodes to which one more can be passed on from `start` by changing hidden numbers other than `except`.
    fn reach(&self, start: usize, except: &Flow) -> Vec<bool> {
        let mut reached = vec![false; self.ends.len()];
        let mut queue = VecDeque::from([start]);
        while let Some(node) = queue.pop_front() {
            match reached.get_mut(node) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            for flow in self.hidden_at(node) {
                if std::ptr::eq(flow, except) {
                    continue;
                }
                if flow.from == node {
                    queue.push_back(flow.to);
                }
                if flow.to == node && flow.n > 1 {
                    queue.push_back(flow.from);
                }
            }
        }
        reached
    }
}

/// True when hiding `flow` would let a change pass from the reached nodes to another.
fn opens(flow: &Flow, reached: &[bool]) -> bool {
    let is_reached = |node: usize| reached.get(node) == Some(&true);
    (is_reached(flow.from) && !is_reached(flow.to))
        || (is_reached(flow.to) && !is_reached(flow.from) && flow.n > 1)
}

//! What is hidden cannot be found: against hand-made cases, and against a reader who tries all tables there could be.
#![allow(clippy::unwrap_used)]

mod common;

use jospar_methods::survey::{Cell, SuppressedTable, may_show_comments, suppress, suppress_table};
use jospar_methods::{Refusal, Warning};
use proptest::prelude::*;

use Cell::{Complementary, Shown, TooSmall};

#[test]
fn three_informatics_teachers_are_hidden_with_a_second_group_beside_them() {
    let (_, roles) = common::survey();
    let mut names: Vec<&String> = roles.iter().collect();
    names.sort();
    names.dedup();
    let sizes: Vec<usize> =
        names.iter().map(|name| roles.iter().filter(|role| role == name).count()).collect();
    assert_eq!(sizes, [16, 18, 16, 3, 7]);
    let shown = suppress(&sizes, 5, true).unwrap();
    let expected = [Shown(16), Shown(18), Shown(16), TooSmall, Complementary];
    assert_eq!(shown.value.cells, expected);
    // The rest can stand as one line of ten.
    assert_eq!((shown.value.total, shown.value.rest), (Some(60), Some(10)));
    assert_eq!(shown.warnings, [Warning::Hidden { cells: 2, complementary: 1 }]);
    assert_eq!(shown.n, 60);
    // Where nobody can learn the total, the small group alone is hidden.
    let without = suppress(&sizes, 5, false).unwrap().value;
    assert_eq!(without.cells, [Shown(16), Shown(18), Shown(16), TooSmall, Shown(7)]);
    assert_eq!((without.total, without.rest), (None, None));
}

#[test]
fn lists_are_hidden_as_far_as_it_takes_and_no_further() {
    let cells = |counts: &[usize]| suppress(counts, 5, true).unwrap().value;
    assert_eq!(cells(&[5, 6, 7]).cells, [Shown(5), Shown(6), Shown(7)]);
    assert_eq!(cells(&[5, 6, 7]).rest, None);
    // Two small groups that are five together need no third.
    assert_eq!(cells(&[2, 3, 9]).cells, [TooSmall, TooSmall, Shown(9)]);
    // Two that are four together do.
    assert_eq!(cells(&[2, 2, 9]).cells, [TooSmall, TooSmall, Complementary]);
    // Five groups of one: their number gives them away.
    assert_eq!(cells(&[1, 1, 1, 1, 1, 8]).cells[5], Complementary);
    // Of equal groups the first goes; nobody is hidden where nobody is.
    assert_eq!(cells(&[3, 6, 6, 0]).cells, [TooSmall, Complementary, Shown(6), Shown(0)]);
    // Nothing left to hide beside it: the total goes.
    let all = cells(&[1, 1, 1, 1, 1]);
    assert_eq!((all.cells, all.total, all.rest), (vec![TooSmall; 5], None, None));
}

#[test]
fn minimum_groups_have_a_floor_and_small_wholes_are_not_shown() {
    let low = Refusal::GroupMinimumTooLow { k: 2, floor: 3 };
    assert_eq!(suppress(&[10, 10], 2, true).unwrap_err(), low);
    assert_eq!(suppress_table(&[vec![10, 10]], 2).unwrap_err(), low);
    assert_eq!(may_show_comments(10, 2).unwrap_err(), low);
    assert!(suppress(&[10, 10], 3, true).is_ok());
    let few = Refusal::TooFewToShow { n: 4, k: 5 };
    assert_eq!(suppress(&[3, 1], 5, true).unwrap_err(), few);
    assert_eq!(suppress(&[3, 1], 5, false).unwrap_err(), few);
    assert_eq!(suppress_table(&[vec![3, 1]], 5).unwrap_err(), few);
    assert_eq!(suppress(&[], 5, true).unwrap_err(), Refusal::TooFewToShow { n: 0, k: 5 });
    assert_eq!(suppress(&[7; 401], 5, true).unwrap_err(), Refusal::TooMany { n: 401, limit: 400 });
    assert_eq!(suppress(&[usize::MAX, 1], 5, true).unwrap_err().key(), "too-many");
    let lengths = Refusal::UnequalLengths { first: 2, second: 1 };
    assert_eq!(suppress_table(&[vec![9, 9], vec![9]], 5).unwrap_err(), lengths);
    assert_eq!(may_show_comments(5, 5), Ok(true));
    assert_eq!(may_show_comments(4, 5), Ok(false));
}

#[test]
fn one_small_cell_of_a_table_takes_three_others_with_it() {
    let counts = [vec![3, 20, 30], vec![25, 9, 40], vec![22, 31, 35]];
    let table = suppress_table(&counts, 5).unwrap();
    assert_eq!(table.value.cells[0][0], TooSmall);
    let hidden = table.value.cells.iter().flatten().filter(|cell| cell.shown().is_none()).count();
    assert_eq!(hidden, 4);
    assert_eq!(table.warnings, [Warning::Hidden { cells: 4, complementary: 3 }]);
    assert!(table.value.row_totals.iter().all(|total| total.shown().is_some()));
    assert_eq!(table.value.total, 215);
}

#[test]
fn a_table_without_small_cells_is_shown_whole() {
    let table = suppress_table(&[vec![5, 0, 9], vec![12, 6, 0]], 5).unwrap();
    assert!(table.warnings.is_empty());
    assert_eq!(table.value.cells[0], [Shown(5), Shown(0), Shown(9)]);
    assert_eq!(table.value.row_totals, [Shown(14), Shown(18)]);
    assert_eq!(table.value.column_totals, [Shown(17), Shown(6), Shown(9)]);
}

#[test]
fn a_small_group_of_a_table_does_not_show_its_size() {
    // The second row has three people in all.
    let table = suppress_table(&[vec![10, 12], vec![1, 2], vec![20, 30], vec![9, 8]], 5).unwrap();
    assert_eq!(table.value.row_totals[1], TooSmall);
    let totals = table.value.row_totals.iter().filter(|total| total.shown().is_none()).count();
    assert!(totals >= 2, "the only hidden total follows from the grand total");
}

/// Everything a reader may put into the table: numbers shown stay, hidden ones are at least 1, sums fit.
fn possible_values(table: &SuppressedTable) -> Vec<Vec<bool>> {
    let columns = table.column_totals.len();
    let flat: Vec<Cell> = table.cells.iter().flatten().copied().collect();
    let mut seen = vec![vec![false; table.total + 1]; flat.len()];
    let mut values = vec![0; flat.len()];
    fill(table, columns, &flat, 0, &mut values, &mut seen);
    seen
}

fn fill(
    table: &SuppressedTable,
    columns: usize,
    flat: &[Cell],
    at: usize,
    values: &mut Vec<usize>,
    seen: &mut [Vec<bool>],
) {
    if at > 0 && at.is_multiple_of(columns) {
        let row = &values[at - columns..at];
        if !fits(table.row_totals[at / columns - 1], row.iter().sum()) {
            return;
        }
    }
    if at == flat.len() {
        let column = |c: usize| values.iter().skip(c).step_by(columns).sum::<usize>();
        let fit = (0..columns).all(|c| fits(table.column_totals[c], column(c)));
        if fit && values.iter().sum::<usize>() == table.total {
            for (value, seen) in values.iter().zip(seen.iter_mut()) {
                seen[*value] = true;
            }
        }
        return;
    }
    let used: usize = values[..at].iter().sum();
    let choices = match flat[at] {
        Shown(n) => n..=n,
        _ => 1..=table.total.saturating_sub(used),
    };
    for value in choices {
        values[at] = value;
        fill(table, columns, flat, at + 1, values, seen);
    }
    values[at] = 0;
}

fn fits(total: Cell, sum: usize) -> bool {
    match total {
        Shown(n) => n == sum,
        _ => sum >= 1,
    }
}

fn table_of(rows: usize, columns: usize) -> impl Strategy<Value = Vec<Vec<usize>>> {
    let cell = prop_oneof![3 => 0..4_usize, 2 => 3..9_usize];
    prop::collection::vec(prop::collection::vec(cell, columns), rows)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A reader who tries every table that fits what is shown finds at least two values for each hidden cell.
    #[test]
    fn no_hidden_cell_of_a_small_table_can_be_found(
        counts in prop_oneof![table_of(1, 4), table_of(2, 2), table_of(2, 3), table_of(3, 2)],
    ) {
        let Ok(table) = suppress_table(&counts, 3) else { return Ok(()) };
        let seen = possible_values(&table.value);
        let columns = table.value.column_totals.len();
        for (place, cell) in table.value.cells.iter().flatten().enumerate() {
            let actual = counts[place / columns][place % columns];
            prop_assert!(seen[place][actual], "the real table must be among the possible ones");
            match cell {
                Shown(n) => prop_assert!(*n == actual && (actual == 0 || actual >= 3)),
                _ => {
                    let values = seen[place].iter().filter(|seen| **seen).count();
                    prop_assert!(values >= 2, "{counts:?} gives away {place}: {:?}", table.value);
                }
            }
        }
    }

    /// The same for larger tables, by the sums alone: no row or column hides a single cell or a sum below k.
    #[test]
    fn no_row_or_column_of_a_table_gives_a_cell_away(
        counts in prop::collection::vec(prop::collection::vec(0..25_usize, 5), 2..8),
    ) {
        let Ok(table) = suppress_table(&counts, 5) else { return Ok(()) };
        let table = table.value;
        let column = |c: usize| table.cells.iter().map(|row| row[c]).collect::<Vec<_>>();
        let mut lines: Vec<(Vec<Cell>, Cell, Vec<usize>)> = Vec::new();
        for (row, (cells, total)) in table.cells.iter().zip(&table.row_totals).enumerate() {
            lines.push((cells.clone(), *total, counts[row].clone()));
        }
        for (c, total) in table.column_totals.iter().enumerate() {
            lines.push((column(c), *total, counts.iter().map(|row| row[c]).collect()));
        }
        lines.push((table.row_totals.clone(), Shown(table.total), counts.iter().map(|row| row.iter().sum()).collect()));
        for (cells, total, real) in lines.iter().filter(|(_, total, _)| total.shown().is_some()) {
            let hidden: Vec<usize> = cells.iter().zip(real).filter(|(cell, _)| cell.shown().is_none()).map(|(_, n)| *n).collect();
            prop_assert!(hidden.len() != 1, "{cells:?} {total:?}");
            prop_assert!(hidden.is_empty() || hidden.iter().sum::<usize>() >= 5, "{cells:?} {total:?}");
        }
    }

    /// Lists: with the total known, no hidden size follows, and the rest is a group of at least k.
    #[test]
    fn no_hidden_group_of_a_list_can_be_found(
        counts in prop::collection::vec(0..15_usize, 1..8),
        k in 3..7_usize,
    ) {
        let Ok(list) = suppress(&counts, k, true) else { return Ok(()) };
        let hidden: Vec<usize> = counts.iter().zip(&list.value.cells).filter(|(_, cell)| cell.shown().is_none()).map(|(n, _)| *n).collect();
        for (n, cell) in counts.iter().zip(&list.value.cells) {
            prop_assert!(cell.shown().is_none_or(|shown| shown == *n && (*n == 0 || *n >= k)));
        }
        if let Some(total) = list.value.total {
            prop_assert_eq!(total, counts.iter().sum::<usize>());
            let sum: usize = hidden.iter().sum();
            prop_assert!(hidden.is_empty() || (hidden.len() > 1 && sum >= k && sum > hidden.len()));
            prop_assert_eq!(list.value.rest, (!hidden.is_empty()).then_some(sum));
        }
    }

    /// Rows in another order are hidden alike.
    #[test]
    fn the_order_of_rows_hides_the_same_cells(
        counts in prop::collection::vec(prop::collection::vec(0..12_usize, 3), 2..5),
    ) {
        let hidden = |counts: &[Vec<usize>]| {
            let table = suppress_table(counts, 5).ok()?.value;
            let mut rows: Vec<String> = std::iter::zip(counts, &table.cells)
                .map(|(row, cells)| format!("{row:?} {cells:?}"))
                .collect();
            rows.sort();
            Some((rows, table.column_totals))
        };
        let turned: Vec<Vec<usize>> = counts.iter().rev().cloned().collect();
        prop_assert_eq!(hidden(&counts), hidden(&turned));
    }
}

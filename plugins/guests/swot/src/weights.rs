//! Weights that follow from the judgements, as proposals: people take them or leave them.

use jospar_methods::Refusal;
use jospar_methods::swot::{Quadrant, Side, proposed_weights};
use jospar_plugin_sdk::{Error, Outcome, Proposal};

use crate::WORDS;
use crate::plan::Swot;
use crate::priorities::Found;
use crate::totals::Totals;

/// Weights are proposed in hundredths.
const PARTS: f64 = 100.0;

pub(crate) fn propose(
    mut outcome: Outcome,
    swot: &Swot,
    totals: &Totals,
    found: &Found,
) -> Result<Outcome, Error> {
    for (side, total) in [(Side::Internal, &totals.internal), (Side::External, &totals.external)] {
        let (judged, divided) = match side {
            Side::Internal => ("propose-inside", "divide-inside"),
            Side::External => ("propose-outside", "divide-outside"),
        };
        if let Err(Refusal::WeightsNotOne { sum, .. }) = total
            && *sum > 0.0
        {
            let places = of_side(totals.places.iter().copied(), swot, side);
            let weights: Vec<f64> = places
                .iter()
                .filter_map(|place| Some(swot.items.get(*place)?.weight? / sum))
                .collect();
            outcome = outcome.propose(edits(swot, &places, &weights, (divided, "divide-reason"))?);
        }
        if let Ok(awot) = &found.global
            && let Ok(weights) = proposed_weights(&awot.value, side)
        {
            let places = of_side(found.places.iter().copied(), swot, side);
            outcome =
                outcome.propose(edits(swot, &places, &weights.value, (judged, "propose-reason"))?);
        }
    }
    Ok(outcome)
}

fn of_side(places: impl Iterator<Item = usize>, swot: &Swot, side: Side) -> Vec<usize> {
    let quadrant = |place: usize| swot.items.get(place).and_then(|item| item.quadrant());
    places.filter(|place| quadrant(*place).map(Quadrant::side) == Some(side)).collect()
}

/// Sets the weights that differ from those in the plan.
fn edits(
    swot: &Swot,
    places: &[usize],
    weights: &[f64],
    (title, reason): (&str, &str),
) -> Result<Proposal, Error> {
    let mut proposal = Proposal::new(WORDS.word(title), WORDS.word(reason));
    for (place, weight) in places.iter().zip(rounded(weights)) {
        let Some(item) = swot.items.get(*place) else { continue };
        let is_same = item.weight.is_some_and(|given| (given - weight).abs() < 1e-9);
        if !is_same {
            proposal = proposal.set(format!("swot/items/{}/weight", item.id), &weight)?;
        }
    }
    Ok(proposal)
}

/// Weights with the sum 1 in hundredths, with the same sum: what rounding down leaves goes to the largest remainders,
/// of equal ones to the first.
fn rounded(weights: &[f64]) -> Vec<f64> {
    let scaled: Vec<f64> = weights.iter().map(|weight| weight * PARTS).collect();
    // A billionth keeps 26 hundredths from becoming 25 because 0.26 × 100 is a little below 26.
    let mut parts: Vec<f64> = scaled.iter().map(|part| (part + 1e-9).floor()).collect();
    let mut left = PARTS - parts.iter().sum::<f64>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|a, b| (scaled[*b] - parts[*b]).total_cmp(&(scaled[*a] - parts[*a])));
    for place in order {
        if left < 0.5 {
            break;
        }
        parts[place] += 1.0;
        left -= 1.0;
    }
    parts.into_iter().map(|part| part / PARTS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hundredths_add_up_to_one() {
        assert_eq!(rounded(&[1.0 / 3.0; 3]), [0.34, 0.33, 0.33]);
        assert_eq!(rounded(&[0.26, 0.2, 0.16, 0.2, 0.18]), [0.26, 0.2, 0.16, 0.2, 0.18]);
        assert_eq!(rounded(&[0.005, 0.995]), [0.01, 0.99]);
        assert_eq!(rounded(&[1.0]), [1.0]);
    }
}

//! Two waves of one survey. Answers carry no names, so waves are compared as groups.

use super::groups::{TwoGroups, compare_two, small_groups};
use crate::computed::{Computed, TWO_MEANS};
use crate::effect::{MeanDifference, independent};
use crate::message::{Refusal, Warning};

/// The change of a scale from one wave to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WaveChange {
    /// The difference of means with its interval and effect sizes.
    pub means: MeanDifference,
    /// The same by ranks. Its first group is the later wave, so a positive r is a rise.
    pub ranks: TwoGroups,
}

/// The change of scores from an earlier to a later wave, both as unpaired groups. For a share, see
/// [`share_difference`](crate::ideas::share_difference). n is both together.
///
/// # Errors
/// As [`independent`].
pub fn change_of_waves(earlier: &[f64], later: &[f64]) -> Result<Computed<WaveChange>, Refusal> {
    let means = independent(earlier, later)?.value;
    let ranks = compare_two(later, earlier)?;
    let value = WaveChange { means, ranks: ranks.value };
    let small = small_groups([earlier, later].into_iter());
    Ok(Computed::new(TWO_MEANS, ranks.n, value).warn([Warning::Unpaired {}]).warn(small))
}

//! A style's drums as tables: how likely and how hard each piece is at each step.

use super::file::{Feel, PieceFile, StyleFile};
use super::places::Bars;
use super::{Misstyled, pieces};

/// The facts of one piece, a number for each step of a round of the groove.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// Its number in [`pieces`].
    pub(super) piece: usize,
    /// How likely it is, 0..=1; 1 where it must be.
    pub(super) chance: Vec<f32>,
    /// How hard, 1 to 4.
    pub(super) level: Vec<u8>,
    /// So many of these steps at least.
    pub(super) least: Option<(Vec<usize>, usize)>,
    /// What may keep time in its place, and how often.
    pub(super) swaps: Vec<(usize, f32)>,
    /// How late it is, ms.
    pub(super) late: f32,
}

impl Facts {
    /// From what a file says of a piece.
    pub(super) fn of(
        name: &str,
        said: &PieceFile,
        style: &StyleFile,
        bars: Bars,
    ) -> Result<Self, Misstyled> {
        let wrong = |what: String| Misstyled::new(&style.names, format!("{name}: {what}"));
        let number = |name: &str| {
            pieces::named(name).ok_or_else(|| wrong(format!("there is no piece \"{name}\"")))
        };
        let at = |places: &str| bars.at(places).map_err(|fault| wrong(fault.to_string()));
        let share = |chance: f32| match chance {
            0.0..=1.0 => Ok(chance),
            _ => Err(wrong(format!("{chance} is no chance of 0 to 1"))),
        };
        if !(1..=4).contains(&said.level) {
            return Err(wrong(format!("{} is no level of 1 to 4", said.level)));
        }
        let steps = bars.all();
        // Where swung time has no place, nothing else plays.
        let open = |step: usize| style.feel != Feel::Swing || matches!(step % 4, 0 | 3);
        let other = share(said.other)?;
        let mut chance: Vec<f32> = (0..steps)
            .map(|step| if open(step) { other } else { 0.0 })
            .collect();
        for (places, likely) in &said.usual {
            for step in at(places)? {
                chance[step] = share(*likely)?;
            }
        }
        let mut level = vec![said.level; steps];
        if !said.accents.is_empty() {
            level.fill(said.level.max(2) - 1);
            at(&said.accents)?
                .into_iter()
                .for_each(|step| level[step] = said.level);
        }
        at(&said.soft)?.into_iter().for_each(|step| level[step] = 1);
        at(&said.must)?
            .into_iter()
            .for_each(|step| chance[step] = 1.0);
        at(&said.never)?
            .into_iter()
            .for_each(|step| chance[step] = 0.0);
        let least = said.least.as_ref();
        let least = least.map(|least| Ok::<_, Misstyled>((at(&least.of)?, least.count)));
        let swaps = said
            .swaps
            .iter()
            .map(|(name, often)| Ok((number(name)?, share(*often)?)));
        Ok(Self {
            piece: number(name)?,
            chance,
            level,
            least: least.transpose()?,
            swaps: swaps.collect::<Result<_, Misstyled>>()?,
            late: said.late,
        })
    }
}

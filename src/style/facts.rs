//! A style's drums as tables: how likely and how hard each piece is at each step.

use super::file::{Feel, Late, PieceFile, StyleFile};
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
    /// How late it is at each step, ms.
    pub(super) late: Vec<f32>,
    /// Steps that aren't decided one by one.
    pub(super) links: Vec<Link>,
}

/// Steps that are decided together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) steps: Vec<usize>,
    /// One of them plays; otherwise all or none.
    pub(super) one: bool,
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
        let open = |step: usize| match style.feel {
            Feel::Swing | Feel::Triplets => matches!(step % 4, 0 | 3),
            _ => true,
        };
        let other = share(said.other)?;
        let mut chance: Vec<f32> = (0..steps)
            .map(|step| if open(step) { other } else { 0.0 })
            .collect();
        let mut links = Vec::new();
        for (places, likely) in &said.usual {
            let steps = at(&places.replace(['+', '|'], " "))?;
            for step in &steps {
                chance[*step] = share(*likely)?;
            }
            if places.contains(['+', '|']) {
                // In each bar by itself, unless bars are named.
                let bar = if places.contains(':') {
                    bars.all()
                } else {
                    bars.steps
                };
                let of = steps.chunk_by(|a, b| a / bar == b / bar);
                links.extend(of.map(|steps| Link {
                    steps: steps.to_vec(),
                    one: places.contains('|'),
                }));
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
        let mut late = vec![0.0; steps];
        match &said.late {
            Late::All(ms) => late.fill(*ms),
            Late::Places(places) => {
                for (places, ms) in places {
                    at(places)?.into_iter().for_each(|step| late[step] = *ms);
                }
            }
        }
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
            late,
            links,
        })
    }
}

//! Which of many instruments play in a mix: all of them, the best more closely, and those once more without what winners of other
//! families explain.

use std::num::NonZero;
use std::ops::RangeInclusive;
use std::thread;

use super::atom::Atom;
use super::likelihood::{Evidence, Likelihood};
use super::patch::{Explained, Mix, Patch};

/// Frames by which an onset may be found early, at first and when looked at closely.
const LATE: [isize; 2] = [0, 3];
const LATE_CLOSELY: [isize; 3] = [0, 2, 4];
/// An instrument is told by so many of its best onsets at first.
const BEST_ONSETS: usize = 5;
/// So many of a family are looked at closely, and so many once more.
const CLOSELY: usize = 60;
const AGAIN: usize = 30;
/// A note counts as heard, and explains cells, above this ratio.
const HEARD: f32 = 60.0;
/// What any mix gives an instrument: its ratio at this share of onsets is lower.
const BACKGROUND_SHARE: f64 = 0.9;

/// An instrument that may play in a mix.
#[derive(Clone, Debug)]
pub struct Player<'a> {
    /// Notes of it; a key is told by the nearest of them, by all of those on the same key.
    pub atoms: &'a [Atom],
    /// The MIDI keys that it may play.
    pub keys: RangeInclusive<u8>,
    /// Instruments of one family are rivals, those of different ones play together.
    pub family: u8,
    /// What any mix gives it, [`background`].
    pub background: f32,
}

/// How an instrument stands after a search. Those looked at more closely stand before the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Standing {
    /// How closely it was looked at, 0..=2.
    pub closely: u8,
    /// Sum over onsets of the log likelihood ratio above its background.
    pub evidence: f32,
}

/// Searches mixes.
pub struct Search {
    likelihood: Likelihood,
    threads: usize,
}

/// The best evidence for an instrument at an onset.
#[derive(Clone, Copy, Default)]
struct Note<'a> {
    evidence: Evidence,
    /// The atom, its shift, and by how many frames it was late.
    atom: Option<(&'a Atom, isize, isize)>,
}

/// Patches of all onsets at some delays.
struct Patches {
    patches: Vec<Box<Patch>>,
    late: &'static [isize],
}

impl Patches {
    fn of(mix: &Mix, late: &'static [isize], explained: Option<&Explained>) -> Self {
        let onsets = 0..mix.onsets();
        let patch = |onset| {
            late.iter()
                .map(move |late| mix.patch(onset, *late, explained))
        };
        Self {
            patches: onsets.flat_map(patch).collect(),
            late,
        }
    }
}

impl Search {
    /// A search on at most so many threads.
    #[must_use]
    pub fn new(threads: NonZero<usize>) -> Self {
        Self {
            likelihood: Likelihood::new(),
            threads: threads.get(),
        }
    }

    /// How each of `players` stands, in their order.
    #[must_use]
    pub fn find(&self, mix: &Mix, players: &[Player<'_>]) -> Vec<Standing> {
        let coarse = Patches::of(mix, &LATE, None);
        let at_first = self.each(players, |player| {
            let above = self.best(player, &coarse).into_iter();
            let mut above: Vec<f32> = above
                .map(|x| x.evidence.ratio - player.background)
                .collect();
            above.sort_by(|a, b| b.total_cmp(a));
            above.iter().take(BEST_ONSETS).sum::<f32>()
        });
        let mut standings: Vec<Standing> = at_first
            .iter()
            .map(|evidence| Standing {
                closely: 0,
                evidence: *evidence,
            })
            .collect();

        let mut families: Vec<u8> = players.iter().map(|player| player.family).collect();
        families.sort_unstable();
        families.dedup();
        let fine = Patches::of(mix, &LATE_CLOSELY, None);
        let closely: Vec<Vec<usize>> = families
            .iter()
            .map(|family| best_of(&standings, players, *family, CLOSELY))
            .collect();
        let chosen: Vec<usize> = closely.iter().flatten().copied().collect();
        let mut found = self
            .each(&chosen, |index| self.best(&players[*index], &fine))
            .into_iter();
        let notes: Vec<Vec<Vec<Note<'_>>>> = closely
            .iter()
            .map(|members| found.by_ref().take(members.len()).collect())
            .collect();
        for (index, notes) in chosen.iter().zip(notes.iter().flatten()) {
            standings[*index] = Standing {
                closely: 1,
                evidence: above(notes, players[*index].background),
            };
        }
        let explained = self.explained(mix, players, &families, &closely, &mut standings, notes);
        for (place, family) in families.iter().enumerate() {
            let mut others = Explained::nothing(mix);
            for (other, explained) in explained.iter().enumerate() {
                if other != place {
                    others.with(explained);
                }
            }
            let patches = Patches::of(mix, &LATE_CLOSELY, Some(&others));
            let again = best_of(&standings, players, *family, AGAIN);
            let found = self.each(&again, |index| {
                let player = &players[*index];
                above(&self.best(player, &patches), player.background)
            });
            for (index, evidence) in again.iter().zip(found) {
                standings[*index] = Standing {
                    closely: 2,
                    evidence,
                };
            }
        }
        standings
    }

    /// What the winner of each family explains: the surest family's first, the others' of what is left. So an instrument that is like a
    /// member of another family isn't taken for one of its own. `closely`: who is looked at in each family, with their `notes`.
    fn explained<'a>(
        &self,
        mix: &Mix,
        players: &[Player<'a>],
        families: &[u8],
        closely: &[Vec<usize>],
        standings: &mut [Standing],
        mut notes: Vec<Vec<Vec<Note<'a>>>>,
    ) -> Vec<Explained> {
        let mut explained = vec![Explained::nothing(mix); families.len()];
        let mut so_far = Explained::nothing(mix);
        let best = |place: usize| {
            closely[place]
                .iter()
                .map(|index| standings[*index].evidence)
                .fold(0.0, f32::max)
        };
        let sureness: Vec<f32> = (0..families.len()).map(best).collect();
        let mut order: Vec<usize> = (0..families.len()).collect();
        order.sort_by(|a, b| sureness[*b].total_cmp(&sureness[*a]));
        for (turn, place) in order.into_iter().enumerate() {
            let members = &closely[place];
            if turn > 0 {
                let patches = Patches::of(mix, &LATE_CLOSELY, Some(&so_far));
                notes[place] = self.each(members, |index| self.best(&players[*index], &patches));
                for (index, notes) in members.iter().zip(&notes[place]) {
                    standings[*index].evidence = above(notes, players[*index].background);
                }
            }
            let winner = (0..members.len()).max_by(|a, b| {
                let of = |member: &usize| standings[members[*member]].evidence;
                of(a).total_cmp(&of(b))
            });
            for (onset, note) in winner
                .iter()
                .flat_map(|winner| notes[place][*winner].iter().enumerate())
            {
                let Some((atom, shift, late)) = note.atom.filter(|_| note.evidence.ratio >= HEARD)
                else {
                    continue;
                };
                let louder = 2 * note.evidence.gain;
                let cells = atom.cells();
                let cells = cells
                    .map(|(moment, band, below)| (moment, band + shift, louder - i16::from(below)));
                explained[place].add(mix, onset, late, cells);
            }
            so_far.with(&explained[place]);
        }
        explained
    }

    /// The best note of a player at each onset.
    fn best<'a>(&self, player: &Player<'a>, patches: &Patches) -> Vec<Note<'a>> {
        let mut best = vec![Note::default(); patches.patches.len() / patches.late.len()];
        for key in player.keys.clone() {
            let distance = |atom: &&Atom| atom.key.abs_diff(key);
            let Some(nearest) = player.atoms.iter().min_by_key(distance) else {
                continue;
            };
            for atom in player.atoms.iter().filter(|atom| atom.key == nearest.key) {
                let shift = atom.shift(key);
                let places = best
                    .iter_mut()
                    .zip(patches.patches.chunks(patches.late.len()));
                for (best, patches_here) in places {
                    for (patch, late) in patches_here.iter().zip(patches.late) {
                        let evidence = self.likelihood.evidence(patch, atom, shift);
                        if evidence.ratio > best.evidence.ratio {
                            *best = Note {
                                evidence,
                                atom: Some((atom, shift, *late)),
                            };
                        }
                    }
                }
            }
        }
        best
    }

    /// `make` of all `items`, in their order, by all threads.
    fn each<T: Sync, R: Send>(&self, items: &[T], make: impl Fn(&T) -> R + Sync) -> Vec<R> {
        let size = items.len().div_ceil(self.threads).max(1);
        let make = &make;
        thread::scope(|scope| {
            let parts: Vec<_> = items
                .chunks(size)
                .map(|part| scope.spawn(move || part.iter().map(make).collect::<Vec<R>>()))
                .collect();
            let joined = parts.into_iter().map(|part| part.join());
            joined
                .flat_map(|part| part.expect("a search doesn't panic"))
                .collect()
        })
    }
}

/// Sum over onsets of what is above a background.
fn above(notes: &[Note<'_>], background: f32) -> f32 {
    notes
        .iter()
        .map(|note| (note.evidence.ratio - background).max(0.0))
        .sum()
}

/// The best `most` of a family.
fn best_of(standings: &[Standing], players: &[Player<'_>], family: u8, most: usize) -> Vec<usize> {
    let mut found: Vec<usize> = (0..players.len())
        .filter(|i| players[*i].family == family)
        .collect();
    found.sort_by(|a, b| {
        let (a, b) = (standings[*a], standings[*b]);
        (b.closely, b.evidence)
            .partial_cmp(&(a.closely, a.evidence))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    found.truncate(most);
    found
}

/// What any mix gives an instrument, to be subtracted from its evidence: without it those like noise would win everywhere.
/// `mixes`: some 30 in which it doesn't play. Takes some 10 ms.
#[must_use]
pub fn background(search: &Search, mixes: &[Mix], atoms: &[Atom], keys: RangeInclusive<u8>) -> f32 {
    let player = Player {
        atoms,
        keys,
        family: 0,
        background: 0.0,
    };
    let ratios = mixes.iter().flat_map(|mix| {
        let notes = search.best(&player, &Patches::of(mix, &LATE, None));
        notes.into_iter().map(|note| note.evidence.ratio)
    });
    let mut ratios: Vec<f32> = ratios.collect();
    if ratios.is_empty() {
        return 0.0;
    }
    let place = ((ratios.len() - 1) as f64 * BACKGROUND_SHARE).round() as usize;
    *ratios.select_nth_unstable_by(place, f32::total_cmp).1
}

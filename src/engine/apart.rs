//! Notes that leave on outputs of their own: which output a note takes when it begins, and what the notes
//! of each add up to.

use super::TICK;
use super::master::Master;
use super::reader::Frame;

/// Outputs besides the main one: numbers 1..=15. The main one is 0.
pub const SEPARATE: usize = 15;

/// The output of each MIDI key, 0..=[`SEPARATE`].
pub type Outputs = [u8; 128];

/// Which outputs notes take that begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Routes {
    /// The hits of a kit.
    pub hits: &'static Outputs,
    /// All other notes.
    pub others: &'static Outputs,
}

impl Routes {
    /// All on the main output.
    pub const MAIN: Routes = Routes {
        hits: &[0; 128],
        others: &[0; 128],
    };

    /// The output of a note. Audio thread.
    pub(super) fn output(self, key: u8, is_hit: bool) -> u8 {
        let outputs = if is_hit { self.hits } else { self.others };
        let output = outputs.get(usize::from(key)).copied().unwrap_or(0);
        if usize::from(output) <= SEPARATE {
            output
        } else {
            0
        }
    }
}

/// Takes what leaves on separate outputs.
pub trait Sink {
    /// Adds frames to output `output`, 1..=[`SEPARATE`], from frame `at` of the block on. Audio thread.
    fn add(&mut self, output: usize, at: usize, frames: &[Frame]);
}

/// Where nothing leaves.
pub struct Nowhere;

impl Sink for Nowhere {
    fn add(&mut self, _: usize, _: usize, _: &[Frame]) {}
}

/// The separate outputs of a block. Audio thread.
pub struct Apart<'a> {
    /// Bit *n* is set where somebody listens to output *n*, 1..=[`SEPARATE`]; notes of the others go to the
    /// main output.
    pub open: u16,
    /// The frame of the block that is rendered next.
    pub from: usize,
    /// Where they are.
    pub sink: &'a mut dyn Sink,
}

impl Apart<'_> {
    /// There are none. Audio thread.
    pub fn none(nowhere: &mut Nowhere) -> Apart<'_> {
        Apart {
            open: 0,
            from: 0,
            sink: nowhere,
        }
    }

    /// The same for a shorter time. Audio thread.
    pub fn again(&mut self) -> Apart<'_> {
        Apart {
            open: self.open,
            from: self.from,
            sink: &mut *self.sink,
        }
    }
}

/// What separate outputs add up to within a tick.
pub(super) struct Mixes {
    mixes: Box<[[Frame; TICK]; SEPARATE]>,
    /// Bit *n* is set once output *n* has something.
    used: u16,
}

impl Mixes {
    /// Silence. Main thread.
    pub fn new() -> Mixes {
        Mixes {
            mixes: Box::new([[[0.0; 2]; TICK]; SEPARATE]),
            used: 0,
        }
    }

    /// The next frames of an output, silent at first; `None` for the main one. Audio thread.
    pub fn of(&mut self, output: u8, frames: usize) -> Option<&mut [Frame]> {
        let mix = self.mixes.get_mut(usize::from(output).wrapping_sub(1))?;
        let mix = mix.get_mut(..frames)?;
        if self.used >> output & 1 == 0 {
            self.used |= 1 << output;
            mix.fill([0.0; 2]);
        }
        Some(mix)
    }

    /// Hands over so many frames, of which the first is frame `phase` of the tick, and starts over. Audio
    /// thread.
    pub fn leave(
        &mut self,
        master: &Master,
        phase: usize,
        frames: usize,
        mut add: impl FnMut(usize, &[Frame]),
    ) {
        if self.used == 0 {
            return;
        }
        for (at, mix) in self.mixes.iter_mut().enumerate() {
            if self.used >> (at + 1) & 1 == 0 {
                continue;
            }
            let mix = &mut mix[..frames.min(TICK)];
            master.run(mix, phase);
            for x in mix.iter_mut().flatten() {
                *x = if x.is_finite() { *x } else { 0.0 };
            }
            add(at + 1, mix);
        }
        self.used = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_beyond_the_table_and_outputs_that_there_are_not_are_the_main_one() {
        let odd = Routes {
            hits: &[16; 128],
            others: &[15; 128],
        };
        assert_eq!(odd.output(60, true), 0);
        assert_eq!(odd.output(60, false), 15);
        assert_eq!(odd.output(200, false), 0);
        assert_eq!(Routes::MAIN.output(60, true), 0);
    }

    #[test]
    fn an_output_starts_from_silence_and_is_handed_over_once() {
        let mut mixes = Mixes::new();
        assert!(mixes.of(0, 4).is_none() && mixes.of(16, 4).is_none());
        let mut master = Master::default();
        master.aim(&super::super::Settings::default(), 1.0);
        for round in 0..2 {
            for _ in 0..2 {
                for x in mixes.of(15, 4).into_iter().flatten() {
                    *x = [x[0] + 0.25, f32::NAN];
                }
            }
            let mut seen = Vec::new();
            mixes.leave(&master, 0, 4, |output, frames| {
                seen.push((output, frames.to_vec()));
            });
            assert_eq!(seen, [(15, vec![[0.5, 0.0]; 4])], "{round}");
        }
        mixes.leave(&master, 0, 4, |_, _| panic!("nothing is left"));
    }
}

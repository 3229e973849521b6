//! Separate outputs of the instrument: which there are, what leaves on which, and their buffers.
//!
//! Pieces of a kit leave by their key, other parts by their kind. All else, and all while the parameter is
//! off, leaves on the main output, and so does what goes to an output that nobody listens to.

use std::cell::Cell;

use nice_plug::prelude::*;

use super::leaving::{flush, peak};
use crate::engine::apart::{Apart, Outputs, Routes, SEPARATE, Sink};
use crate::music::{PartKind, Piece};

/// What they are called: pieces in the order of [`Piece::ALL`], then parts. Outputs are in projects: they
/// keep their places.
const NAMES: [&str; SEPARATE] = [
    "Kick",
    "Snare",
    "Stick and clap",
    "Closed hat",
    "Open hat",
    "Low tom",
    "High tom",
    "Crash",
    "Ride",
    "Shaker",
    "Hand drum",
    "Bell",
    "Bass",
    "Chords",
    "Lead",
];
const STEREO: NonZeroU32 = new_nonzero_u32(2);

/// The layouts that a host may choose from: the first is all that there was before.
pub(super) const LAYOUTS: [AudioIOLayout; 2] = [
    layout("Stereo with sidechain", &[], &[]),
    layout("Separate outputs", &[STEREO; SEPARATE], &NAMES),
];

// No main input: it must not be used as the sidechain, and a missing one would leave stale samples in the
// output.
const fn layout(
    name: &'static str,
    separate: &'static [NonZeroU32],
    names: &'static [&'static str],
) -> AudioIOLayout {
    AudioIOLayout {
        main_input_channels: None,
        main_output_channels: Some(STEREO),
        aux_input_ports: &[STEREO],
        aux_output_ports: separate,
        names: PortNames {
            layout: Some(name),
            main_input: None,
            main_output: Some("Output"),
            aux_inputs: &["Sidechain"],
            aux_outputs: names,
        },
    }
}

static PIECES: Outputs = pieces();
static BASS: Outputs = [13; 128];
static CHORDS: Outputs = [14; 128];
static LEAD: Outputs = [15; 128];

const fn pieces() -> Outputs {
    let mut outputs = [0; 128];
    let mut key = 0;
    while key < outputs.len() {
        if let Some(piece) = Piece::of_key(key as u8) {
            outputs[key] = piece as u8 + 1;
        }
        key += 1;
    }
    outputs
}

/// The outputs of the instrument's notes. Audio thread.
pub(super) fn of_instrument(separate: bool) -> Routes {
    if separate {
        Routes {
            hits: &PIECES,
            ..Routes::MAIN
        }
    } else {
        Routes::MAIN
    }
}

/// The outputs of a part's notes. Audio thread.
pub(super) fn of_part(kind: Option<PartKind>, separate: bool) -> Routes {
    let all = match kind {
        _ if !separate => return Routes::MAIN,
        None => return of_instrument(separate),
        Some(PartKind::Drums) => &PIECES,
        Some(PartKind::Bass) => &BASS,
        Some(PartKind::Lead) => &LEAD,
        Some(
            PartKind::Guitar
            | PartKind::Keys
            | PartKind::Strings
            | PartKind::Brass
            | PartKind::Winds,
        ) => &CHORDS,
    };
    Routes {
        hits: all,
        others: all,
    }
}

thread_local! {
    /// Bit *n* is set where nobody listens to output *n* of the block that this thread is in.
    static UNHEARD: Cell<u16> = const { Cell::new(0) };
}

/// Says which outputs of the blocks that come on this thread nobody listens to: bit *n* is output *n*,
/// 1..=[`SEPARATE`]. Audio thread.
pub fn set_unheard(outputs: u16) {
    UNHEARD.set(outputs);
}

/// The buffers of a block's separate outputs, silent at first.
pub(super) struct Buffers<'a, 'b> {
    buffers: &'a mut [Buffer<'b>],
    /// Bit *n* is set where somebody listens to output *n*, and where it has something.
    open: u16,
    used: u16,
}

impl<'a, 'b> Buffers<'a, 'b> {
    /// Those of a block; none where the host has chosen the plain layout. Audio thread.
    pub fn new(buffers: &'a mut [Buffer<'b>]) -> Self {
        let open = if buffers.is_empty() {
            0
        } else {
            let all = (1u32 << (buffers.len().min(SEPARATE) + 1)) - 2;
            all as u16 & !UNHEARD.get()
        };
        Self {
            buffers,
            open,
            used: 0,
        }
    }

    /// The same for the engine, from frame `from` of the block on. Audio thread.
    pub fn from(&mut self, from: usize) -> Apart<'_> {
        Apart {
            open: self.open,
            from,
            sink: self,
        }
    }

    /// What every sample that leaves goes through last; returns the highest. Audio thread.
    pub fn finish(&mut self) -> f32 {
        let mut highest = 0.0f32;
        for (at, buffer) in self.buffers.iter_mut().enumerate().take(SEPARATE) {
            if self.used >> (at + 1) & 1 == 0 {
                continue;
            }
            if let [left, right] = buffer.as_slice() {
                flush(left);
                flush(right);
                highest = highest.max(peak(left, right));
            }
        }
        highest
    }
}

impl Sink for Buffers<'_, '_> {
    fn add(&mut self, output: usize, at: usize, frames: &[[f32; 2]]) {
        let buffer = self.buffers.get_mut(output.wrapping_sub(1));
        let Some([left, right]) = buffer.map(Buffer::as_slice) else {
            return;
        };
        self.used |= 1 << output;
        let sides = left.iter_mut().zip(right.iter_mut()).skip(at);
        for ((left, right), frame) in sides.zip(frames) {
            *left += frame[0];
            *right += frame[1];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_piece_and_each_part_has_an_output_with_a_name() {
        for (at, piece) in Piece::ALL.into_iter().enumerate() {
            let output = PIECES[usize::from(piece.key())];
            assert_eq!(usize::from(output), at + 1);
            let first = |name: &str| name.split(' ').next().unwrap_or_default().to_lowercase();
            assert_eq!(first(NAMES[at]), first(piece.name()));
        }
        for kind in PartKind::ALL {
            let routes = of_part(Some(kind), true);
            assert!(routes.others[36] > 0, "{kind:?}");
            assert_eq!(of_part(Some(kind), false), Routes::MAIN);
        }
        let name = |kind| NAMES[usize::from(of_part(Some(kind), true).others[40]) - 1];
        assert_eq!(name(PartKind::Bass), "Bass");
        assert_eq!(name(PartKind::Strings), "Chords");
        assert_eq!(name(PartKind::Lead), "Lead");
        assert_eq!(name(PartKind::Drums), "Snare");
        assert_eq!(of_instrument(true).others, Routes::MAIN.others);
    }

    #[test]
    fn the_first_layout_is_what_it_was() {
        let [first, second] = LAYOUTS;
        assert_eq!(first.names.layout, Some("Stereo with sidechain"));
        assert!(first.aux_output_ports.is_empty());
        assert_eq!(second.aux_output_ports.len(), SEPARATE);
        for layout in LAYOUTS {
            assert_eq!(layout.main_input_channels, None);
            assert_eq!(layout.main_output_channels, Some(STEREO));
            assert_eq!(layout.aux_input_ports.len(), 1);
        }
    }

    #[test]
    fn what_nobody_listens_to_is_not_open() {
        let mut none: [Buffer; 0] = [];
        assert_eq!(Buffers::new(&mut none).open, 0);
        let mut all: Vec<Buffer> = (0..SEPARATE).map(|_| Buffer::default()).collect();
        assert_eq!(Buffers::new(&mut all).open, 0xFFFE);
        set_unheard(1 << 1 | 1 << 15);
        assert_eq!(Buffers::new(&mut all).open, 0x7FFC);
        set_unheard(0);
    }
}

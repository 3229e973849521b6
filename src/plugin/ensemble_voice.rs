//! All parts of an instance on the audio thread: one voice each, and what leaves together.

use std::sync::Arc;

use super::stem_voice::{StemSettings, StemVoice};
use crate::editor::host_window::RepaintNotifier;
use crate::engine::apart::Apart;
use crate::engine::capture::HostPosition;
use crate::engine::limiter::Limiter;
use crate::engine::stem::StemEvent;
use crate::jobs::stem::ensemble::{MOST_PARTS, Mix};
use crate::jobs::stem::recording::LibraryFolder;
use crate::jobs::{Client, Ensemble, Pending, StemDesk};

/// Frames rendered at once; longer blocks are several.
const FRAMES: usize = 8_192;
/// Beginnings and ends of notes in so many frames: as many as all parts can have.
const EVENTS: usize = MOST_PARTS * 2 * (64 + FRAMES / 16 + 32);

/// How the parts are added to what is there.
pub struct EnsembleSettings<'a> {
    /// Whether they play.
    pub on: bool,
    /// A linear gain over those of the parts.
    pub level: f32,
    /// What limits them beside a track that leaves as it is, and whether it does; nothing where another
    /// limits the sum.
    pub limiter: Option<(&'a mut Limiter, bool)>,
    /// Where separate outputs go, and which of them the parts' notes take; not with a limiter.
    pub outputs: Option<(Apart<'a>, bool)>,
}

/// The audio thread's end of an [`Ensemble`].
pub struct EnsembleVoice {
    parts: Vec<(StemVoice, Arc<Mix>)>,
    /// What they add up to, where that is limited.
    sum: [Box<[f32]>; 2],
    /// What their notes do: frame, order, event.
    events: Vec<(u32, u32, StemEvent)>,
    rate: f64,
}

impl EnsembleVoice {
    /// One of these voices, each with what it is mixed by. Main thread.
    pub fn new(parts: Vec<(StemVoice, Arc<Mix>)>) -> Self {
        let silence = || vec![0.0; FRAMES].into();
        Self {
            parts,
            sum: [silence(), silence()],
            events: Vec::with_capacity(EVENTS),
            rate: 48_000.0,
        }
    }

    /// From here on there are so many frames per second. Main thread, while not processing.
    pub fn prepare(&mut self, rate: f32) {
        self.rate = f64::from(rate);
        self.parts
            .iter_mut()
            .for_each(|(voice, _)| voice.prepare(rate));
    }

    /// As [`StemVoice::take_in`] of one part; whether it [awaits its sound](StemVoice::awaits_sound).
    pub fn take_in(&mut self, part: usize) -> bool {
        self.parts.get_mut(part).is_some_and(|(voice, _)| {
            voice.take_in();
            voice.awaits_sound()
        })
    }

    /// Silences all at once. Audio thread.
    pub fn reset(&mut self) {
        self.parts.iter_mut().for_each(|(voice, _)| voice.reset());
    }

    /// As [`StemVoice::is_silent`], of all. Audio thread.
    pub fn is_silent(&self) -> bool {
        self.parts.iter().all(|(voice, _)| voice.is_silent())
    }

    /// As [`StemVoice::plays`], of any. Audio thread.
    pub fn plays(&self, position: &HostPosition, on: bool) -> bool {
        let mut parts = self.parts.iter();
        parts.any(|(voice, mix)| voice.plays(position, on && mix.is_heard()))
    }

    /// Adds what all play in a block that begins at `position` to both sides, which are equally long.
    /// `out` is told of each note's beginning and end, and its frame, in order. Audio thread.
    pub fn add(
        &mut self,
        position: &HostPosition,
        left: &mut [f32],
        right: &mut [f32],
        mut settings: EnsembleSettings<'_>,
        out: &mut dyn FnMut(usize, StemEvent),
    ) {
        let frames = left.len().min(right.len());
        let mut from = 0;
        loop {
            let to = frames.min(from + FRAMES);
            let beats = from as f64 / self.rate / 60.0 * position.tempo.unwrap_or(0.0);
            let position = HostPosition {
                beats: position.beats.map(|begin| begin + beats),
                samples: position.samples.map(|begin| begin + from as i64),
                ..*position
            };
            let (left, right) = (&mut left[from..to], &mut right[from..to]);
            self.add_some(&position, left, right, &mut settings);
            self.events
                .sort_unstable_by_key(|(frame, order, _)| (*frame, *order));
            for (frame, _, event) in self.events.drain(..) {
                out(from + frame as usize, event);
            }
            if let Some((apart, _)) = &mut settings.outputs {
                apart.from += to - from;
            }
            from = to;
            if from == frames {
                return;
            }
        }
    }

    fn add_some(
        &mut self,
        position: &HostPosition,
        left: &mut [f32],
        right: &mut [f32],
        settings: &mut EnsembleSettings<'_>,
    ) {
        let frames = left.len();
        let rested = self.is_silent();
        let Self {
            parts, sum, events, ..
        } = self;
        let [sum_left, sum_right] = sum;
        let (sum_left, sum_right) = (&mut sum_left[..frames], &mut sum_right[..frames]);
        let limited = settings.limiter.is_some();
        if limited {
            sum_left.fill(0.0);
            sum_right.fill(0.0);
        }
        for (voice, mix) in &mut *parts {
            let (left, right) = if limited {
                (&mut *sum_left, &mut *sum_right)
            } else {
                (&mut *left, &mut *right)
            };
            let of_part = StemSettings {
                on: settings.on && mix.is_heard(),
                level: settings.level * mix.gain(),
                pan: mix.pan(),
                outputs: settings
                    .outputs
                    .as_mut()
                    .map(|(apart, separate)| (apart.again(), *separate)),
            };
            voice.add(position, left, right, of_part, &mut |frame, event| {
                // There is room for all that parts can do; what isn't there takes no memory.
                if events.len() < events.capacity() {
                    events.push((frame as u32, events.len() as u32, event));
                }
            });
        }
        if let Some((limiter, on)) = &mut settings.limiter {
            if rested && parts.iter().all(|(voice, _)| voice.is_silent()) {
                // Adding nothing would still change zeros' signs.
                limiter.pass(left, right, *on);
            } else {
                limiter.add([left, right], [&*sum_left, &*sum_right], *on);
            }
        }
    }
}

/// An ensemble and what plays it; windows are told by `repaint`, and recordings are kept beside `library`. Main
/// thread.
pub(super) fn ensemble_of(
    repaint: &RepaintNotifier,
    library: &LibraryFolder,
) -> (EnsembleVoice, Arc<Ensemble>) {
    let (mut voices, mut desks) = (Vec::new(), Vec::new());
    // Drums have channel 9 (MIDI's 10), the others one each besides.
    for channel in (0..).filter(|channel| *channel != 9).take(MOST_PARTS) {
        let (voice, sender, generator_side, playhead) = StemVoice::new();
        let client = Client::of_known_notes(generator_side);
        let news = repaint.clone();
        client.listen(Box::new(move || news.request_repaint()));
        let news = repaint.clone();
        let listener = Box::new(move || news.request_repaint());
        let desk = StemDesk::new(sender, client, channel, playhead, library.clone(), listener);
        let mix = Arc::<Mix>::default();
        voices.push((voice, mix.clone()));
        desks.push((desk, mix));
    }
    let news = repaint.clone();
    let ensemble = Ensemble::new(desks, Box::new(move || news.request_repaint()));
    (EnsembleVoice::new(voices), Arc::new(ensemble))
}

/// Whether the sound of a part is on its way. Audio thread.
pub(super) fn is_pending(parts: &[Pending]) -> bool {
    parts.iter().any(Pending::get)
}

#[cfg(test)]
mod recordings;
#[cfg(test)]
mod tests;

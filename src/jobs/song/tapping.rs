//! Where the bars of what was taken begin, tapped while the song plays.

use std::sync::Arc;

use super::{Heard, Hearing, Said, Shared, SongFault, SongOrder, Taken, Work};
use crate::analysis::song::Corrections;

impl Shared {
    /// A bar begins on the beat that is nearest to a place of the song, quarter notes.
    pub(super) fn tap(self: &Arc<Self>, place: Option<f64>) {
        let mut desk = self.desk.lock();
        let heard = match &desk.song.hearing {
            Some(Hearing::Done(heard)) => Some(heard.clone()),
            _ => None,
        };
        let told = match (desk.song.taken.clone(), heard, place) {
            (None, ..) => Err(SongFault::NothingTaken),
            (Some(_), None, _) => Err(SongFault::NotHeard),
            (Some(_), Some(_), None) => Err(SongFault::NotPlaying),
            (Some(taken), Some(heard), Some(place)) => second(&taken, place)
                .and_then(|second| told(&heard, second))
                .map(|told| (heard.told.clone(), told))
                .ok_or(SongFault::NotPlaying),
        };
        match told {
            Ok((seen, told)) if seen == told => {
                desk.song.said = Some(Said::Note("The bars begin there already.".to_owned()));
            }
            Ok((seen, told)) => {
                let (seen, told) = (Box::new(seen), Box::new(told));
                self.use_soon(&mut desk, SongOrder::Tell { seen, told });
            }
            Err(fault) => desk.song.said = Some(Said::fault(fault)),
        }
        drop(desk);
        (self.listener)();
    }
}

impl Work {
    /// Where the song is, quarter notes; `None` while it stands still.
    pub(super) fn place(&self) -> Option<f64> {
        let current = self.history.current()?;
        let last = current.last().filter(|_| current.is_playing())?;
        last.position.beats
    }
}

/// When a place of the song is in what was taken, s; what was taken comes again and again.
fn second(taken: &Taken, place: f64) -> Option<f64> {
    let begins = taken.start.beats?;
    let tempo = taken.tempo.first().map(|tempo| tempo.1);
    let quarters = tempo.filter(|bpm| *bpm > 0.0)? / 60.0;
    let seconds = taken.seconds();
    let within = (place - begins) / quarters;
    (seconds > 0.0).then(|| within.rem_euclid(seconds))
}

/// What is told then: so many beats later than now, or earlier, whichever is nearer.
fn told(heard: &Heard, second: f64) -> Option<Corrections> {
    let song = &heard.description;
    let bar = i32::from(song.metre.as_ref()?.metre.beats()).max(1);
    let off = |beat: &f64| (beat - second).abs();
    let mut beats = song.beats.iter().enumerate();
    let first = beats.next()?;
    let nearest = beats.fold(first, |a, b| if off(b.1) < off(a.1) { b } else { a });
    let line = song.downbeats.first()?;
    let line = song
        .beats
        .iter()
        .position(|beat| (beat - line).abs() < 1e-6)?;
    let later = (nearest.0 as i32 - line as i32).rem_euclid(bar);
    let later = if 2 * later > bar { later - bar } else { later };
    Some(Corrections {
        downbeat: heard.told.downbeat + later,
        ..heard.told.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::song::SongDescription;
    use crate::analysis::song::description::MetreHeard;
    use crate::engine::capture::HostPosition;

    #[test]
    fn a_tap_moves_the_bars_to_the_nearest_beat() {
        // Two bars from quarter 8 on at 120, one frame each 10 ms.
        let taken = Taken {
            frames: vec![[0.0; 2]; 400],
            rate: 100,
            start: HostPosition {
                beats: Some(8.0),
                ..HostPosition::default()
            },
            bars: Vec::new(),
            beats: Vec::new(),
            tempo: vec![(0, 120.0)],
            notice: None,
        };
        let mut heard = Heard::default();
        heard.description = SongDescription {
            beats: (0..8).map(|beat| f64::from(beat) * 0.5).collect(),
            downbeats: vec![0.0, 2.0],
            metre: Some(MetreHeard {
                name: "4/4".to_owned(),
                metre: crate::music::Metre { count: 4, unit: 4 },
                confidence: 1.0,
            }),
            ..SongDescription::default()
        };
        let tapped = |place: f64| told(&heard, second(&taken, place)?).map(|told| told.downbeat);
        for (place, later) in [
            (8.0, 0),
            (9.2, 1),
            (10.1, 2),
            (10.9, -1),
            (17.1, 1),
            (4.0, 0),
        ] {
            assert_eq!(tapped(place), Some(later), "{place}");
        }
        let unknown = Taken {
            start: HostPosition::default(),
            ..taken
        };
        assert_eq!(second(&unknown, 8.0), None);
    }
}

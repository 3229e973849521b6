//! From ticks to seconds.

/// How ticks become seconds: pieces of constant speed.
///
/// Made by [`TempoMap::metrical`] for beats, or [`TempoMap::timecode`] for files whose ticks are
/// fractions of a film frame.
#[derive(Clone, Debug, PartialEq)]
pub struct TempoMap {
    ticks_per_beat: u16,
    is_timecode: bool,
    /// Sorted by tick; the first begins at tick 0.
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Piece {
    start_tick: u64,
    start_seconds: f64,
    seconds_per_tick: f64,
}

/// Time before the first beat that is no beat of its own, s.
const SHORTEST_LEAD: f64 = 0.1;
/// The slowest that a MIDI file can say.
const MOST_MICROS: f64 = 16_777_215.0;

/// 120 beats a minute: what MIDI files mean when they say nothing.
const DEFAULT_MICROS_PER_BEAT: u32 = 500_000;

impl TempoMap {
    /// Beats of `ticks_per_beat` ticks (1..=32767; 0 counts as 1). `changes` are pairs of tick and
    /// microseconds per beat, in any order; of several at one tick the last counts. Before the
    /// first change the tempo is 120 beats a minute.
    ///
    /// Any thread.
    pub fn metrical(ticks_per_beat: u16, changes: &[(u64, u32)]) -> TempoMap {
        let ticks_per_beat = ticks_per_beat.max(1);
        let per_tick = |micros: u32| f64::from(micros) * 1e-6 / f64::from(ticks_per_beat);
        let mut sorted = changes.to_vec();
        sorted.sort_by_key(|&(tick, _)| tick);
        let mut pieces = vec![Piece {
            start_tick: 0,
            start_seconds: 0.0,
            seconds_per_tick: per_tick(DEFAULT_MICROS_PER_BEAT),
        }];
        for (tick, micros) in sorted {
            let last = pieces[pieces.len() - 1];
            if last.start_tick == tick {
                pieces.pop();
            }
            pieces.push(Piece {
                start_tick: tick,
                start_seconds: last.seconds_at(tick),
                seconds_per_tick: per_tick(micros),
            });
        }
        TempoMap {
            ticks_per_beat,
            is_timecode: false,
            pieces,
        }
    }

    /// Quarter notes of `ticks_per_beat` ticks, so that beats of `ticks_apart` ticks fall where `beats`
    /// are: seconds, rising, two or more, the first not before 0. What comes before the first is whole
    /// beats of about the first one's length, so that tick 0 is second 0; less than a tenth of a second
    /// goes to the first beat, for as a beat of its own it would be faster than programs can count.
    /// `None` for fewer beats, or ones that don't rise.
    ///
    /// Any thread.
    pub fn through(beats: &[f64], ticks_apart: u16, ticks_per_beat: u16) -> Option<TempoMap> {
        let rising = beats.windows(2).all(|pair| pair[1] > pair[0]);
        let (mut first, second) = (*beats.first()?, *beats.get(1)?);
        if !rising || first < 0.0 || !beats.iter().all(|beat| beat.is_finite()) {
            return None;
        }
        let ticks = u64::from(ticks_apart.max(1));
        let quarters = ticks as f64 / f64::from(ticks_per_beat.max(1));
        let mut beats = beats.to_vec();
        if first < SHORTEST_LEAD && first < 0.5 * (second - first) {
            (first, beats[0]) = (0.0, 0.0);
        }
        let micros = |beat: f64| (beat / quarters * 1e6).round().clamp(1.0, MOST_MICROS) as u32;
        let before = (first / (second - first)).round();
        let before = if first > 0.0 { before.max(1.0) } else { 0.0 };
        let mut changes = vec![(0, micros(first / before.max(1.0)))];
        let lengths = beats.windows(2).map(|pair| micros(pair[1] - pair[0]));
        changes.extend((before as u64..).map(|beat| beat * ticks).zip(lengths));
        Some(Self::metrical(ticks_per_beat, &changes))
    }

    /// Ticks of a fixed length: `frames_per_second` (25, 29.97 …) × `ticks_per_frame`.
    ///
    /// Any thread.
    pub fn timecode(frames_per_second: f64, ticks_per_frame: u8) -> TempoMap {
        let rate = frames_per_second * f64::from(ticks_per_frame.max(1));
        TempoMap {
            // Half a second, so that it reads as 120 beats a minute when written again.
            ticks_per_beat: (rate / 2.0).round().clamp(1.0, 32_767.0) as u16,
            is_timecode: true,
            pieces: vec![Piece {
                start_tick: 0,
                start_seconds: 0.0,
                seconds_per_tick: rate.recip(),
            }],
        }
    }

    /// Ticks of one beat (a quarter note).
    ///
    /// Any thread.
    pub fn ticks_per_beat(&self) -> u16 {
        self.ticks_per_beat
    }

    /// Whether its ticks are fractions of film frames, so that nothing is known of beats.
    ///
    /// Any thread.
    pub fn is_timecode(&self) -> bool {
        self.is_timecode
    }

    /// Seconds from the start of the song to `tick`.
    ///
    /// Any thread.
    pub fn seconds_at(&self, tick: u64) -> f64 {
        let after = self
            .pieces
            .partition_point(|piece| piece.start_tick <= tick);
        self.pieces[after - 1].seconds_at(tick)
    }

    /// The tick nearest to a moment, seconds from the start of the song.
    ///
    /// Any thread.
    pub fn tick_at(&self, seconds: f64) -> u64 {
        let after = self
            .pieces
            .partition_point(|piece| piece.start_seconds <= seconds);
        let piece = self.pieces[after.max(1) - 1];
        let ticks = (seconds - piece.start_seconds).max(0.0) / piece.seconds_per_tick;
        piece.start_tick + ticks.round() as u64
    }

    /// Changes of tempo as pairs of tick and beats a minute; the first is at tick 0.
    ///
    /// Any thread.
    pub fn beats_per_minute(&self) -> impl Iterator<Item = (u64, f64)> + '_ {
        self.pieces.iter().map(|piece| {
            (
                piece.start_tick,
                60.0 / (piece.seconds_per_tick * f64::from(self.ticks_per_beat)),
            )
        })
    }
}

impl Piece {
    fn seconds_at(&self, tick: u64) -> f64 {
        self.start_seconds + (tick - self.start_tick) as f64 * self.seconds_per_tick
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silent_about_tempo_means_120() {
        let map = TempoMap::metrical(480, &[]);
        assert_eq!(map.seconds_at(0), 0.0);
        assert!((map.seconds_at(960) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn changes_add_up_in_any_order() {
        let map = TempoMap::metrical(100, &[(400, 250_000), (200, 1_000_000), (200, 2_000_000)]);
        // 2 beats at 0.5 s, 2 beats at 2 s (the later of two at tick 200), then 0.25 s a beat.
        assert!((map.seconds_at(200) - 1.0).abs() < 1e-12);
        assert!((map.seconds_at(400) - 5.0).abs() < 1e-12);
        assert!((map.seconds_at(500) - 5.25).abs() < 1e-12);
        let tempi: Vec<_> = map
            .beats_per_minute()
            .map(|(tick, bpm)| (tick, bpm.round()))
            .collect();
        assert_eq!(tempi, [(0, 120.0), (200, 30.0), (400, 240.0)]);
    }

    #[test]
    fn beats_fall_where_they_were_found() {
        let beats = [0.7, 1.2, 1.6, 2.2];
        let map = TempoMap::through(&beats, 480, 480).unwrap();
        // One beat before the first.
        for (index, beat) in beats.iter().enumerate() {
            let tick = 480 * (index as u64 + 1);
            assert!((map.seconds_at(tick) - beat).abs() < 1e-5, "beat {index}");
            assert_eq!(map.tick_at(*beat), tick);
        }
        assert_eq!(map.tick_at(0.0), 0);
        assert_eq!(map.tick_at(-1.0), 0);
        assert_eq!(map.tick_at(1.4), 480 * 2 + 240);
        // Dotted quarters, as in 6/8.
        // A beat just after the beginning is at it.
        let soon = TempoMap::through(&[0.01, 0.5, 1.0], 480, 480).unwrap();
        assert_eq!(soon, TempoMap::through(&[0.0, 0.5, 1.0], 480, 480).unwrap());
        let at_once = TempoMap::through(&[0.0, 0.6, 1.2], 720, 480).unwrap();
        assert_eq!(at_once.tick_at(1.2), 1440);
        let bpm = at_once.beats_per_minute().next().unwrap().1;
        assert!((bpm - 150.0).abs() < 0.01, "{bpm}");
        for wrong in [
            &[][..],
            &[1.0],
            &[1.0, 1.0],
            &[2.0, 1.0],
            &[-1.0, 1.0],
            &[1.0, f64::NAN],
        ] {
            assert_eq!(TempoMap::through(wrong, 480, 480), None, "{wrong:?}");
        }
    }

    #[test]
    fn film_frames_have_a_fixed_length() {
        let map = TempoMap::timecode(25.0, 40);
        assert!((map.seconds_at(1000) - 1.0).abs() < 1e-12);
        assert!(map.is_timecode() && !TempoMap::metrical(480, &[]).is_timecode());
    }
}

//! A song that was heard, for tests.

use std::sync::Arc;

use crate::analysis::song::description::{ChordHeard, KeyHeard, MetreHeard, Tempo};
use crate::jobs::song::Heard;
use crate::music::{Metre, Mode};

/// Eight bars of A minor from bar 5 on, at 120.
pub(crate) fn heard() -> Arc<Heard> {
    let mut heard = Heard::default();
    heard.title = "Bars 5–12, 4/4, 120 bpm".into();
    heard.begins = Some(16.0);
    heard.host_bpm = Some(120.0);
    let song = &mut heard.description;
    song.seconds_used = 16.0;
    song.beats = (0..32).map(|beat| f64::from(beat) * 0.5).collect();
    song.downbeats = song.beats.iter().step_by(4).copied().collect();
    song.tempo = Some(Tempo {
        bpm: 120.0,
        confidence: 1.0,
        from_host: true,
        range: [120.0; 2],
        alternatives: Vec::new(),
    });
    song.metre = Some(MetreHeard {
        name: "4/4".into(),
        metre: Metre { count: 4, unit: 4 },
        confidence: 1.0,
    });
    song.key = Some(KeyHeard {
        name: "A minor".into(),
        tonic: 9,
        mode: Mode::Minor,
        confidence: 1.0,
        alternatives: Vec::new(),
    });
    song.chords = vec![ChordHeard::new(0.0, 16.0, "Am".parse().unwrap(), 1.0)];
    Arc::new(heard)
}

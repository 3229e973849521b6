//! The sheets of what was taken.

use super::super::desk::fixture;
use super::*;

/// Bars that were taken of a host: its sheet has their lines, and its MIDI file their metres.
#[test]
fn what_was_taken_of_a_song_of_several_metres_is_written_for() {
    let mut heard = Heard::clone(&fixture::heard());
    let song = &mut heard.description;
    // Three bars of 4/4, one of 2/4, one of 7/8 in its eighths, one of 6/8 in its dotted quarters, and two of 4/4.
    let metre = |name: &str| name.parse::<Metre>().unwrap();
    let bars = [
        ("4/4", 4, 0.5),
        ("4/4", 4, 0.5),
        ("4/4", 4, 0.5),
        ("2/4", 2, 0.5),
        ("7/8", 7, 0.25),
        ("6/8", 2, 0.75),
        ("4/4", 4, 0.5),
        ("4/4", 4, 0.5),
    ];
    (song.beats, song.downbeats, song.metre_changes) = Default::default();
    let mut at = 0.0;
    for (name, beats, apart) in bars {
        song.downbeats.push(at);
        if song
            .metre_changes
            .last()
            .is_none_or(|(_, last)| *last != metre(name))
        {
            song.metre_changes.push((at, metre(name)));
        }
        for _ in 0..beats {
            song.beats.push(at);
            at += apart;
        }
    }
    song.seconds_used = at;
    let (written, sheet) = plan(&heard).unwrap();
    let lines: Vec<usize> = (0..=sheet.bars()).map(|bar| sheet.line(bar)).collect();
    assert_eq!(lines, [0, 16, 32, 48, 56, 70, 82, 98, 114]);
    assert_eq!(written.lines(), lines);
    assert_eq!((sheet.bars(), sheet.bar, sheet.steps), (8, 16, 114));
    assert_eq!(
        [0, 47, 48, 56, 69, 113].map(|step| sheet.bar_of(step)),
        [0, 2, 3, 4, 4, 7]
    );
    assert!(sheet.is_sane());
    let metres = [
        (0, "4/4"),
        (48, "2/4"),
        (56, "7/8"),
        (70, "6/8"),
        (82, "4/4"),
    ];
    assert_eq!(
        sheet.metres(),
        metres.map(|(step, name)| (step, metre(name)))
    );
    // Saved and read again it is the same, and one of a single metre says nothing of it.
    let saved = serde_json::to_value(&sheet).unwrap();
    assert_eq!(serde_json::from_value::<Sheet>(saved).unwrap(), sheet);
    let (_, even) = plan(&fixture::heard()).unwrap();
    assert!(
        serde_json::to_value(&even)
            .unwrap()
            .get("odd_bars")
            .is_none()
    );
}

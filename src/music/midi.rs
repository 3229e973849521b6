//! Standard MIDI files.

pub use super::midi_in::{MidiError, read};
pub use super::midi_out::write;
pub use super::midi_strict::is_midi;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::music::{Change, Control, Metre, Note, Song, TempoMap, Track};

    /// One of our own: two tracks, a change of tempo, a bend, a pedal.
    fn small_song() -> Song {
        let note = |channel, key, start, length| Note {
            channel,
            key,
            velocity: 90,
            start,
            length,
        };
        let control = |channel, tick, change| Control {
            channel,
            tick,
            change,
        };
        Song {
            tempo: TempoMap::metrical(480, &[(0, 400_000), (960, 600_000)]),
            metres: vec![
                (0, Metre { count: 6, unit: 8 }),
                (1440, Metre { count: 4, unit: 4 }),
            ],
            tracks: vec![
                Track {
                    name: Some("Cello".into()),
                    program: Some(42),
                    notes: vec![
                        note(0, 60, 0, 480),
                        note(0, 64, 480, 960),
                        note(0, 60, 480, 10),
                    ],
                    controls: vec![
                        control(
                            0,
                            0,
                            Change::Controller {
                                number: 64,
                                value: 127,
                            },
                        ),
                        control(
                            0,
                            480,
                            Change::Controller {
                                number: 64,
                                value: 0,
                            },
                        ),
                        control(0, 500, Change::Pressure(3)),
                    ],
                    ends: 0,
                },
                Track {
                    name: None,
                    program: None,
                    notes: vec![note(3, 36, 100, 100)],
                    controls: vec![control(3, 120, Change::Bend(-0.5))],
                    ends: 0,
                },
            ],
        }
    }

    #[test]
    fn a_track_ends_on_its_bar_line() {
        let mut song = small_song();
        song.tracks.truncate(1);
        let ends = |song: &Song| {
            let bytes = write(song);
            let file = midly::Smf::parse(&bytes).unwrap();
            let ticks = file.tracks[0].iter().map(|event| event.delta.as_int());
            ticks.sum::<u32>()
        };
        let last = ends(&song);
        song.tracks[0].ends = 100_000;
        assert_eq!(ends(&song), 100_000);
        song.tracks[0].ends = 1;
        assert_eq!(ends(&song), last);
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let song = small_song();
        assert_eq!(read(&write(&song)).unwrap(), song);
    }

    #[test]
    fn one_track_of_all_channels_becomes_a_track_for_each() {
        let song = small_song();
        let mut whole = song.clone();
        let other = whole.tracks.pop().unwrap();
        whole.tracks[0].notes.extend(other.notes);
        whole.tracks[0].notes.sort_by_key(|note| note.start);
        let mut bytes = write(&whole);
        // Format 0.
        bytes[9] = 0;
        let read = read(&bytes).unwrap();
        let channels: Vec<u8> = read
            .tracks
            .iter()
            .map(|track| track.notes[0].channel)
            .collect();
        assert_eq!(channels, [0, 3]);
        assert_eq!(read.tracks[0].notes, song.tracks[0].notes);
        assert_eq!(
            (read.tracks[0].program, read.tracks[1].program),
            (Some(42), None)
        );
    }

    #[test]
    fn a_file_cut_anywhere_is_refused() {
        let bytes = write(&small_song());
        // Between two tracks nothing tells a cut from a header that says too much.
        let second = bytes.windows(4).rposition(|name| name == b"MTrk");
        for length in (0..bytes.len()).filter(|length| Some(*length) != second) {
            assert!(
                read(&bytes[..length]).is_err(),
                "cut at {length} of {}",
                bytes.len()
            );
        }
    }

    #[test]
    fn foreign_files_are_refused_in_a_sentence() {
        let error = read(b"RIFF\x24\0\0\0WAVEfmt ").unwrap_err();
        assert_eq!(error, MidiError::NotMidi);
        assert!(error.to_string().contains("MIDI file"));
        assert_eq!(read(b"").unwrap_err(), MidiError::NotMidi);
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            changes in prop::collection::vec((0usize..4096, any::<u8>()), 1..12),
        ) {
            let mut bytes = write(&small_song());
            for (place, byte) in changes {
                let place = place % bytes.len();
                bytes[place] = byte;
            }
            if let Ok(song) = read(&bytes) {
                let performance = song.performance(|_| true);
                prop_assert!(performance.is_sorted_by_key(|timed| timed.seconds));
            }
        }

        #[test]
        fn notes_survive_the_round_trip(
            mut starts in prop::collection::vec((0u64..100_000, 1u64..1000, 0u8..128, 1u8..128), 0..60),
        ) {
            // Overlapping notes of one key can't be told apart in a MIDI file: one key, one note.
            starts.sort_by_key(|note| note.2);
            starts.dedup_by_key(|note| note.2);
            starts.sort();
            let notes = starts.iter()
                .map(|&(start, length, key, velocity)| Note { channel: 1, key, velocity, start, length })
                .collect();
            let song = Song {
                tempo: TempoMap::metrical(960, &[]),
                metres: Vec::new(),
                tracks: vec![Track { notes, ..Track::default() }],
            };
            let mut again = read(&write(&song)).unwrap();
            again.tracks[0].notes.sort_by_key(|note| (note.start, note.length, note.key));
            let mut expected = song.tracks[0].notes.clone();
            expected.sort_by_key(|note| (note.start, note.length, note.key));
            prop_assert_eq!(&again.tracks[0].notes, &expected);
        }
    }
}

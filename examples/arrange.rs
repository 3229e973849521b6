//! Arranges MIDI files, for `training/evaluate/orchestrate`. Takes a text file of lines
//! `IN.mid|request|OUT.mid|seed`; beside each `OUT.mid` it leaves `OUT.mid.json`: key, chords, where the melody was found.

use std::error::Error;
use std::fs;

use consort::music::{Chord, midi};
use consort::orchestra::{Asked, Given, arrange};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("name a list of files")?;
    for line in fs::read_to_string(path)?.lines() {
        let fields: Vec<&str> = line.split('|').collect();
        let [from, request, to, seed] = fields[..] else {
            return Err(format!("“{line}” isn't IN.mid|request|OUT.mid|seed").into());
        };
        let source = Given::from_song(&midi::read(&fs::read(from)?)?).told_apart(None)?;
        let made = arrange(&source, &Asked::read(request)?, seed.parse()?);
        fs::write(to, midi::write(&made.to_song()))?;
        let triad = |chord: &Chord| {
            let above = chord.quality.intervals();
            json!([chord.root, above[1], above[2]])
        };
        let chords = made.harmonies.chords.iter();
        let chords = chords.map(|one| {
            let others: Vec<_> = one.others.iter().map(triad).collect();
            json!({"start": one.start, "chord": triad(&one.chord), "sure": one.sure, "others": others})
        });
        let told = json!({
            "key": made.harmonies.key.to_string(),
            "tonic": made.harmonies.key.tonic,
            "melody_track": source.melody_track,
            "chords": chords.collect::<Vec<_>>(),
        });
        fs::write(format!("{to}.json"), told.to_string())?;
    }
    Ok(())
}

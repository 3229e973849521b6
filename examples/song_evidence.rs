//! Writes what Consort tells beats and bars by, for `training/song_patterns.py`: of each sound file
//! NAME.flac, NAME.evidence with four bytes (low, middle, high onsets, change of harmony) a frame.

use std::error::Error;
use std::path::Path;

use consort::analysis::song::{evidence, salience, strength};
use consort::analysis::sound_file;

fn main() -> Result<(), Box<dyn Error>> {
    for path in std::env::args().skip(1) {
        let path = Path::new(&path);
        let (sound, _) = sound_file::read(path, 600.0)?;
        let mono = sound.for_analysis();
        let strength = strength::of(&mono, &|| false)?;
        let salience = salience::of(&mono, &|| false)?;
        let bytes: Vec<u8> = evidence::of(&strength, &salience)
            .into_iter()
            .flatten()
            .collect();
        std::fs::write(path.with_extension("evidence"), bytes)?;
    }
    Ok(())
}

//! Writes what Consort tells beats and bars by, for `training/song/patterns.py`: of each sound file
//! NAME.flac, NAME.evidence with five bytes (low, middle, high onsets, change of harmony, notes that begin) a frame.

use std::error::Error;
use std::path::Path;

use consort::analysis::song::{evidence, salience, strength};
use consort::analysis::sound_file;
use consort::models::basic_pitch::BasicPitch;

fn main() -> Result<(), Box<dyn Error>> {
    let mut model = BasicPitch::load(&consort::models::pack_for("transcription")?)?;
    for path in std::env::args().skip(1) {
        let path = Path::new(&path);
        let (sound, _) = sound_file::read(path, 600.0)?;
        let mono = sound.for_analysis();
        let strength = strength::of(&mono, &|| false)?;
        let salience = salience::of(&mono, &|| false)?;
        let (posterior, _) = model.listen(&sound, &mut |_| true)?;
        let bytes: Vec<u8> = evidence::of(&strength, &salience, Some(&posterior))
            .into_iter()
            .flatten()
            .collect();
        std::fs::write(path.with_extension("evidence"), bytes)?;
    }
    Ok(())
}

//! The matcher for `training.evaluate timbre`: makes atoms, calibrates them, and searches mixes, from and to plain files.
//!
//! `matcher atoms NOTES LIBRARY`, `matcher calibrate LIBRARY MIXES`, `matcher find LIBRARY MIXES STANDINGS [THREADS]`. NOTES: records of
//! (family, lowest key, highest key, 0 to go on with the instrument before or 1 for the next, key, samples: u32) and the samples, f32 at
//! 32 kHz; MIXES: of (samples: u32) and samples; STANDINGS: for each mix, for each instrument (f32 how closely, f32 evidence); all
//! little-endian. Prints seconds a mix.

use std::error::Error;
use std::fs;
use std::io::{BufReader, ErrorKind, Read, Write};
use std::num::NonZero;
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Instant;

use consort::analysis::matcher::{Atom, Mix, Player, Search, background};
use serde::{Deserialize, Serialize};

type Fault = Box<dyn Error>;

#[derive(Serialize, Deserialize)]
struct Entry {
    family: u8,
    keys: RangeInclusive<u8>,
    atoms: Vec<Atom>,
    background: f32,
}

fn main() -> Result<(), Fault> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["atoms", notes, library] => atoms(notes, library),
        ["calibrate", library, mixes] => calibrate(library, mixes),
        ["find", library, mixes, standings] => find(library, mixes, standings, 1),
        ["find", library, mixes, standings, threads] => {
            find(library, mixes, standings, threads.parse()?)
        }
        _ => Err("say atoms, calibrate or find, and the files".into()),
    }
}

/// Some numbers; `None` at the end of a file.
fn numbers<const N: usize>(from: &mut impl Read) -> Result<Option<[u32; N]>, Fault> {
    let mut found = [0; N];
    for (place, number) in found.iter_mut().enumerate() {
        let mut bytes = [0; 4];
        match from.read_exact(&mut bytes) {
            Ok(()) => *number = u32::from_le_bytes(bytes),
            Err(fault) if place == 0 && fault.kind() == ErrorKind::UnexpectedEof => {
                return Ok(None);
            }
            Err(fault) => return Err(fault.into()),
        }
    }
    Ok(Some(found))
}

fn samples(from: &mut impl Read, count: u32) -> Result<Vec<f32>, Fault> {
    let mut bytes = vec![0; count as usize * 4];
    from.read_exact(&mut bytes)?;
    let (samples, _) = bytes.as_chunks::<4>();
    Ok(samples.iter().map(|x| f32::from_le_bytes(*x)).collect())
}

fn read(library: &str) -> Result<Vec<Entry>, Fault> {
    Ok(postcard::from_bytes(&fs::read(library)?)?)
}

fn write(library: &str, entries: &[Entry]) -> Result<(), Fault> {
    Ok(fs::write(library, postcard::to_stdvec(entries)?)?)
}

fn atoms(notes: &str, library: &str) -> Result<(), Fault> {
    let began = Instant::now();
    let mut notes = BufReader::new(fs::File::open(notes)?);
    let mut entries: Vec<Entry> = Vec::new();
    let mut made = 0;
    while let Some([family, lowest, highest, next, key, count]) = numbers(&mut notes)? {
        let sound = samples(&mut notes, count)?;
        if next == 1 {
            entries.push(Entry {
                family: u8::try_from(family)?,
                keys: u8::try_from(lowest)?..=u8::try_from(highest)?,
                atoms: Vec::new(),
                background: 0.0,
            });
        }
        let entry = entries
            .last_mut()
            .ok_or("the first note begins no instrument")?;
        entry.atoms.extend(Atom::of(&sound, u8::try_from(key)?));
        made += 1;
    }
    write(library, &entries)?;
    let bytes = fs::metadata(library)?.len();
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{} instruments, {made} notes in {seconds:.1} s, {bytes} bytes",
        entries.len()
    );
    Ok(())
}

fn mixes(path: &Path, mut each: impl FnMut(Mix) -> Result<(), Fault>) -> Result<(), Fault> {
    let mut file = BufReader::new(fs::File::open(path)?);
    while let Some([count]) = numbers(&mut file)? {
        let sound = samples(&mut file, count)?;
        each(Mix::of(&sound))?;
    }
    Ok(())
}

fn calibrate(library: &str, backgrounds: &str) -> Result<(), Fault> {
    let began = Instant::now();
    let mut entries = read(library)?;
    let mut heard = Vec::new();
    mixes(Path::new(backgrounds), |mix| {
        heard.push(mix);
        Ok(())
    })?;
    let search = Search::new(NonZero::<usize>::MIN);
    for entry in &mut entries {
        entry.background = background(&search, &heard, &entry.atoms, entry.keys.clone());
    }
    write(library, &entries)?;
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{} instruments on {} mixes in {seconds:.1} s",
        entries.len(),
        heard.len()
    );
    Ok(())
}

fn find(library: &str, queries: &str, standings: &str, threads: usize) -> Result<(), Fault> {
    let entries = read(library)?;
    let players: Vec<Player<'_>> = entries
        .iter()
        .map(|entry| Player {
            atoms: &entry.atoms,
            keys: entry.keys.clone(),
            family: entry.family,
            background: entry.background,
        })
        .collect();
    let search = Search::new(NonZero::new(threads).ok_or("one thread at least")?);
    let mut out = std::io::BufWriter::new(fs::File::create(standings)?);
    let (mut count, mut seconds) = (0, 0.0);
    mixes(Path::new(queries), |mix| {
        let began = Instant::now();
        let found = search.find(&mix, &players);
        seconds += began.elapsed().as_secs_f64();
        count += 1;
        for standing in found {
            out.write_all(&f32::from(standing.closely).to_le_bytes())?;
            out.write_all(&standing.evidence.to_le_bytes())?;
        }
        Ok(())
    })?;
    out.flush()?;
    println!(
        "{count} mixes, {:.3} s each on {threads} threads",
        seconds / f64::from(count.max(1))
    );
    Ok(())
}

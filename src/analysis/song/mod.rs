//! What a song is like: tempo, beats, bars, key, chords, feel.
//!
//! | module | what it is |
//! |---|---|
//! | [`description`] | what is said in the end |
//! | [`strength`] | onset strength in three bands |
//! | [`salience`] | which keys sound, without a model |
//! | [`evidence`] | both, made comparable between songs |
//! | [`patterns`], [`mod@pointer`] | what bars look like; the likeliest way through them |
//! | [`rhythm`], `threes` | tempo, beats, metre; 6/8 or 12/8 |
//! | [`steady`], `extent` | one tempo, or one that drifts; where the bars begin and end |
//! | [`sections`] | which bars belong together, and which are alike |
//! | [`chroma`], [`chords`], [`key`] | harmony, beat by beat |
//! | [`key_sections`] | where the key changes |
//! | [`corrections`] | what the user puts right |
//! | [`mood`] | how lively and how bright |
//! | [`live`] | key and chord while it plays |
//! | [`written`] | the same of MIDI files |
//! | [`feel`], [`loudness`], [`register`] | swing, density, energy; loudness; how high |
//!
//! [`describe`] does all of it.

pub mod chords;
pub mod chroma;
pub mod corrections;
pub mod description;
pub mod evidence;
mod extent;
pub mod feel;
pub mod key;
pub mod key_sections;
pub mod live;
pub mod loudness;
#[cfg(test)]
mod metres;
pub mod mood;
pub mod patterns;
pub mod pointer;
pub mod register;
pub mod rhythm;
pub mod salience;
pub mod sections;
pub mod steady;
pub mod strength;
#[cfg(test)]
mod tests;
mod threes;
pub mod written;

pub use corrections::{ChordTold, Corrections};
pub use description::SongDescription;

use chroma::Keys;
use description::{ChordHeard, KeyAlternative, KeyHeard, MetreHeard, Swing, Tempo};
use rhythm::Rhythm;

use super::{Posterior, Sound, SoundError};
use crate::music::{BarGrid, Metre};

/// Of a longer sound only so much of its beginning is listened to, s.
pub const LONGEST: f64 = 600.0;
/// Shorter ones have no rhythm or key to speak of, s.
const SHORTEST_RHYTHM: f64 = 3.0;
const SHORTEST_KEY: f64 = 1.0;
/// Where no beat is heard, chords are looked for in stretches of so many seconds.
const WITHOUT_BEATS: f64 = 0.5;
/// Beats longer than this are halved before chords are looked for, s.
const LONG_BEAT: f64 = 1.0;
/// How much the analysis's own hearing counts beside a transcription model's.
const OWN_SHARE: f32 = 0.4;
/// Keys told besides the best.
const OTHER_KEYS: usize = 3;

/// What the host says about time.
#[derive(Clone, Debug, PartialEq)]
pub struct HostGrid {
    /// Felt beats, s from the start of the sound, rising.
    pub beats: Vec<f64>,
    /// Place of each in its bar, 0 at the downbeat; as many.
    pub places: Vec<usize>,
    /// The metre, that of the first bar where it changes.
    pub metre: Metre,
    /// From when on there is which, s, where it changes; none where it doesn't.
    pub metre_changes: Vec<(f64, Metre)>,
    /// Felt beats a minute.
    pub bpm: f64,
}

/// The work was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Listening was stopped.")]
pub struct Stopped;

/// Why there is no description. `Display` is one sentence.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum SongError {
    /// `stop` said so.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// What is listened to of it is no usable sound.
    #[error("{0}")]
    Sound(#[from] SoundError),
}

/// What was heard in a song, before anything is concluded from it.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Length of the whole sound, s.
    pub seconds: f64,
    /// How much of it was listened to, s.
    pub seconds_used: f64,
    /// LUFS; `None` below −70.
    pub loudness_lufs: Option<f64>,
    /// Onset strength.
    pub strength: Vec<[f32; strength::BANDS]>,
    /// Which keys sound.
    pub salience: salience::Salience,
}

/// Describes a song. Time comes from `host` where there is one; `posterior` is what a transcription
/// model hears in the same sound, and makes beats, key and chords surer; what is `told` isn't looked for. Of sounds longer than [`LONGEST`]
/// the beginning is used. Takes some 20 ms a second of sound on a slow core, and 200 kB a second.
/// `stop` is asked at least every few tens of milliseconds. Any thread but audio.
///
/// # Errors
/// [`SongError`].
pub fn describe(
    sound: &Sound,
    posterior: Option<&Posterior>,
    host: Option<&HostGrid>,
    told: &Corrections,
    stop: &dyn Fn() -> bool,
) -> Result<SongDescription, SongError> {
    Ok(conclude(
        &listen(sound, stop)?,
        posterior,
        host,
        told,
        stop,
    )?)
}

/// The first half of [`describe`]: all that needs the sound. Any thread but audio.
///
/// # Errors
/// [`SongError`].
pub fn listen(sound: &Sound, stop: &dyn Fn() -> bool) -> Result<Heard, SongError> {
    let seconds = sound.seconds();
    let beginning = beginning(sound)?;
    let sound = beginning.as_ref().unwrap_or(sound);
    let mono = sound.for_analysis();
    if stop() {
        return Err(Stopped.into());
    }
    Ok(Heard {
        seconds,
        seconds_used: sound.seconds(),
        loudness_lufs: loudness::integrated(sound, stop)?,
        strength: strength::of(&mono, stop)?,
        salience: salience::of(&mono, stop)?,
    })
}

/// The second half of [`describe`]: a tenth of the work. What is `told` isn't looked for, and all else
/// follows it. Any thread but audio.
///
/// # Errors
/// [`Stopped`] when `stop` says so.
pub fn conclude(
    heard: &Heard,
    posterior: Option<&Posterior>,
    host: Option<&HostGrid>,
    told: &Corrections,
    stop: &dyn Fn() -> bool,
) -> Result<SongDescription, Stopped> {
    let (strength, salience, used) = (&heard.strength, &heard.salience, heard.seconds_used);
    let keys = match posterior {
        Some(posterior) if !posterior.sounds.is_empty() => {
            Keys::of_both(posterior, salience, OWN_SHARE)
        }
        _ => Keys::of_salience(salience),
    };
    let (rhythm, from_host) = beats(heard, posterior, &keys, host, told, stop)?;
    let mut description = SongDescription {
        seconds: heard.seconds,
        seconds_used: used,
        loudness_lufs: heard.loudness_lufs,
        ..SongDescription::default()
    };
    if used >= SHORTEST_KEY {
        harmony(&mut description, &keys, rhythm.as_ref(), told);
    }
    if description.key.is_some() {
        description.tuning_cents = Some(salience.tuning_cents);
        description.register = register::find(&keys);
    }
    let onsets = feel::onsets(strength);
    if let Some(rhythm) = rhythm {
        let (first, last) = (rhythm.beats[0], rhythm.beats[rhythm.beats.len() - 1]);
        let within = |&&frame: &&usize| {
            let at = frame as f64 / strength::FRAMES;
            (first - 0.05..last - 0.05).contains(&at)
        };
        let played = onsets.iter().filter(within).count();
        description.density = Some(played as f64 / (rhythm.beats.len() - 1) as f64);
        description.swing = match rhythm.metre.compound() {
            true => None,
            false => feel::swing(strength, &onsets, &rhythm.beats),
        };
        describe_beats(&mut description, rhythm, from_host);
        // What is told of bars is told of all of them.
        let as_host =
            from_host && told.metre.is_none() && told.downbeat == 0 && told.tempo.is_none();
        if let Some(host) = host.filter(|_| as_host) {
            description.metre_changes.clone_from(&host.metre_changes);
        }
        if let Some(grid) = description.grid() {
            description.sections = sections_of(&grid, &keys, strength, told);
        }
    }
    if let Some(ratio) = told.swing {
        description.swing = Some(Swing {
            ratio,
            confidence: 1.0,
        });
    }
    let busy = onsets.len() as f64 / used.max(1.0);
    description.energy = feel::energy(busy, heard.loudness_lufs, strength);
    description.mood = mood::told(&description, told.mood.as_ref());
    description.sentence = description.to_sentence();
    Ok(description)
}

/// Beats: the host's or those heard, with what is told about them; and whether they are the host's.
fn beats(
    heard: &Heard,
    posterior: Option<&Posterior>,
    keys: &Keys,
    host: Option<&HostGrid>,
    told: &Corrections,
    stop: &dyn Fn() -> bool,
) -> Result<(Option<Rhythm>, bool), Stopped> {
    let (strength, used) = (&heard.strength, heard.seconds_used);
    let host = host.filter(|_| !told.own_beats);
    if let Some(mut rhythm) = host.and_then(|host| of_host(host, used))
        && rhythm.follow(told)
    {
        return Ok((Some(rhythm), true));
    }
    let bpm = told.tempo.filter(|bpm| corrections::TEMPI.contains(bpm));
    let found = match used < SHORTEST_RHYTHM {
        true => None,
        false => {
            let evidence = evidence::of(strength, &heard.salience, posterior);
            rhythm::find(
                &evidence,
                strength,
                rhythm::Wanted {
                    metre: told.metre,
                    bpm,
                },
                stop,
            )?
        }
    };
    let found = found.map(|mut rhythm| {
        if told.metre.is_none() {
            threes::settle(&mut rhythm, keys);
        }
        rhythm
    });
    let even = || {
        let first = feel::onsets(strength).first().copied().unwrap_or(0);
        let metre = told.metre.unwrap_or(Metre { count: 4, unit: 4 });
        Rhythm::even(bpm?, metre, first as f64 / strength::FRAMES, used)
    };
    let mut rhythm = found.or_else(even);
    if let Some(rhythm) = &mut rhythm {
        extent::settle(rhythm, heard);
        let counted = Corrections {
            metre: told.metre,
            downbeat: told.downbeat,
            ..Corrections::default()
        };
        rhythm.follow(&counted);
        if bpm.is_some() {
            rhythm.confidence = 1.0;
        }
    }
    Ok((rhythm.filter(|rhythm| rhythm.beats.len() >= 2), false))
}

/// The part of a sound that is used, where that isn't all. Any thread but audio.
///
/// # Errors
/// [`SoundError::Silent`] when it is silent.
pub fn beginning(sound: &Sound) -> Result<Option<Sound>, SoundError> {
    if sound.seconds() <= LONGEST {
        return Ok(None);
    }
    let samples = (LONGEST * f64::from(sound.rate())) as usize;
    let channels = sound
        .channels()
        .iter()
        .map(|channel| channel[..samples].to_vec());
    Sound::new(channels.collect(), sound.rate()).map(Some)
}

/// The host's grid, as far as it lies in the sound.
fn of_host(host: &HostGrid, seconds: f64) -> Option<Rhythm> {
    let inside = host.beats.iter().zip(&host.places);
    let inside = inside.filter(|(at, _)| at.is_finite() && (0.0..=seconds).contains(*at));
    let (beats, places): (Vec<f64>, Vec<usize>) = inside.unzip();
    let usable = beats.len() >= 2 && beats.windows(2).all(|w| w[1] > w[0]) && host.bpm.is_finite();
    usable.then(|| Rhythm {
        beats,
        places,
        metre: host.metre,
        metre_confidence: 1.0,
        bpm: host.bpm,
        confidence: 1.0,
        alternatives: Vec::new(),
    })
}

/// Key and chords into the description.
fn harmony(
    description: &mut SongDescription,
    keys: &Keys,
    rhythm: Option<&Rhythm>,
    told: &Corrections,
) {
    let (edges, places) = edges(rhythm, description.seconds_used);
    let chroma = keys.between(&edges);
    let mut fits = chords::fits(&chroma);
    told.pin(&chroma, &mut fits);
    let beats = rhythm.map_or(1, |rhythm| usize::from(rhythm.metre.beats()));
    let costs = chords::costs(&places, beats);
    let Some(found) = key::find(&chroma, &fits, &costs, told.key) else {
        return;
    };
    let (key, confidence) = found.keys[0];
    description.key = Some(KeyHeard {
        name: key.to_string(),
        tonic: key.tonic,
        mode: key.mode,
        confidence,
        alternatives: found.keys[1..=OTHER_KEYS]
            .iter()
            .map(|(key, confidence)| KeyAlternative {
                name: key.to_string(),
                confidence: *confidence,
            })
            .collect(),
    });
    let spans = chords::spans(&chroma, &fits, &found.path).into_iter();
    let heard =
        spans.map(|span| ChordHeard::new(span.start, span.end, span.chord, span.confidence));
    description.chords = told.lay_over(heard.collect());
    description.key_changes = found.changes;
}

/// Stretches in which chords are looked for: beats, and what lies before and after them; with the
/// place in its bar of each.
fn edges(rhythm: Option<&Rhythm>, seconds: f64) -> (Vec<f64>, Vec<Option<usize>>) {
    let (mut edges, mut places) = (vec![0.0], Vec::new());
    let mut add = |edge: f64, place: Option<usize>| {
        // What begins with this edge has this place; the stretch before it ends here.
        if edge > edges[edges.len() - 1] + 1e-3 {
            edges.push(edge);
            places.push(place);
        }
    };
    if let Some(rhythm) = rhythm {
        for (number, (&beat, &place)) in rhythm.beats.iter().zip(&rhythm.places).enumerate() {
            add(beat, Some(place));
            let next = rhythm.beats.get(number + 1);
            if let Some(next) = next.filter(|&&next| next - beat > LONG_BEAT) {
                add(0.5 * (beat + next), Some(usize::MAX));
            }
        }
    } else {
        let count = (seconds / WITHOUT_BEATS) as usize;
        (1..count).for_each(|number| add(number as f64 * WITHOUT_BEATS, None));
    }
    add(seconds, None);
    // The first stretch is what begins at 0; the last edge begins none.
    places.insert(0, None);
    places.pop();
    (edges, places)
}

/// Sections of a song on these bars.
fn sections_of(
    grid: &BarGrid,
    keys: &Keys,
    strength: &[[f32; strength::BANDS]],
    told: &Corrections,
) -> Vec<sections::Section> {
    let bars = grid.bars().iter().map(|bar| bar.step);
    let lines = bars.chain([grid.steps()]);
    let lines: Vec<f64> = lines
        .map(|step| grid.seconds_at(f64::from(step)).max(0.0))
        .collect();
    sections::find(&lines, keys, strength, told.sections.as_deref())
}

/// Tempo, metre, beats into the description.
fn describe_beats(description: &mut SongDescription, rhythm: Rhythm, from_host: bool) {
    let eight: Vec<f64> = rhythm
        .beats
        .windows(9)
        .map(|window| 8.0 * 60.0 / (window[8] - window[0]))
        .collect();
    let slowest = eight.iter().copied().fold(rhythm.bpm, f64::min);
    let fastest = eight.iter().copied().fold(rhythm.bpm, f64::max);
    let at = rhythm.beats.iter().zip(&rhythm.places);
    description.downbeats = at
        .filter(|(_, place)| **place == 0)
        .map(|(at, _)| *at)
        .collect();
    description.tempo = Some(Tempo {
        bpm: rhythm.bpm,
        confidence: rhythm.confidence,
        from_host,
        range: [slowest, fastest],
        alternatives: rhythm.alternatives,
    });
    description.metre = Some(MetreHeard {
        name: rhythm.metre.to_string(),
        metre: rhythm.metre,
        confidence: rhythm.metre_confidence,
    });
    description.beats = rhythm.beats;
}

//! How notes are played: dynamics of phrases and sections, length, breath.

use super::asked::{Player, Role, Texture};
use super::frame::Frame;
use super::instruments::{Family, Instrument};
use super::tone::{SAME, Tone, sort};

/// Velocity of a plain note.
const MEAN: f32 = 76.0;
/// How much a word makes of it.
const WORD: f32 = 14.0;
/// How much louder a phrase is in its middle.
const PHRASE: f32 = 7.0;
/// How much a section's level makes.
const LEVEL: f32 = 9.0;
/// … where a piece grows.
const GROWTH: f32 = 24.0;
/// A breath, seconds.
const BREATH: f64 = 0.18;

/// How much louder a role is than the others.
fn of_role(role: Role) -> f32 {
    match role {
        Role::Melody => 9.0,
        Role::Counter => 2.0,
        Role::Bass => -1.0,
        Role::Colour => -4.0,
        Role::Inner | Role::Comping => -8.0,
        Role::Pad => -12.0,
        Role::Rhythm => 0.0,
    }
}

/// Dynamics of a pitched part. Velocities that a style wrote are kept but for the character.
pub(super) fn dynamics(
    frame: &Frame,
    player: &Player,
    role: Role,
    written: bool,
    tones: &mut [Tone],
) {
    let how = frame.character;
    let phrases = frame.phrases();
    let wide = 1.0 + 0.7 * how.drama.clamp(-1.0, 2.0);
    for tone in tones {
        let section = frame.section(tone.start);
        let growth = if how.builds { GROWTH } else { LEVEL };
        let arc = {
            let after = phrases.partition_point(|start| *start <= tone.start + SAME);
            let from = after.checked_sub(1).map_or(0.0, |at| phrases[at]);
            let to = phrases
                .get(after)
                .copied()
                .unwrap_or(frame.end())
                .max(from + 1.0);
            let place = ((tone.start - from) / (to - from)).clamp(0.0, 1.0) as f32;
            (std::f32::consts::PI * (0.1 + 0.8 * place)).sin() - 0.6
        };
        let beat = frame
            .beats
            .partition_point(|beat| beat.start <= tone.start + SAME)
            .max(1)
            - 1;
        let beat = &frame.beats[beat];
        let on = (tone.start - beat.start).abs() < 0.02;
        let accent = match (on, beat.place, beat.strong) {
            (true, 0, _) => 3.0 + 2.0 * how.drama.max(0.0),
            (true, _, true) => 1.5,
            (true, ..) => 0.0,
            (false, ..) => -2.0,
        };
        let base = if written {
            f32::from(tone.velocity)
        } else {
            MEAN + of_role(role) + accent
        };
        let velocity =
            base + WORD * (how.loud + player.loud) + wide * (growth * section.level + PHRASE * arc);
        tone.velocity = velocity.round().clamp(12.0, 124.0) as u8;
    }
}

/// Length: staccato and legato, repeated notes apart, breath before it runs out. Never longer than it was.
pub(super) fn articulation(frame: &Frame, player: &Player, role: Role, tones: &mut [Tone]) {
    let how = frame.character;
    let second = frame.bpm / 60.0;
    let melody = role == Role::Melody;
    let staccato = how.short > 0.5;
    for tone in tones.iter_mut() {
        let texture = frame.section(tone.start).texture;
        let share = match texture {
            _ if staccato && tone.length() <= 1.0 + SAME => 0.5,
            _ if staccato => 0.7,
            _ if how.short < -0.5 || melody => 1.0,
            Texture::AfterBeat | Texture::Waltz | Texture::Ostinato
                if tone.length() <= 1.0 + SAME =>
            {
                0.75
            }
            _ => 0.97,
        };
        tone.end = tone.start + tone.length() * share;
    }
    sort(tones);
    apart(tones, second);
    let instrument = player.instrument;
    if instrument.breath > 0.0 {
        breathe(frame, instrument, tones, second);
    }
}

/// A note ends before the same key is struck again.
fn apart(tones: &mut [Tone], second: f64) {
    for at in 0..tones.len() {
        let next = tones[at + 1..]
            .iter()
            .take(24)
            .find(|next| next.key == tones[at].key && next.start > tones[at].start + SAME);
        if let Some(start) = next.map(|next| next.start) {
            let room = start - tones[at].start;
            let gap = (0.03 * second).min(0.2 * room);
            tones[at].end = tones[at].end.min(start - gap);
        }
    }
}

/// Lines of wind players and singers rest for a breath where phrases end, and before it runs out.
fn breathe(frame: &Frame, instrument: &Instrument, tones: &mut [Tone], second: f64) {
    // A section breathes in turns.
    if instrument.is_chordal() && instrument.family != Family::Keys {
        return;
    }
    let most = f64::from(instrument.breath) * second;
    let phrases = frame.phrases();
    let breath = BREATH * second;
    let mut since = tones.first().map_or(0.0, |tone| tone.start);
    for at in 0..tones.len() {
        let next = tones.get(at + 1).map(|next| next.start);
        let Some(next) = next else {
            break;
        };
        if next - tones[at].end >= breath - SAME {
            since = next;
            continue;
        }
        let phrase = phrases.iter().any(|start| (start - next).abs() < SAME);
        let after = tones.get(at + 2).map_or(next, |tone| tone.start);
        let out = after - since > most && tones[at].length() >= 0.5;
        if phrase && next - since > most / 3.0 || out {
            // Of a short note half at most.
            let room = tones[at].length() / 2.0;
            tones[at].end = tones[at]
                .end
                .min(next - breath)
                .max(tones[at].start + room.min(tones[at].length()));
            since = next;
        }
    }
}

/// Takes away what an instrument can't play: keys out of its range move by octaves, notes at once that are too many go,
/// the inner ones first, but never the melody.
pub(super) fn playable(instrument: &Instrument, melody: &[Tone], tones: &mut Vec<Tone>) {
    let [low, high] = instrument.range;
    for tone in tones.iter_mut() {
        while tone.key < low {
            tone.key += 12;
        }
        while tone.key > high {
            tone.key -= 12;
        }
        tone.end = tone.end.max(tone.start + 0.02);
    }
    sort(tones);
    tones.dedup_by(|next, before| {
        next.key == before.key && (next.start - before.start).abs() < SAME
    });
    // The same key once more lets the first one go.
    for at in 0..tones.len() {
        let again = tones[at + 1..]
            .iter()
            .take_while(|next| next.start < tones[at].end)
            .find(|next| next.key == tones[at].key);
        if let Some(start) = again.map(|next| next.start) {
            tones[at].end = start.max(tones[at].start + SAME);
        }
    }
    let is_melody = |tone: &Tone| {
        melody
            .iter()
            .any(|one| one.key == tone.key && (one.start - tone.start).abs() < SAME)
    };
    let most = usize::from(instrument.many);
    let hands = instrument.has_hands();
    let mut at = 0;
    while at < tones.len() {
        let now = tones[at].start;
        let sounding: Vec<usize> = (0..tones.len())
            .take_while(|other| tones[*other].start <= now + SAME)
            .filter(|other| tones[*other].end > now + SAME)
            .collect();
        let keys: Vec<u8> = sounding.iter().map(|other| tones[*other].key).collect();
        if sounding.len() <= most && (!hands || super::chordal::two_hands(&keys)) {
            at += 1;
            continue;
        }
        // What began before lets go; of those that begin now an inner one stays out.
        let held = sounding
            .iter()
            .copied()
            .filter(|other| tones[*other].start < now - SAME && !is_melody(&tones[*other]));
        if let Some(other) = held.min_by(|a, b| tones[*a].start.total_cmp(&tones[*b].start)) {
            tones[other].end = now;
            continue;
        }
        let mut order: Vec<usize> = sounding
            .iter()
            .copied()
            .filter(|other| !is_melody(&tones[*other]))
            .collect();
        order.sort_by_key(|other| tones[*other].key);
        let inner = if order.len() > 2 {
            order.get(order.len() / 2)
        } else {
            order.last()
        };
        match inner {
            Some(inner) => {
                tones.remove(*inner);
                at = at.min(tones.len());
                at = tones
                    .partition_point(|tone| tone.start < now - SAME)
                    .min(at);
            }
            None => at += 1,
        }
    }
    tones.retain(|tone| tone.length() > SAME);
}

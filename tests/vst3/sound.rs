//! The same notes, expressions, controllers and automation in CLAP and VST3: the same sound, to the bit.

use clack_host::events::event_types::NoteExpressionType;
use clack_host::prelude::*;
use clack_host::utils::ClapId;
use vst3::Steinberg::Vst::{IEditControllerTrait, IMidiMapping, IMidiMappingTrait};
use vst3::Steinberg::kResultOk;

use crate::dice::Dice;
use crate::host::{Event, Session, State, What};
use crate::vst3_host::lists::{Note, Points};
use crate::vst3_host::{Block, CONSORT, Plugin};
use crate::{INSTRUMENT_STATE, alone, host};

const RATE: f64 = 48_000.0;
const LARGEST: usize = 1_024;
/// Odd ones, so that events fall at all places.
const SIZES: [usize; 5] = [1_024, 17, 333, 512, 1];

/// What happens in a block, for both.
struct Moment {
    frames: usize,
    notes: Vec<Note>,
    points: Vec<Points>,
    /// Pitch bend on the first channel.
    bend: Option<(usize, f64)>,
}

fn script(ids: &[u32]) -> Vec<Moment> {
    let mut dice = Dice(7);
    let mut script = Vec::new();
    for block in 0..300 {
        let frames = SIZES[block % SIZES.len()];
        let mut notes = Vec::new();
        match block % 40 {
            0 => {
                notes.push(Note::on(frames as i32 / 3, 60, 60));
                notes.push(Note::on(frames as i32 / 2, 67, 67));
            }
            30 => {
                notes.push(Note::off(frames as i32 / 3, 60, 60));
                notes.push(Note::off(frames as i32 / 2, 67, 67));
            }
            4..28 if block % 5 == 3 => {
                for kind in 0..6 {
                    let value = if kind == 2 {
                        0.5 + (dice.unit() - 0.5) / 60.0
                    } else {
                        dice.unit()
                    };
                    let frame = dice.below(frames as u64) as i32;
                    // The CLAP host's notes have their key as id.
                    let id = [60, 67][block % 2];
                    notes.push(Note::Express {
                        frame,
                        id,
                        kind,
                        value,
                    });
                }
                // In order of time, so that both hear it in the same one.
                notes.sort_by_key(|note| match note {
                    Note::On { frame, .. }
                    | Note::Off { frame, .. }
                    | Note::Express { frame, .. } => *frame,
                });
            }
            _ => {}
        }
        let mut points = Vec::new();
        if block % 3 == 0 {
            for id in ids {
                let at = dice.below(frames as u64) as i32;
                points.push((
                    *id,
                    vec![(at, dice.unit()), (frames as i32 - 1, dice.unit())],
                ));
            }
        }
        let bend = (block % 7 == 2).then(|| {
            let seven = dice.below(16_384) as f64 / 16_383.0;
            (dice.below(frames as u64) as usize, seven)
        });
        script.push(Moment {
            frames,
            notes,
            points,
            bend,
        });
    }
    script
}

fn in_vst3(plugin: &Plugin, script: &[Moment]) -> Vec<f32> {
    let mapping = plugin.controller.cast::<IMidiMapping>().expect("it is one");
    let mut bend = 0;
    // SAFETY: as VST3 has it.
    let found = unsafe { mapping.getMidiControllerAssignment(0, 0, 129, &mut bend) };
    assert_eq!(found, kResultOk);
    let mut sound = Vec::new();
    for moment in script {
        let mut points = moment.points.clone();
        if let Some((frame, value)) = moment.bend {
            points.push((bend, vec![(frame as i32, value)]));
        }
        let block = Block {
            notes: &moment.notes,
            points: &points,
            ..Block::default()
        };
        let played = plugin.play(moment.frames, &block);
        assert_eq!(played.result, kResultOk);
        let [left, right] = &played.outputs[0];
        sound.extend(
            left.iter()
                .zip(right)
                .flat_map(|(left, right)| [*left, *right]),
        );
    }
    sound
}

/// The events as CLAP has them, the blocks' sizes, and all frames.
fn events(plugin: &Plugin, script: &[Moment]) -> (Vec<Event>, Vec<usize>, usize) {
    let (mut events, mut sizes, mut start) = (Vec::new(), Vec::new(), 0);
    for moment in script {
        let mut here: Vec<Event> = Vec::new();
        let mut add = |frame: usize, what| here.push(Event::at(start + frame, what));
        for (id, points) in &moment.points {
            for (frame, value) in points {
                // SAFETY: as VST3 has it.
                let plain = unsafe { plugin.controller.normalizedParamToPlain(*id, *value) };
                add(*frame as usize, What::Set(ClapId::new(*id), plain));
            }
        }
        if let Some((frame, value)) = moment.bend {
            let bend = (value * 16_383.0).round() as u16;
            let data = [0xE0, (bend & 127) as u8, (bend >> 7) as u8];
            add(frame, What::Midi(data));
        }
        for note in &moment.notes {
            match *note {
                Note::On {
                    frame,
                    key,
                    velocity,
                    ..
                } => {
                    add(frame as usize, What::On(key as u8, velocity.into()));
                }
                Note::Off { frame, key, .. } => add(frame as usize, What::Off(key as u8)),
                Note::Express {
                    frame,
                    id,
                    kind,
                    value,
                } => {
                    let value = match kind {
                        0 => value * 4.0,
                        2 => f64::from(240.0 * (value as f32 - 0.5)),
                        _ => value,
                    };
                    let kind = KINDS[kind as usize];
                    add(frame as usize, What::Expression(id as u8, kind, value));
                }
            }
        }
        here.sort_by_key(|event| event.frame);
        events.extend(here);
        sizes.push(moment.frames);
        start += moment.frames;
    }
    (events, sizes, start)
}

/// CLAP's names of VST3's kinds 0 to 5.
const KINDS: [NoteExpressionType; 6] = [
    NoteExpressionType::Volume,
    NoteExpressionType::Pan,
    NoteExpressionType::Tuning,
    NoteExpressionType::Vibrato,
    NoteExpressionType::Expression,
    NoteExpressionType::Brightness,
];

#[test]
fn both_formats_sound_the_same_to_the_bit() {
    let _alone = alone();
    let plugin = Plugin::create(CONSORT);
    assert!(plugin.load(INSTRUMENT_STATE));
    plugin.activate(RATE, LARGEST, true);
    let script = script(&plugin.automatable());
    let in_vst3 = in_vst3(&plugin, &script);

    // SAFETY: it is the entry that the plugin library exports.
    let entry = unsafe { PluginEntry::load_from_raw(&consort::clap_entry, c"/linked/in") };
    let mut session = Session::create_one(&entry.expect("it loads"), host::CONSORT);
    assert!(session.set_offline(true));
    let json: serde_json::Value = serde_json::from_slice(INSTRUMENT_STATE).expect("JSON");
    assert!(session.load(&State::from_json(&json)));
    session.activate(RATE, LARGEST);
    let (events, sizes, frames) = events(&plugin, &script);
    let sound = session.play(&events, frames, &sizes);
    let sides = sound.left.iter().zip(&sound.right);
    let in_clap: Vec<f32> = sides.flat_map(|(left, right)| [*left, *right]).collect();
    let peak = in_clap.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
    assert!(peak > 1e-2, "{peak}");
    let mut both = in_vst3.iter().zip(&in_clap);
    let apart = both.position(|(a, b)| a.to_bits() != b.to_bits());
    assert_eq!((in_vst3.len(), apart), (in_clap.len(), None));
    println!(
        "{} samples are the same to the bit; peak {peak:.2}",
        in_clap.len()
    );
}

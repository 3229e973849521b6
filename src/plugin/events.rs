//! The host's note events in the engine's words.

use nice_plug::midi::{Channel, Key, NoteEvent as HostEvent, VoiceID};

use crate::engine::{Expression, NoteAddress, NoteEvent};

/// What the engine is told about an event of the host, or `None` where it has nothing to do.
/// Polyphonic modulation is not among them, see [`super::modulation`]. Audio thread.
pub fn translate(event: &HostEvent<()>) -> Option<NoteEvent> {
    use HostEvent as H;
    let express = |voice, channel, key, expression| {
        Some(NoteEvent::Expression {
            note: address(voice, channel, key),
            expression,
        })
    };
    match *event {
        H::NoteOn {
            voice_id,
            channel,
            key,
            velocity,
            ..
        } => Some(NoteEvent::NoteOn {
            note_id: voice_id.id(),
            channel: channel.number().unwrap_or(0),
            key: key.number()?,
            velocity,
        }),
        H::NoteOff {
            voice_id,
            channel,
            key,
            ..
        } => Some(NoteEvent::NoteOff(address(voice_id, channel, key))),
        H::Choke {
            voice_id,
            channel,
            key,
            ..
        } => Some(NoteEvent::Choke(address(voice_id, channel, key))),
        H::PolyPressure {
            voice_id,
            channel,
            key,
            pressure,
            ..
        } => express(voice_id, channel, key, Expression::Pressure(pressure)),
        H::PolyVolume {
            voice_id,
            channel,
            key,
            gain,
            ..
        } => express(voice_id, channel, key, Expression::Volume(gain)),
        H::PolyPan {
            voice_id,
            channel,
            key,
            pan,
            ..
        } => express(voice_id, channel, key, Expression::Pan(pan)),
        H::PolyTuning {
            voice_id,
            channel,
            key,
            tuning,
            ..
        } => express(voice_id, channel, key, Expression::Tuning(tuning)),
        H::PolyVibrato {
            voice_id,
            channel,
            key,
            vibrato,
            ..
        } => express(voice_id, channel, key, Expression::Vibrato(vibrato)),
        H::PolyExpression {
            voice_id,
            channel,
            key,
            expression,
            ..
        } => express(voice_id, channel, key, Expression::Dynamics(expression)),
        H::PolyBrightness {
            voice_id,
            channel,
            key,
            brightness,
            ..
        } => express(voice_id, channel, key, Expression::Brightness(brightness)),
        H::MidiPitchBend { channel, value, .. } => Some(NoteEvent::PitchBend {
            channel,
            value: value * 2.0 - 1.0,
        }),
        H::MidiChannelPressure {
            channel, pressure, ..
        } => Some(NoteEvent::Pressure {
            channel,
            value: pressure,
        }),
        H::MidiCC {
            channel, cc, value, ..
        } => Some(NoteEvent::Controller {
            channel,
            number: cc,
            value,
        }),
        _ => None,
    }
}

fn address(voice: VoiceID, channel: Channel, key: Key) -> NoteAddress {
    NoteAddress {
        note_id: voice.id(),
        channel: channel.number(),
        key: key.number(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOICE: VoiceID = VoiceID::ID(5);
    const CHANNEL: Channel = Channel::Number(2);
    const KEY: Key = Key::Number(60);

    fn meant(event: HostEvent<()>) -> Expression {
        match translate(&event) {
            Some(NoteEvent::Expression { note, expression }) => {
                let wanted = NoteAddress {
                    note_id: Some(5),
                    channel: Some(2),
                    key: Some(60),
                };
                assert_eq!(note, wanted);
                expression
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn expression_and_brightness_arrive_as_meant() {
        let brightness = HostEvent::PolyBrightness {
            timing: 0,
            voice_id: VOICE,
            channel: CHANNEL,
            key: KEY,
            brightness: 0.25,
        };
        let expression = HostEvent::PolyExpression {
            timing: 0,
            voice_id: VOICE,
            channel: CHANNEL,
            key: KEY,
            expression: 0.25,
        };
        assert_eq!(meant(brightness), Expression::Brightness(0.25));
        assert_eq!(meant(expression), Expression::Dynamics(0.25));
    }

    #[test]
    fn wheels_and_pedals_arrive() {
        let bend = HostEvent::MidiPitchBend {
            timing: 0,
            channel: 3,
            value: 0.75,
        };
        let wanted = NoteEvent::PitchBend {
            channel: 3,
            value: 0.5,
        };
        assert_eq!(translate(&bend), Some(wanted));

        let sustain = HostEvent::MidiCC {
            timing: 0,
            channel: 0,
            cc: 64,
            value: 1.0,
        };
        let wanted = NoteEvent::Controller {
            channel: 0,
            number: 64,
            value: 1.0,
        };
        assert_eq!(translate(&sustain), Some(wanted));

        let pressure = HostEvent::MidiChannelPressure {
            timing: 0,
            channel: 1,
            pressure: 0.5,
        };
        let wanted = NoteEvent::Pressure {
            channel: 1,
            value: 0.5,
        };
        assert_eq!(translate(&pressure), Some(wanted));
    }

    #[test]
    fn notes_need_a_key_and_take_any_channel() {
        let on = |channel, key| HostEvent::<()>::NoteOn {
            timing: 0,
            voice_id: VoiceID::Wildcard,
            channel,
            key,
            velocity: 0.5,
        };
        let wanted = NoteEvent::NoteOn {
            note_id: None,
            channel: 0,
            key: 60,
            velocity: 0.5,
        };
        let some = translate(&on(Channel::Wildcard, KEY));
        assert_eq!(some, Some(wanted));
        let none = translate(&on(CHANNEL, Key::Wildcard));
        assert_eq!(none, None);
    }
}

//! MIDI controllers. VST3 has them only as parameters: a hidden one for each controller that the
//! engine hears, on each channel.

use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_MIDI, clap_event_header, clap_event_midi,
};
use vst3::Steinberg::Vst::{
    ControllerNumbers_::{kAfterTouch, kPitchBend},
    ParamID,
};

/// Ids are those that the framework gave, which projects may hold: 130 a channel, for 128 controllers,
/// channel pressure and pitch bend.
const PER_CHANNEL: u32 = 130;
const FIRST: ParamID = (1 << 31) - CHANNELS as u32 * PER_CHANNEL;
const CHANNELS: usize = 16;
const PRESSURE: u8 = kAfterTouch as u8;
const BEND: u8 = kPitchBend as u8;
const PAN: u8 = 10;
const BRIGHTNESS: u8 = 74;

/// What the engine hears (`engine/channel.rs`): modulation, the value of a registered parameter, volume,
/// pan, expression, sustain, sostenuto, brightness, which registered parameter (bend range, MPE zones),
/// sound off, reset, notes off, and what has no number.
const NUMBERS: [u8; 15] = [
    1, 6, 7, PAN, 11, 64, 66, BRIGHTNESS, 100, 101, 120, 121, 123, PRESSURE, BEND,
];

/// How many there are.
pub const COUNT: usize = NUMBERS.len() * CHANNELS;

/// A controller on a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Controller {
    /// From 0.
    channel: u8,
    number: u8,
}

impl Controller {
    /// By its place, 0..[`COUNT`].
    pub fn at(index: usize) -> Controller {
        Controller {
            channel: (index / NUMBERS.len()) as u8,
            number: NUMBERS[index % NUMBERS.len()],
        }
    }

    /// Its place.
    pub fn index(self) -> usize {
        let number = NUMBERS.iter().position(|number| *number == self.number);
        usize::from(self.channel) * NUMBERS.len() + number.unwrap_or(0)
    }

    /// By MIDI's numbers, if Consort hears it.
    pub fn heard(channel: i16, number: i16) -> Option<Controller> {
        let number = u8::try_from(number).ok().filter(|n| NUMBERS.contains(n))?;
        let channel = u8::try_from(channel).ok().filter(|c| *c < CHANNELS as u8)?;
        Some(Controller { channel, number })
    }

    /// By its parameter.
    pub fn of(id: ParamID) -> Option<Controller> {
        let at = id.checked_sub(FIRST)?;
        Self::heard((at / PER_CHANNEL) as i16, (at % PER_CHANNEL) as i16)
    }

    /// Its parameter.
    pub fn id(self) -> ParamID {
        FIRST + u32::from(self.channel) * PER_CHANNEL + u32::from(self.number)
    }

    /// For hosts that show it all the same.
    pub fn name(self) -> String {
        let channel = self.channel + 1;
        match self.number {
            PRESSURE => format!("MIDI Ch. {channel} Channel Pressure"),
            BEND => format!("MIDI Ch. {channel} Pitch Bend"),
            number => format!("MIDI Ch. {channel} CC {number}"),
        }
    }

    /// Where it stands by itself, 0..=1.
    pub fn rest(self) -> f64 {
        match self.number {
            BEND | PAN | BRIGHTNESS => 0.5,
            7 | 11 | 100 | 101 => 1.0,
            _ => 0.0,
        }
    }

    /// The MIDI message of a value, 0..=1, at a frame of the block.
    pub fn event(self, time: u32, value: f64) -> clap_event_midi {
        let seven = (value * 127.0).round() as u8;
        let data = match self.number {
            PRESSURE => [0xd0 | self.channel, seven, 0],
            BEND => {
                let bend = (value * 16_383.0).round() as u16;
                [0xe0 | self.channel, (bend & 127) as u8, (bend >> 7) as u8]
            }
            number => [0xb0 | self.channel, number, seven],
        };
        clap_event_midi {
            header: clap_event_header {
                size: size_of::<clap_event_midi>() as u32,
                time,
                space_id: CLAP_CORE_EVENT_SPACE_ID,
                type_: CLAP_EVENT_MIDI,
                flags: 0,
            },
            port_index: 0,
            data,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_ids_and_numbers_belong_together() {
        for index in 0..COUNT {
            let controller = Controller::at(index);
            assert_eq!(controller.index(), index);
            assert_eq!(Controller::of(controller.id()), Some(controller));
        }
        assert_eq!(Controller::of(FIRST + PER_CHANNEL), None, "bank select");
        assert_eq!(Controller::of(1 << 31), None);
        assert_eq!(Controller::heard(16, 1), None);
    }

    #[test]
    fn pitch_bend_rests_in_the_middle() {
        let bend = Controller::heard(3, 129).unwrap();
        assert_eq!(bend.event(7, bend.rest()).data, [0xe3, 0, 64]);
        assert_eq!(bend.event(7, 1.0).data, [0xe3, 127, 127]);
    }
}

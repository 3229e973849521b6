//! The state of the 16 MIDI channels, and what it means for a note: pitch bend, pressure,
//! controllers, pedals, and MPE (lower zone: channel 0 manages, the channels above are members).

use super::Settings;

/// MIDI channels.
pub const CHANNELS: usize = 16;

/// One channel's controllers; the defaults are MIDI's.
#[derive(Clone, Copy)]
struct Channel {
    bend: f32,
    bend_range: Option<f32>,
    pressure: f32,
    modulation: f32,
    /// −1..=1, 0 neutral.
    brightness: f32,
    volume: f32,
    pan: f32,
    expression: f32,
    sustain: bool,
    sostenuto: bool,
    /// The registered parameter (coarse, fine) that data entry sets; 127, 127 is none.
    parameter: (u8, u8),
}

impl Default for Channel {
    fn default() -> Self {
        Channel {
            bend: 0.0,
            bend_range: None,
            pressure: 0.0,
            modulation: 0.0,
            brightness: 0.0,
            volume: 1.0,
            pan: 0.0,
            expression: 1.0,
            sustain: false,
            sostenuto: false,
            parameter: (127, 127),
        }
    }
}

/// What a controller asks of the notes that sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing but what the new values say.
    None,
    /// A pedal went up: notes that it held may end.
    PedalUp,
    /// The sostenuto pedal went down: it holds the notes that sound now.
    Sostenuto,
    /// Controller 123.
    AllNotesOff,
    /// Controller 120.
    AllSoundOff,
}

/// What the channels add up to for one note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChannelSum {
    /// Semitones of pitch bend.
    pub bend: f32,
    /// 0..=1.
    pub pressure: f32,
    /// 0..=1: the mod wheel, for vibrato.
    pub modulation: f32,
    /// −1..=1.
    pub brightness: f32,
    /// Linear gain of volume and expression controllers.
    pub gain: f32,
    /// −1..=1.
    pub pan: f32,
    /// Whether the note's channel is an MPE member.
    pub member: bool,
}

/// All channels.
#[derive(Clone, Default)]
pub struct Channels {
    channels: [Channel; CHANNELS],
    /// Member channels set by an MPE configuration message.
    members: Option<u8>,
}

impl Channels {
    /// Forgets all but bend ranges and the MPE configuration.
    pub fn reset(&mut self) {
        for channel in &mut self.channels {
            *channel = Channel {
                bend_range: channel.bend_range,
                ..Channel::default()
            };
        }
    }

    /// Pitch wheel, −1..=1.
    pub fn set_bend(&mut self, channel: u8, value: f32) {
        if value.is_finite() {
            self.at(channel).bend = value.clamp(-1.0, 1.0);
        }
    }

    /// Channel pressure, 0..=1.
    pub fn set_pressure(&mut self, channel: u8, value: f32) {
        if value.is_finite() {
            self.at(channel).pressure = value.clamp(0.0, 1.0);
        }
    }

    /// A controller, 0..=1.
    pub fn set_controller(&mut self, channel: u8, number: u8, value: f32) -> Action {
        if !value.is_finite() {
            return Action::None;
        }
        let value = value.clamp(0.0, 1.0);
        let down = value >= 0.5; // MIDI: 64 and above
        let state = self.at(channel);
        match number {
            1 => state.modulation = value,
            6 => self.set_parameter(channel, value * 127.0),
            7 => state.volume = value,
            // 64 is the centre, although it isn't half of 127.
            10 => state.pan = centred(value),
            11 => state.expression = value,
            64 | 66 => {
                let pedal = if number == 64 {
                    &mut state.sustain
                } else {
                    &mut state.sostenuto
                };
                let was = std::mem::replace(pedal, down);
                return match (was, down, number) {
                    (true, false, _) => Action::PedalUp,
                    (false, true, 66) => Action::Sostenuto,
                    _ => Action::None,
                };
            }
            74 => state.brightness = centred(value),
            98 | 99 => state.parameter = (127, 127), // a non-registered one: not ours
            100 => state.parameter.1 = (value * 127.0).round() as u8,
            101 => state.parameter.0 = (value * 127.0).round() as u8,
            120 => return Action::AllSoundOff,
            121 => {
                // Recommended practice 015: volume, pan and ranges stay.
                let kept = *state;
                *state = Channel {
                    bend_range: kept.bend_range,
                    volume: kept.volume,
                    pan: kept.pan,
                    ..Channel::default()
                };
                return Action::PedalUp;
            }
            123..=127 => return Action::AllNotesOff,
            _ => {}
        }
        Action::None
    }

    /// Whether messages on `sender` act on notes of `channel`.
    pub fn acts_on(&self, settings: &Settings, sender: u8, channel: u8) -> bool {
        sender == channel || (sender == 0 && self.is_member(settings, channel))
    }

    /// Whether the sustain pedal holds notes of this channel.
    pub fn sustains(&self, settings: &Settings, channel: u8) -> bool {
        self.any(settings, channel, |channel| channel.sustain)
    }

    /// Whether the sostenuto pedal holds the notes that it caught on this channel.
    pub fn holds_sostenuto(&self, settings: &Settings, channel: u8) -> bool {
        self.any(settings, channel, |channel| channel.sostenuto)
    }

    /// What the channels mean for a note of this channel.
    pub fn sum(&self, settings: &Settings, channel: u8) -> ChannelSum {
        let own = self.of(channel);
        let gain = |channel: &Channel| (channel.volume * channel.expression).powi(2);
        let range = own.bend_range.unwrap_or(settings.bend_range);
        let mut sum = ChannelSum {
            bend: own.bend * range,
            pressure: own.pressure,
            modulation: own.modulation,
            brightness: own.brightness,
            gain: gain(own),
            pan: own.pan,
            member: false,
        };
        if self.is_member(settings, channel) {
            let manager = self.of(0);
            let range = own.bend_range.unwrap_or(settings.mpe_bend_range);
            let manager_range = manager.bend_range.unwrap_or(settings.bend_range);
            sum = ChannelSum {
                bend: own.bend * range + manager.bend * manager_range,
                pressure: (sum.pressure + manager.pressure).min(1.0),
                modulation: (sum.modulation + manager.modulation).min(1.0),
                brightness: (sum.brightness + manager.brightness).clamp(-1.0, 1.0),
                gain: sum.gain * gain(manager),
                pan: (sum.pan + manager.pan).clamp(-1.0, 1.0),
                member: true,
            };
        }
        sum
    }

    fn any(&self, settings: &Settings, channel: u8, test: impl Fn(&Channel) -> bool) -> bool {
        test(self.of(channel)) || (self.is_member(settings, channel) && test(self.of(0)))
    }

    fn is_member(&self, settings: &Settings, channel: u8) -> bool {
        let members = self.members.unwrap_or(if settings.mpe { 15 } else { 0 });
        (1..=members).contains(&channel)
    }

    fn set_parameter(&mut self, channel: u8, value: f32) {
        match self.at(channel).parameter {
            (0, 0) => {
                // On any member channel a bend range holds for all members.
                let members = self.members.unwrap_or(0);
                if (1..=members).contains(&channel) {
                    for member in &mut self.channels[1..] {
                        member.bend_range = Some(value.min(96.0));
                    }
                }
                self.at(channel).bend_range = Some(value.min(96.0));
            }
            (0, 6) if channel == 0 => {
                self.members = match value.round() as u8 {
                    0 => None,
                    members => Some(members.min(15)),
                };
                for channel in &mut self.channels {
                    channel.bend_range = None;
                }
            }
            _ => {}
        }
    }

    fn of(&self, channel: u8) -> &Channel {
        &self.channels[usize::from(channel) % CHANNELS]
    }

    fn at(&mut self, channel: u8) -> &mut Channel {
        &mut self.channels[usize::from(channel) % CHANNELS]
    }
}

/// A controller whose neutral value is 64 of 127, to −1..=1.
fn centred(value: f32) -> f32 {
    let value = value * 127.0 - 64.0;
    if value < 0.0 {
        value / 64.0
    } else {
        value / 63.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bend(channels: &Channels, settings: &Settings, channel: u8) -> f32 {
        channels.sum(settings, channel).bend
    }

    fn send(channels: &mut Channels, channel: u8, messages: &[(u8, u8)]) {
        for &(number, value) in messages {
            channels.set_controller(channel, number, f32::from(value) / 127.0);
        }
    }

    #[test]
    fn a_registered_parameter_sets_the_bend_range() {
        let (mut channels, settings) = (Channels::default(), Settings::default());
        channels.set_bend(3, 0.5);
        assert_eq!(bend(&channels, &settings, 3), 1.0);
        send(
            &mut channels,
            3,
            &[(101, 0), (100, 0), (6, 12), (101, 127), (100, 127), (6, 1)],
        );
        assert!((bend(&channels, &settings, 3) - 6.0).abs() < 1e-4);
        assert_eq!(bend(&channels, &settings, 2), 0.0);
    }

    #[test]
    fn mpe_members_bend_far_and_follow_their_manager() {
        let mut channels = Channels::default();
        let settings = Settings {
            mpe: true,
            ..Settings::default()
        };
        channels.set_bend(0, 1.0);
        channels.set_bend(5, -0.5);
        assert_eq!(bend(&channels, &settings, 5), -24.0 + 2.0);
        assert_eq!(bend(&channels, &settings, 6), 2.0);
        assert_eq!(bend(&channels, &settings, 0), 2.0);
        assert!(channels.acts_on(&settings, 0, 5) && !channels.acts_on(&settings, 5, 6));
    }

    #[test]
    fn an_mpe_configuration_message_makes_members() {
        let (mut channels, settings) = (Channels::default(), Settings::default());
        send(&mut channels, 0, &[(101, 0), (100, 6), (6, 4)]);
        assert!(channels.sum(&settings, 4).member && !channels.sum(&settings, 5).member);
        send(&mut channels, 2, &[(101, 0), (100, 0), (6, 24)]);
        channels.set_bend(3, 1.0);
        assert!((bend(&channels, &settings, 3) - 24.0).abs() < 1e-4);
        send(&mut channels, 0, &[(101, 0), (100, 6), (6, 0)]);
        assert!(!channels.sum(&settings, 4).member);
    }

    #[test]
    fn neutral_controllers_are_neutral() {
        let (mut channels, settings) = (Channels::default(), Settings::default());
        let before = channels.sum(&settings, 1);
        send(&mut channels, 1, &[(74, 64), (10, 64), (11, 127), (7, 127)]);
        assert_eq!(channels.sum(&settings, 1), before);
        channels.set_bend(1, f32::NAN);
        channels.set_controller(1, 11, f32::INFINITY);
        assert_eq!(channels.sum(&settings, 1), before);
    }
}

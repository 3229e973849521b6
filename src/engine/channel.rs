//! The state of the 16 MIDI channels, and what it means for a note: pitch bend, pressure,
//! controllers, pedals, and MPE: in the lower zone channel 0 manages and the channels above it are
//! members, in the upper zone channel 15 and the channels below it.

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
    /// Members of the lower zone, when an MPE configuration message has set them.
    lower: Option<u8>,
    /// Members of the upper zone, which only such a message makes.
    upper: u8,
}

/// The channel that manages the upper zone.
const UPPER_MANAGER: u8 = CHANNELS as u8 - 1;

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
        sender == channel || self.manager(settings, channel) == Some(sender)
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
        if let Some(manager) = self.manager(settings, channel) {
            let manager = self.of(manager);
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
        let manager = self.manager(settings, channel);
        test(self.of(channel)) || manager.is_some_and(|manager| test(self.of(manager)))
    }

    /// The channel that manages this one, if it is a member of a zone.
    fn manager(&self, settings: &Settings, channel: u8) -> Option<u8> {
        let lower = self.lower.unwrap_or(if settings.mpe { 15 } else { 0 });
        self.manager_with(lower, channel)
    }

    fn manager_with(&self, lower: u8, channel: u8) -> Option<u8> {
        if (UPPER_MANAGER - self.upper..UPPER_MANAGER).contains(&channel) {
            return Some(UPPER_MANAGER);
        }
        let belongs_above = self.upper > 0 && channel == UPPER_MANAGER;
        ((1..=lower).contains(&channel) && !belongs_above).then_some(0)
    }

    fn set_parameter(&mut self, channel: u8, value: f32) {
        match self.at(channel).parameter {
            (0, 0) => {
                let range = Some(value.min(96.0));
                // On any member channel a bend range holds for all members of the zone.
                let zone = |of: &Self, each| of.manager_with(of.lower.unwrap_or(0), each);
                if let Some(manager) = zone(self, channel) {
                    for each in 0..CHANNELS as u8 {
                        if zone(self, each) == Some(manager) {
                            self.at(each).bend_range = range;
                        }
                    }
                }
                self.at(channel).bend_range = range;
            }
            (0, 6) if channel == 0 || channel == UPPER_MANAGER => {
                self.configure(channel, value.round() as u8);
            }
            _ => {}
        }
    }

    /// An MPE configuration message: the zone gets so many members, 0 ends it. The other zone
    /// gives away what overlaps.
    fn configure(&mut self, manager: u8, members: u8) {
        let members = members.min(15);
        // Both managers and the members of one zone leave the other so many.
        let left = match members {
            0 => 15,
            _ => 14u8.saturating_sub(members),
        };
        if manager == 0 {
            self.lower = (members > 0).then_some(members);
            self.upper = self.upper.min(left);
        } else {
            // The manager of the lower zone can't be a member of the upper one.
            self.upper = members.min(14);
            self.lower = self.lower.map(|lower| lower.min(left));
        }
        for channel in &mut self.channels {
            channel.bend_range = None;
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
    fn the_upper_zone_is_managed_by_the_last_channel() {
        let (mut channels, settings) = (Channels::default(), Settings::default());
        send(&mut channels, 0, &[(101, 0), (100, 6), (6, 9)]);
        send(&mut channels, 15, &[(101, 0), (100, 6), (6, 7)]);
        let manager = |channels: &Channels, channel| channels.manager(&settings, channel);
        // The later message takes what it needs: 7 above, 7 left below.
        let found: Vec<_> = (0..16).map(|each| manager(&channels, each)).collect();
        let mut expected = vec![None; 16];
        expected[1..=7].fill(Some(0));
        expected[8..=14].fill(Some(15));
        assert_eq!(found, expected);

        channels.set_bend(15, 1.0);
        channels.set_bend(10, 0.25);
        assert_eq!(bend(&channels, &settings, 10), 12.0 + 2.0);
        assert_eq!(bend(&channels, &settings, 3), 0.0);
        assert!(channels.acts_on(&settings, 15, 8) && !channels.acts_on(&settings, 0, 8));
        send(&mut channels, 9, &[(101, 0), (100, 0), (6, 24)]);
        channels.set_bend(15, 0.0);
        assert!((bend(&channels, &settings, 10) - 6.0).abs() < 1e-4);

        // All channels below: no upper zone is left, and its manager is a member.
        send(&mut channels, 0, &[(101, 0), (100, 6), (6, 15)]);
        assert_eq!(manager(&channels, 15), Some(0));
        send(&mut channels, 15, &[(101, 0), (100, 6), (6, 0)]);
        assert_eq!(manager(&channels, 15), Some(0), "nothing to end");
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

//! What begins and ends an engine's notes: keys, pedals, and the controllers that end all.

use super::NoteAddress;
use super::channel::Action;
use super::keys::Note;
use super::rack::Found;
use super::sampler::Engine;
use super::voice::{Conditions, Voice};

impl Engine {
    pub(super) fn note_on(&mut self, note: Note) {
        self.held.press(note.channel, note.key);
        let Engine {
            voices, conditions, ..
        } = self;
        // The same key again: what sounds of it dies away as if released, unless the host tells
        // both notes apart and the first is still held.
        let order = voices.next_release();
        let again = NoteAddress {
            note_id: None,
            channel: Some(note.channel),
            key: Some(note.key),
        };
        voices.for_each_at(&again, |voice| {
            if !voice.key_down || voice.note.note_id == note.note_id {
                voice.key_down = false;
                voice.release(order, conditions);
            }
        });
        if !self.begin(&note) {
            self.waiting.add(note);
        }
    }

    /// Starts a note unless its sound is still to come; says whether that is settled.
    pub(super) fn begin(&mut self, note: &Note) -> bool {
        let sound = match self.rack.find(note.key) {
            Found::Sound(sound) => sound,
            Found::NotYet => return false,
            Found::Never => {
                self.ended.push(note);
                return true;
            }
        };
        let Some((column, rate)) = self.rack.column(sound) else {
            return false;
        };
        let key = f32::from(note.key);
        let glide_from = self
            .last_key
            .filter(|_| self.conditions.settings.glide_s > 0.0);
        // Keys are checked where notes arrive.
        let next = &mut self.strokes[usize::from(note.key & 127)];
        let begins = (glide_from, u32::from(*next));
        *next = next.wrapping_add(1);
        let voice = Voice::start(*note, sound, column, rate, begins, &self.conditions)
            .at_gain(self.note_gain)
            .on_output(self.routes.output(note.key, column.one_shot));
        if voice.choke_group != 0 {
            self.voices.for_each(|other| {
                if other.choke_group == voice.choke_group {
                    other.fade();
                }
            });
        }
        self.last_key = Some(key);
        self.rack.take(sound);
        if let Some(cut) = self.voices.add(voice) {
            self.rack.leave(cut.sound);
            if !cut.moved_on {
                self.ended.push(&cut.note);
            }
            for (residue, last) in self.residue.iter_mut().zip(cut.last) {
                *residue += last;
            }
        }
        true
    }

    pub(super) fn note_off(&mut self, address: &NoteAddress) {
        self.forget(address);
        let Engine {
            voices, conditions, ..
        } = self;
        let order = voices.next_release();
        voices.for_each_at(address, |voice| {
            voice.key_down = false;
            release_unless_held(voice, order, conditions);
        });
    }

    pub(super) fn choke(&mut self, address: &NoteAddress) {
        self.forget(address);
        self.voices.for_each_at(address, Voice::fade);
    }

    /// Keys are no longer down; what waited for them doesn't any more.
    fn forget(&mut self, address: &NoteAddress) {
        self.held.lift(address);
        let ended = &mut self.ended;
        self.waiting.retain(|note| {
            let meant = note.is_at(address);
            if meant {
                ended.push(note);
            }
            !meant
        });
    }

    /// Does to the notes of a channel (and of its MPE members) what a controller asks.
    pub(super) fn act(&mut self, sender: u8, action: Action) {
        let Engine {
            voices, conditions, ..
        } = self;
        let Conditions {
            settings, channels, ..
        } = &*conditions;
        match action {
            Action::None => {}
            Action::PedalUp => {
                let order = voices.next_release();
                voices.for_each(|voice| {
                    let channel = voice.note.channel;
                    if channels.acts_on(settings, sender, channel) && !voice.is_fading() {
                        voice.caught &= channels.holds_sostenuto(settings, channel);
                        release_unless_held(voice, order, conditions);
                    }
                });
            }
            Action::Sostenuto => voices.for_each(|voice| {
                let meant = channels.acts_on(settings, sender, voice.note.channel);
                voice.caught |= meant && !voice.is_released();
            }),
            Action::AllNotesOff | Action::AllSoundOff => {
                for channel in 0..16 {
                    let Conditions {
                        settings, channels, ..
                    } = &self.conditions;
                    if !channels.acts_on(settings, sender, channel) {
                        continue;
                    }
                    let all = NoteAddress {
                        channel: Some(channel),
                        ..NoteAddress::default()
                    };
                    if action == Action::AllNotesOff {
                        self.note_off(&all);
                    } else {
                        self.choke(&all);
                    }
                }
            }
        }
    }
}

fn release_unless_held(voice: &mut Voice, order: u64, conditions: &Conditions) {
    let Conditions {
        settings, channels, ..
    } = conditions;
    let channel = voice.note.channel;
    let by_sostenuto = voice.caught && channels.holds_sostenuto(settings, channel);
    if !voice.key_down && !by_sostenuto && !channels.sustains(settings, channel) {
        voice.release(order, conditions);
    }
}

//! Which things of a request belong together.

use super::phrases::{Item, cut};
use super::words::Trait;
use super::{Asked, MOST_PLAYERS, NotUnderstood, Player, Role, ensembles};
use crate::orchestra::instruments::{self, Family, Instrument};
use crate::style;

/// Nouns of moods: words before them are how it sounds.
const MOODS: &str = "atmosphere mood feeling feel vibe vibes sound touch style way character ending intro opening finale tone energy night \
    evening morning scene climax world colours";

/// See [`Asked::read`].
pub(super) fn read(text: &str) -> Result<Asked, NotUnderstood> {
    let items = cut(text);
    let mut reading = Reading::default();
    for (at, item) in items.iter().enumerate() {
        reading.item(item, &items[..at], &items[at + 1..])?;
    }
    reading.unknown(None)?;
    reading.finish()
}

#[derive(Default)]
struct Reading {
    asked: Asked,
    /// Players that "bass" stands for.
    some_bass: Vec<usize>,
    /// Those that were named last.
    last: std::ops::Range<usize>,
    number: Option<usize>,
    /// A role that waits for who plays it.
    waiting: Option<Role>,
    more: Option<f32>,
    /// Traits of the instrument that comes.
    traits: Vec<(Trait, String, f32)>,
    unknown: Vec<String>,
    without: bool,
    solo: bool,
    /// Whether the phrase holds anything that is known.
    known: bool,
    removed: bool,
}

impl Reading {
    fn item(&mut self, item: &Item, before: &[Item], after: &[Item]) -> Result<(), NotUnderstood> {
        if !matches!(item, Item::Unknown(_)) {
            self.unknown(Some(item))?;
        }
        match item {
            Item::Break => self.ends_phrase(),
            Item::Joins => {
                // "without strings but with a tuba": unless what is missing comes first.
                if !matches!(before.last(), Some(Item::Without)) {
                    self.without = false;
                }
                self.known = false;
            }
            Item::And => self.known = false,
            Item::Unknown(word) => self.unknown.push(word.clone()),
            Item::Without => self.without = true,
            Item::Only => self.asked.only = true,
            Item::More(strength) => self.more = Some(*strength),
            Item::Number(count) => self.number = Some(*count),
            Item::In | Item::Plays => {}
            Item::Solo if matches!(before.last(), Some(Item::Instrument(..))) => {
                self.give(Role::Melody)?;
            }
            Item::Solo => self.solo = true,
            Item::Voices => {
                let count = self.number.take().unwrap_or(4);
                self.enough(count)?;
                self.join(ensembles::voices(count));
            }
            Item::Ensemble(ensemble) => {
                let times = self.number.take().unwrap_or(1);
                self.enough(times)?;
                self.own_traits();
                self.asked.ensemble.get_or_insert(ensemble.names[0].clone());
                if self.asked.style.is_none() {
                    self.asked.style.clone_from(&ensemble.style);
                }
                for _ in 0..times {
                    self.join(ensemble.players());
                }
            }
            Item::Style(found) => {
                self.own_traits();
                self.asked.style = Some(found.name().to_owned());
                self.known = true;
            }
            Item::Band => {}
            Item::Trait(what, word) => self.character(*what, word, after),
            Item::Role(role) => self.role(*role, before, after)?,
            Item::SomeBass if matches!(after.first(), Some(Item::In)) && self.waiting.is_none() => {
                self.role(Role::Bass, before, after)?;
            }
            Item::SomeBass => {
                let bass = instruments::named("bass guitar");
                if let Some(bass) = bass {
                    self.instrument(bass, false)?;
                    self.some_bass.extend(self.last.clone());
                }
            }
            Item::Instrument(found, plural) => self.instrument(found, *plural)?,
        }
        Ok(())
    }

    fn ends_phrase(&mut self) {
        self.without = false;
        self.known = false;
        self.number = None;
        self.own_traits();
    }

    /// Words that nobody knows, before this: how something sounds, or nothing that there is.
    fn unknown(&mut self, before: Option<&Item>) -> Result<(), NotUnderstood> {
        if self.unknown.is_empty() {
            return Ok(());
        }
        let words = std::mem::take(&mut self.unknown);
        let of_mood = words
            .last()
            .is_some_and(|word| MOODS.split_whitespace().any(|mood| mood == word));
        let of_player = matches!(before, Some(Item::Instrument(..) | Item::SomeBass));
        let of_all = matches!(
            before,
            Some(Item::Ensemble(_) | Item::Style(_) | Item::Trait(..) | Item::Band)
        );
        if of_player {
            self.traits
                .extend(words.into_iter().map(|word| (Trait::Sound, word, 1.0)));
        } else if self.known || of_mood || of_all {
            self.asked.sound.extend(words);
        } else {
            let name = words.join(" ");
            let last = &words[words.len() - 1];
            let near = instruments::nearest(&name).or_else(|| instruments::nearest(last));
            let near = near.map(str::to_owned);
            return Err(NotUnderstood::Unknown { name, near });
        }
        Ok(())
    }

    /// Traits that wait for an instrument are of all.
    fn own_traits(&mut self) {
        for (what, word, strength) in std::mem::take(&mut self.traits) {
            self.of_all(what, word, strength);
        }
    }

    fn of_all(&mut self, what: Trait, word: String, strength: f32) {
        self.asked.character.add(what, strength);
        if what == Trait::Sound && strength > 0.0 {
            self.asked.sound.push(word);
        }
    }

    fn character(&mut self, what: Trait, word: &str, after: &[Item]) {
        let strength = self.more.take().unwrap_or(1.0);
        let strength = if self.without { -1.0 } else { strength };
        self.known = true;
        let skipped = |item: &&Item| {
            matches!(
                item,
                Item::Trait(..) | Item::Number(_) | Item::More(_) | Item::Unknown(_) | Item::Solo
            )
        };
        let next = after.iter().find(|item| !skipped(item));
        // "Soft timpani", but "soft string quartet".
        if matches!(next, Some(Item::Instrument(..) | Item::SomeBass)) {
            self.traits.push((what, word.to_owned(), strength));
        } else {
            self.of_all(what, word.to_owned(), strength);
        }
    }

    fn role(&mut self, role: Role, before: &[Item], after: &[Item]) -> Result<(), NotUnderstood> {
        self.known = true;
        let named = matches!(before.last(), Some(Item::Instrument(..) | Item::SomeBass));
        let verb = matches!(before.last(), Some(Item::Plays | Item::In)) && !self.last.is_empty();
        let to_come = matches!(after.first(), Some(Item::In));
        if named && !self.without || verb && !to_come {
            self.give(role)?;
        } else if self.without && role == Role::Rhythm {
            self.remove(|player| player.instrument.is_drums());
        } else if !self.without {
            self.waiting = Some(role);
        }
        Ok(())
    }

    /// Gives a role to who was named last.
    fn give(&mut self, role: Role) -> Result<(), NotUnderstood> {
        for at in self.last.clone() {
            let Some(player) = self.asked.players.get_mut(at) else {
                continue;
            };
            can_play(player.instrument, role)?;
            player.role = Some(role);
        }
        self.merge(role);
        Ok(())
    }

    /// "String quartet, cello plays the bass": the cello that is there already.
    fn merge(&mut self, role: Role) {
        if self.last.len() != 1
            || self.last.start + 1 != self.asked.players.len()
            || self.asked.ensemble.is_none()
        {
            return;
        }
        let player = &self.asked.players[self.last.start];
        let same = |other: &Player| other.instrument == player.instrument;
        let free =
            |other: &Player| same(other) && (other.role.is_none() || other.role == Some(role));
        let there = &self.asked.players[..self.last.start];
        if let Some(at) = there
            .iter()
            .position(free)
            .or_else(|| there.iter().position(same))
        {
            let player = self.asked.players.pop();
            if let Some(player) = player {
                self.asked.players[at].role = Some(role);
                self.asked.players[at].sound.extend(player.sound);
                self.asked.players[at].loud += player.loud;
            }
            self.last = at..at + 1;
        }
    }

    fn instrument(
        &mut self,
        found: &'static Instrument,
        plural: bool,
    ) -> Result<(), NotUnderstood> {
        let count = self
            .number
            .take()
            .unwrap_or(if plural && self.waiting != Some(Role::Melody) {
                2
            } else {
                1
            });
        let traits = std::mem::take(&mut self.traits);
        if self.without {
            let section =
                ["strings", "brass section", "woodwinds", "drums"].contains(&&*found.name);
            let bass = found.family == Family::Bass;
            self.remove(|player| {
                player.instrument == found
                    || section && player.instrument.family == found.family
                    || bass && player.instrument.is_bass()
            });
            self.known = true;
            return Ok(());
        }
        self.enough(count)?;
        self.known = true;
        let mut player = Player {
            instrument: found,
            role: self.solo.then_some(Role::Melody),
            loud: 0.0,
            sound: Vec::new(),
        };
        self.solo = false;
        for (what, word, strength) in traits {
            match what {
                Trait::Loud(by) => player.loud = (player.loud + by * strength).clamp(-2.0, 2.0),
                Trait::Sound | Trait::Full(_) => {}
                _ => self.asked.character.add(what, strength),
            }
            if strength > 0.0 {
                player.sound.push(word);
            }
        }
        let from = self.asked.players.len();
        self.last = from..from + count;
        self.asked.players.extend(vec![player; count]);
        if let Some(role) = self.waiting.take() {
            self.give(role)?;
        }
        Ok(())
    }

    fn join(&mut self, players: Vec<Player>) {
        self.known = true;
        if self.without {
            self.remove(|player| {
                players
                    .iter()
                    .any(|other| other.instrument == player.instrument)
            });
            return;
        }
        let from = self.asked.players.len();
        self.asked.players.extend(players);
        self.last = from..self.asked.players.len();
    }

    fn remove(&mut self, is: impl Fn(&Player) -> bool) {
        let before = self.asked.players.len();
        self.asked.players.retain(|player| !is(player));
        self.removed |= self.asked.players.len() < before;
        self.last = 0..0;
        self.some_bass.retain(|at| *at < self.asked.players.len());
    }

    fn enough(&self, count: usize) -> Result<(), NotUnderstood> {
        let count = self.asked.players.len() + count;
        if count > MOST_PLAYERS {
            return Err(NotUnderstood::TooMany { count });
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Asked, NotUnderstood> {
        self.own_traits();
        self.bass();
        if let Some(role) = self.waiting.take() {
            // "With a counter-melody": who is free plays it.
            let players = self.asked.players.iter_mut();
            let free =
                players.filter(|player| player.role.is_none() && !player.instrument.is_drums());
            if let (Role::Counter, Some(player)) = (
                role,
                free.skip(1).find(|player| !player.instrument.is_bass()),
            ) {
                player.role = Some(role);
            }
        }
        if self.asked.players.is_empty() && self.removed {
            return Err(NotUnderstood::Nobody);
        }
        let found = self
            .asked
            .style
            .as_deref()
            .and_then(|name| style::named(name, &|_| true));
        if self.asked.players.is_empty()
            && let Some(found) = found
        {
            self.asked.players = ensembles::band(found.style);
        }
        let count = self.asked.players.len();
        if count > MOST_PLAYERS {
            return Err(NotUnderstood::TooMany { count });
        }
        let said =
            self.asked.character != super::Character::default() || !self.asked.sound.is_empty();
        if count == 0 && !said {
            return Err(NotUnderstood::Nothing);
        }
        Ok(self.asked)
    }

    /// Which bass "bass" is: a singer among singers, a double bass among strings and in jazz.
    fn bass(&mut self) {
        let players = &self.asked.players;
        let has =
            |of: &dyn Fn(&Instrument) -> bool| players.iter().any(|player| of(player.instrument));
        let jazz = self
            .asked
            .style
            .as_deref()
            .and_then(|name| style::named(name, &|_| true));
        let jazz = jazz.is_some_and(|found| found.style.swings());
        let sings =
            has(&|one| one.family == Family::Voice && !one.is_chordal() && one.name != "voice");
        let rocks = has(&|one| {
            matches!(
                &*one.name,
                "electric guitar" | "distorted guitar" | "synth lead"
            )
        });
        let plays = has(&|one| {
            matches!(
                one.family,
                Family::Strings | Family::Woodwind | Family::Brass
            )
        });
        let drums = has(&|one| one.is_drums());
        let name = match () {
            () if sings => "bass voice",
            () if jazz || plays && !rocks && !drums => "double bass",
            () => "bass guitar",
        };
        let found = instruments::named(name);
        for at in std::mem::take(&mut self.some_bass) {
            if let (Some(player), Some(found)) = (self.asked.players.get_mut(at), found) {
                player.instrument = found;
            }
        }
    }
}

fn can_play(instrument: &Instrument, role: Role) -> Result<(), NotUnderstood> {
    let pitched = matches!(
        role,
        Role::Melody | Role::Counter | Role::Inner | Role::Bass | Role::Pad | Role::Comping
    );
    let wide =
        instrument.range[1] - instrument.range[0] >= 24 || instrument.family == Family::Woodwind;
    let tune = matches!(role, Role::Melody | Role::Counter);
    if instrument.is_drums() && pitched || tune && !wide && instrument.name != "tubular bells" {
        return Err(NotUnderstood::CantPlay {
            instrument: instrument.name.clone(),
            role: role.name(),
        });
    }
    Ok(())
}

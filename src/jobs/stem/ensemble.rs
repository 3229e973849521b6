//! The parts of one instance: up to [`MOST_PARTS`], each asked for, made, changed and played on its own,
//! one of them shown. Adding a bass keeps the drums.

mod mix;
mod saving;

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use parking_lot::Mutex;
use serde_json::Value;

pub use self::mix::{Mix, MixSettings};
use super::asking::{Stem, StemOrder, StemStatus};
use super::desk::StemDesk;
use super::words;
use crate::jobs::snapshot::Listener;
use crate::jobs::song::Heard;
use crate::jobs::{Deed, Deeds, Pending, Said};
use crate::music::PartKind;

/// Parts that one instance can have.
pub const MOST_PARTS: usize = 12;

const FULL: &str =
    "There is no room for a thirteenth part: press “Clear” on one that isn't needed.";

/// A part as the window's list shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartTab {
    /// What orders name it by, 0..[`MOST_PARTS`].
    pub part: usize,
    /// "Bass", and a number where there are several.
    pub name: String,
    /// Whether it is the one that is shown.
    pub chosen: bool,
    /// Whether it is being written.
    pub works: bool,
    /// How it is mixed.
    pub mix: MixSettings,
}

/// The parts of one instance. Dropping it ends what is being made; nobody waits for it.
///
/// All methods: any thread but audio; none waits but those that say so.
pub struct Ensemble {
    parts: Vec<(StemDesk, Arc<Mix>)>,
    now: Mutex<Now>,
    listener: Listener,
    /// Is told of what can be taken back.
    deeds: OnceLock<Deeds>,
}

#[derive(Default)]
struct Now {
    /// The part that is shown.
    chosen: usize,
    /// Those that were added, in that order.
    added: Vec<usize>,
    /// What each was asked to be last.
    asked: [Option<PartKind>; MOST_PARTS],
    /// What is said of all of them.
    said: Option<Said>,
    /// Further parts of a project that can't be read, as they came.
    unreadable: Option<Value>,
    /// What projects remember has changed since the host was last told.
    changed: bool,
}

impl Ensemble {
    /// One of these desks, each with what its sound is mixed by; `listener` is told of every change that
    /// isn't a desk's own. Starts nothing.
    #[must_use]
    pub fn new(parts: Vec<(StemDesk, Arc<Mix>)>, listener: Listener) -> Self {
        Self {
            parts,
            now: Mutex::default(),
            listener,
            deeds: OnceLock::new(),
        }
    }

    /// From now on `deeds` is told of each change that [`Self::step`] takes back.
    pub fn tell(&self, deeds: &Deeds) {
        for (part, (desk, _)) in self.parts.iter().enumerate() {
            let deeds = deeds.clone();
            desk.tell(Box::new(move || deeds(Deed::Part(part))));
        }
        let _ = self.deeds.set(deeds.clone());
    }

    /// Whether the last change of this part can be taken back, or the next one made again.
    #[must_use]
    pub fn can_step(&self, part: usize, back: bool) -> bool {
        let part = self.parts.get(part);
        part.is_some_and(|(desk, _)| desk.can_step(back))
    }

    /// Takes the last change of a part back, or makes it again, and shows the part. No deed.
    pub fn step(&self, part: usize, back: bool) {
        self.order(StemOrder::Show(part), None);
        let order = if back {
            StemOrder::Undo
        } else {
            StemOrder::Redo
        };
        self.order(order, None);
    }

    /// How a part is mixed.
    #[must_use]
    pub fn mixed(&self, part: usize) -> Option<MixSettings> {
        Some(self.parts.get(part)?.1.settings())
    }

    /// Mixes a part like that. No deed.
    pub fn mix(&self, part: usize, settings: MixSettings) {
        if let Some((_, mix)) = self.parts.get(part) {
            mix.set(settings);
            self.hear_solos();
            self.now.lock().changed = true;
            (self.listener)();
        }
    }

    /// As [`StemDesk::activate`], of all parts.
    pub fn activate(&self, rate: f32, offline: bool) {
        for (desk, _) in &self.parts {
            desk.activate(rate, offline);
        }
    }

    /// Whether the sound of one is on its way, for the audio thread to ask.
    #[must_use]
    pub fn pending(&self) -> Vec<Pending> {
        self.parts.iter().map(|(desk, _)| desk.pending()).collect()
    }

    /// As [`StemDesk::wait_for_part`], of all parts: `take_in` is told which.
    pub fn wait_for_parts(&self, end: Instant, take_in: &mut dyn FnMut(usize) -> bool) {
        for (part, (desk, _)) in self.parts.iter().enumerate() {
            desk.wait_for_part(end, &mut || take_in(part));
        }
    }

    /// As [`StemDesk::wait_until_taken`], of all parts: `take_in` is told which.
    pub fn wait_until_taken(&self, end: Instant, take_in: &mut dyn FnMut(usize)) {
        for (part, (desk, _)) in self.parts.iter().enumerate() {
            desk.wait_until_taken(end, &mut || take_in(part));
        }
    }

    /// How it stands with the part that is shown, and which others there are.
    #[must_use]
    pub fn stem(&self) -> Stem {
        let stems: Vec<Stem> = self.parts.iter().map(|(desk, _)| desk.stem()).collect();
        let now = self.now.lock();
        let tabs = self.tabs(&now, &stems);
        let mut shown = stems.into_iter().nth(now.chosen).unwrap_or_default();
        shown.said = now.said.clone().or(shown.said);
        shown.parts = tabs;
        shown
    }

    fn tabs(&self, now: &Now, stems: &[Stem]) -> Vec<PartTab> {
        let named = |part: usize| match &stems[part].recording {
            Some(recording) => recording.short_name(),
            None => {
                let kind = kind_of(&stems[part], now.asked[part]);
                kind.map_or("Part", PartKind::name).to_owned()
            }
        };
        let there: Vec<usize> = now
            .added
            .iter()
            .copied()
            .filter(|part| !is_free(&stems[*part]))
            .collect();
        let number = |at: usize| {
            let same = |other: &&usize| named(**other) == named(there[at]);
            let before = there[..at].iter().filter(same).count();
            let all = there.iter().filter(same).count();
            (all > 1).then_some(before + 1)
        };
        let tab = |(at, &part): (usize, &usize)| PartTab {
            part,
            name: match number(at) {
                Some(number) => format!("{} {number}", named(part)),
                None => named(part),
            },
            chosen: part == now.chosen,
            works: is_written(&stems[part]),
            mix: self.parts[part].1.settings(),
        };
        there.iter().enumerate().map(tab).collect()
    }

    /// Whether what projects remember of it has changed; asks once.
    #[must_use]
    pub fn take_changed(&self) -> bool {
        let parts = self.parts.iter();
        let changed = parts.fold(false, |any, (desk, _)| any | desk.take_changed());
        std::mem::take(&mut self.now.lock().changed) | changed
    }

    /// Gives an order, to the part that is shown or to the one that it names; [`Self::stem`] shows what
    /// becomes of it. A part that is asked for takes the place of the one of its kind, and is added where
    /// there is none. `heard` is what it has to fit.
    pub fn order(&self, order: StemOrder, heard: Option<Arc<Heard>>) {
        let mut now = self.now.lock();
        now.said = None;
        match order {
            StemOrder::Show(part) if part < self.parts.len() => now.chosen = part,
            StemOrder::Mix(part, settings) if part < self.parts.len() => {
                let mix = &self.parts[part].1;
                let before = mix.settings();
                mix.set(settings);
                let after = mix.settings();
                self.hear_solos();
                now.changed = true;
                if let Some(deeds) = self.deeds.get() {
                    deeds(Deed::Mix {
                        part,
                        before,
                        after,
                    });
                }
            }
            StemOrder::Show(_) | StemOrder::Mix(..) => {}
            StemOrder::Make { words, kind, seed } => {
                for (words, kind) in asked_for(words, kind) {
                    let Some(part) = self.place_for(&now, kind) else {
                        now.said = Some(Said::fault(FULL));
                        break;
                    };
                    now.chosen = part;
                    now.asked[part] = kind;
                    if is_free(&self.parts[part].0.stem()) {
                        // Whatever was there before, this one comes last.
                        now.added.retain(|there| *there != part);
                        now.added.push(part);
                    }
                    let order = StemOrder::Make { words, kind, seed };
                    self.parts[part].0.order(order, heard.clone());
                }
            }
            StemOrder::AddRecording { .. } => {
                if let Some(part) = self.place_for_recording(&mut now) {
                    self.parts[part].0.order(order, heard);
                }
            }
            order => self.parts[now.chosen].0.order(order, heard),
        }
        drop(now);
        (self.listener)();
    }

    /// Where a part of a kind goes: in the place of the one there is, or of none.
    fn place_for(&self, now: &Now, kind: Option<PartKind>) -> Option<usize> {
        let stems: Vec<Stem> = self.parts.iter().map(|(desk, _)| desk.stem()).collect();
        let is_free = |part: &usize| is_free(&stems[*part]);
        let shown = std::iter::once(&now.chosen);
        let taken = shown.chain(&now.added).find(|part| !is_free(part));
        let Some(kind) = kind else {
            // Words that name no part: the desk says so, where there is one already.
            return Some(taken.copied().unwrap_or(now.chosen));
        };
        let same = |part: &&usize| {
            !is_free(part) && kind_of(&stems[**part], now.asked[**part]) == Some(kind)
        };
        let shown = Some(&now.chosen).filter(same);
        let there = shown.or(now.added.iter().find(same)).copied();
        there.or_else(|| self.free_place(&stems))
    }

    /// The place of no part: one that was never used before one whose history can still be stepped back to.
    fn free_place(&self, stems: &[Stem]) -> Option<usize> {
        let used = |part: &usize| self.can_step(*part, true) || self.can_step(*part, false);
        let free = (0..stems.len()).filter(|part| is_free(&stems[*part]));
        free.min_by_key(used)
    }

    /// Where a recording goes: beside all others, and shown.
    fn place_for_recording(&self, now: &mut Now) -> Option<usize> {
        let stems: Vec<Stem> = self.parts.iter().map(|(desk, _)| desk.stem()).collect();
        let Some(part) = self.free_place(&stems) else {
            now.said = Some(Said::fault(FULL));
            return None;
        };
        now.chosen = part;
        now.asked[part] = None;
        now.added.retain(|there| *there != part);
        now.added.push(part);
        Some(part)
    }

    /// Tells every part whether it is heard: where one is alone, those that aren't are not.
    fn hear_solos(&self) {
        let any = self.parts.iter().any(|(_, mix)| mix.settings().solo);
        for (_, mix) in &self.parts {
            mix.hear(any);
        }
    }
}

/// The parts that an instruction asks for, each with what is said of it.
fn asked_for(words: String, kind: Option<PartKind>) -> Vec<(String, Option<PartKind>)> {
    let Some(first) = kind.is_none().then(|| words::read(&words).kind).flatten() else {
        return vec![(words, kind)];
    };
    let others = words::for_part(&words, first).others;
    if others.is_empty() {
        return vec![(words, Some(first))];
    }
    let of = |kind| (words::for_part(&words, kind).words, Some(kind));
    std::iter::once(first).chain(others).map(of).collect()
}

/// Whether there is no part, nor one on its way.
fn is_free(stem: &Stem) -> bool {
    stem.sheet.is_none() && stem.recording.is_none() && !is_written(stem)
}

/// What plays it, where it is notes; what it was `asked` to be, before it is there.
fn kind_of(stem: &Stem, asked: Option<PartKind>) -> Option<PartKind> {
    match (&stem.recording, &stem.sheet) {
        (Some(_), _) => None,
        (None, sheet) => sheet.as_ref().and_then(|sheet| sheet.kind).or(asked),
    }
}

fn is_written(stem: &Stem) -> bool {
    matches!(stem.status, StemStatus::Working(_) | StemStatus::Reading)
}

//! What plays in another form: with other macros, or a morph. It takes the place of what plays, under
//! the notes that sound.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Desk, JobId, Rendering, Swap};
use crate::instrument::{Instrument, Macros, morph, render};
use crate::jobs::snapshot::Morphing;

/// Macros are rendered when they have stood still for so long.
const MACROS_REST: Duration = Duration::from_millis(150);

impl Desk {
    pub(in crate::jobs) fn set_macros(&mut self, macros: Macros) {
        let Some(instrument) = &self.instrument else {
            return;
        };
        let macros = macros.bounded();
        if instrument.macros == macros {
            return;
        }
        let changed = Arc::new(Instrument {
            macros,
            ..Instrument::clone(instrument)
        });
        self.replace(JobId::next(), changed);
    }

    /// Whether a morph is to be made now: not before the keys that sound have the one before, or a
    /// fast hand would never be heard.
    pub(super) fn morphs_now(&self) -> bool {
        let keys = self.side.wanted_keys();
        let renders = |rendering: &Rendering| rendering.replaces() && rendering.renders(keys);
        self.shared.wished_morph().is_some() && !self.rendering.as_ref().is_some_and(renders)
    }

    /// Makes the morph that is wished for, and plays it.
    pub(super) fn make_morph(&mut self) {
        let Some(Morphing { job, a, b, share }) = self.shared.wished_morph().take() else {
            return;
        };
        match morph(&a, &b, share) {
            Ok(mut between) => {
                if let Some(watch) = &self.watch {
                    between.macros = watch().bounded();
                }
                self.failure = None;
                self.shared.change().notice = None;
                self.replace(job, Arc::new(between));
            }
            Err(error) => self.show_failure(&error.to_string()),
        }
    }

    /// Another form of what plays, in its place and under its notes.
    fn replace(&mut self, job: JobId, instrument: Arc<Instrument>) {
        let kit = |instrument: &Arc<Instrument>| instrument.kit().is_some();
        let alike = self.instrument.as_ref().map(kit) == Some(kit(&instrument));
        // Also without a client's order the host has to process until the engine has all of it.
        self.shared.order_given();
        self.shared.order_read();
        self.instrument = Some(Arc::clone(&instrument));
        let mut snapshot = self.shared.change();
        snapshot.instrument = Some(instrument);
        snapshot.generation += 1;
        drop(snapshot);
        let swap = match (self.played, self.sample_rate) {
            (Some((id, rate)), Some(host))
                if alike && self.whole && rate == render::frame_rate(host) =>
            {
                Swap::Columns(id)
            }
            _ => self.gentle_swap(),
        };
        self.render(job, Instant::now(), swap);
    }

    /// Takes over the macros that the watch wants: at once, or when it has wanted them for a while.
    /// With all keys there, as soon as those that sound have what was wanted before.
    pub(in crate::jobs) fn look_at_macros(&mut self, at_once: bool) {
        let (Some(watch), Some(instrument)) = (&self.watch, &self.instrument) else {
            return;
        };
        let wanted = watch().bounded();
        if wanted == instrument.macros {
            self.said = None;
            return;
        }
        if self.whole {
            let wanted_keys = self.side.wanted_keys();
            let awaited =
                |rendering: &Rendering| rendering.replaces() && rendering.is_awaited(wanted_keys);
            if !self.rendering.as_ref().is_some_and(awaited) {
                self.set_macros(wanted);
            }
            return;
        }
        let now = Instant::now();
        match self.said {
            Some((said, since)) if said == wanted && now - since >= MACROS_REST => {}
            _ if at_once => {}
            Some((said, _)) if said == wanted => return,
            _ => {
                self.said = Some((wanted, now));
                return;
            }
        }
        self.set_macros(wanted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::mailbox;
    use crate::instrument::factory::{self, Kind};
    use crate::jobs::{Client, Status};

    #[test]
    fn the_newest_morph_wins_and_none_waits_for_those_before() {
        let (_engine, generator) = mailbox::channel();
        let client = Client::new(generator);
        client.set_sample_rate(8_000.0);
        let played = || {
            client.wait_until_rendered(Duration::from_secs(300));
            assert_eq!(client.snapshot().status, Status::Idle);
            client.snapshot().instrument.expect("an instrument")
        };
        let a = Arc::new(Instrument::factory());
        let mut entries = factory::entries().iter();
        let other = entries.find(|entry| entry.kind == Kind::Instrument && entry.name != a.name);
        let b = Arc::new(other.expect("a library").instrument());
        client.play(a.clone());
        played();
        let before = client.snapshot().generation;
        let mut longest = Duration::ZERO;
        for step in 0..=40u8 {
            let begun = Instant::now();
            client.morph(a.clone(), b.clone(), f32::from(step) / 40.0);
            longest = longest.max(begun.elapsed());
            std::thread::sleep(Duration::from_millis(5));
        }
        let between = played();
        let share = between
            .recipe
            .morphed_with
            .as_ref()
            .map(|(_, share)| *share);
        assert_eq!((share, &between.body), (Some(1.0), &b.body));
        let made = client.snapshot().generation - before;
        println!("{made} of 41 morphs made; asking took {longest:?} at most");
        assert!((1..41).contains(&made));
        // What is played after a morph isn't replaced by it.
        client.morph(a.clone(), b, 0.5);
        client.play(a.clone());
        assert_eq!(played().body, a.body);
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(played().body, a.body);
    }
}

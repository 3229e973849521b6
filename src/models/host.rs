//! The models of the process: each is in memory once, whoever uses it, and not longer than it is used.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::Error;
use super::backend::{Backend, LoadedModel, Report};
use super::provider::{Choice, Provider};
use super::runtime::{self, ChildBackend, InProcess};

/// The process's.
static HOST: OnceLock<ModelHost> = OnceLock::new();

/// A model that nobody has run for so long is unloaded; the next run brings it back.
const UNUSED: Duration = Duration::from_secs(60);

/// Owns every loaded model of the process: the generator's, the librarian's, the parts', the song's.
/// Any thread but audio.
#[derive(Debug)]
pub struct ModelHost {
    runs: Mutex<Runs>,
    /// By where they come from, and what is in their files.
    models: Mutex<HashMap<String, Arc<Kept>>>,
    /// A thread looks after them.
    swept: Mutex<bool>,
}

/// What runs the models now.
#[derive(Clone, Debug)]
struct Runs {
    choice: Choice,
    backend: Arc<dyn Backend>,
    /// How often that was chosen.
    turn: u64,
}

/// One model, in memory or not.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Option<InMemory>>);

#[derive(Debug)]
struct InMemory {
    model: Box<dyn LoadedModel>,
    used: Instant,
    /// [`Runs::turn`] when it was loaded.
    turn: u64,
}

impl ModelHost {
    /// The process's.
    #[must_use]
    pub fn get() -> &'static Self {
        HOST.get_or_init(|| {
            let choice = Choice::remembered();
            let backend = backend(&choice);
            Self::new(choice, backend)
        })
    }

    fn new(choice: Choice, backend: Arc<dyn Backend>) -> Self {
        Self {
            runs: Mutex::new(Runs {
                choice,
                backend,
                turn: 0,
            }),
            models: Mutex::default(),
            swept: Mutex::default(),
        }
    }

    /// From now on models are computed with that, also where it was chosen before and has failed. What is being
    /// run ends on the old. Nothing is kept beyond the process: that is [`Settings`](super::settings::Settings)'.
    pub fn choose(&self, choice: Choice) {
        let backend = backend(&choice);
        self.exchange(choice, backend);
    }

    fn exchange(&self, choice: Choice, backend: Arc<dyn Backend>) {
        let mut runs = self.runs.lock();
        let turn = runs.turn + 1;
        *runs = Runs {
            choice,
            backend,
            turn,
        };
        drop(runs);
        for kept in self.models.lock().values() {
            if let Some(mut place) = kept.0.try_lock() {
                place.take();
            }
        }
    }

    /// What is chosen, and how that stands. Any thread but audio; never waits long.
    #[must_use]
    pub fn report(&self) -> (Choice, Report) {
        let runs = self.runs();
        (runs.choice, runs.backend.report())
    }

    /// What the process's models were not computed with as chosen, a sentence each; nothing before
    /// the first model. Any thread but audio.
    #[must_use]
    pub fn told() -> Vec<String> {
        let host = HOST.get();
        host.map_or_else(Vec::new, |host| host.report().1.told)
    }

    fn runs(&self) -> Runs {
        self.runs.lock().clone()
    }

    /// The model with this key, one for all who ask.
    pub(super) fn keep(&'static self, key: String) -> Arc<Kept> {
        let kept = Arc::clone(self.models.lock().entry(key).or_default());
        self.sweep_soon();
        kept
    }

    /// Unloads what has been unused for `unused`; whether there is anything left to look after.
    fn sweep(&self, unused: Duration) -> bool {
        let mut models = self.models.lock();
        models.retain(|_, kept| {
            // One that is being used isn't unused.
            let Some(mut place) = kept.0.try_lock() else {
                return true;
            };
            place.take_if(|model| model.used.elapsed() >= unused);
            place.is_some() || Arc::strong_count(kept) > 1
        });
        !models.is_empty()
    }

    /// Has a thread look after the models, which ends with the last of them. Without one they stay.
    fn sweep_soon(&'static self) {
        if std::mem::replace(&mut *self.swept.lock(), true) {
            return;
        }
        let begun = runtime::spawn("consort-models", move || {
            loop {
                std::thread::sleep(UNUSED / 6);
                let mut swept = self.swept.lock();
                if runtime::exiting() || !self.sweep(UNUSED) {
                    *swept = false;
                    return;
                }
            }
        });
        if begun.is_err() {
            *self.swept.lock() = false;
        }
    }
}

fn backend(choice: &Choice) -> Arc<dyn Backend> {
    match choice.provider {
        Provider::Cpu => Arc::new(InProcess),
        _ => Arc::new(ChildBackend::new(choice.clone())),
    }
}

impl Kept {
    /// Does something with the model, which `load` brings first if it isn't in memory, or was loaded by what
    /// doesn't run models any more. Waits for others who do.
    pub(super) fn with<R>(
        &self,
        host: &ModelHost,
        load: impl FnOnce(&dyn Backend) -> Result<Box<dyn LoadedModel>, Error>,
        work: impl FnOnce(&mut dyn LoadedModel) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let mut place = self.0.lock();
        let runs = host.runs();
        place.take_if(|there| there.turn != runs.turn);
        let there = match &mut *place {
            Some(there) => there,
            empty => empty.insert(InMemory {
                model: load(&*runs.backend)?,
                used: Instant::now(),
                turn: runs.turn,
            }),
        };
        let done = work(&mut *there.model);
        there.used = Instant::now();
        done
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::models::backend::{Fault, Usage};
    use crate::models::tensor::{Slot, Tensor};

    /// Counts what is in memory, and what ever was.
    #[derive(Clone, Debug, Default)]
    struct Counting(Arc<[AtomicUsize; 2]>);

    impl Counting {
        fn now(&self) -> [usize; 2] {
            [0, 1].map(|index| self.0[index].load(Ordering::SeqCst))
        }
    }

    impl Backend for Counting {
        fn load(
            &self,
            _: &str,
            onnx: Cow<'static, [u8]>,
            _: Usage,
        ) -> Result<Box<dyn LoadedModel>, Fault> {
            if onnx.is_empty() {
                return Err(Fault::Model("nothing in it".to_owned()));
            }
            self.0.iter().for_each(|count| {
                count.fetch_add(1, Ordering::SeqCst);
            });
            Ok(Box::new(self.clone()))
        }
    }

    impl Drop for Counting {
        fn drop(&mut self) {
            self.0[0].fetch_sub(1, Ordering::SeqCst);
        }
    }

    impl LoadedModel for Counting {
        fn inputs(&self) -> Vec<Slot> {
            Vec::new()
        }

        fn outputs(&self) -> Vec<Slot> {
            Vec::new()
        }

        fn run(&mut self, _: &[Tensor<'_>], _: &[&str]) -> Result<Vec<Vec<f32>>, Fault> {
            Ok(Vec::new())
        }
    }

    #[test]
    fn a_model_is_in_memory_once_and_no_longer_than_it_is_used() {
        let counting = std::mem::ManuallyDrop::new(Counting::default());
        let backend = || Arc::new(Counting(counting.0.clone()));
        let host: &'static ModelHost =
            Box::leak(Box::new(ModelHost::new(Choice::default(), backend())));
        let run = |kept: &Kept, bytes: &'static [u8]| {
            let load = |backend: &dyn Backend| {
                let loaded = backend.load("", bytes.into(), Usage::Often);
                loaded.map_err(|fault| Error::Model(format!("{fault:?}")))
            };
            kept.with(host, load, |model| Ok(model.run(&[], &[]).is_ok()))
        };
        let (one, same, other) = (
            host.keep("a".into()),
            host.keep("a".into()),
            host.keep("b".into()),
        );
        assert!(run(&one, b"").is_err(), "what can't be loaded isn't kept");
        std::thread::scope(|scope| {
            for kept in [&one, &same, &one, &same] {
                scope.spawn(|| assert!(run(kept, b"onnx").unwrap()));
            }
        });
        assert_eq!(counting.now(), [1, 1], "of one file");
        run(&other, b"onnx").unwrap();
        assert_eq!(counting.now(), [2, 2]);

        // What somebody lets go stays for the next, for a while.
        drop((same, other));
        assert!(host.sweep(UNUSED));
        run(&host.keep("b".into()), b"onnx").unwrap();
        assert_eq!(counting.now(), [2, 2]);
        assert!(host.sweep(Duration::ZERO), "one is asked for");
        assert_eq!(counting.now(), [0, 2]);
        run(&one, b"onnx").unwrap();
        assert_eq!(counting.now(), [1, 3], "it comes back");

        // What another choice loaded is let go at once, or, where it is busy, with its next run.
        host.exchange(Choice::default(), backend());
        assert_eq!(counting.now()[1], 3);
        run(&one, b"onnx").unwrap();
        assert_eq!(counting.now()[1], 4);
        let busy = one.0.lock();
        host.exchange(Choice::default(), backend());
        drop(busy);
        run(&one, b"onnx").unwrap();
        assert_eq!(counting.now()[1], 5);
        drop(one);
        assert!(!host.sweep(Duration::ZERO));
        assert_eq!(counting.now()[1], 5);
    }
}

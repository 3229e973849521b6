//! The models of the process: each is in memory once, whoever uses it, and not longer than it is used.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::Error;
use super::backend::{Backend, LoadedModel};
use super::runtime::{self, InProcess};

/// A model that nobody has run for so long is unloaded; the next run brings it back.
const UNUSED: Duration = Duration::from_secs(60);

/// Owns every loaded model of the process: the generator's, the librarian's, the parts', the song's.
/// Any thread but audio.
#[derive(Debug)]
pub struct ModelHost {
    backend: Box<dyn Backend>,
    /// By where they come from, and what is in their files.
    models: Mutex<HashMap<String, Arc<Kept>>>,
    /// A thread looks after them.
    swept: Mutex<bool>,
}

/// One model, in memory or not.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Option<InMemory>>);

#[derive(Debug)]
struct InMemory {
    model: Box<dyn LoadedModel>,
    used: Instant,
}

impl ModelHost {
    /// The process's.
    #[must_use]
    pub fn get() -> &'static Self {
        static HOST: OnceLock<ModelHost> = OnceLock::new();
        HOST.get_or_init(|| Self::new(Box::new(InProcess)))
    }

    fn new(backend: Box<dyn Backend>) -> Self {
        Self {
            backend,
            models: Mutex::default(),
            swept: Mutex::default(),
        }
    }

    /// What runs the models.
    pub(super) fn backend(&self) -> &dyn Backend {
        &*self.backend
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

impl Kept {
    /// Does something with the model, which `load` brings first if it isn't in memory. Waits for others
    /// who do.
    pub(super) fn with<R>(
        &self,
        load: impl FnOnce() -> Result<Box<dyn LoadedModel>, Error>,
        work: impl FnOnce(&mut dyn LoadedModel) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let mut place = self.0.lock();
        let there = match &mut *place {
            Some(there) => there,
            empty => empty.insert(InMemory {
                model: load()?,
                used: Instant::now(),
            }),
        };
        let done = work(&mut *there.model);
        there.used = Instant::now();
        done
    }
}

#[cfg(test)]
mod tests {
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
        fn load(&self, onnx: &[u8], _usage: Usage) -> Result<Box<dyn LoadedModel>, Fault> {
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
        let backend = Counting(counting.0.clone());
        let host: &'static ModelHost = Box::leak(Box::new(ModelHost::new(Box::new(backend))));
        let run = |kept: &Kept, bytes: &[u8]| {
            let load = || {
                let loaded = host.backend().load(bytes, Usage::Often);
                loaded.map_err(|fault| Error::Model(format!("{fault:?}")))
            };
            kept.with(load, |model| Ok(model.run(&[], &[]).is_ok()))
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
        drop(one);
        assert!(!host.sweep(Duration::ZERO));
        assert_eq!(counting.now(), [0, 3]);
    }
}

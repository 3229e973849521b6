//! A session without a host, for tests.

use std::path::Path;
use std::sync::Arc;

use super::{Inputs, Session};
use crate::editor::host_window::RepaintNotifier;
use crate::engine::{Engine, capture, mailbox};
use crate::jobs::{Client, Librarian, Recorder, song};
use crate::params::ConsortParams;
use crate::plugin::ensemble_voice::ensemble_of;
use crate::plugin::{context::Context, keys};

/// An active session whose library is in `folder`, and its engine.
pub(super) fn session(folder: &Path) -> (Session, Engine) {
    let (engine_side, generator_side) = mailbox::channel();
    let engine = Engine::new(engine_side);
    let folder = folder.to_owned();
    let session = Session::new(
        Arc::new(ConsortParams::default()),
        Client::new(generator_side),
        engine.telemetry(),
        Inputs {
            recorder: Recorder::new(
                capture::channel(16).1,
                Box::new(std::env::temp_dir),
                Box::new(|| ()),
            ),
            context: Context::new(song::Source::Sidechain, Box::new(|| ())).0,
            stem: ensemble_of(&RepaintNotifier::new()).1,
        },
        keys::ring().0,
        Librarian::new(move || folder.clone(), Box::new(|| ())),
    );
    session.activate(48_000.0, false);
    (session, engine)
}

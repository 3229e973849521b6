//! A session without a host, for tests.

use std::path::Path;
use std::sync::Arc;

use super::{Inputs, Session};
use crate::editor::View;
use crate::editor::host_window::RepaintNotifier;
use crate::engine::{Engine, capture, mailbox};
use crate::jobs::stem::recording::LibraryFolder;
use crate::jobs::{Client, Librarian, Recorder, song};
use crate::params::ConsortParams;
use crate::plugin::ensemble_voice::ensemble_of;
use crate::plugin::{context::Context, keys, undo::UndoLine};

/// An active session whose library is in `folder`, and its engine.
pub(super) fn session(folder: &Path) -> (Session, Engine) {
    let (engine_side, generator_side) = mailbox::channel();
    let engine = Engine::new(engine_side);
    let folder = folder.to_owned();
    let library: LibraryFolder = Arc::new({
        let folder = folder.clone();
        move || folder.clone()
    });
    let context = Context::new(song::Source::Sidechain, Box::new(|| ())).0;
    let stem = ensemble_of(&RepaintNotifier::new(), &library).1;
    let undo = Arc::<UndoLine>::default();
    undo.hear(&stem, &context);
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
            context,
            stem,
            undo,
        },
        keys::ring().0,
        Librarian::new(move || folder.clone(), Box::new(|| ())),
    );
    session.activate(48_000.0, false);
    (session, engine)
}

/// How things are, as the window sees them: once all that has come is taken up.
pub(super) fn look(session: &Session) -> View {
    session.poll();
    session.view()
}

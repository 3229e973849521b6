//! What a project or preset holds of the effect: how the song is listened to, and the window's size.

use std::sync::Arc;

use nice_plug::prelude::*;

use crate::editor::host_window::WindowSize;
use crate::jobs::Ensemble;
use crate::params::stems::StemsParams;
use crate::plugin::context::{Context, SavedSong};
use crate::plugin::later::WithLater;
use crate::plugin::saved_size::SavedSize;
use crate::plugin::state::SHARED;
use crate::plugin::stem_state::SavedStem;

/// All that the host saves and loads.
pub(super) type SavedState = WithLater<SavedFields>;

/// What of it this version knows.
#[derive(Params)]
pub(super) struct SavedFields {
    #[nested]
    params: Arc<StemsParams>,
    #[persist = "song"]
    song: SavedSong,
    #[persist = "stem"]
    stem: SavedStem,
    #[persist = "window"]
    window: SavedSize,
}

impl SavedFields {
    /// The state of the instance that these belong to. Main thread.
    pub(super) fn of(
        params: &Arc<StemsParams>,
        context: &Arc<Context>,
        stem: &Arc<Ensemble>,
        window: &Arc<WindowSize>,
    ) -> SavedState {
        let fields = Self {
            params: params.clone(),
            song: SavedSong(context.clone()),
            stem: SavedStem(stem.clone()),
            window: SavedSize::new(window),
        };
        WithLater::new(fields, &SHARED)
    }
}

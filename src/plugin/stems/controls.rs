//! The window's controls: the context, and the host that is told of changes.

use std::sync::Arc;

use nice_plug::context::gui::GuiContext;

use crate::editor::{StemsControls, StemsView};
use crate::jobs::SongOrder;
use crate::params::stems::StemsParams;
use crate::plugin::context::Context;
use crate::plugin::telling::tell_host;

/// Lives as long as one window. UI thread.
pub(super) struct HostControls {
    context: Arc<Context>,
    params: Arc<StemsParams>,
    host: GuiContext,
}

impl HostControls {
    /// Controls for a window of this instance.
    pub(super) fn new(context: Arc<Context>, params: Arc<StemsParams>, host: GuiContext) -> Self {
        Self {
            context,
            params,
            host,
        }
    }
}

impl StemsControls for HostControls {
    fn view(&self) -> StemsView {
        if self.context.take_changed() {
            tell_host(&self.host, &self.params.change);
        }
        StemsView {
            song: self.context.song(),
            peak: self.context.take_peak(),
        }
    }

    fn song(&self, order: SongOrder) {
        self.context.order(order);
    }
}

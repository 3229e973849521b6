//! The window's controls: the context, the stem, and the host that is told of changes.

#![expect(
    unsafe_code,
    reason = "the framework hands parameters about as pointers"
)]

use std::sync::Arc;

use nice_plug::context::gui::GuiContext;
use nice_plug::params::internals::ParamPtr;

use crate::editor::{StemControls, StemsControls, StemsView};
use crate::jobs::{Ensemble, SongOrder, StemOrder};
use crate::params::stems::StemsParams;
use crate::plugin::context::Context;
use crate::plugin::ear::Peak;
use crate::plugin::telling::tell_host;

/// Lives as long as one window. UI thread.
pub(super) struct HostControls {
    context: Arc<Context>,
    stem: Arc<Ensemble>,
    params: Arc<StemsParams>,
    output: Arc<Peak>,
    host: GuiContext,
}

impl HostControls {
    /// Controls for a window of this instance.
    pub(super) fn new(
        context: Arc<Context>,
        stem: Arc<Ensemble>,
        params: Arc<StemsParams>,
        output: Arc<Peak>,
        host: GuiContext,
    ) -> Self {
        Self {
            context,
            stem,
            params,
            output,
            host,
        }
    }
}

impl StemsControls for HostControls {
    fn view(&self) -> StemsView {
        if self.context.take_changed() | self.stem.take_changed() {
            tell_host(&self.host, &self.params.change);
        }
        StemsView {
            song: self.context.song(),
            stem: self.stem.stem(),
            peak: self.context.take_peak(),
            output_peak: self.output.take(),
        }
    }

    fn params(&self) -> &StemsParams {
        &self.params
    }

    fn song(&self, order: SongOrder) {
        self.context.order(order);
    }
}

impl StemControls for HostControls {
    fn stem(&self, order: StemOrder) {
        let heard = self.context.song().heard_in_it().cloned();
        self.stem.order(order, heard);
    }

    fn begin_edit(&self, param: ParamPtr) {
        // SAFETY: one of `params()`, which live as long as the instance.
        unsafe { self.host.raw_begin_set_parameter(param) };
    }

    fn edit(&self, param: ParamPtr, normalized: f32) {
        // SAFETY: one of `params()`, which live as long as the instance.
        unsafe { self.host.raw_set_parameter_normalized(param, normalized) };
    }

    fn end_edit(&self, param: ParamPtr) {
        // SAFETY: one of `params()`, which live as long as the instance.
        unsafe { self.host.raw_end_set_parameter(param) };
    }
}

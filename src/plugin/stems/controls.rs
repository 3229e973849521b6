//! The window's controls: the context, the stem, and the host that is told of changes.

#![expect(
    unsafe_code,
    reason = "the framework hands parameters about as pointers"
)]

use std::sync::Arc;

use nice_plug::context::gui::GuiContext;
use nice_plug::params::internals::ParamPtr;
use parking_lot::Mutex;

use crate::editor::{StemControls, StemsControls, StemsView};
use crate::jobs::{Ensemble, SongOrder, StemOrder};
use crate::params::stems::StemsParams;
use crate::plugin::context::Context;
use crate::plugin::ear::Peak;
use crate::plugin::telling::tell_host;
use crate::plugin::undo::{self, Step, Turn, UndoLine};

/// Lives as long as one window. UI thread.
pub(super) struct HostControls {
    context: Arc<Context>,
    stem: Arc<Ensemble>,
    params: Arc<StemsParams>,
    output: Arc<Peak>,
    undo: Arc<UndoLine>,
    host: GuiContext,
    /// The knob in the user's hand.
    turn: Mutex<Option<Turn>>,
}

impl HostControls {
    /// Controls for a window of this instance.
    pub(super) fn new(
        context: Arc<Context>,
        stem: Arc<Ensemble>,
        params: Arc<StemsParams>,
        output: Arc<Peak>,
        undo: Arc<UndoLine>,
        host: GuiContext,
    ) -> Self {
        Self {
            context,
            stem,
            params,
            output,
            undo,
            host,
            turn: Mutex::default(),
        }
    }

    fn can(&self, step: &Step, back: bool) -> bool {
        match step {
            // No instrument plays here but the parts'.
            Step::Sound => false,
            Step::Turn(_) => true,
            Step::Deed(deed) => undo::can(*deed, back, &self.stem, &self.context),
        }
    }

    fn step(&self, back: bool) {
        match self.undo.go(back, |step| self.can(step, back)) {
            Some(Step::Turn(turn)) => {
                let value = if back { turn.before } else { turn.after };
                self.begin_edit(turn.param);
                self.edit(turn.param, value);
                // That isn't the user's hand.
                self.turn.lock().take();
                self.end_edit(turn.param);
            }
            Some(Step::Deed(deed)) => undo::make(deed, back, &self.stem, &self.context),
            Some(Step::Sound) | None => {}
        }
    }
}

impl StemsControls for HostControls {
    fn view(&self) -> StemsView {
        if self.context.take_changed() | self.stem.take_changed() {
            tell_host(&self.host, &self.params.change);
        }
        let stem = self.stem.stem();
        let next = |back: bool| {
            let step = self.undo.next(back, |step| self.can(step, back))?;
            step.name(&stem)
        };
        StemsView {
            song: self.context.song(),
            before: next(true),
            after: next(false),
            stem,
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
        self.context.order_part(&self.stem, order);
    }

    fn undo(&self) {
        self.step(true);
    }

    fn redo(&self) {
        self.step(false);
    }

    fn begin_edit(&self, param: ParamPtr) {
        // SAFETY: one of `params()`, which live as long as the instance.
        *self.turn.lock() = Some(unsafe { Turn::begin(param) });
        // SAFETY: one of `params()`, which live as long as the instance.
        unsafe { self.host.raw_begin_set_parameter(param) };
    }

    fn edit(&self, param: ParamPtr, normalized: f32) {
        if let Some(turn) = self.turn.lock().as_mut() {
            turn.after = normalized;
        }
        // SAFETY: one of `params()`, which live as long as the instance.
        unsafe { self.host.raw_set_parameter_normalized(param, normalized) };
    }

    fn end_edit(&self, param: ParamPtr) {
        // SAFETY: one of `params()`, which live as long as the instance.
        unsafe { self.host.raw_end_set_parameter(param) };
        let turn = self.turn.lock().take();
        if let Some(turn) = turn {
            self.undo.did(Step::Turn(turn));
        }
    }
}

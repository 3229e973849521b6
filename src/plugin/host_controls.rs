//! The window's controls: the session, and the host for parameter changes.

#![expect(
    unsafe_code,
    reason = "the framework hands parameters about as pointers"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use nice_plug::context::gui::GuiContext;
use nice_plug::params::FloatParam;
use nice_plug::params::internals::ParamPtr;
use parking_lot::Mutex;

use super::session::{Restore, Session};
use super::telling::tell_host;
use super::undo::Turn;
use crate::editor::{Controls, InstrumentFault, LibraryOrder, Other, StemControls, View};
use crate::instrument::Macros;
use crate::jobs::{Request, SongOrder, StemOrder};
use crate::params::ConsortParams;

/// Lives as long as one window. UI thread.
pub struct HostControls {
    session: Arc<Session>,
    host: GuiContext,
    /// The knob in the user's hand.
    turn: Mutex<Option<Turn>>,
}

impl HostControls {
    /// Controls for a window of this instance. Whoever opens one is about to ask for an instrument.
    pub fn new(session: Arc<Session>, host: GuiContext) -> Self {
        session.prepare();
        Self {
            session,
            host,
            turn: Mutex::default(),
        }
    }

    fn set(&self, param: &FloatParam, value: f32) {
        let setter = self.host.param_setter();
        setter.begin_set_parameter(param);
        setter.set_parameter(param, value);
        setter.end_set_parameter(param);
    }

    /// Brings the macros' parameters to where a new instrument has them.
    fn set_macros(&self, macros: &Macros) {
        for (_, param, value) in self.session.params().of_macros(macros) {
            if param.value() != value {
                self.set(param, value);
            }
        }
    }

    /// Brings the host's parameters to where a step back or forward has them.
    fn restore(&self, restore: Option<Restore>) {
        match restore {
            None => {}
            Some(Restore::Macros(macros)) => self.set_macros(&macros),
            Some(Restore::Param(param, value)) => {
                self.begin_edit(param);
                self.edit(param, value);
                // That isn't the user's hand.
                self.turn.lock().take();
                self.end_edit(param);
            }
        }
    }
}

impl Controls for HostControls {
    fn view(&self) -> View {
        self.session.poll();
        let view = self.session.view();
        if let Some(macros) = self.session.take_macros() {
            self.set_macros(&macros);
        }
        if self.session.take_changed() {
            tell_host(&self.host, &self.session.params().change);
        }
        view
    }

    fn params(&self) -> &ConsortParams {
        self.session.params()
    }

    fn make(&self, request: Request) {
        self.session.make(request);
    }

    fn cancel(&self) {
        self.session.cancel();
    }

    fn dismiss(&self) {
        self.session.dismiss();
    }

    fn key(&self, key: u8, velocity: Option<f32>) {
        self.session.key(key, velocity);
    }

    fn capture(&self) {
        self.session.recorder().begin();
    }

    fn stop_capture(&self) {
        self.session.recorder().stop();
    }

    fn cancel_capture(&self) {
        self.session.recorder().cancel();
    }

    fn song(&self, order: SongOrder) {
        self.session.context().order(order);
    }

    fn play_factory(&self, name: &str) -> Result<(), InstrumentFault> {
        self.set_macros(&self.session.play_factory(name)?);
        Ok(())
    }

    fn morph_with(&self, other: &Other) -> Result<(), InstrumentFault> {
        self.session.morph_with(other)
    }

    fn morph(&self, share: f32) -> Result<(), InstrumentFault> {
        self.session.morph(share)
    }

    fn library(&self, order: LibraryOrder) {
        self.session.library(order);
    }

    fn open(&self, file: &Path) -> Result<(), InstrumentFault> {
        self.set_macros(&self.session.open(file)?);
        Ok(())
    }

    fn save(&self, folder: &Path) -> Result<PathBuf, InstrumentFault> {
        self.session.save(folder)
    }

    fn export(&self, folder: &Path) {
        self.session.export(folder);
    }

    fn cancel_export(&self) {
        self.session.cancel_export();
    }

    fn prepare(&self) {
        self.session.prepare();
    }
}

impl StemControls for HostControls {
    fn stem(&self, order: StemOrder) {
        self.session.stem_order(order);
    }

    fn undo(&self) {
        self.restore(self.session.step(true));
    }

    fn redo(&self) {
        self.restore(self.session.step(false));
    }

    fn begin_edit(&self, param: ParamPtr) {
        // SAFETY: one of `params()`, which live as long as the session.
        *self.turn.lock() = Some(unsafe { Turn::begin(param) });
        // SAFETY: one of `params()`, which live as long as the session; the framework ignores others.
        unsafe { self.host.raw_begin_set_parameter(param) };
    }

    fn edit(&self, param: ParamPtr, normalized: f32) {
        if let Some(turn) = self.turn.lock().as_mut() {
            turn.after = normalized;
        }
        // SAFETY: one of `params()`, which live as long as the session; the framework ignores others.
        unsafe { self.host.raw_set_parameter_normalized(param, normalized) };
        self.session.macros_turn();
    }

    fn end_edit(&self, param: ParamPtr) {
        // SAFETY: one of `params()`, which live as long as the session; the framework ignores others.
        unsafe { self.host.raw_end_set_parameter(param) };
        self.session.macros_moved();
        let turn = self.turn.lock().take();
        if let Some(turn) = turn {
            self.session.turned(turn);
        }
    }
}

//! An instrument on its way to files: a column a slice, when nothing else is to be done.

use std::path::Path;
use std::sync::Arc;

use super::snapshot::{Export, Shared};
use crate::instrument::Instrument;
use crate::instrument::export::{self, ExportError};
use crate::models::runtime;

/// Frames per second of an export that no host has named a rate for.
const USUAL_RATE: f32 = 48_000.0;

/// The export in progress, if there is one. Dropping it leaves no files. Thread: generator.
#[derive(Default)]
pub(super) struct Exporting(Option<export::Export>);

impl Exporting {
    /// Begins to export an instrument as it sounds; replaces the one in progress.
    pub(super) fn begin(
        &mut self,
        instrument: Arc<Instrument>,
        sample_rate: Option<f32>,
        folder: &Path,
        shared: &Shared,
    ) {
        // First the old one's files go.
        self.0 = None;
        let macros = instrument.macros;
        let rate = sample_rate.unwrap_or(USUAL_RATE);
        match export::Export::new(instrument, macros, rate, folder) {
            Ok(export) => {
                self.0 = Some(export);
                shared.change().export = Some(Export::Working(0.0));
            }
            Err(error) => shared.change().export = Some(Export::Failed(error.to_string())),
        }
    }

    /// Stops, if something is being exported; what became of an earlier one is forgotten, too.
    pub(super) fn cancel(&mut self, shared: &Shared) {
        self.0 = None;
        shared.change().export = None;
    }

    /// Ends with a sentence.
    pub(super) fn fail(&mut self, sentence: &str, shared: &Shared) {
        self.0 = None;
        shared.change().export = Some(Export::Failed(sentence.to_owned()));
    }

    pub(super) fn has_work(&self) -> bool {
        self.0.is_some()
    }

    /// One column; when an order waits meanwhile, it is done again later.
    pub(super) fn work(&mut self, shared: &Shared) {
        let Some(export) = &mut self.0 else {
            return;
        };
        let stop = || shared.order_waits() || runtime::exiting();
        let state = match export.step(&stop) {
            Ok(None) => Export::Working(export.progress()),
            Ok(Some(file)) => Export::Done(file),
            Err(ExportError::Cancelled) => return,
            Err(error) => Export::Failed(error.to_string()),
        };
        if !matches!(state, Export::Working(_)) {
            self.0 = None;
        }
        shared.change().export = Some(state);
    }
}

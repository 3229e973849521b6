//! The folder of an SFZ and its samples, written column by column.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use super::{ExportError, builder, failed, names, safe_name, sfz, wav};
use crate::instrument::render;
use crate::instrument::zone::Column;
use crate::instrument::{Instrument, Macros};

/// An export in progress: it takes some 30 steps of tens of milliseconds each. Dropped before it is
/// done, it leaves nothing behind. Any thread but audio.
#[derive(Debug)]
pub struct Export {
    instrument: Arc<Instrument>,
    macros: Macros,
    sample_rate: f32,
    parent: PathBuf,
    name: String,
    /// Everything is written in here first: a folder under its own name is whole.
    workplace: TempDir,
    text: String,
    next: u8,
    columns: u8,
}

impl Export {
    /// Begins an export into `parent`, as [`mod@super::sfz`] describes.
    ///
    /// # Errors
    /// [`ExportError::Write`]: nothing can be written there.
    pub fn new(
        instrument: Arc<Instrument>,
        macros: Macros,
        sample_rate: f32,
        parent: &Path,
    ) -> Result<Self, ExportError> {
        fs::create_dir_all(parent).map_err(failed(parent))?;
        let workplace = builder(0o700).tempdir_in(parent).map_err(failed(parent))?;
        let export = Self {
            name: safe_name(&instrument.name),
            text: sfz::header(&instrument),
            columns: render::plan(&instrument, sample_rate).columns.len() as u8,
            instrument,
            macros,
            sample_rate,
            parent: parent.to_owned(),
            workplace,
            next: 0,
        };
        let samples = export.samples();
        fs::create_dir_all(&samples).map_err(failed(parent))?;
        Ok(export)
    }

    /// The share that is done, 0..=1.
    #[must_use]
    pub fn progress(&self) -> f32 {
        f32::from(self.next) / f32::from(self.columns)
    }

    /// Renders and writes the next column, and with the last one the SFZ. The SFZ's path once all is
    /// done; not to be called again after that, nor after an error.
    ///
    /// # Errors
    /// [`ExportError::Cancelled`] when `cancelled` (asked every few milliseconds) said so, or
    /// [`ExportError::Write`].
    pub fn step(&mut self, cancelled: &dyn Fn() -> bool) -> Result<Option<PathBuf>, ExportError> {
        let mut rendered = None;
        let flow = render::render_columns(
            &self.instrument,
            self.sample_rate,
            &self.macros,
            &[self.next],
            cancelled,
            &mut |_, column| {
                rendered = Some(column);
                ControlFlow::Continue(())
            },
        );
        if flow.is_break() {
            return Err(ExportError::Cancelled);
        }
        if let Some(column) = rendered {
            let rate = render::frame_rate(self.sample_rate);
            let regions = write_column(&column, rate, &self.samples())
                .map_err(|error| error.shown_in(&self.parent.join(&self.name)))?;
            self.text.push_str(&regions);
        }
        self.next += 1;
        if self.next < self.columns {
            return Ok(None);
        }
        self.finish().map(Some)
    }

    /// Writes the SFZ and gives the folder its name.
    fn finish(&self) -> Result<PathBuf, ExportError> {
        let filled = self.workplace.path().join(&self.name);
        let folder = names::free(&self.parent, &self.name, "");
        let file = format!("{}.sfz", self.name);
        fs::write(filled.join(&file), &self.text).map_err(failed(&folder))?;
        fs::rename(&filled, &folder).map_err(failed(&folder))?;
        Ok(folder.join(file))
    }

    fn samples(&self) -> PathBuf {
        self.workplace.path().join(&self.name).join("samples")
    }
}

impl ExportError {
    /// Names the folder that the user asked for, not the unfinished one.
    fn shown_in(self, folder: &Path) -> Self {
        match self {
            Self::Write { source, .. } => failed(folder)(source),
            other => other,
        }
    }
}

/// Writes a column's samples; returns its regions.
fn write_column(column: &Column, rate: f32, folder: &Path) -> Result<String, ExportError> {
    let peak = column.layers.iter().flat_map(|l| l.frames.iter().flatten());
    let peak = peak.fold(0.0f32, |peak, x| peak.max(x.abs()));
    // What is louder than full scale is stored softer and played louder.
    let gain = if peak > 0.99 { 0.99 / peak } else { 1.0 };
    let mut regions = String::new();
    for (index, layer) in column.layers.iter().enumerate() {
        let file = format!(
            "{}_v{:03}.wav",
            names::note_name(column.root_key),
            layer.velocity
        );
        let path = folder.join(&file);
        let bytes = wav::bytes(
            &layer.frames,
            gain,
            rate as u32,
            column.root_key,
            column.loop_frames,
        );
        fs::write(&path, bytes).map_err(failed(&path))?;
        regions.push_str(&sfz::region(column, index, rate, gain, &file));
    }
    Ok(regions)
}

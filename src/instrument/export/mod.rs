//! Instruments as files for other programs: an SFZ and its WAV samples in a folder of their own.

mod names;
mod sfz;
mod wav;

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::render;
use super::zone::Column;
use super::{Instrument, Macros};

pub use names::safe_name;

/// Why an instrument couldn't be exported. Nothing is left behind then.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A file or folder couldn't be written.
    #[error("{} couldn't be written: {}", path.display(), advice(source))]
    Write {
        /// What was being written.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Stopped on request.
    #[error("The export was cancelled.")]
    Cancelled,
}

fn advice(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "the disk is full; make room (about 100 MB) or choose another folder.".into()
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "the folder may not be written to; choose another one.".into()
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "a file is in the way; choose another folder.".into()
        }
        _ => format!("{error}; choose another folder."),
    }
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> ExportError {
    move |source| ExportError::Write {
        path: path.to_path_buf(),
        source,
    }
}

/// Renders the whole instrument at `sample_rate` (halved above 50 kHz) and writes it to a new
/// folder in `parent`, named after the instrument: `NAME/NAME.sfz` and `NAME/samples/*.wav`,
/// 24-bit with loop points. `parent` is made if need be; a folder of that name is kept and the new
/// one gets a number. `progress` hears the share done, 0..=1. Returns the SFZ's path.
/// Any thread but audio; takes seconds.
pub fn sfz(
    instrument: &Instrument,
    macros: &Macros,
    sample_rate: f32,
    parent: &Path,
    cancelled: &dyn Fn() -> bool,
    progress: &mut dyn FnMut(f32),
) -> Result<PathBuf, ExportError> {
    fs::create_dir_all(parent).map_err(failed(parent))?;
    let name = safe_name(&instrument.name);
    // Written under another name first: a folder under its own name is whole.
    let unfinished = parent.join(format!(".{name}.part{}", std::process::id()));
    let result = write(
        instrument,
        macros,
        sample_rate,
        &unfinished,
        &name,
        cancelled,
        progress,
    )
    .and_then(|()| {
        let folder = names::free(parent, &name);
        fs::rename(&unfinished, &folder).map_err(failed(&folder))?;
        Ok(folder.join(format!("{name}.sfz")))
    });
    if result.is_err() {
        // The first error is the one worth telling.
        let _ = fs::remove_dir_all(&unfinished);
    }
    result
}

fn write(
    instrument: &Instrument,
    macros: &Macros,
    sample_rate: f32,
    folder: &Path,
    name: &str,
    cancelled: &dyn Fn() -> bool,
    progress: &mut dyn FnMut(f32),
) -> Result<(), ExportError> {
    let samples = folder.join("samples");
    fs::create_dir_all(&samples).map_err(failed(&samples))?;
    let rate = render::frame_rate(sample_rate);
    let order: Vec<u8> = (0..render::plan(sample_rate).columns.len() as u8).collect();
    let (mut text, mut error) = (sfz::header(instrument), None);
    let mut ready = |index: u8, column: Box<Column>| {
        progress((f32::from(index) + 1.0) / order.len() as f32);
        match write_column(&column, rate, &samples) {
            Ok(regions) => {
                text.push_str(&regions);
                ControlFlow::Continue(())
            }
            Err(why) => {
                error = Some(why);
                ControlFlow::Break(())
            }
        }
    };
    let flow = render::render_columns(
        instrument,
        sample_rate,
        macros,
        &order,
        cancelled,
        &mut ready,
    );
    if let Some(error) = error {
        return Err(error);
    }
    if flow.is_break() {
        return Err(ExportError::Cancelled);
    }
    let path = folder.join(format!("{name}.sfz"));
    fs::write(&path, text).map_err(failed(&path))
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

#[cfg(test)]
mod tests;

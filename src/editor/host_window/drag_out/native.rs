//! A drag out of the window on Windows and macOS, by the crate `drag`. Type-checked, never run:
//! untested.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use drag::{DragItem, DragResult, Image, Options};
use raw_window_handle::HasWindowHandle;

use crate::editor::host_window::WindowFault;

/// A PNG of one transparent pixel: what the pointer carries.
const NOTHING: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\x0b\
    IDATx\x9cc`\0\x02\0\0\x05\0\x01z^\xab?\0\0\0\0IEND\xaeB`\x82";

/// Files on their way out of the window.
pub struct DragOut {
    /// Set by the system when it is over, on a thread of its choice.
    taken: Arc<OnceLock<bool>>,
}

impl DragOut {
    /// Begins with the button down in `ours`. On Windows it returns when the drag is over, and the window
    /// gets events meanwhile: hold nothing that those need. Paths must exist.
    pub fn begin(paths: &[PathBuf], ours: &impl HasWindowHandle) -> Result<Self, WindowFault> {
        let taken = Arc::new(OnceLock::new());
        let told = taken.clone();
        let tell = move |result, _| {
            let _ = told.set(matches!(result, DragResult::Dropped));
        };
        let (files, image) = (
            DragItem::Files(paths.to_vec()),
            Image::Raw(NOTHING.to_vec()),
        );
        drag::start_drag(ours, files, image, tell, Options::default())
            .map_err(WindowFault::system)?;
        Ok(Self { taken })
    }

    /// Whether the files were taken, once it is over.
    pub fn over(&self) -> Option<bool> {
        self.taken.get().copied()
    }

    /// The system sees to it.
    pub fn moved(&mut self) {}

    /// The system sees to it.
    pub fn released(&mut self) {}

    /// The system sees to it.
    pub fn serve(&mut self) {}
}

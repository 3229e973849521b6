//! A page in a host's window: baseview's window, egui's page, painted on the CPU, and only where it changed.
//!
//! | module | what it is |
//! |---|---|
//! | `editor` | what the host calls: open, size, scale, show |
//! | `handler`, `pace` | the window's life, and when it draws |
//! | `events`, `input`, `output` | what the window hears for egui; what egui asks of the system |
//! | `keyboard`, `keys` | keys are the page's while it edits, and the host's otherwise |
//! | [`paint`] | egui's shapes to pixels |
//! | `drag_out` | files dragged out of the window |
//! | `access` | the page for screen readers |
//! | `size`, `scale` | points, pixels, zoom; what the desktop asks for |
//! | `fault` | why a window of this system can't do something |
//! | `repaint`, `wish` | asking the window for a frame, and the host for another size |
//!
//! On Linux the window lives on a thread of its own, elsewhere on the host's main thread. The page runs
//! there; nothing of it is reached from another thread but through [`RepaintNotifier`], [`WindowSize`] and
//! the page's own controls.

mod access;
mod drag_out;
mod editor;
mod events;
mod fault;
mod handler;
mod input;
mod keyboard;
mod keys;
mod output;
mod pace;
pub mod paint;
mod repaint;
mod scale;
mod size;
mod wish;

use std::path::PathBuf;
use std::sync::Arc;

use nice_plug::context::gui::GuiContext;

pub use editor::ConsortEditor;
pub use fault::WindowFault;
pub use repaint::RepaintNotifier;
pub use size::{Sizes, WindowSize, ZOOMS};

/// What lives as long as one window. Window's thread.
pub trait Page: Send {
    /// Shows the page and does what the user asks.
    fn show(&mut self, ui: &mut egui::Ui);
}

/// Makes the page of a new window, given the host's ear for parameter changes.
pub type Open = Arc<dyn Fn(GuiContext) -> Box<dyn Page> + Send + Sync>;

fn dragged() -> egui::Id {
    egui::Id::unique("files that leave the window")
}

/// The user drags these files out of the window: called by a page in the frame in which the drag begins,
/// while the pointer's button is down. Window's thread.
pub fn drag_files(ctx: &egui::Context, files: Vec<PathBuf>) {
    ctx.data_mut(|data| data.insert_temp(dragged(), files));
}

/// What the page began to drag in this frame.
fn take_dragged(ctx: &egui::Context) -> Option<Vec<PathBuf>> {
    ctx.data_mut(|data| data.remove_temp(dragged()))
}

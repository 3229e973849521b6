//! The window: one file a page, one file a widget.
//!
//! | module | what it is |
//! |---|---|
//! | [`page`] | the pages: how the widgets are laid out, what they do; one file a row |
//! | [`controls`] | what the instrument's page asks for and shows: its only door to the rest |
//! | `windows` | each plugin's pages in its windows |
//! | [`widgets`] | prompt, knobs, keyboard, picture |
//! | [`theme`] | colours and sizes |
//! | [`host_window`] | a page in a host's window: keys, pixels, drops and drags |
//!
//! A frame is drawn only when something has changed: by the user (egui sees to it), in the generator
//! (it tells a listener), on the audio thread (`process` raises a flag), or while a meter falls.
//!
//! The page needs nothing but an [`egui::Ui`], its [`State`] and [`Controls`], so tests drive it
//! without a window by the names a screen reader would say.

pub mod controls;
pub mod host_window;
mod page;
pub mod theme;
mod widgets;
mod windows;

pub use controls::{Controls, InstrumentFault, LibraryOrder, Other, View};
pub use page::stem::StemControls;
pub use page::stems::{StemsControls, StemsState, StemsView, ui as stems_ui};
pub use page::{State, ui};
pub use windows::{INSTRUMENT_SIZES, STEMS_SIZES, instrument_window, stems_window};

//! The keyboard of a window that sits in a host's: it is ours only while we need it.
//!
//! Linux: all keys come from [`Keyboard::poll`], and baseview's own key events are to be ignored. Windows
//! and macOS: the other way round. Window's thread.

#[cfg(target_os = "linux")]
mod compose;
#[cfg(target_os = "linux")]
mod core_map;
#[cfg(target_os = "linux")]
mod focus;
#[cfg(target_os = "linux")]
mod keysyms;
#[cfg(target_os = "linux")]
mod layout;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "linux")]
mod reader;
#[cfg(target_os = "windows")]
mod windows;
#[cfg(target_os = "linux")]
mod x11;

#[cfg(target_os = "macos")]
pub use macos::Keyboard;
#[cfg(target_os = "windows")]
pub use windows::Keyboard;
#[cfg(target_os = "linux")]
pub use x11::Keyboard;

/// A key that went down or up.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    /// None for modifiers, and for those that take part in composing a character.
    pub key: Option<egui::Key>,
    /// What to write. None if nothing, as for dead keys and with Ctrl.
    pub text: Option<String>,
    /// Down.
    pub pressed: bool,
    /// Down because it is held.
    pub repeat: bool,
    /// After this key: a Ctrl that goes down counts already.
    pub modifiers: egui::Modifiers,
    /// As it came, to be sent on.
    pub raw: RawKey,
}

/// A key as X11 has it; of no use elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RawKey {
    /// Place on the keyboard.
    pub keycode: u8,
    /// Modifiers, buttons and keyboard group, before it.
    pub state: u16,
    /// The server's.
    pub time: u32,
}

//! How the main thread comes to pay what is owed: woken by the plugin, and looking by itself some
//! thirty times a second, for the audio thread can't wake it.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
pub use linux::RunLoop;
#[cfg(target_os = "macos")]
pub use macos::RunLoop;
#[cfg(target_os = "windows")]
pub use windows::RunLoop;

/// Between two looks, milliseconds.
const TICK_MS: u32 = 30;

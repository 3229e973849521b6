//! A drag of files out of the window, into the host or any other program. Window's thread.
//!
//! Linux: driven by the window's pointer events, which go on outside it while the button is down, and by
//! its timer. Windows and macOS: the system does all of it; on Windows `begin` returns when it is over.

#[cfg(any(target_os = "windows", target_os = "macos"))]
mod native;
#[cfg(target_os = "linux")]
mod offer;
#[cfg(target_os = "linux")]
mod selection;
#[cfg(target_os = "linux")]
mod target;
#[cfg(target_os = "linux")]
mod x11;

#[cfg(any(target_os = "windows", target_os = "macos"))]
pub use native::DragOut;
#[cfg(target_os = "linux")]
pub use x11::DragOut;

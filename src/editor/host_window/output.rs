//! What egui asks of the system: the pointer's shape, and the clipboard.

use baseview::MouseCursor;
use egui::CursorIcon;
use parking_lot::Mutex;

/// The pointer's shape.
pub(super) fn cursor(icon: CursorIcon) -> MouseCursor {
    use {CursorIcon as I, MouseCursor as M};
    match icon {
        I::None => M::Hidden,
        I::Help => M::Help,
        I::PointingHand | I::Grab => M::Hand,
        I::Grabbing => M::HandGrabbing,
        I::Progress => M::PtrWorking,
        I::Wait => M::Working,
        I::Cell => M::Cell,
        I::Crosshair => M::Crosshair,
        I::Text => M::Text,
        I::VerticalText => M::VerticalText,
        I::Alias => M::Alias,
        I::Copy => M::Copy,
        I::Move => M::Move,
        I::NoDrop | I::NotAllowed => M::NotAllowed,
        I::AllScroll => M::AllScroll,
        I::ResizeHorizontal => M::EwResize,
        I::ResizeNeSw => M::NeswResize,
        I::ResizeNwSe => M::NwseResize,
        I::ResizeVertical => M::NsResize,
        I::ResizeEast => M::EResize,
        I::ResizeSouthEast => M::SeResize,
        I::ResizeSouth => M::SResize,
        I::ResizeSouthWest => M::SwResize,
        I::ResizeWest => M::WResize,
        I::ResizeNorthWest => M::NwResize,
        I::ResizeNorth => M::NResize,
        I::ResizeNorthEast => M::NeResize,
        I::ResizeColumn => M::ColResize,
        I::ResizeRow => M::RowResize,
        I::ZoomIn => M::ZoomIn,
        I::ZoomOut => M::ZoomOut,
        I::Default | I::ContextMenu => M::Default,
    }
}

/// On X11 a text is there only as long as whoever copied it, so it outlives the window.
static CLIPBOARD: Mutex<Option<arboard::Clipboard>> = Mutex::new(None);

fn with<T>(act: impl FnOnce(&mut arboard::Clipboard) -> Result<T, arboard::Error>) -> Option<T> {
    let mut clipboard = CLIPBOARD.lock();
    if clipboard.is_none() {
        *clipboard = arboard::Clipboard::new().ok();
    }
    act(clipboard.as_mut()?).ok()
}

/// Copies a text. Window's thread.
pub(super) fn copy(text: String) {
    with(|clipboard| clipboard.set_text(text));
}

/// The text that was copied last, if it is text. Window's thread.
pub(super) fn pasted() -> Option<String> {
    // Lines end alike, whoever copied them.
    with(arboard::Clipboard::get_text).map(|text| text.replace("\r\n", "\n"))
}

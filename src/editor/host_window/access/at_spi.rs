//! For AT-SPI, on Linux. AccessKit tells it of the page on a thread of its own, which outlives all windows:
//! the library has to be pinned.

use accesskit::{Node, Rect, Role, TreeUpdate};

use super::Asked;

/// The page as AT-SPI knows it. Window's thread.
pub(in super::super) struct Access(accesskit_unix::Adapter);

impl Access {
    /// Shows nothing until a screen reader asks.
    pub(in super::super) fn new(asked: &Asked, _: &baseview::PlatformHandle) -> Self {
        let [activation, action, deactivation] = [(); 3].map(|()| asked.clone());
        Self(accesskit_unix::Adapter::new(
            activation,
            action,
            deactivation,
        ))
    }

    /// Shows what a frame has changed.
    pub(in super::super) fn update(&mut self, mut tree: TreeUpdate) {
        for (_, node) in &mut tree.nodes {
            say_value(node);
        }
        self.0.update_if_active(|| tree);
    }

    /// Whether the keyboard is the window's.
    pub(in super::super) fn focused(&mut self, is: bool) {
        self.0.update_window_focus_state(is);
    }

    /// Where on the screen the window is, pixels: left, top, right, bottom.
    pub(in super::super) fn placed(&mut self, [x0, y0, x1, y1]: [f64; 4]) {
        let bounds = Rect { x0, y0, x1, y1 };
        self.0.set_root_window_bounds(bounds, bounds);
    }
}

/// AT-SPI knows values as numbers, and as the text of fields; that of a list that drops down, or a knob's
/// with its unit, has no place there: it is said as a description.
fn say_value(node: &mut Node) {
    let is_text = matches!(node.role(), Role::Label | Role::TextInput | Role::TextRun);
    let Some(value) = node.value().filter(|value| !is_text && !value.is_empty()) else {
        return;
    };
    let said = match node.description() {
        Some(more) => format!("{value}. {more}"),
        None => value.to_owned(),
    };
    node.set_description(said);
}

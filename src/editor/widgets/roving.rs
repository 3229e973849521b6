//! Many things that are one stop of the Tab key: one of them has the keyboard, and arrows hand it on. UI
//! thread.

use egui::accesskit::Action;
use egui::{Event, EventFilter, FocusDirection, Id, Key, Rect, Response, Sense, Ui};

/// Frames that it may take until a thing is scrolled to that is asked for.
const SCROLLS: u8 = 4;

/// Row and column of a thing among the others.
pub type Spot = (i32, i32);

/// Where a key leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Left,
    Right,
    Up,
    Down,
    First,
    Last,
    PageUp,
    PageDown,
}

impl Step {
    fn of(key: Key) -> Option<Self> {
        Some(match key {
            Key::ArrowLeft => Self::Left,
            Key::ArrowRight => Self::Right,
            Key::ArrowUp => Self::Up,
            Key::ArrowDown => Self::Down,
            Key::Home => Self::First,
            Key::End => Self::Last,
            Key::PageUp => Self::PageUp,
            Key::PageDown => Self::PageDown,
            _ => return None,
        })
    }
}

/// What arrows do in a widget of this id that has the keyboard is its own business. Each frame.
pub fn keeps_arrows(ui: &Ui, id: Id) {
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
}

/// Keys that went down in this frame, those with Shift or another modifier aside.
pub fn steps(ui: &Ui) -> Vec<Step> {
    ui.input(|input| {
        let keys = input.events.iter().filter_map(|event| match event {
            Event::Key {
                key,
                pressed: true,
                modifiers,
                ..
            } if !modifiers.any() => Step::of(*key),
            _ => None,
        });
        keys.collect()
    })
}

/// One frame of them: made, asked for each thing that is shown, and finished.
pub struct Roving {
    id: Id,
    /// Which one Tab comes to.
    current: Spot,
    /// The first that is shown, and whether the current one is.
    first: Option<Spot>,
    shown: bool,
    /// Frames left for the current one to come into view and get the keyboard.
    awaited: u8,
    focused: bool,
    /// A screen reader asks for this one.
    asked: Option<Spot>,
}

impl Roving {
    /// Those of this name; Tab comes to `begin` first.
    pub fn new(ui: &Ui, salt: &str, begin: Spot) -> Self {
        let id = ui.scope_id().with(salt);
        let (current, awaited) = ui.data(|data| data.get_temp(id)).unwrap_or((begin, 0));
        Self {
            id,
            current,
            first: None,
            shown: false,
            awaited,
            focused: false,
            asked: None,
        }
    }

    /// The id of a thing.
    pub fn id_of(&self, spot: Spot) -> Id {
        self.id.with(spot)
    }

    /// Which one has the keyboard.
    pub fn focused(&self) -> Option<Spot> {
        self.focused.then_some(self.current)
    }

    /// Shows one of them at a place.
    pub fn thing(&mut self, ui: &Ui, rect: Rect, spot: Spot, sense: Sense) -> Response {
        let id = self.id_of(spot);
        let is_current = spot == self.current;
        let sense = if is_current {
            sense | Sense::FOCUSABLE
        } else {
            sense.difference(Sense::FOCUSABLE)
        };
        let response = ui.interact(rect, id, sense);
        let focus = |node: &mut egui::accesskit::Node| node.add_action(Action::Focus);
        let _ = ui.ctx().accesskit_node_builder(id, focus);
        self.first = self.first.or(Some(spot));
        if is_current {
            self.shown = true;
            if std::mem::take(&mut self.awaited) > 0 {
                response.request_focus();
            }
            self.focused = response.has_focus();
        } else if ui.input(|input| input.has_accesskit_action_request(id, Action::Focus)) {
            self.asked = Some(spot);
        }
        if response.clicked() {
            self.current = spot;
            self.shown = true;
        }
        response
    }

    /// After the last: hands the keyboard on, where keys lead by `next`; to which.
    pub fn finish(self, ui: &Ui, next: impl Fn(Spot, Step) -> Spot) -> Option<Spot> {
        let mut to = self.asked;
        if self.focused {
            keeps_arrows(ui, self.id_of(self.current));
            for step in steps(ui) {
                to = Some(next(to.unwrap_or(self.current), step));
                // Which counts from the next frame on only.
                ui.memory_mut(|memory| memory.move_focus(FocusDirection::None));
            }
        }
        let (mut current, mut awaited) = (self.current, self.awaited.saturating_sub(1));
        if let Some(to) = to {
            (current, awaited) = (to, SCROLLS);
        }
        if awaited > 0 {
            ui.memory_mut(|memory| memory.request_focus(self.id_of(current)));
            ui.ctx().request_repaint();
        } else if let Some(first) = self.first.filter(|_| !self.shown) {
            current = first;
        }
        ui.data_mut(|data| data.insert_temp(self.id, (current, awaited)));
        to
    }
}

/// Where keys lead in a list from top to bottom of which `page` are shown at a time.
pub fn in_list((_, index): Spot, step: Step, count: usize, page: usize) -> Spot {
    let (last, page) = (count as i32 - 1, page.max(1) as i32);
    let index = match step {
        Step::Up => index - 1,
        Step::Down => index + 1,
        Step::First => 0,
        Step::Last => last,
        Step::PageUp => index - page,
        Step::PageDown => index + page,
        Step::Left | Step::Right => index,
    };
    (0, index.clamp(0, last.max(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_ends_at_both_ends() {
        for (from, step, to) in [
            (0, Step::Up, 0),
            (0, Step::PageDown, 5),
            (8, Step::Down, 9),
            (9, Step::Down, 9),
            (7, Step::PageDown, 9),
            (3, Step::First, 0),
            (3, Step::Last, 9),
            (3, Step::Left, 3),
        ] {
            assert_eq!(in_list((0, from), step, 10, 5), (0, to), "{step:?}");
        }
        assert_eq!(in_list((0, 4), Step::Down, 0, 5), (0, 0));
    }
}

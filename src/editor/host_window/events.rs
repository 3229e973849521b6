//! What happens in a window: pointer, drops, keys, focus.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use baseview::dpi::PhysicalPosition;
use baseview::{DropData, DropEffect, EventStatus, MouseEvent};
use egui::{Pos2, pos2};
use keyboard_types::{KeyState, KeyboardEvent};

use super::handler::{Handler, Inner};
use super::keyboard::{RawKey, Typed};
use super::{input, keys};

/// A host that takes the keyboard so soon after a click did it for the click, and gives it back.
const CLICK: Duration = Duration::from_millis(400);

impl Handler {
    /// A key, from the keyboard itself.
    pub(super) fn typed(&self, inner: &mut Inner, typed: Typed) {
        inner.modifiers = typed.modifiers;
        if keys::Edits::of(&self.ctx).want(&typed) {
            inner.input.events.extend(keys::events(&typed));
            self.pace.hurry();
        } else if typed.key.is_some() {
            // Others are modifiers, or make up a character.
            inner.keyboard.forward(&typed);
        }
    }

    fn point(&self, at: PhysicalPosition<f64>) -> Pos2 {
        let scale = self.size.pixels_per_point(self.pixels());
        pos2(at.x as f32, at.y as f32) / scale
    }

    pub(super) fn mouse(&self, inner: &mut Inner, event: MouseEvent) -> EventStatus {
        let push = |inner: &mut Inner, event| inner.input.events.push(event);
        match event {
            MouseEvent::CursorMoved {
                position,
                modifiers,
            } => {
                inner.modifiers = input::modifiers(modifiers);
                let at = self.point(position);
                inner.pointer = Some(at);
                push(inner, egui::Event::PointerMoved(at));
                if let Some(drag) = &mut inner.drag {
                    drag.moved();
                }
            }
            MouseEvent::ButtonPressed { button, modifiers }
            | MouseEvent::ButtonReleased { button, modifiers } => {
                let pressed = matches!(event, MouseEvent::ButtonPressed { .. });
                inner.modifiers = input::modifiers(modifiers);
                inner.held = if pressed {
                    inner.held + 1
                } else {
                    inner.held.saturating_sub(1)
                };
                if pressed {
                    inner.clicked = Some(Instant::now());
                } else if let Some(drag) = &mut inner.drag {
                    drag.released();
                }
                if let (Some(pos), Some(button)) = (inner.pointer, input::button(button)) {
                    let modifiers = inner.modifiers;
                    push(
                        inner,
                        egui::Event::PointerButton {
                            pos,
                            button,
                            pressed,
                            modifiers,
                        },
                    );
                }
            }
            MouseEvent::WheelScrolled { delta, modifiers } => {
                inner.modifiers = input::modifiers(modifiers);
                let scale = self.size.pixels_per_point(self.pixels());
                push(inner, input::wheel(delta, scale, inner.modifiers));
            }
            // What is dragged goes on outside.
            MouseEvent::CursorLeft if inner.held == 0 => {
                inner.pointer = None;
                push(inner, egui::Event::PointerGone);
            }
            MouseEvent::DragEntered { position, data, .. }
            | MouseEvent::DragMoved { position, data, .. } => {
                let at = self.point(position);
                push(inner, egui::Event::PointerMoved(at));
                inner.input.hovered_files = files(data)
                    .map(|path| egui::HoveredFile {
                        path: Some(path),
                        ..egui::HoveredFile::default()
                    })
                    .collect();
                return EventStatus::AcceptDrop(DropEffect::Copy);
            }
            MouseEvent::DragLeft => {
                inner.input.hovered_files.clear();
                push(inner, egui::Event::PointerGone);
            }
            MouseEvent::DragDropped { position, data, .. } => {
                let at = self.point(position);
                inner.pointer = Some(at);
                push(inner, egui::Event::PointerMoved(at));
                inner.input.hovered_files.clear();
                let dropped = files(data).map(|path| Arc::new(Dropped(path)) as _);
                inner.input.dropped_files.extend(dropped);
                return EventStatus::AcceptDrop(DropEffect::Copy);
            }
            _ => return EventStatus::Ignored,
        }
        EventStatus::Captured
    }

    /// A key that the window itself heard: on X11 only one that the host sent again.
    pub(super) fn key(&self, inner: &mut Inner, said: &KeyboardEvent) -> EventStatus {
        if cfg!(target_os = "linux") {
            return EventStatus::Ignored;
        }
        let (key, text) = input::key(said);
        inner.modifiers = input::modifiers(said.modifiers);
        let typed = Typed {
            key,
            text,
            pressed: said.state == KeyState::Down,
            repeat: said.repeat,
            modifiers: inner.modifiers,
            raw: RawKey::default(),
        };
        if !keys::Edits::of(&self.ctx).want(&typed) {
            return EventStatus::Ignored;
        }
        inner.input.events.extend(keys::events(&typed));
        EventStatus::Captured
    }

    /// The pointer's button is up, as far as egui knows: the system drags what the pointer held.
    pub(super) fn let_go(&self, inner: &mut Inner) {
        inner.held = 0;
        let pos = inner.pointer.unwrap_or_default();
        inner.input.events.push(egui::Event::PointerButton {
            pos,
            button: egui::PointerButton::Primary,
            pressed: false,
            modifiers: inner.modifiers,
        });
        inner.input.events.push(egui::Event::PointerGone);
        self.pace.hurry();
    }

    pub(super) fn keyboard_lost(&self, inner: &mut Inner) {
        if !inner.keyboard.focus_lost() {
            return;
        }
        if inner.editing && inner.clicked.is_some_and(|at| at.elapsed() < CLICK) {
            inner.keyboard.retake();
        } else {
            inner.keyboard.wants(false);
            self.ctx.memory_mut(|memory| {
                if let Some(id) = memory.focused() {
                    memory.surrender_focus(id);
                }
            });
        }
    }
}

fn files(data: DropData) -> impl Iterator<Item = PathBuf> {
    let files = match data {
        DropData::Files(files) => files,
        _ => Vec::new(),
    };
    files.into_iter()
}

/// A file that was dropped into the window.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

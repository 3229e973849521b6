//! A walk through what users, hosts and models do, at random.

use egui::{
    Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, TextureOptions, Theme, TouchPhase,
    pos2, vec2,
};

use super::super::area::Area;
use super::Session;
use super::page::image;

impl Session {
    fn anywhere(&mut self) -> Pos2 {
        let [width, height] = self.size;
        let (x, y) = (self.random.below(width), self.random.below(height));
        pos2(x as f32, y as f32) / self.scale
    }

    /// Something a user, a host or a model does.
    fn event(&mut self) -> Vec<Event> {
        let pos = self.anywhere();
        let button = |pressed| Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        let key = |key, modifiers| Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers,
        };
        self.time += [0.0, 0.02, 0.05, 0.4][self.random.below(4)];
        match self.random.below(24) {
            0..3 => return vec![Event::PointerMoved(pos)],
            3..6 => return vec![Event::PointerMoved(pos), button(true), button(false)],
            6 => return vec![Event::PointerMoved(pos), button(true)],
            7 => return vec![Event::PointerMoved(pos), button(false)],
            8 => {
                let delta = vec2(0.0, self.random.below(200) as f32 - 100.0);
                let wheel = Event::MouseWheel {
                    unit: MouseWheelUnit::Point,
                    delta,
                    phase: TouchPhase::Move,
                    source: egui::MouseWheelSource::Unknown,
                    modifiers: Modifiers::NONE,
                };
                return vec![wheel];
            }
            9 => {
                let letter = char::from_u32(0x41 + self.random.below(400) as u32);
                return vec![Event::Text(letter.unwrap_or('?').into())];
            }
            10 => {
                let keys = [
                    Key::ArrowLeft,
                    Key::ArrowUp,
                    Key::Home,
                    Key::Tab,
                    Key::Escape,
                ];
                let modifiers = [Modifiers::NONE, Modifiers::SHIFT][self.random.below(2)];
                return vec![key(keys[self.random.below(5)], modifiers)];
            }
            11 => return vec![key(Key::A, Modifiers::COMMAND)],
            12..15 => self.page.level = self.random.below(101) as f32 / 100.0,
            15 => self.page.angle += 0.1,
            16 => self.page.dim = !self.page.dim,
            17 => self.page.window = true,
            18 => {
                let shift = self.random.below(48);
                self.page
                    .picture
                    .set_partial([8, 4], image(20, 9, shift), TextureOptions::LINEAR);
            }
            19 => {
                let shift = self.random.below(48);
                let options = [TextureOptions::LINEAR, TextureOptions::NEAREST][shift % 2];
                if shift < 24 {
                    self.page.picture.set(image(48, 32, shift), options);
                } else {
                    self.page.picture =
                        self.ctx
                            .load_texture("other", image(48, 32, shift), options);
                }
            }
            20 if self.random.below(3) == 0 => {
                let theme = [Theme::Dark, Theme::Light][self.random.below(2)];
                self.ctx.set_theme(theme);
            }
            21 if self.random.below(3) == 0 => {
                self.size = [1 + self.random.below(420), 1 + self.random.below(330)];
            }
            22 if self.random.below(6) == 0 => {
                let turn = |options: &mut egui::epaint::TessellationOptions| {
                    options.feathering = !options.feathering
                };
                self.ctx.tessellation_options_mut(turn);
            }
            _ => {}
        }
        Vec::new()
    }
}

fn walk(scale: f32) {
    let mut session = Session::new(
        [400, 320].map(|side| (side as f32 * scale.sqrt()) as usize),
        scale,
    );
    session.random.0 += (scale * 100.0) as u64;
    let mut partly = 0;
    for _ in 0..250 {
        let events = session.event();
        let areas = session.pass(events);
        partly += usize::from(areas != [Area::whole(session.size)]);
    }
    assert!(partly > 150, "{partly} of 250 passes were painted in part");
}

#[test]
fn damage_is_all_that_changes_at_1() {
    walk(1.0);
}

#[test]
fn damage_is_all_that_changes_at_1_25() {
    walk(1.25);
}

#[test]
fn damage_is_all_that_changes_at_1_5() {
    walk(1.5);
}

#[test]
fn damage_is_all_that_changes_at_2() {
    walk(2.0);
}

//! What is painted after a change is what would be painted anew.

use std::ops::Range;

use egui::{
    Context, Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, RawInput, Rect, Theme,
    TouchPhase, ViewportId, pos2, vec2,
};

use super::area::Area;
use super::damage::Damage;
use super::page::{Page, image};
use super::{Canvas, View};

/// A page, a canvas that is painted where something changed, and one that always is anew.
struct Session {
    ctx: Context,
    page: Page,
    canvas: Canvas,
    anew: Canvas,
    size: [usize; 2],
    scale: f32,
    time: f64,
    seed: u64,
}

impl Session {
    fn new(size: [usize; 2], scale: f32) -> Self {
        let ctx = Context::default();
        Self {
            page: Page::new(&ctx),
            ctx,
            canvas: Canvas::new(),
            anew: Canvas::new(),
            size,
            scale,
            time: 0.0,
            seed: 7,
        }
    }

    /// A number out of a range.
    fn any(&mut self, range: Range<usize>) -> usize {
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        range.start + (self.seed >> 33) as usize % range.len()
    }

    fn anywhere(&mut self) -> Pos2 {
        let [width, height] = self.size;
        let (x, y) = (self.any(0..width), self.any(0..height));
        pos2(x as f32, y as f32) / self.scale
    }

    /// Shows the page, and checks the pictures.
    fn pass(&mut self, events: Vec<Event>) -> Vec<Area> {
        let [width, height] = self.size.map(|side| side as f32 / self.scale);
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(width, height))),
            time: Some(self.time),
            events,
            focused: true,
            max_texture_side: Some(4096),
            ..RawInput::default()
        };
        let root = input.viewports.entry(ViewportId::ROOT).or_default();
        root.native_pixels_per_point = Some(self.scale);
        let mut output = self.page.pass(&self.ctx, input);
        let (shapes, textures) = (output.shapes, &mut output.textures_delta);
        let (size, scale) = (self.size, output.pixels_per_point);

        let before = self.canvas.pixels().to_vec();
        let areas = self
            .canvas
            .paint(&self.ctx, shapes.clone(), textures, size, scale);
        self.anew.view = None::<View>;
        self.anew.damage = Damage::default();
        self.anew.paint(&self.ctx, shapes, textures, size, scale);
        textures.clear();
        same(&self.canvas, &self.anew);
        untouched(&before, &self.canvas, &areas);
        areas
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
        self.time += [0.0, 0.02, 0.05, 0.4][self.any(0..4)];
        match self.any(0..24) {
            0..3 => return vec![Event::PointerMoved(pos)],
            3..6 => return vec![Event::PointerMoved(pos), button(true), button(false)],
            6 => return vec![Event::PointerMoved(pos), button(true)],
            7 => return vec![Event::PointerMoved(pos), button(false)],
            8 => {
                let delta = vec2(0.0, self.any(0..200) as f32 - 100.0);
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
                let letter = char::from_u32(0x41 + self.any(0..400) as u32);
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
                let modifiers = [Modifiers::NONE, Modifiers::SHIFT][self.any(0..2)];
                return vec![key(keys[self.any(0..5)], modifiers)];
            }
            11 => return vec![key(Key::A, Modifiers::COMMAND)],
            12..15 => self.page.level = self.any(0..101) as f32 / 100.0,
            15 => self.page.angle += 0.1,
            16 => self.page.dim = !self.page.dim,
            17 => self.page.window = true,
            18 => {
                let shift = self.any(0..48);
                self.page.picture.set_partial(
                    [8, 4],
                    image(20, 9, shift),
                    egui::TextureOptions::LINEAR,
                );
            }
            19 => {
                let shift = self.any(0..48);
                let options =
                    [egui::TextureOptions::LINEAR, egui::TextureOptions::NEAREST][shift % 2];
                if shift < 24 {
                    self.page.picture.set(image(48, 32, shift), options);
                } else {
                    self.page.picture =
                        self.ctx
                            .load_texture("other", image(48, 32, shift), options);
                }
            }
            20 if self.any(0..3) == 0 => {
                let theme = [Theme::Dark, Theme::Light][self.any(0..2)];
                self.ctx.set_theme(theme);
            }
            21 if self.any(0..3) == 0 => {
                self.size = [self.any(1..420), self.any(1..330)];
            }
            22 if self.any(0..6) == 0 => {
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

/// Every pixel is the same.
fn same(a: &Canvas, b: &Canvas) {
    assert_eq!(a.size(), b.size());
    let width = a.size()[0].max(1);
    let other = a.pixels().iter().zip(b.pixels()).position(|(a, b)| a != b);
    if let Some(at) = other {
        let count = a
            .pixels()
            .iter()
            .zip(b.pixels())
            .filter(|(a, b)| a != b)
            .count();
        let (x, y) = (at % width, at / width);
        panic!(
            "{count} pixels differ, first {x}, {y}: {:08x}, not {:08x}",
            a.pixels()[at],
            b.pixels()[at]
        );
    }
}

/// Nothing outside the areas changed.
fn untouched(before: &[u32], canvas: &Canvas, areas: &[Area]) {
    let [width, height] = canvas.size();
    let whole = Area::whole([width, height]);
    assert!(
        areas
            .iter()
            .all(|area| area.and(whole) == *area && !area.empty()),
        "{areas:?}"
    );
    if areas == [whole] {
        return;
    }
    for (at, (before, now)) in before.iter().zip(canvas.pixels()).enumerate() {
        let (x, y) = ((at % width) as i32, (at / width) as i32);
        let inside =
            |area: &Area| (area.x0..area.x1).contains(&x) && (area.y0..area.y1).contains(&y);
        assert!(
            before == now || areas.iter().any(inside),
            "{x}, {y} is in no area"
        );
    }
}

fn walk(scale: f32) {
    let mut session = Session::new(
        [400, 320].map(|side| (side as f32 * scale.sqrt()) as usize),
        scale,
    );
    session.seed += (scale * 100.0) as u64;
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

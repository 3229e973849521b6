//! What is painted after a change is what would be painted anew, and that is as it should be.

mod changes;
mod drawing;
mod images;
mod nonsense;
mod page;
mod random;
mod walk;

use egui::{Context, Event, Pos2, RawInput, Rect, ViewportId, vec2};

use super::Canvas;
use super::area::Area;
use super::damage::Damage;
use page::Page;
use random::Random;

/// A page, a canvas that is painted where something changed, and one that always is anew.
struct Session {
    ctx: Context,
    page: Page,
    canvas: Canvas,
    anew: Canvas,
    size: [usize; 2],
    scale: f32,
    time: f64,
    random: Random,
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
            random: Random(7),
        }
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
        self.anew.forget();
        self.anew.paint(&self.ctx, shapes, textures, size, scale);
        textures.clear();
        same(&self.canvas, &self.anew);
        untouched(&before, &self.canvas, &areas);
        areas
    }
}

impl Canvas {
    /// The next pass is painted as the first.
    fn forget(&mut self) {
        self.view = None;
        self.damage = Damage::default();
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

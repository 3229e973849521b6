//! The picture in a window, drawn on the CPU: egui's shapes to pixels ([`Canvas`]), and pixels to
//! the screen ([`Screen`]). Only what changed is drawn. UI thread.

mod area;
mod blend;
mod bounds;
mod damage;
mod raster;
mod screen;
mod textures;
mod triangle;

#[cfg(test)]
mod tests;

use egui::epaint::ClippedShape;

pub use area::Area;
pub use screen::Screen;

use blend::BLACK;
use bounds::View;
use damage::Damage;
use textures::Textures;

/// Pixels; a wider or higher picture is cut.
const MAX_SIDE: usize = 16_384;

/// What a window shows, as pixels, and what of it changed.
#[derive(Default)]
pub struct Canvas {
    pixels: Vec<u32>,
    /// What the pixels were painted for, if they were.
    view: Option<View>,
    textures: Textures,
    damage: Damage,
}

impl Canvas {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Paints a pass of egui's at `size` (width, height in pixels) and `scale` (pixels a point);
    /// what was there before and didn't change isn't touched. Returns the areas that changed: all of
    /// it when size or scale changed.
    ///
    /// Every pass must come here, in order, for the textures; then the caller clears `textures`.
    pub fn paint(
        &mut self,
        ctx: &egui::Context,
        shapes: Vec<ClippedShape>,
        textures: &egui::TexturesDelta,
        size: [usize; 2],
        scale: f32,
    ) -> Vec<Area> {
        let view = View {
            size: size.map(|side| side.min(MAX_SIDE)),
            scale: if scale.is_finite() && scale > 0.0 {
                scale
            } else {
                1.0
            },
            options: ctx.tessellation_options(|options| *options),
        };
        let changes = self.textures.set(textures);
        let afresh = self.view != Some(view) || changes.glyphs || view.debug();
        self.view = Some(view);
        let [width, height] = view.size;
        self.pixels.resize(width * height, BLACK);

        let mut areas = self.damage.areas(shapes, &view, &changes, afresh);
        areas.retain(|area| !area.empty());
        for &area in &areas {
            let shapes = self.damage.within(area);
            // Without a font atlas egui can't make triangles, not even of nothing.
            let primitives = if shapes.is_empty() {
                Vec::new()
            } else {
                ctx.tessellate(shapes, view.scale)
            };
            raster::draw(
                &mut self.pixels,
                width,
                area,
                view.scale,
                &self.textures,
                &primitives,
            );
        }
        self.textures.free(textures);
        areas
    }

    /// Row by row, 0xffRRGGBB.
    #[must_use]
    pub fn pixels(&self) -> &[u32] {
        &self.pixels
    }

    /// Width and height in pixels.
    #[must_use]
    pub fn size(&self) -> [usize; 2] {
        self.view.map_or([0, 0], |view| view.size)
    }
}

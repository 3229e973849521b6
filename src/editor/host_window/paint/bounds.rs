//! Which pixels a shape may touch.

use egui::Rect;
use egui::emath::Rot2;
use egui::epaint::{
    ClippedShape, Mesh, RectShape, Shape, TessellationOptions, Tessellator, TextShape,
};

use super::area::Area;

/// All that a picture of given shapes depends on, apart from textures.
#[derive(Clone, Copy, PartialEq)]
pub struct View {
    /// Width and height in pixels.
    pub size: [usize; 2],
    /// Pixels a point.
    pub scale: f32,
    /// How shapes become triangles.
    pub options: TessellationOptions,
}

impl View {
    /// What egui shows for debugging, anywhere.
    pub fn debug(&self) -> bool {
        let options = &self.options;
        options.debug_paint_clip_rects
            || options.debug_paint_text_rects
            || options.debug_ignore_clip_rects
    }

    /// How far soft edges and rounding to pixels may reach, in points.
    fn edge(&self) -> f32 {
        (1.0 + 2.0 * self.options.feathering_size_in_pixels.max(1.0)) / self.scale
    }
}

/// The pixels of the picture that a shape may touch, or a few more.
pub fn touched(shape: &ClippedShape, view: &View) -> Area {
    let whole = Area::whole(view.size);
    if view.debug() {
        return whole;
    }
    let clip = Area::of(shape.clip_rect, view.scale).and(whole);
    if clip.empty() {
        return clip;
    }
    let bounds = bounds(&shape.shape, view).expand(view.edge());
    if bounds.any_nan() {
        return clip;
    }
    let bounds = shape.transform_after_tessellation * bounds;
    Area::of(bounds, view.scale).and(clip)
}

/// In points, soft edges not included.
fn bounds(shape: &Shape, view: &View) -> Rect {
    // egui's bounds leave out what of a stroke is more than half its width away from the line.
    let visual = shape.visual_bounding_rect();
    match shape {
        Shape::Noop | Shape::LineSegment { .. } | Shape::Mesh(_) | Shape::Callback(_) => visual,
        Shape::Rect(rect) if plain(rect) => visual,
        Shape::Circle(circle) => visual.expand(circle.stroke.width),
        Shape::Text(text) => written(text),
        // At a bend its corners reach twice as far as the line is wide, at most.
        Shape::Path(path) if !path.closed => visual.expand(2.0 * (path.stroke.width + view.edge())),
        Shape::Vec(shapes) => shapes
            .iter()
            .map(|shape| bounds(shape, view))
            .fold(Rect::NOTHING, Rect::union),
        // Those with corners as long as they are sharp, and rare ones.
        _ => tessellated(shape, view),
    }
}

/// Of the glyphs, and of what is behind selected ones, which egui's own bounds leave out.
fn written(text: &TextShape) -> Rect {
    let rows = text.galley.rows.iter();
    let bounds = rows
        .map(|row| row.visuals.mesh.calc_bounds().translate(row.pos.to_vec2()))
        .fold(Rect::NOTHING, Rect::union);
    if bounds == Rect::NOTHING {
        return bounds;
    }
    bounds
        .rotate_bb(Rot2::from_angle(text.angle))
        .translate(text.pos.to_vec2())
        .expand(text.underline.width)
}

fn plain(rect: &RectShape) -> bool {
    rect.angle == 0.0 && rect.blur_width == 0.0 && rect.rect.is_positive()
}

fn tessellated(shape: &Shape, view: &View) -> Rect {
    let mut mesh = Mesh::default();
    // The font atlas is only for text and circles.
    let mut tessellator = Tessellator::new(view.scale, view.options, [1, 1], Vec::new());
    tessellator.tessellate_shape(shape.clone(), &mut mesh);
    mesh.calc_bounds()
}

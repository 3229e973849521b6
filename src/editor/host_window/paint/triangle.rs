//! One triangle, row by row. Where two share an edge, every pixel belongs to one of them: the one
//! its middle is in.

use std::cmp::Ordering;

use egui::Pos2;
use egui::epaint::Vertex;

use super::blend::{over, product, word};
use super::raster::{Target, first};

/// Ready to be drawn: corners in pixels, from top to bottom.
pub struct Triangle {
    corners: [Pos2; 3],
    fill: Fill,
}

enum Fill {
    /// 0xAARRGGBB.
    Flat(u32),
    Shaded {
        colors: Planes<4>,
        /// Texels from the top left of the texture.
        texture: Option<Planes<2>>,
    },
}

/// Values that change evenly over a triangle.
struct Planes<const N: usize> {
    /// At the first corner.
    start: [f32; N],
    /// Per pixel to the right, and down.
    right: [f32; N],
    down: [f32; N],
    /// Bounds, of the corners.
    low: [f32; N],
    high: [f32; N],
}

impl<const N: usize> Planes<N> {
    /// From the values at the corners; the triangle mustn't be flat.
    fn new(corners: &[Pos2; 3], values: &[[f32; N]; 3]) -> Self {
        let (e, f) = (corners[1] - corners[0], corners[2] - corners[0]);
        let part = 1.0 / (e.x * f.y - f.x * e.y);
        let [a, b, c] = values;
        let step = |of: &dyn Fn(f32, f32) -> f32| {
            std::array::from_fn(|i| of(b[i] - a[i], c[i] - a[i]) * part)
        };
        Self {
            start: *a,
            right: step(&|p, q| p * f.y - q * e.y),
            down: step(&|p, q| q * e.x - p * f.x),
            low: std::array::from_fn(|i| a[i].min(b[i]).min(c[i])),
            high: std::array::from_fn(|i| a[i].max(b[i]).max(c[i])),
        }
    }

    /// Values so far below the first corner, straight down.
    fn row(&self, down: f32) -> [f32; N] {
        std::array::from_fn(|i| self.start[i] + self.down[i] * down)
    }

    /// Values so far to the right in a row. Rounding, in a thin triangle, is kept in bounds.
    fn at(&self, row: &[f32; N], right: f32) -> [f32; N] {
        std::array::from_fn(|i| {
            let v = row[i] + self.right[i] * right;
            let v = if v < self.low[i] { self.low[i] } else { v };
            if v > self.high[i] { self.high[i] } else { v }
        })
    }
}

/// Colour parts a, r, g, b of 0 to 255, as a word.
fn rounded(parts: [f32; 4]) -> u32 {
    // What is added leaves whole numbers in the low bits.
    let byte = |v: f32| (v + 8_388_608.0).to_bits() & 0xff;
    let [a, r, g, b] = parts.map(byte);
    a << 24 | r << 16 | g << 8 | b
}

impl Triangle {
    /// None if nothing of it can be seen.
    pub fn new(mut corners: [Vertex; 3], target: &Target) -> Option<Self> {
        let [a, b, c] = &corners;
        let (left, right) = (
            a.pos.x.min(b.pos.x).min(c.pos.x),
            a.pos.x.max(b.pos.x).max(c.pos.x),
        );
        let (top, bottom) = (
            a.pos.y.min(b.pos.y).min(c.pos.y),
            a.pos.y.max(b.pos.y).max(c.pos.y),
        );
        let clip = target.clip;
        let seen = first(left).max(clip.x0) < first(right).min(clip.x1)
            && first(top).max(clip.y0) < first(bottom).min(clip.y1);
        let clear = corners
            .iter()
            .all(|corner| corner.color == egui::Color32::TRANSPARENT);
        if !seen || clear {
            return None;
        }
        let down = |a: &Vertex, b: &Vertex| {
            let order = a.pos.y.partial_cmp(&b.pos.y).unwrap_or(Ordering::Equal);
            order.then(a.pos.x.partial_cmp(&b.pos.x).unwrap_or(Ordering::Equal))
        };
        corners.sort_by(down);
        let at = corners.map(|corner| corner.pos);
        let (e, f) = (at[1] - at[0], at[2] - at[0]);
        let size = e.x * f.y - f.x * e.y;
        if size == 0.0 || !size.is_finite() {
            return None;
        }
        let bare = corners.iter().all(|corner| target.bare(corner));
        let [a, b, c] = &corners;
        let fill = if bare && a.color == b.color && a.color == c.color {
            Fill::Flat(word(a.color))
        } else {
            let [width, height] = target.texture.size().map(|side| side as f32);
            let parts = |corner: &Vertex| word(corner.color).to_be_bytes().map(f32::from);
            let texels = |corner: &Vertex| [corner.uv.x * width, corner.uv.y * height];
            let texture = || Planes::new(&at, &[texels(a), texels(b), texels(c)]);
            Fill::Shaded {
                colors: Planes::new(&at, &[parts(a), parts(b), parts(c)]),
                texture: (!bare).then(texture),
            }
        };
        Some(Self { corners: at, fill })
    }

    /// Draws it, cut to the target's clip.
    pub fn draw(&self, target: &mut Target) {
        let [a, b, c] = self.corners;
        let clip = target.clip;
        // The same for both triangles at an edge: they have it from top to bottom.
        let edge = |p: Pos2, q: Pos2, y: f32| p.x + (y - p.y) * ((q.x - p.x) / (q.y - p.y));
        for y in first(a.y).max(clip.y0)..first(c.y).min(clip.y1) {
            let middle = y as f32 + 0.5;
            let long = edge(a, c, middle);
            let short = if middle < b.y {
                edge(a, b, middle)
            } else {
                edge(b, c, middle)
            };
            let x0 = first(long.min(short)).max(clip.x0);
            let x1 = first(long.max(short)).min(clip.x1);
            if x0 >= x1 {
                continue;
            }
            match &self.fill {
                &Fill::Flat(color) => target.span(y, x0, x1, color),
                Fill::Shaded {
                    colors,
                    texture: None,
                } => {
                    let row = colors.row(middle - a.y);
                    for (x, pixel) in (x0..x1).zip(target.row(y, x0, x1)) {
                        over(pixel, rounded(colors.at(&row, x as f32 + 0.5 - a.x)));
                    }
                }
                Fill::Shaded {
                    colors,
                    texture: Some(texels),
                } => {
                    self.textured(target, y, x0..x1, colors, texels);
                }
            }
        }
    }

    fn textured(
        &self,
        target: &mut Target,
        y: i32,
        xs: std::ops::Range<i32>,
        colors: &Planes<4>,
        texels: &Planes<2>,
    ) {
        let length = |[u, v]: [f32; 2]| (u * u + v * v).sqrt();
        let sampler = target
            .texture
            .sampler(length(texels.right).max(length(texels.down)));
        let corner = self.corners[0];
        let down = y as f32 + 0.5 - corner.y;
        let (row, place) = (colors.row(down), texels.row(down));
        for (x, pixel) in xs.clone().zip(target.row(y, xs.start, xs.end)) {
            let right = x as f32 + 0.5 - corner.x;
            let [u, v] = texels.at(&place, right);
            let texel = sampler.at(u, v);
            if texel != 0 {
                over(pixel, product(texel, rounded(colors.at(&row, right))));
            }
        }
    }
}

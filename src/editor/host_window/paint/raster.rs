//! Draws egui's triangles into pixels. A pixel gets the same value whatever area is painted.

use egui::epaint::{ClippedPrimitive, Mesh, Primitive, Vertex};
use egui::{Color32, TextureId};

use super::area::Area;
use super::blend::{BLACK, over, product, word};
use super::textures::{Texture, Textures, white};
use super::triangle::Triangle;

/// Closer than this to a whole number of pixels is on it.
const ON_PIXEL: f32 = 1.0 / 64.0;

/// Paints one area of a picture that is `width` pixels wide, at `scale` pixels a point.
pub fn draw(
    pixels: &mut [u32],
    width: usize,
    area: Area,
    scale: f32,
    textures: &Textures,
    primitives: &[ClippedPrimitive],
) {
    let height = pixels.len().checked_div(width).unwrap_or(0);
    let area = area.and(Area::whole([width, height]));
    if area.empty() {
        return;
    }
    for y in area.y0..area.y1 {
        pixels[y as usize * width..][area.x0 as usize..area.x1 as usize].fill(BLACK);
    }
    for primitive in primitives {
        // Callbacks draw with a GPU.
        let Primitive::Mesh(mesh) = &primitive.primitive else {
            continue;
        };
        let Some(texture) = textures.get(mesh.texture_id) else {
            continue;
        };
        let clip = primitive.clip_rect;
        let clip = Area {
            x0: (clip.min.x * scale).round() as i32,
            y0: (clip.min.y * scale).round() as i32,
            x1: (clip.max.x * scale).round() as i32,
            y1: (clip.max.y * scale).round() as i32,
        };
        let mut target = Target {
            pixels,
            width,
            clip: clip.and(area),
            texture,
            atlas: mesh.texture_id == TextureId::default(),
        };
        if !target.clip.empty() {
            target.mesh(mesh, scale);
        }
    }
}

/// Where to draw, and with what.
pub struct Target<'a> {
    pixels: &'a mut [u32],
    /// Of a row of pixels.
    width: usize,
    /// All within the picture.
    pub clip: Area,
    pub texture: &'a Texture,
    /// The texture is the font's, with a white texel for what has no texture.
    atlas: bool,
}

/// The first pixel whose middle is at or after `v`.
pub fn first(v: f32) -> i32 {
    let v = (v - 0.5).clamp(-1e6, 1e6);
    let cut = v as i32;
    cut + i32::from(v > cut as f32)
}

/// The whole number that `v` is on.
fn on_pixel(v: f32) -> Option<i32> {
    let whole = first(v);
    ((v - whole as f32).abs() < ON_PIXEL).then_some(whole)
}

impl Target<'_> {
    fn mesh(&mut self, mesh: &Mesh, scale: f32) {
        let corner = |&index: &u32| {
            let mut corner = *mesh.vertices.get(index as usize)?;
            corner.pos = (corner.pos.to_vec2() * scale).to_pos2();
            Some(corner)
        };
        let mut indices = &mesh.indices[..];
        while let [a, b, c, rest @ ..] = indices {
            indices = rest;
            let (Some(first), Some(second), Some(third)) = (corner(a), corner(b), corner(c)) else {
                continue;
            };
            // A glyph or a plain rectangle is two triangles that share the middle edge.
            if let [d, e, f, after @ ..] = rest
                && (d, e) == (c, b)
                && let Some(last) = corner(f)
                && self.rectangle(&[first, second, third, last])
            {
                indices = after;
                continue;
            }
            if let Some(triangle) = Triangle::new([first, second, third], self) {
                triangle.draw(self);
            }
        }
    }

    /// The vertex has no texture.
    pub fn bare(&self, vertex: &Vertex) -> bool {
        self.atlas && white(vertex.uv)
    }

    /// A row's pixels, or none if `x0` isn't before `x1`. All are to be within the clip.
    pub fn row(&mut self, y: i32, x0: i32, x1: i32) -> &mut [u32] {
        if x0 >= x1 {
            return &mut [];
        }
        &mut self.pixels[y as usize * self.width..][x0 as usize..x1 as usize]
    }

    /// One colour from `x0` to before `x1`, within the clip.
    pub fn span(&mut self, y: i32, x0: i32, x1: i32, color: u32) {
        let row = self.row(y, x0, x1);
        match color >> 24 {
            255 => row.fill(color),
            0 if color == 0 => {}
            _ => row.iter_mut().for_each(|pixel| over(pixel, color)),
        }
    }

    /// Draws two triangles at once, corners from left to right and top to bottom, if they are an
    /// upright rectangle of one colour, without a texture or with one texel a pixel.
    fn rectangle(&mut self, corners: &[Vertex; 4]) -> bool {
        let [a, b, c, d] = corners;
        let upright =
            a.pos.y == b.pos.y && c.pos.y == d.pos.y && a.pos.x == c.pos.x && b.pos.x == d.pos.x;
        let even = a.color == b.color && a.color == c.color && a.color == d.color;
        if !upright || !even || a.pos.x > d.pos.x || a.pos.y > d.pos.y {
            return false;
        }
        if a.color == Color32::TRANSPARENT {
            return true;
        }
        let full = Area {
            x0: first(a.pos.x),
            y0: first(a.pos.y),
            x1: first(d.pos.x),
            y1: first(d.pos.y),
        };
        let shown = full.and(self.clip);
        let color = word(a.color);
        if corners.iter().all(|corner| self.bare(corner)) {
            for y in shown.y0..shown.y1 {
                self.span(y, shown.x0, shown.x1, color);
            }
            return true;
        }
        let Some((u, v)) = self.texel(corners) else {
            return false;
        };
        if !shown.empty() {
            self.copy(
                shown,
                (u + shown.x0 - full.x0) as usize,
                (v + shown.y0 - full.y0) as usize,
                color,
            );
        }
        true
    }

    /// The texel at the top left, of an upright rectangle with one texel a pixel.
    fn texel(&self, [a, b, c, d]: &[Vertex; 4]) -> Option<(i32, i32)> {
        let straight = a.uv.x == c.uv.x && b.uv.x == d.uv.x && a.uv.y == b.uv.y && c.uv.y == d.uv.y;
        if !straight {
            return None;
        }
        let [width, height] = self.texture.size();
        let start = |at: f32, end: f32, from: f32, to: f32, side: usize| {
            let (from, to) = (on_pixel(from * side as f32)?, on_pixel(to * side as f32)?);
            let long = on_pixel(end)? - on_pixel(at)?;
            (from >= 0 && to <= side as i32 && to - from == long).then_some(from)
        };
        Some((
            start(a.pos.x, d.pos.x, a.uv.x, d.uv.x, width)?,
            start(a.pos.y, d.pos.y, a.uv.y, d.uv.y, height)?,
        ))
    }

    /// Lays tinted texels, from `u`, `v` on, over the pixels of an area.
    fn copy(&mut self, area: Area, u: usize, v: usize, tint: u32) {
        let texture = self.texture;
        for (y, v) in (area.y0..area.y1).zip(v..) {
            let pixels = self.row(y, area.x0, area.x1);
            let Some(texels) = texture.row(v, u..u + pixels.len()) else {
                return;
            };
            for (pixel, &texel) in pixels.iter_mut().zip(texels) {
                if texel != 0 {
                    over(pixel, product(texel, tint));
                }
            }
        }
    }
}

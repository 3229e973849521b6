//! What is drawn, against a slow and plain way to draw it.

use egui::epaint::{ClippedPrimitive, ImageDelta, Mesh, Primitive, Vertex};
use egui::{Color32, ColorImage, Pos2, Rect, TextureId, TextureOptions, TexturesDelta, pos2, vec2};

use super::super::area::Area;
use super::super::blend::BLACK;
use super::super::raster::draw;
use super::super::textures::Textures;
use super::page::image;
use super::random::Random;

/// Of a picture, in pixels.
pub const SIZE: [usize; 2] = [60, 50];
pub const IMAGE: TextureId = TextureId::User(1);

/// The font atlas, and `IMAGE`.
pub fn textures(image: ColorImage, options: TextureOptions) -> Textures {
    let mut textures = Textures::default();
    let mut delta = TexturesDelta::default();
    let white = ColorImage::filled([4, 4], Color32::WHITE);
    delta.push(
        TextureId::default(),
        ImageDelta::full(white, TextureOptions::LINEAR),
    );
    delta.push(IMAGE, ImageDelta::full(image, options));
    textures.set(&delta);
    delta.clear();
    textures
}

pub fn picture() -> Textures {
    textures(image(16, 8, 0), TextureOptions::LINEAR)
}

/// Draws meshes at 1 pixel a point, in given areas.
pub fn drawn(textures: &Textures, meshes: &[Mesh], areas: &[Area]) -> Vec<u32> {
    let primitive = |mesh: &Mesh| ClippedPrimitive {
        clip_rect: Rect::EVERYTHING,
        primitive: Primitive::Mesh(mesh.clone()),
    };
    let primitives: Vec<_> = meshes.iter().map(primitive).collect();
    let mut pixels = vec![BLACK; SIZE[0] * SIZE[1]];
    for &area in areas {
        draw(&mut pixels, SIZE[0], area, 1.0, textures, &primitives);
    }
    pixels
}

pub fn whole(textures: &Textures, mesh: &Mesh) -> Vec<u32> {
    drawn(textures, std::slice::from_ref(mesh), &[Area::whole(SIZE)])
}

/// Rather random triangles, with or without an image.
fn triangles(random: &mut Random, count: usize) -> Mesh {
    let textured = random.chance(2);
    let mut mesh = Mesh::with_texture(if textured {
        IMAGE
    } else {
        TextureId::default()
    });
    for _ in 0..count {
        let one = Color32::from_rgba_unmultiplied(200, 90, 20, 170);
        let even = random.chance(3);
        for _ in 0..3 {
            let [r, g, b, a] = [(); 4].map(|()| random.below(256) as u8);
            let color = if even {
                one
            } else {
                Color32::from_rgba_unmultiplied(r, g, b, a)
            };
            let pos = pos2(random.part() * 80.0 - 10.0, random.part() * 70.0 - 10.0);
            let uv = if textured {
                pos2(random.part(), random.part())
            } else {
                Pos2::ZERO
            };
            mesh.vertices.push(Vertex { pos, uv, color });
        }
        let at = mesh.vertices.len() as u32;
        mesh.add_triangle(at - 3, at - 2, at - 1);
    }
    mesh
}

/// A rather random upright quad, as egui makes them, or turned over.
fn quad(random: &mut Random) -> Mesh {
    let mut mesh = triangles(random, 2);
    let turns = [random.chance(2), random.chance(2)];
    let [left, top, right, bottom] = [(); 4].map(|()| random.part());
    let order = |a: f32, b: f32, turn: bool| if turn == (a < b) { (b, a) } else { (a, b) };
    let ((left, right), (top, bottom)) =
        (order(left, right, turns[0]), order(top, bottom, turns[1]));
    let colors = random.chance(2);
    for (i, vertex) in mesh.vertices.iter_mut().take(4).enumerate() {
        let x = if i % 2 == 0 { left } else { right };
        let y = if i < 2 { top } else { bottom };
        vertex.pos = pos2(x, y) * 60.0;
        if !colors {
            vertex.color = Color32::from_rgba_unmultiplied(9, 200, 90, 130);
        }
    }
    mesh.indices = vec![0, 1, 2, 2, 1, 3];
    mesh
}

/// The colour of an image between its texels.
fn texel(image: &ColorImage, x: f64, y: f64) -> [f64; 4] {
    let [width, height] = image.size;
    let (x, y) = (x - 0.5, y - 0.5);
    let mut sum = [0.0; 4];
    for (dx, dy) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
        let (column, row) = (x.floor() + dx, y.floor() + dy);
        let part = (1.0 - (x - column).abs()) * (1.0 - (y - row).abs());
        let column = column.clamp(0.0, width as f64 - 1.0) as usize;
        let row = row.clamp(0.0, height as f64 - 1.0) as usize;
        let color = image.pixels[row * width + column].to_array();
        for (sum, v) in sum.iter_mut().zip(color) {
            *sum += f64::from(v) / 255.0 * part;
        }
    }
    sum
}

/// r, g, b of 0 to 255 at the middle of a pixel; None too close to an edge to tell.
fn plainly(mesh: &Mesh, image: &ColorImage, x: usize, y: usize) -> Option<[f64; 3]> {
    let (x, y) = (x as f64 + 0.5, y as f64 + 0.5);
    let mut pixel = [0.0; 3];
    for corners in mesh.indices.chunks(3) {
        let [a, b, c] = [0, 1, 2].map(|i| mesh.vertices[corners[i] as usize]);
        let at = |v: &Vertex| (f64::from(v.pos.x), f64::from(v.pos.y));
        let side = |p: (f64, f64), q: (f64, f64), (x, y): (f64, f64)| {
            (q.0 - p.0) * (y - p.1) - (q.1 - p.1) * (x - p.0)
        };
        let size = side(at(&a), at(&b), at(&c));
        let parts = [(&b, &c), (&c, &a), (&a, &b)].map(|(p, q)| side(at(p), at(q), (x, y)) / size);
        if parts.iter().any(|part| part.abs() < 1e-4) {
            return None;
        }
        if parts.iter().any(|part| *part < 0.0) {
            continue;
        }
        let mean =
            |of: &dyn Fn(&Vertex) -> f64| of(&a) * parts[0] + of(&b) * parts[1] + of(&c) * parts[2];
        let [width, height] = image.size.map(|side| side as f64);
        let uv = [mean(&|v| v.uv.x.into()), mean(&|v| v.uv.y.into())];
        let texel = if mesh.texture_id == IMAGE {
            texel(image, uv[0] * width, uv[1] * height)
        } else {
            [1.0; 4]
        };
        let color: [f64; 4] =
            std::array::from_fn(|i| mean(&|v: &Vertex| v.color.to_array()[i].into()) * texel[i]);
        for (dst, src) in pixel.iter_mut().zip(color) {
            *dst = *dst * (1.0 - color[3] / 255.0) + src;
        }
    }
    Some(pixel)
}

#[test]
fn triangles_are_as_drawn_plainly() {
    let (textures, image) = (picture(), image(16, 8, 0));
    let mut random = Random(3);
    let mut checked = 0;
    for i in 0..160 {
        let mesh = match i % 2 {
            0 => triangles(&mut random, 2),
            _ => quad(&mut random),
        };
        let pixels = whole(&textures, &mesh);
        for (at, pixel) in pixels.into_iter().enumerate() {
            let (x, y) = (at % SIZE[0], at / SIZE[0]);
            let Some(wanted) = plainly(&mesh, &image, x, y) else {
                continue;
            };
            let [a, rgb @ ..] = pixel.to_be_bytes();
            let near = rgb
                .iter()
                .zip(wanted)
                .all(|(got, wanted)| (f64::from(*got) - wanted).abs() < 2.5);
            assert!(a == 255 && near, "{x}, {y}: {rgb:?}, not {wanted:?}");
            checked += usize::from(wanted != [0.0; 3]);
        }
    }
    assert!(checked > 20_000, "{checked}");
}

#[test]
fn a_pixel_is_the_same_in_any_area() {
    let textures = picture();
    let mut random = Random(5);
    for _ in 0..60 {
        let mut mesh = triangles(&mut random, 4);
        let corner = pos2(random.part() * 30.0, random.part() * 30.0);
        let rect = Rect::from_min_size(corner, vec2(16.0, 8.0) * (0.5 + random.part()));
        mesh.add_rect_with_uv(
            rect,
            Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0)),
            Color32::WHITE,
        );
        let at_once = whole(&textures, &mesh);
        let (x, y) = (random.below(SIZE[0]) as i32, random.below(SIZE[1]) as i32);
        let all = Area::whole(SIZE);
        let parts = [
            Area {
                x1: x,
                y1: y,
                ..all
            },
            Area {
                x0: x,
                y1: y,
                ..all
            },
            Area {
                x1: x,
                y0: y,
                ..all
            },
            Area {
                x0: x,
                y0: y,
                ..all
            },
        ];
        assert_eq!(drawn(&textures, &[mesh], &parts), at_once);
    }
}

#[test]
fn neighbours_share_no_pixel_and_leave_none() {
    let mut mesh = Mesh::default();
    let color = Color32::from_rgba_unmultiplied(255, 255, 255, 100);
    let corner = |i: u32| {
        let turn = i as f32 / 17.0 * std::f32::consts::TAU;
        pos2(30.3, 25.1) + 100.0 * vec2(turn.cos(), turn.sin())
    };
    mesh.colored_vertex(pos2(30.3, 25.1), color);
    for i in 0..17 {
        mesh.colored_vertex(corner(i), color);
        mesh.add_triangle(0, i + 1, (i + 1) % 17 + 1);
    }
    let pixels = whole(&picture(), &mesh);
    assert!(
        pixels.iter().all(|pixel| *pixel == 0xff64_6464),
        "{:08x}",
        pixels[0]
    );
}

/// However thin a triangle is, rounding brings no colour that its corners don't have.
#[test]
fn thin_triangles_keep_their_colours() {
    let mut random = Random(9);
    let mut shown = 0;
    for _ in 0..2_000 {
        let mut mesh = Mesh::default();
        for x in [-3.0, 25.0, 70.0] {
            let (x, off) = (x + random.part(), (random.part() - 0.5) * 1e-4);
            let grey = Color32::from_gray(100 + random.below(41) as u8);
            mesh.colored_vertex(pos2(x, x + off), grey);
        }
        mesh.add_triangle(0, 1, 2);
        for pixel in whole(&picture(), &mesh) {
            let grey = pixel & 0xff;
            assert!(grey == 0 || (100..=140).contains(&grey), "{grey}");
            shown += usize::from(grey > 0);
        }
    }
    assert!(shown > 100, "{shown}");
}

//! What no page should ask for, but may.

use egui::epaint::{ImageDelta, Vertex};
use egui::{
    Color32, ColorImage, Mesh, Pos2, Rect, TextureId, TextureOptions, TextureWrapMode,
    TexturesDelta, pos2,
};

use super::super::area::Area;
use super::super::blend::BLACK;
use super::super::raster::draw;
use super::drawing::{IMAGE, SIZE, drawn, picture, textures, whole};
use super::page::image;
use super::random::Random;

#[test]
fn nonsense_is_survived() {
    let odd = [
        f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::MAX,
        -1e30,
        1e9,
        -1e7,
        0.0,
        1e-30,
        33.3,
    ];
    let wraps = [
        TextureWrapMode::ClampToEdge,
        TextureWrapMode::Repeat,
        TextureWrapMode::MirroredRepeat,
    ];
    let start = std::time::Instant::now();
    let mut random = Random(11);
    for i in 0..3_000 {
        let wrap_mode = wraps[i % 3];
        let filter = [TextureOptions::LINEAR, TextureOptions::NEAREST][i / 3 % 2];
        let textures = textures(
            image(3, 2, 0),
            TextureOptions {
                wrap_mode,
                ..filter
            },
        );
        let mut mesh = Mesh::with_texture(if random.chance(2) {
            IMAGE
        } else {
            TextureId::default()
        });
        for _ in 0..4 {
            let [x, y, u, v] = [(); 4].map(|()| odd[random.below(odd.len())]);
            let color = Color32::from_rgba_premultiplied(255, 3, random.below(256) as u8, 40);
            mesh.vertices.push(Vertex {
                pos: pos2(x, y),
                uv: pos2(u, v),
                color,
            });
        }
        mesh.indices = vec![0, 1, 2, 2, 1, 3, 3, 2, 9, u32::MAX, 0, 0, 1, 1, 1, 2];
        let pixels = whole(&textures, &mesh);
        assert!(pixels.iter().all(|pixel| pixel >> 24 == 255));
    }
    let took = start.elapsed();
    assert!(took.as_secs() < 30, "{took:?}");
}

#[test]
fn a_corner_that_is_nowhere_draws_nothing() {
    for nowhere in [
        pos2(f32::NAN, 9.0),
        pos2(9.0, f32::NAN),
        pos2(f32::INFINITY, 9.0),
    ] {
        let mut mesh = Mesh::default();
        for pos in [pos2(1.0, 1.0), nowhere, pos2(3.0, 40.0)] {
            mesh.colored_vertex(pos, Color32::WHITE);
        }
        mesh.add_triangle(0, 1, 2);
        let pixels = whole(&picture(), &mesh);
        assert!(pixels.iter().all(|pixel| *pixel == BLACK), "{nowhere:?}");
    }
}

#[test]
fn no_picture_and_no_texture_is_survived() {
    let mut mesh = Mesh::with_texture(IMAGE);
    let all = Rect::from_min_max(Pos2::ZERO, pos2(50.0, 50.0));
    mesh.add_rect_with_uv(all, all, Color32::WHITE);
    let empty = textures(ColorImage::new([0, 5], Vec::new()), TextureOptions::LINEAR);
    assert!(whole(&empty, &mesh).iter().all(|pixel| *pixel == BLACK));
    let huge = Area {
        x0: i32::MIN,
        y0: i32::MIN,
        x1: i32::MAX,
        y1: i32::MAX,
    };
    draw(&mut [], 0, huge, 1.0, &empty, &[]);
    draw(&mut [], 7, huge, 1.0, &empty, &[]);
    assert_eq!(
        drawn(&picture(), &[], &[huge]),
        vec![BLACK; SIZE[0] * SIZE[1]]
    );

    // A part that doesn't fit, and one of a texture that isn't there.
    let mut textures = picture();
    let mut delta = TexturesDelta::default();
    for (id, at) in [
        (IMAGE, [9, 0]),
        (IMAGE, [usize::MAX, 3]),
        (TextureId::User(2), [0, 0]),
    ] {
        delta.push(
            id,
            ImageDelta::partial(at, image(8, 8, 0), TextureOptions::LINEAR),
        );
    }
    textures.set(&delta);
    delta.clear();
    whole(&textures, &mesh);
}

//! Pictures: copied, magnified, tiled.

use egui::{Color32, ColorImage, Mesh, Pos2, Rect, TextureOptions, pos2, vec2};

use super::super::blend::BLACK;
use super::drawing::{IMAGE, SIZE, textures, whole};
use super::page::image;

#[test]
fn an_image_drawn_1_to_1_is_copied() {
    let image = image(16, 8, 3);
    let textures = textures(image.clone(), TextureOptions::LINEAR);
    let uv = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
    let rect = Rect::from_min_size(pos2(7.0, 5.0), vec2(16.0, 8.0));
    let mut quad = Mesh::with_texture(IMAGE);
    quad.add_rect_with_uv(rect, uv, Color32::WHITE);
    // egui's pictures are fans.
    let mut fan = quad.clone();
    fan.indices = vec![1, 0, 2, 2, 3, 1];
    for mesh in [quad, fan] {
        let pixels = whole(&textures, &mesh);
        for (at, color) in image.pixels.iter().enumerate() {
            let pixel = pixels[(5 + at / 16) * SIZE[0] + 7 + at % 16];
            let [_, r, g, b] = pixel.to_be_bytes();
            assert_eq!([r, g, b], color.to_array()[..3], "texel {at}");
        }
        let shown = pixels.iter().filter(|pixel| **pixel != BLACK).count();
        assert!(shown <= 16 * 8);
    }
}

/// Beyond its edges are more of the texels at the edges, however it is drawn.
#[test]
fn an_image_beyond_its_edges_is_its_edges() {
    let textures = textures(image(16, 8, 3), TextureOptions::LINEAR);
    let uv = Rect::from_min_max(pos2(-0.5, -0.5), pos2(1.5, 1.5));
    let rect = Rect::from_min_size(pos2(7.0, 5.0), vec2(32.0, 16.0));
    let mut quad = Mesh::with_texture(IMAGE);
    quad.add_rect_with_uv(rect, uv, Color32::WHITE);
    let mut fan = quad.clone();
    fan.indices = vec![1, 0, 2, 2, 3, 1];
    let pixels = whole(&textures, &quad);
    assert_eq!(pixels, whole(&textures, &fan));
    let at = |x: usize, y: usize| pixels[y * SIZE[0] + x];
    assert_eq!((at(7, 5), at(38, 20)), (at(15, 9), at(30, 16)));
    assert_ne!(at(7, 5), BLACK);
}

/// Greys of a row of pixels, of a texture of two texels, black and white, on a quad of 60 pixels.
fn greys(options: TextureOptions, right: f32) -> Vec<u8> {
    let two = ColorImage::new([2, 1], vec![Color32::BLACK, Color32::WHITE]);
    let mut mesh = Mesh::with_texture(IMAGE);
    let uv = Rect::from_min_max(Pos2::ZERO, pos2(right, 1.0));
    mesh.add_rect_with_uv(
        Rect::from_min_size(Pos2::ZERO, vec2(60.0, 20.0)),
        uv,
        Color32::WHITE,
    );
    let pixels = whole(&textures(two, options), &mesh);
    pixels[10 * SIZE[0]..][..60]
        .iter()
        .map(|pixel| *pixel as u8)
        .collect()
}

#[test]
fn a_magnified_image_is_smooth() {
    let greys = greys(TextureOptions::LINEAR, 1.0);
    assert_eq!((greys[0], greys[59]), (0, 255));
    for pair in greys.windows(2) {
        assert!(
            (0..=10).contains(&(i32::from(pair[1]) - i32::from(pair[0]))),
            "{greys:?}"
        );
    }
}

#[test]
fn options_of_textures_are_kept() {
    let sharp = greys(TextureOptions::NEAREST, 1.0);
    assert_eq!(sharp, [[0; 30], [255; 30]].concat());
    let tiled = greys(TextureOptions::NEAREST_REPEAT, 2.0);
    assert_eq!(tiled, [[0; 15], [255; 15], [0; 15], [255; 15]].concat());
    let turned = greys(TextureOptions::NEAREST_MIRRORED_REPEAT, 2.0);
    assert_eq!(turned, [[0; 15], [255; 15], [255; 15], [0; 15]].concat());
}

//! What counts as a change, and how much.

use egui::epaint::{ClippedShape, ImageDelta, RectShape};
use egui::{
    Color32, ColorImage, Context, Pos2, Rect, Shape, TextureId, TextureOptions, TexturesDelta,
    pos2, vec2,
};

use super::super::area::Area;
use super::super::blend::BLACK;
use super::page::image;
use super::random::{Maker, Random};
use super::{Canvas, Session, same, untouched};

/// A list of shapes to and from which some are added and taken.
#[test]
fn damage_holds_shapes_of_every_kind() {
    for scale in [1.0, 1.25, 1.5, 2.0] {
        let mut session = Session::new([150, 120], scale);
        session.page.window = false;
        session.pass(Vec::new());
        let ctx = session.ctx.clone();
        let words = ["Some", "longer text", "Row 1", "Tooltip of 3"].map(|word| {
            let font = egui::FontId::proportional(13.0);
            ctx.fonts_mut(|fonts| fonts.layout_no_wrap(word.into(), font, Color32::PLACEHOLDER))
        });
        let picture = session.page.picture.id();
        let mut maker = Maker {
            random: Random(scale.to_bits().into()),
            size: session.size.map(|side| side as f32 / scale),
            words: words.into(),
            images: vec![picture, picture, TextureId::default()],
        };
        let mut shapes: Vec<_> = (0..40).map(|_| maker.clipped()).collect();
        let none = TexturesDelta::default();
        for _ in 0..400 {
            for _ in 0..maker.random.below(4) {
                let at = maker.random.below(shapes.len());
                match maker.random.below(if shapes.len() < 60 { 6 } else { 4 }) {
                    0 => shapes[at] = maker.clipped(),
                    1 | 2 => maker.nudge(&mut shapes[at]),
                    3 if shapes.len() > 20 => drop(shapes.remove(at)),
                    4 => shapes.insert(at, shapes[at].clone()),
                    _ => shapes.insert(at, maker.clipped()),
                }
            }
            let (canvas, anew) = (&mut session.canvas, &mut session.anew);
            let before = canvas.pixels().to_vec();
            let areas = canvas.paint(&ctx, shapes.clone(), &none, session.size, scale);
            anew.forget();
            anew.paint(&ctx, shapes.clone(), &none, session.size, scale);
            same(canvas, anew);
            untouched(&before, canvas, &areas);
        }
    }
}

/// A meter is little to paint, and what stays is nothing.
#[test]
fn a_small_change_is_a_small_area() {
    let mut session = Session::new([900, 700], 1.0);
    for _ in 0..3 {
        session.pass(Vec::new());
    }
    assert_eq!(session.pass(Vec::new()), []);
    session.page.level = 0.7;
    let areas = session.pass(Vec::new());
    let pixels: u64 = areas.iter().map(|area| area.pixels()).sum();
    assert!((300..3_000).contains(&pixels), "{areas:?}");
}

#[test]
fn a_texture_that_goes_is_no_longer_shown() {
    let mut session = Session::new([300, 200], 1.0);
    session.pass(Vec::new());
    let id = TextureId::User(5);
    let all = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
    let place = Rect::from_min_max(pos2(10.0, 10.0), pos2(60.0, 40.0));
    let shape = Shape::image(id, place, all, Color32::WHITE);
    let shapes = vec![ClippedShape::new(Rect::EVERYTHING, shape)];
    let mut paint = |delta: &mut TexturesDelta| {
        let size = session.size;
        let areas = session
            .canvas
            .paint(&session.ctx, shapes.clone(), delta, size, 1.0);
        delta.clear();
        (areas.len(), session.canvas.pixels()[20 * 300 + 30])
    };
    let mut delta = TexturesDelta::default();
    delta.push(
        id,
        ImageDelta::full(image(50, 30, 0), TextureOptions::LINEAR),
    );
    delta.free(id);
    let (areas, shown) = paint(&mut delta);
    assert!(areas > 0 && shown != BLACK);
    assert_eq!(paint(&mut delta), (1, BLACK));
    assert_eq!(paint(&mut delta), (0, BLACK));
}

#[test]
fn no_size_and_no_scale_are_survived() {
    let mut session = Session::new([40, 30], 1.0);
    let areas = session.pass(Vec::new());
    assert_eq!(areas, [Area::whole([40, 30])]);
    let none = TexturesDelta::default();
    let Session { ctx, canvas, .. } = &mut session;
    for scale in [0.0, -1.0, f32::NAN, f32::INFINITY, 1e-30, 1e30] {
        for size in [[0, 0], [0, 9], [9, 0], [9, 9]] {
            let shape = Shape::rect_filled(Rect::EVERYTHING, 2, Color32::RED);
            let shapes = vec![ClippedShape::new(Rect::EVERYTHING, shape)];
            canvas.paint(ctx, shapes, &none, size, scale);
            assert_eq!(canvas.size(), size);
            assert_eq!(canvas.pixels().len(), size[0] * size[1]);
        }
    }
    // Nor is a context that never made anything.
    let areas = Canvas::default().paint(&Context::default(), Vec::new(), &none, [8, 8], 1.0);
    assert_eq!(areas, [Area::whole([8, 8])]);
}

/// Two that changed far apart, in a list that is longer than it was.
#[test]
fn what_is_between_changes_stays() {
    let mut session = Session::new([400, 400], 1.0);
    session.pass(Vec::new());
    let rect = |i: u8| {
        let place = Rect::from_min_size(pos2(i.into(), i.into()) * 4.0, vec2(6.0, 6.0));
        ClippedShape::new(
            Rect::EVERYTHING,
            Shape::rect_filled(place, 0, Color32::from_gray(i + 9)),
        )
    };
    let mut shapes: Vec<_> = (0..90).map(rect).collect();
    let (none, size) = (TexturesDelta::default(), session.size);
    let mut paint = |shapes: &[ClippedShape]| {
        let areas = session
            .canvas
            .paint(&session.ctx, shapes.to_vec(), &none, size, 1.0);
        areas.iter().map(|area| area.pixels()).sum::<u64>()
    };
    assert_eq!(paint(&shapes), 160_000);
    shapes[40] = rect(93);
    shapes.insert(3, rect(95));
    let painted = paint(&shapes);
    assert!((100..10_000).contains(&painted), "{painted}");
}

/// egui draws a very thin picture in one of two ways, by what was drawn before it.
#[test]
fn a_thin_picture_is_the_same_without_its_neighbour() {
    let mut session = Session::new([300, 100], 1.0);
    session.pass(Vec::new());
    let (none, size) = (TexturesDelta::default(), session.size);
    let all = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
    let id = session.page.picture.id();
    let picture = |x: f32, width: f32| {
        let place = Rect::from_min_size(pos2(x, 10.0), vec2(width, 30.0));
        RectShape::filled(place, 0, Color32::WHITE).with_texture(id, all)
    };
    let dot = |x: f32| Shape::circle_filled(pos2(x, 50.0), 20.0, Color32::RED);
    for x in [270.0, 272.0] {
        let shapes = [
            dot(x),
            picture(10.0, 40.0).into(),
            picture(260.0, 1.2).into(),
        ];
        let shapes = shapes.map(|shape| ClippedShape::new(Rect::EVERYTHING, shape));
        let Session {
            ctx, canvas, anew, ..
        } = &mut session;
        canvas.paint(ctx, shapes.to_vec(), &none, size, 1.0);
        anew.forget();
        anew.paint(ctx, shapes.to_vec(), &none, size, 1.0);
        same(canvas, anew);
    }
}

/// Glyphs that come repaint nothing; glyphs that others replace, everything.
#[test]
fn a_new_font_atlas_repaints_everything() {
    let mut session = Session::new([300, 200], 1.0);
    let first = session.pass(Vec::new());
    session.pass(Vec::new());
    let mut areas = |at: Option<[usize; 2]>, color: Color32| {
        let image = ColorImage::filled([40, 3], color);
        let mut delta = TexturesDelta::default();
        let options = TextureOptions::LINEAR;
        let patch = match at {
            Some(at) => ImageDelta::partial(at, image, options),
            None => ImageDelta::full(image, options),
        };
        delta.push(TextureId::default(), patch);
        let shape = Shape::rect_filled(Rect::EVERYTHING, 0, Color32::RED);
        let shapes = vec![ClippedShape::new(Rect::EVERYTHING, shape)];
        let areas = session
            .canvas
            .paint(&session.ctx, shapes, &delta, [300, 200], 1.0);
        delta.clear();
        areas
    };
    areas(None, Color32::TRANSPARENT);
    assert_eq!(areas(Some([0, 0]), Color32::WHITE), []);
    assert_eq!(areas(Some([0, 0]), Color32::WHITE), []);
    assert_eq!(areas(Some([0, 0]), Color32::GRAY), first);
    assert_eq!(areas(None, Color32::GRAY), first);
}

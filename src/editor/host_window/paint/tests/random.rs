//! Shapes of every kind, at random, for tests.

use std::sync::Arc;

use egui::emath::TSTransform;
use egui::epaint::{
    BandPoint, BandShape, CircleShape, ClippedShape, CubicBezierShape, EllipseShape, PathShape,
    PathStroke, QuadraticBezierShape, RectShape, TextShape, Vertex,
};
use egui::{Color32, Galley, Mesh, Pos2, Rect, Shape, Stroke, StrokeKind, TextureId, pos2, vec2};

/// A series of numbers that look random.
pub struct Random(pub u64);

impl Random {
    /// Below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        let (by, plus) = (6_364_136_223_846_793_005, 1_442_695_040_888_963_407);
        self.0 = self.0.wrapping_mul(by).wrapping_add(plus);
        (self.0 >> 33) as usize % end
    }

    pub fn chance(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    /// From 0 to 1.
    pub fn part(&mut self) -> f32 {
        self.below(10_001) as f32 / 10_000.0
    }

    fn color(&mut self) -> Color32 {
        let [r, g, b] = [(); 3].map(|()| self.below(256) as u8);
        match self.below(8) {
            0 => Color32::TRANSPARENT,
            1 => Color32::from_rgb_additive(r, g, b),
            2..5 => Color32::from_rgba_unmultiplied(r, g, b, self.below(256) as u8),
            _ => Color32::from_rgb(r, g, b),
        }
    }

    fn stroke(&mut self) -> Stroke {
        let width = [0.0, 0.4, 1.0, 2.0, 5.0, 12.0][self.below(6)];
        Stroke::new(width, self.color())
    }
}

/// Makes shapes out of what there is.
pub struct Maker {
    pub random: Random,
    /// Width and height of the picture in points.
    pub size: [f32; 2],
    pub words: Vec<Arc<Galley>>,
    pub images: Vec<TextureId>,
}

impl Maker {
    fn point(&mut self) -> Pos2 {
        let [width, height] = self.size;
        let point = pos2(
            self.random.part() * width * 1.2,
            self.random.part() * height * 1.2,
        );
        let point = point - vec2(width, height) * 0.1;
        if self.random.chance(2) {
            point.round()
        } else {
            point
        }
    }

    fn near(&mut self, point: Pos2, far: f32) -> Pos2 {
        point + vec2(self.random.part() - 0.5, self.random.part() - 0.5) * far
    }

    fn points<const N: usize>(&mut self) -> [Pos2; N] {
        let start = self.point();
        std::array::from_fn(|_| self.near(start, 60.0))
    }

    fn rect(&mut self) -> Rect {
        let size = vec2(1.0, 1.0) + vec2(self.random.part(), self.random.part()) * 50.0;
        let size = match self.random.below(6) {
            0 => vec2(1.2, size.y),
            1 => vec2(size.x, 0.7),
            _ => size,
        };
        Rect::from_min_size(self.point(), size)
    }

    /// One of any kind.
    pub fn clipped(&mut self) -> ClippedShape {
        let clip = match self.random.below(4) {
            0 => Rect::EVERYTHING,
            1 => self.rect(),
            _ => Rect::from_min_size(Pos2::ZERO, self.size.into()),
        };
        let mut shape = ClippedShape::new(clip, self.shape());
        if self.random.chance(8) {
            let shift = vec2(self.random.part(), self.random.part()) * 9.0;
            shape.transform_after_tessellation = TSTransform::new(shift, 0.5 + self.random.part());
        }
        shape
    }

    /// Changes a little of a shape, if it is of some kinds.
    pub fn nudge(&mut self, shape: &mut ClippedShape) {
        match (self.random.below(3), &mut shape.shape) {
            (0, _) => shape.clip_rect.max.x = self.point().x,
            (1, _) => {
                shape.transform_after_tessellation.translation.y += self.random.part() * 5.0;
            }
            (_, Shape::Text(text)) => match self.random.below(6) {
                0 => text.angle += 0.1,
                1 => text.opacity_factor = self.random.part(),
                2 => text.fallback_color = self.random.color(),
                3 => text.override_text_color = Some(self.random.color()),
                4 => text.underline = self.random.stroke(),
                _ => text.pos.x += 1.0,
            },
            (_, Shape::Mesh(mesh)) => Arc::make_mut(mesh).translate(vec2(0.0, 1.0)),
            (_, Shape::Rect(rect)) => rect.fill = self.random.color(),
            (_, Shape::Vec(shapes)) => drop(shapes.pop()),
            _ => {}
        }
    }

    fn shape(&mut self) -> Shape {
        let (fill, stroke) = (self.random.color(), self.random.stroke());
        let kinds = [StrokeKind::Inside, StrokeKind::Middle, StrokeKind::Outside];
        let kind = kinds[self.random.below(3)];
        let wide = PathStroke::from(stroke).with_kind(kind);
        let turn = if self.random.chance(2) {
            0.0
        } else {
            self.random.part() * 7.0
        };
        match self.random.below(14) {
            0 => Shape::Vec((0..self.random.below(5)).map(|_| self.shape()).collect()),
            1 => Shape::Noop,
            2 => {
                let radius = self.random.part().powi(3) * 40.0;
                let center = self.point();
                CircleShape {
                    center,
                    radius,
                    fill,
                    stroke,
                }
                .into()
            }
            3 => {
                let radius = vec2(self.random.part(), self.random.part()) * 30.0;
                let ellipse = EllipseShape::filled(self.point(), radius, fill);
                EllipseShape {
                    stroke,
                    angle: turn,
                    ..ellipse
                }
                .into()
            }
            4 => {
                let [a, mut b] = self.points();
                if self.random.chance(2) {
                    b.x = a.x;
                }
                Shape::line_segment([a, b], stroke)
            }
            5 => {
                let points = self.points::<6>()[..2 + self.random.below(5)].to_vec();
                PathShape {
                    points,
                    closed: false,
                    fill: Color32::TRANSPARENT,
                    stroke: wide,
                }
                .into()
            }
            6 => {
                let points = self.points::<6>()[..3 + self.random.below(4)].to_vec();
                PathShape {
                    points,
                    closed: true,
                    fill,
                    stroke: wide,
                }
                .into()
            }
            7..9 => self.rectangle(fill, stroke, kind, turn),
            9 => {
                let galley = self.words[self.random.below(self.words.len())].clone();
                let mut text = TextShape::new(self.point(), galley, fill).with_angle(turn);
                text.opacity_factor = [1.0, 0.5][self.random.below(2)];
                text.underline = [Stroke::NONE, stroke][self.random.below(2)];
                text.into()
            }
            10 => self.mesh(),
            11 => {
                let closed = self.random.chance(2);
                let fill = if closed { fill } else { Color32::TRANSPARENT };
                QuadraticBezierShape::from_points_stroke(self.points(), closed, fill, wide).into()
            }
            12 => {
                let closed = self.random.chance(2);
                let fill = if closed { fill } else { Color32::TRANSPARENT };
                CubicBezierShape::from_points_stroke(self.points(), closed, fill, wide).into()
            }
            _ => {
                let start = self.point();
                let points = (0..5).map(|i| {
                    let (middle, half) = (
                        start.y + self.random.part() * 20.0,
                        self.random.part() * 9.0,
                    );
                    BandPoint::new(start.x + i as f32 * 6.0, middle - half..=middle + half)
                });
                let points = points.collect();
                BandShape {
                    angle: turn / 20.0,
                    ..BandShape::new(points, fill, stroke)
                }
                .into()
            }
        }
    }

    fn rectangle(&mut self, fill: Color32, stroke: Stroke, kind: StrokeKind, turn: f32) -> Shape {
        let round = [0, 0, 3, 12][self.random.below(4)];
        let mut rect = RectShape::new(self.rect(), round, fill, stroke, kind);
        if self.random.chance(3) {
            rect = rect.with_blur_width(self.random.part() * 20.0);
        }
        if self.random.chance(3) {
            rect.angle = turn;
        }
        if self.random.chance(2) {
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            let image = self.images[self.random.below(self.images.len())];
            rect = rect.with_texture(image, uv);
            // egui has no strokes around pictures.
            if image != TextureId::default() {
                rect.stroke = Stroke::NONE;
            }
        }
        rect.into()
    }

    fn mesh(&mut self) -> Shape {
        let mut mesh = Mesh::with_texture(self.images[self.random.below(self.images.len())]);
        if self.random.chance(2) {
            let uv = Rect::from_min_max(pos2(-0.2, 0.1), pos2(1.4, 0.8));
            mesh.add_rect_with_uv(self.rect(), uv, self.random.color());
        }
        for _ in 0..self.random.below(3) {
            let [a, b, c] = self.points::<3>().map(|pos| Vertex {
                pos,
                uv: pos2(self.random.part(), self.random.part()),
                color: self.random.color(),
            });
            let at = mesh.vertices.len() as u32;
            mesh.vertices.extend([a, b, c]);
            mesh.add_triangle(at, at + 1, at + 2);
        }
        Shape::mesh(mesh)
    }
}

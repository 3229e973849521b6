//! A lively page to test and measure the painter with.

use std::f32::consts::TAU;

use egui::epaint::{
    BandPoint, BandShape, EllipseShape, PathShape, QuadraticBezierShape, TextShape,
};
use egui::{
    Color32, ColorImage, Context, Direction, FontId, FullOutput, Image, Rect, Sense, Shape, Stroke,
    TextureHandle, TextureOptions, Ui, Vec2, pos2, vec2,
};

/// What is on it.
pub struct Page {
    pub level: f32,
    pub angle: f32,
    pub window: bool,
    pub dim: bool,
    pub picture: TextureHandle,
    text: String,
    notes: String,
    value: f32,
    choice: usize,
    on: bool,
}

/// A picture of some colours, `shift`ed.
pub fn image(width: usize, height: usize, shift: usize) -> ColorImage {
    let pixels = (0..width * height).map(|i| {
        let (x, y) = (i % width + shift, i / width);
        let [r, g] = [x * 255 / width, y * 255 / height].map(|v| v as u8);
        let a = if (x / 4 + y / 4) % 3 == 0 { 90 } else { 255 };
        Color32::from_rgba_unmultiplied(r, g, 160, a)
    });
    ColorImage::new([width, height], pixels.collect())
}

impl Page {
    pub fn new(ctx: &Context) -> Self {
        Self {
            level: 0.4,
            angle: 0.3,
            window: true,
            dim: false,
            picture: ctx.load_texture("picture", image(48, 32, 0), TextureOptions::LINEAR),
            text: "Warm brass, short".into(),
            notes: "Several lines\nof some text, long enough to wrap around.\n漢字, Ω and ♪".into(),
            value: 0.3,
            choice: 1,
            on: true,
        }
    }

    /// One pass.
    pub fn pass(&mut self, ctx: &Context, input: egui::RawInput) -> FullOutput {
        ctx.run_ui(input, |ui| {
            egui::CentralPanel::default().show(ui, |ui| self.show(ui));
        })
    }

    fn show(&mut self, ui: &mut Ui) {
        if self.dim {
            ui.set_opacity(0.6);
        }
        ui.heading("The painter's page");
        ui.horizontal_wrapped(|ui| {
            for i in 0..9 {
                let _ = ui
                    .button(format!("Button {i}"))
                    .on_hover_text(format!("Tooltip of {i}"));
            }
            ui.checkbox(&mut self.on, "On");
            ui.spinner();
        });
        ui.horizontal(|ui| {
            ui.add(egui::Slider::new(&mut self.value, 0.0..=1.0).text("amount"));
            ui.add(egui::DragValue::new(&mut self.value).speed(0.01));
            ui.add(
                egui::ProgressBar::new(self.value)
                    .desired_width(120.0)
                    .animate(self.on),
            );
            egui::ComboBox::from_label("choice")
                .selected_text(format!("Choice {}", self.choice))
                .show_ui(ui, |ui| {
                    for i in 0..12 {
                        ui.selectable_value(&mut self.choice, i, format!("Choice {i}"));
                    }
                });
        });
        ui.text_edit_singleline(&mut self.text);
        ui.columns(3, |columns| {
            self.list(&mut columns[0], "left");
            columns[1].text_edit_multiline(&mut self.notes);
            self.pictures(&mut columns[1]);
            self.list(&mut columns[1], "middle");
            self.shapes(&mut columns[2]);
            self.list(&mut columns[2], "right");
        });
        let mut open = self.window;
        egui::Window::new("A window")
            .open(&mut open)
            .default_pos([260.0, 180.0])
            .show(ui, |ui| {
                ui.label("It may be moved, and has a shadow.");
                ui.collapsing("More", |ui| ui.label("Of the same."));
                ui.hyperlink("https://example.com");
            });
        self.window = open;
    }

    fn list(&mut self, ui: &mut Ui, name: &str) {
        egui::ScrollArea::vertical().id_salt(name).show(ui, |ui| {
            for i in 0..60 {
                ui.horizontal(|ui| {
                    let (rect, _) = ui.allocate_exact_size(Vec2::splat(14.0), Sense::hover());
                    ui.painter().circle(
                        rect.center(),
                        6.0,
                        Color32::from_rgb(200, i * 4, 80),
                        (1.0, Color32::WHITE),
                    );
                    let _ = ui.selectable_label(
                        i as usize == self.choice,
                        format!("Row {i} of the list"),
                    );
                });
            }
        });
    }

    fn pictures(&mut self, ui: &mut Ui) {
        let size = self.picture.size_vec2();
        let image = |by: f32| Image::from_texture((self.picture.id(), size * by));
        ui.horizontal(|ui| {
            ui.add(image(1.0));
            ui.add(image(2.3).corner_radius(12));
        });
        ui.horizontal(|ui| {
            ui.add(image(0.5));
            ui.add(
                image(1.4)
                    .rotate(self.angle, Vec2::splat(0.5))
                    .tint(Color32::LIGHT_GREEN),
            );
            // One thinner than two pixels, next to another: egui may draw it in two ways.
            let (rect, _) = ui.allocate_exact_size(vec2(12.0, 20.0), Sense::hover());
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            let left = rect.with_max_x(rect.left() + 6.0 + self.angle.sin());
            image(1.0).uv(uv).paint_at(ui, left);
            image(1.0)
                .uv(uv)
                .paint_at(ui, rect.with_min_x(rect.right() - 1.0));
        });
    }

    /// A meter, a knob, and one of most of egui's shapes.
    fn shapes(&mut self, ui: &mut Ui) {
        let (rect, _) = ui.allocate_exact_size(vec2(120.0, 10.0), Sense::hover());
        let bar = rect.with_max_x(rect.left() + rect.width() * self.level);
        ui.painter().rect_filled(rect, 3, Color32::DARK_GRAY);
        ui.painter().rect_filled(bar, 3, Color32::GREEN);

        let (rect, _) = ui.allocate_exact_size(vec2(180.0, 150.0), Sense::hover());
        let ends = [
            Color32::from_rgb(20, 40, 90),
            Color32::from_rgb(190, 90, 160),
        ];
        let painter = ui.painter();
        painter.add(Shape::gradient_rect(rect, Direction::TopDown, ends));
        let at = |x: f32, y: f32| rect.min + vec2(x, y);
        let arc = |from: f32, to: f32| {
            let points = (0..=24).map(|i| from + (to - from) * i as f32 / 24.0);
            points
                .map(|angle| at(40.0, 40.0) + 24.0 * Vec2::angled(angle))
                .collect::<Vec<_>>()
        };
        let (start, end) = (0.4 * TAU, 1.1 * TAU);
        painter.add(Shape::Vec(vec![
            Shape::line(arc(start, end), Stroke::new(4.0, Color32::from_gray(70))),
            Shape::Vec(vec![
                Shape::line(
                    arc(start, start + (end - start) * self.value),
                    Stroke::new(4.0, Color32::GOLD),
                ),
                Shape::Noop,
                Shape::circle_filled(at(40.0, 40.0), 3.0, Color32::WHITE),
            ]),
        ]));
        let wave = (0..180).map(|x| {
            let phase = x as f32 / 12.0 + self.angle;
            at(x as f32, 110.0 + 14.0 * phase.sin() * (phase * 3.7).cos())
        });
        painter.add(Shape::line(
            wave.collect(),
            Stroke::new(1.0, Color32::LIGHT_BLUE),
        ));
        for i in 0..6 {
            let color = Color32::from_rgba_unmultiplied(255, 40 * i, 30, 110);
            painter.circle_filled(at(90.0 + 14.0 * f32::from(i), 30.0), 12.0, color);
        }
        let star =
            (0..5).map(|i| at(110.0, 80.0) + 16.0 * Vec2::angled(f32::from(i as u8) * 0.4 * TAU));
        painter.add(PathShape::convex_polygon(
            star.collect(),
            Color32::TRANSPARENT,
            (2.0, Color32::RED),
        ));
        let needle = vec![at(20.0, 80.0), at(80.0, 82.0), at(20.0, 85.0)];
        painter.add(PathShape::convex_polygon(
            needle,
            Color32::WHITE,
            Stroke::NONE,
        ));
        painter.add(EllipseShape {
            angle: self.angle,
            ..EllipseShape::filled(
                at(150.0, 80.0),
                vec2(20.0, 9.0),
                Color32::from_black_alpha(120),
            )
        });
        painter.add(QuadraticBezierShape::from_points_stroke(
            [
                at(5.0, 140.0),
                at(60.0, 60.0 + 9.0 * self.angle.sin()),
                at(120.0, 140.0),
            ],
            false,
            Color32::TRANSPARENT,
            Stroke::new(3.0, Color32::YELLOW),
        ));
        let band = (0..20_u8).map(f32::from).map(|i| {
            let middle = rect.top() + 128.0;
            BandPoint::new(
                rect.left() + 60.0 + i * 5.0,
                middle - i * 0.3..=middle + i * 0.5,
            )
        });
        painter.add(BandShape::filled(
            band.collect(),
            Color32::from_white_alpha(60),
        ));
        painter.extend(Shape::dashed_line(
            &[at(0.0, 5.0), at(170.0, 20.0)],
            (1.5, Color32::WHITE),
            6.0,
            4.0,
        ));
        let text = painter.layout_no_wrap(
            "Turned text".into(),
            FontId::proportional(15.0),
            Color32::WHITE,
        );
        painter.add(TextShape::new(at(60.0, 50.0), text, Color32::WHITE).with_angle(self.angle));
    }
}

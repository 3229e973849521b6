//! Colours and sizes of the window.

use std::time::Duration;

use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Stroke, TextStyle, Theme, Vec2};

/// Behind everything.
pub const BACKGROUND: Color32 = Color32::from_rgb(0x12, 0x14, 0x19);
/// Cards on the background.
pub const CARD: Color32 = Color32::from_rgb(0x1b, 0x1e, 0x26);
/// Fields and buttons on a card.
pub const FIELD: Color32 = Color32::from_rgb(0x26, 0x2a, 0x35);
/// A field or button under the pointer.
pub const FIELD_HOVERED: Color32 = Color32::from_rgb(0x32, 0x38, 0x47);
/// Thin lines around things.
pub const LINE: Color32 = Color32::from_rgb(0x2f, 0x34, 0x41);
/// Text to read.
pub const TEXT: Color32 = Color32::from_rgb(0xe8, 0xea, 0xf0);
/// Text to glance at; 4.5:1 against a card.
pub const TEXT_WEAK: Color32 = Color32::from_rgb(0x96, 0x9d, 0xb0);
/// What acts, and what is held.
pub const ACCENT: Color32 = Color32::from_rgb(0xff, 0xb0, 0x5c);
/// Around what has the keyboard; 3:1 against everything else.
pub const FOCUS: Color32 = Color32::from_rgb(0xff, 0xff, 0xff);
/// Text on the accent.
pub const ON_ACCENT: Color32 = Color32::from_rgb(0x24, 0x17, 0x08);
/// What is ready or moving along.
pub const READY: Color32 = Color32::from_rgb(0x5f, 0xd0, 0xbc);
/// What went wrong.
pub const WRONG: Color32 = Color32::from_rgb(0xff, 0x8a, 0x80);

/// Time between frames while something moves.
pub const FRAME: Duration = Duration::from_millis(33);

/// Roundness of cards.
pub const ROUND: u8 = 10;
/// Roundness of fields and buttons.
pub const ROUND_SMALL: u8 = 6;
/// Space between cards.
pub const GAP: f32 = 12.0;

/// Sets the window's look. UI thread, once per window.
pub fn apply(ctx: &egui::Context) {
    ctx.set_theme(Theme::Dark);
    ctx.style_mut_of(Theme::Dark, |style| {
        let visuals = &mut style.visuals;
        visuals.panel_fill = BACKGROUND;
        visuals.window_fill = CARD;
        visuals.window_stroke = Stroke::new(1.0, LINE);
        visuals.menu_corner_radius = CornerRadius::same(ROUND_SMALL);
        visuals.extreme_bg_color = FIELD;
        visuals.weak_text_color = Some(TEXT_WEAK);
        visuals.error_fg_color = WRONG;
        visuals.selection.bg_fill = ACCENT.gamma_multiply(0.35);
        visuals.selection.stroke = Stroke::new(1.0, ACCENT);
        visuals.text_cursor.stroke = Stroke::new(2.0, ACCENT);
        let widgets = &mut visuals.widgets;
        for (widget, fill, line) in [
            (&mut widgets.noninteractive, CARD, LINE),
            (&mut widgets.inactive, FIELD, LINE),
            (&mut widgets.hovered, FIELD_HOVERED, TEXT_WEAK),
            (&mut widgets.active, FIELD_HOVERED, ACCENT),
            (&mut widgets.open, FIELD_HOVERED, LINE),
        ] {
            widget.bg_fill = fill;
            widget.weak_bg_fill = fill;
            widget.bg_stroke = Stroke::new(1.0, line);
            widget.fg_stroke = Stroke::new(1.0, TEXT);
            widget.corner_radius = CornerRadius::same(ROUND_SMALL);
            widget.expansion = 0.0;
        }
        let spacing = &mut style.spacing;
        spacing.item_spacing = Vec2::new(8.0, 6.0);
        spacing.button_padding = Vec2::new(12.0, 6.0);
        spacing.interact_size.y = 30.0;
        spacing.menu_margin = Margin::same(6);
        style.text_styles = [
            (TextStyle::Small, 11.0),
            (TextStyle::Body, 13.5),
            (TextStyle::Button, 13.5),
            (TextStyle::Heading, 20.0),
            (TextStyle::Monospace, 12.5),
        ]
        .map(|(style, size)| (style, FontId::new(size, FontFamily::Proportional)))
        .into();
    });
}

/// A card to put things on.
pub fn card() -> egui::Frame {
    egui::Frame::new()
        .fill(CARD)
        .corner_radius(CornerRadius::same(ROUND))
        .inner_margin(Margin::same(12))
}

/// Text size for labels under widgets.
pub fn small() -> FontId {
    FontId::proportional(11.0)
}

/// Text size for reading.
pub fn body() -> FontId {
    FontId::proportional(13.5)
}

//! A knob for one parameter: drag up and down, turn the wheel, double-click for the default.

use std::f32::consts::{PI, TAU};

use egui::accesskit::Action;
use egui::{Align2, Pos2, Response, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo, vec2};
use nice_plug::params::Param;

use crate::editor::{Controls, theme};

/// Size of a knob with its name and value.
pub const SIZE: Vec2 = vec2(74.0, 66.0);
/// Radius of the arc.
const RADIUS: f32 = 16.0;
/// Points of travel over the whole range.
const TRAVEL: f32 = 160.0;
/// Where the arc begins: a quarter of the circle stays open at the bottom.
const START: f32 = 0.75 * PI;
/// How far the arc goes.
const SWEEP: f32 = 1.5 * PI;

/// Shows a parameter as a knob under its own name. UI thread.
pub fn knob<P: Param>(ui: &mut Ui, controls: &dyn Controls, param: &P) -> Response {
    let (rect, response) = ui.allocate_exact_size(SIZE, Sense::click_and_drag());
    let response = response.on_hover_cursor(egui::CursorIcon::ResizeVertical);
    turn(ui, controls, param, &response);

    let value = param.unmodulated_normalized_value();
    let text = param.normalized_value_to_string(value, true);
    response.widget_info(|| {
        let mut info = WidgetInfo::slider(ui.is_enabled(), f64::from(value), param.name());
        info.current_text_value = Some(text.clone());
        info
    });

    let hot = response.hovered() || response.dragged();
    let centre = rect.center_top() + vec2(0.0, 15.0 + RADIUS);
    let painter = ui.painter();
    painter.text(
        rect.center_top(),
        Align2::CENTER_TOP,
        param.name(),
        theme::small(),
        theme::TEXT_WEAK,
    );
    arc(ui, centre, 0.0, 1.0, Stroke::new(3.0, theme::FIELD_HOVERED));
    let origin = if centred(param) {
        param.default_normalized_value()
    } else {
        0.0
    };
    let (low, high) = (origin.min(value), origin.max(value));
    if high - low > 0.002 {
        arc(ui, centre, low, high, Stroke::new(3.0, theme::ACCENT));
    }
    let face = if hot {
        theme::FIELD_HOVERED
    } else {
        theme::FIELD
    };
    painter.circle_filled(centre, RADIUS - 6.0, face);
    let tip = direction(value);
    painter.line_segment(
        [centre + tip * 5.0, centre + tip * (RADIUS - 7.0)],
        Stroke::new(2.0, if hot { theme::ACCENT } else { theme::TEXT }),
    );
    painter.text(
        rect.center_bottom(),
        Align2::CENTER_BOTTOM,
        &text,
        theme::small(),
        theme::TEXT,
    );
    response
}

/// Moves the parameter by what the user does to the knob.
fn turn<P: Param>(ui: &Ui, controls: &dyn Controls, param: &P, response: &Response) {
    let pointer = param.as_ptr();
    let set_once = |value: f32| {
        controls.begin_edit(pointer);
        controls.edit(pointer, value.clamp(0.0, 1.0));
        controls.end_edit(pointer);
    };
    // The value under the hand: the host may round or answer late, the hand must not feel it.
    let held = response.id.with("held");
    if response.drag_started() {
        controls.begin_edit(pointer);
        ui.data_mut(|data| data.insert_temp(held, param.unmodulated_normalized_value()));
    }
    if response.dragged() {
        let fine = ui.input(|input| input.modifiers.shift);
        let step = -response.drag_delta().y / TRAVEL * if fine { 0.1 } else { 1.0 };
        if step != 0.0 {
            let value = ui.data_mut(|data| {
                let value: &mut f32 = data.get_temp_mut_or_insert_with(held, || 0.0);
                *value = (*value + step).clamp(0.0, 1.0);
                *value
            });
            controls.edit(pointer, value);
        }
    }
    if response.drag_stopped() {
        controls.end_edit(pointer);
    }
    if response.double_clicked() {
        set_once(param.default_normalized_value());
    }
    if response.hovered() {
        let wheel = ui.input(|input| input.smooth_scroll_delta().y);
        if wheel != 0.0 {
            set_once(param.unmodulated_normalized_value() + wheel / TRAVEL / 4.0);
        }
    }
    let asked = |action| ui.input(|input| input.num_accesskit_action_requests(response.id, action));
    let steps = asked(Action::Increment) as f32 - asked(Action::Decrement) as f32;
    if steps != 0.0 {
        set_once(param.unmodulated_normalized_value() + steps * 0.02);
    }
}

/// Whether the parameter rests in the middle, so that its arc grows from there.
fn centred<P: Param>(param: &P) -> bool {
    (param.default_normalized_value() - 0.5).abs() < 0.01
}

fn direction(value: f32) -> Vec2 {
    Vec2::angled((START + SWEEP * value) % TAU)
}

fn arc(ui: &Ui, centre: Pos2, from: f32, to: f32, stroke: Stroke) {
    let steps = ((to - from) * 40.0).ceil().max(2.0) as usize;
    let points = (0..=steps)
        .map(|step| {
            let value = from + (to - from) * step as f32 / steps as f32;
            centre + direction(value) * RADIUS
        })
        .collect();
    ui.painter().add(Shape::line(points, stroke));
}

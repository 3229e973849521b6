//! A knob for one parameter: drag up and down, turn the wheel, double-click for the default. With the
//! keyboard: arrows, with Shift finer; the page's keys further, Home and End to the ends, Enter for the
//! default.

use std::f32::consts::{PI, TAU};

use egui::accesskit::{Action, ActionData};
use egui::{Align2, Key, Pos2, Response, Role, Sense, Shape, Stroke, Ui, Vec2, vec2};
use nice_plug::params::Param;

use super::roving::{self, Step};
use super::spoken;
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
/// How far a page's key goes, of the whole range.
const PAGE: f32 = 0.1;

/// Shows a parameter as a knob under its own name. UI thread.
pub fn knob<P: Param>(ui: &mut Ui, controls: &dyn Controls, param: &P) -> Response {
    let (rect, response) = ui.allocate_exact_size(SIZE, Sense::click_and_drag());
    let response = response.on_hover_cursor(egui::CursorIcon::ResizeVertical);
    turn(ui, controls, param, &response);

    let value = param.unmodulated_normalized_value();
    let text = param.normalized_value_to_string(value, true);
    spoken::name_it(&response, param.name(), Role::Slider);
    spoken::worth(&response, &text);
    let bounds = [0.0, 1.0].map(|end| shown(param, end));
    spoken::adjusted(&response, shown(param, value), bounds);

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
    let by_pointer = response.interact_pointer_pos().is_some();
    if response.double_clicked() || response.clicked() && !by_pointer {
        set_once(param.default_normalized_value());
    }
    if response.hovered() {
        let wheel = ui.input(|input| input.smooth_scroll_delta().y);
        if wheel != 0.0 {
            set_once(param.unmodulated_normalized_value() + wheel / TRAVEL / 4.0);
        }
    }
    let before = param.unmodulated_normalized_value();
    let value = asked(ui, param, response, keyed(ui, param, response, before));
    if value != before {
        set_once(value);
    }
}

/// Where keys move it that has the keyboard.
fn keyed<P: Param>(ui: &Ui, param: &P, response: &Response, mut value: f32) -> f32 {
    if !response.has_focus() {
        return value;
    }
    roving::keeps_arrows(ui, response.id);
    for step in roving::steps(ui) {
        value = match step {
            Step::Up | Step::Right => stepped(param, value, true, false),
            Step::Down | Step::Left => stepped(param, value, false, false),
            Step::PageUp => value + PAGE,
            Step::PageDown => value - PAGE,
            Step::First => 0.0,
            Step::Last => 1.0,
        };
    }
    let finer =
        |key| ui.input_mut(|input| input.count_and_consume_key(egui::Modifiers::SHIFT, key));
    for (keys, up) in [
        ([Key::ArrowUp, Key::ArrowRight], true),
        ([Key::ArrowDown, Key::ArrowLeft], false),
    ] {
        for _ in 0..keys.map(finer).into_iter().sum() {
            value = stepped(param, value, up, true);
        }
    }
    value.clamp(0.0, 1.0)
}

/// Where a screen reader moves it.
fn asked<P: Param>(ui: &Ui, param: &P, response: &Response, mut value: f32) -> f32 {
    let requests = |action| {
        let of = |input: &egui::InputState| {
            let requests = input.accesskit_action_requests(response.id, action);
            requests.cloned().collect::<Vec<_>>()
        };
        ui.input(of)
    };
    for (action, up) in [(Action::Increment, true), (Action::Decrement, false)] {
        for _ in requests(action) {
            value = stepped(param, value, up, false);
        }
    }
    for request in requests(Action::SetValue) {
        let wanted = match request.data {
            Some(ActionData::NumericValue(number)) => normalized(param, number),
            Some(ActionData::Value(text)) => param.string_to_normalized_value(&text),
            _ => None,
        };
        value = wanted.unwrap_or(value);
    }
    value.clamp(0.0, 1.0)
}

/// A step of the parameter's own up or down.
fn stepped<P: Param>(param: &P, value: f32, up: bool, finer: bool) -> f32 {
    let plain = param.preview_plain(value);
    param.preview_normalized(if up {
        param.next_step(plain, finer)
    } else {
        param.previous_step(plain, finer)
    })
}

/// The number that is shown for a value, in the unit that is written without another: 2500 for
/// "2.50 kHz". Where none is, the one next to it.
fn shown<P: Param>(param: &P, value: f32) -> f64 {
    let number = |value: f32| {
        let text = param.normalized_value_to_string(value, true);
        let (number, unit) = text.split_once(' ').unwrap_or((&text, ""));
        let number: f64 = number.parse().ok().filter(|n: &f64| n.is_finite())?;
        Some(number * if unit.starts_with('k') { 1_000.0 } else { 1.0 })
    };
    let near = [value, value - 1e-3, value + 1e-3];
    let found = near
        .into_iter()
        .find_map(|value| number(value.clamp(0.0, 1.0)));
    found.unwrap_or(value.into())
}

/// The value that a number is shown for.
fn normalized<P: Param>(param: &P, number: f64) -> Option<f32> {
    let [least, most] = [0.0, 1.0].map(|end| shown(param, end));
    match number {
        _ if number <= least => Some(0.0),
        _ if number >= most => Some(1.0),
        _ => param.string_to_normalized_value(&number.to_string()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::ConsortParams;

    /// Steps reach both ends, and what is shown can be set.
    #[test]
    fn every_knob_can_be_stepped_and_set_by_what_it_shows() {
        let params = ConsortParams::default();
        for param in [
            &params.level,
            &params.tone,
            &params.release_time,
            &params.stereo_width,
            &params.tune,
            &params.glide,
            &params.detune,
        ] {
            let mut value = 0.0;
            for steps in 1.. {
                let next = stepped(param, value, true, false);
                if next <= value || steps > 1_000 {
                    assert!(value > 0.999, "{} stands still at {value}", param.name());
                    break;
                }
                value = next;
            }
            let [least, most] = [0.0, 1.0].map(|end| shown(param, end));
            assert!(least < most && most.is_finite(), "{}", param.name());
            for value in [0.0, 0.2, 0.5, 0.8, 1.0] {
                let number = shown(param, value);
                let back = normalized(param, number).map(|value| shown(param, value));
                let off = back.map(|back| (back - number).abs() / (most - least));
                assert!(
                    off.is_some_and(|off| off < 2e-3),
                    "{}: {number}",
                    param.name()
                );
            }
        }
    }
}

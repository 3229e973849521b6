//! What a screen reader says of a widget: its name, what it is, and what it is worth. UI thread.

use egui::accesskit::{Action, Node, Role, Toggled};
use egui::{Button, Rect, Response, Ui, UiBuilder, WidgetText};

/// Changes what a screen reader is told of a widget, if one listens.
fn tell(response: &Response, change: impl FnOnce(&mut Node)) {
    let _ = response.ctx.accesskit_node_builder(response.id, change);
}

/// Names a widget and says what it is; what it is worth, and whether it is chosen, stays as it was told.
pub fn name_it(response: &Response, name: &str, role: Role) {
    tell(response, |node| {
        node.set_role(role);
        node.set_label(name);
        // Which egui tells of what Tab comes to, only.
        let [min, max] = [response.rect.min, response.rect.max].map(|at| at.to_vec2());
        node.set_bounds(egui::accesskit::Rect {
            x0: min.x.into(),
            y0: min.y.into(),
            x1: max.x.into(),
            y1: max.y.into(),
        });
        if response.sense.senses_click() {
            node.add_action(Action::Click);
        }
        if !response.enabled() {
            node.set_disabled();
        }
        // Of pages and of what is listed one is selected; buttons are pressed, and boxes checked.
        let lists = matches!(role, Role::Tab | Role::ListBoxOption);
        if let Some(toggled) = node.toggled().filter(|_| lists) {
            node.clear_toggled();
            node.set_selected(toggled == Toggled::True);
        }
    });
}

/// What it is worth, in words.
pub fn worth(response: &Response, value: &str) {
    tell(response, |node| node.set_value(value));
}

/// A value that can be read.
pub fn number(response: &Response, value: f64, [least, most]: [f64; 2]) {
    tell(response, |node| {
        node.set_numeric_value(value);
        node.set_min_numeric_value(least);
        node.set_max_numeric_value(most);
    });
}

/// A value that can also be set, and moved by steps.
pub fn adjusted(response: &Response, value: f64, bounds: [f64; 2]) {
    number(response, value, bounds);
    tell(response, |node| {
        node.add_action(Action::SetValue);
        node.add_action(Action::Increment);
        node.add_action(Action::Decrement);
    });
}

/// Whether a button stays pressed.
pub fn pressed(response: &Response, is: bool) {
    tell(response, |node| {
        node.set_toggled(if is { Toggled::True } else { Toggled::False });
    });
}

/// The place of something in a list, of which not all is shown.
pub fn listed(response: &Response, selected: bool, index: usize, of: usize) {
    tell(response, |node| {
        node.set_selected(selected);
        node.set_position_in_set(index);
        node.set_size_of_set(of);
    });
}

/// A field's keys are at another widget: what is marked in its list.
pub fn leads(field: &Response, to: egui::Id) {
    tell(field, |node| node.set_active_descendant(to.accesskit_id()));
}

/// What there is to say besides its name.
pub fn describe(response: &Response, text: &str) {
    tell(response, |node| node.set_description(text));
}

/// A part of the page that belongs together, in `rect`.
pub fn grouped<R>(ui: &mut Ui, rect: Rect, name: &str, show: impl FnOnce(&mut Ui) -> R) -> R {
    let builder = UiBuilder::new().max_rect(rect);
    let scope = ui.scope_builder(builder, |ui| {
        group(ui, name, Role::Group);
        show(ui)
    });
    scope.inner
}

/// Says what a part of the page is, and its name.
pub fn group(ui: &Ui, name: &str, role: Role) {
    let change = |node: &mut Node| {
        node.set_role(role);
        node.set_label(name);
    };
    let _ = ui.ctx().accesskit_node_builder(ui.unique_id(), change);
}

/// A thing to choose from a menu.
pub fn menu_item(ui: &mut Ui, text: &str) -> Response {
    let item = ui.button(text);
    name_it(&item, text, Role::MenuItem);
    item
}

/// A thing to choose from a list that drops down.
pub fn option(ui: &mut Ui, chosen: bool, text: impl Into<String>) -> Response {
    let text = text.into();
    let option = ui.selectable_label(chosen, &text);
    name_it(&option, &text, Role::ListBoxOption);
    // The pointer closes the list by itself, keys don't.
    if option.clicked() {
        ui.close();
    }
    option
}

/// One of a few of which one is chosen.
pub fn radio(ui: &mut Ui, chosen: bool, text: impl Into<WidgetText>, name: &str) -> Response {
    let choice = ui.add(Button::selectable(chosen, text.into()));
    name_it(&choice, name, Role::RadioButton);
    choice
}

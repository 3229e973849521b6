//! The prompt: a field, ideas for it, the family, and the button that makes it.

use egui::{Align, Button, ComboBox, Key, Layout, RichText, TextEdit, Ui, vec2};

use super::{State, VARIATION_NAMES, name_it};
use crate::editor::widgets::spoken;
use crate::editor::{Controls, View, theme};
use crate::instrument::Family;
use crate::jobs::{Stage, Status};

/// The family that is a drum kit.
const KIT: &str = "Drum kit";

/// Prompts to pick where typing isn't possible, or nothing comes to mind.
const IDEAS: [&str; 15] = [
    "warm cello",
    "soft felt piano",
    "bright glass bells",
    "breathy wooden flute",
    "hollow clarinet",
    "round upright bass",
    "gritty analog bass",
    "slow airy choir",
    "plucked nylon guitar",
    "mellow drawbar organ",
    "dark detuned pad",
    "punchy brass section",
    "tight 70s funk kit",
    "deep 808 drum machine",
    "soft jazz brushes kit",
];

/// Shows the row.
pub(super) fn prompt(ui: &mut Ui, state: &mut State, view: &View, controls: &dyn Controls) {
    let height = ui.available_height();
    // From the right, so that the field gets the room that is left.
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let go = go_button(ui, vec2(126.0, height), view, controls);
        family(ui, state);
        ideas(ui, state);
        let field = TextEdit::singleline(&mut state.prompt)
            .id_salt("prompt")
            .hint_text("What should it sound like? For example: warm cello")
            .font(egui::FontId::proportional(17.0))
            .align(egui::Align2::LEFT_CENTER)
            .margin(vec2(12.0, 4.0));
        let field = ui.add_sized(vec2(ui.available_width(), height), field);
        name_it(&field, "Prompt", egui::Role::TextInput);
        if field.gained_focus() {
            controls.prepare();
        }
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if go || entered {
            generate(state, view, controls);
        }
    });
}

/// Generate, or Cancel while an instrument is being made. Whether to generate.
fn go_button(ui: &mut Ui, size: egui::Vec2, view: &View, controls: &dyn Controls) -> bool {
    // While it is rendered the instrument plays already: there is nothing to cancel.
    let making =
        matches!(&view.status, Status::Working { stage, .. } if *stage != Stage::Rendering);
    if making {
        if ui.add_sized(size, Button::new("Cancel")).clicked() {
            controls.cancel();
        }
        return false;
    }
    let text = RichText::new("Generate").strong().color(theme::ON_ACCENT);
    let button = Button::new(text).fill(theme::ACCENT);
    ui.add_sized(size, button).clicked()
}

fn family(ui: &mut Ui, state: &mut State) {
    let family = state.family.map_or("Any family".to_owned(), title);
    let shown = if state.kit { KIT.to_owned() } else { family };
    let response = ComboBox::from_id_salt("family")
        .width(150.0)
        .height(460.0)
        .selected_text(shown)
        .show_ui(ui, |ui| {
            // All of them at once, without scrolling.
            ui.spacing_mut().interact_size.y = 20.0;
            ui.spacing_mut().button_padding.y = 2.0;
            ui.spacing_mut().item_spacing.y = 3.0;
            let any = state.family.is_none() && !state.kit;
            if spoken::option(ui, any, "Any family").clicked() {
                (state.family, state.kit) = (None, false);
            }
            if spoken::option(ui, state.kit, KIT).clicked() {
                (state.family, state.kit) = (None, true);
            }
            for family in Family::ALL {
                let chosen = state.family == Some(family);
                if spoken::option(ui, chosen, title(family)).clicked() {
                    (state.family, state.kit) = (Some(family), false);
                }
            }
        })
        .response;
    name_it(&response, "Family", egui::Role::ComboBox);
}

fn ideas(ui: &mut Ui, state: &mut State) {
    let menu = ui.menu_button("Ideas", |ui| {
        for idea in IDEAS {
            if spoken::menu_item(ui, idea).clicked() {
                state.prompt = idea.to_owned();
                (state.family, state.kit) = (None, false);
                ui.close();
            }
        }
    });
    menu.response.on_hover_text("Prompts to start from");
}

/// Makes variation A of the prompt; if it plays already, of the seeds that follow.
fn generate(state: &mut State, view: &View, controls: &dyn Controls) {
    let known = view.instrument.as_ref();
    if known.is_some_and(|instrument| state.variation_of(instrument).is_some()) {
        state.first_seed = state
            .first_seed
            .saturating_add(VARIATION_NAMES.len() as u64);
    } else {
        state.first_seed = 1;
    }
    controls.make(state.request(0));
}

/// What a list of families offers: all of them, or one.
pub(super) fn families(ui: &mut Ui, family: &mut Option<Family>) {
    if spoken::option(ui, family.is_none(), "All families").clicked() {
        *family = None;
    }
    for each in Family::ALL {
        if spoken::option(ui, *family == Some(each), title(each)).clicked() {
            *family = Some(each);
        }
    }
}

/// "Chromatic percussion".
pub(super) fn title(family: Family) -> String {
    let name = family.name();
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

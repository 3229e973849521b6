//! What to look for, and among which entries.

use egui::{Align, Button, ComboBox, Key, Layout, RichText, TextEdit, Ui, vec2};

use super::LibraryPage;
use crate::editor::page::{capture, name_it, prompt};
use crate::editor::widgets::spoken;
use crate::editor::{Controls, View, theme};
use crate::instrument::Family;
use crate::jobs::Capture;
use crate::jobs::librarian::Question;
use crate::library::Kind;

/// Shows the field for words, and the buttons that ask with something else.
pub(super) fn asking(ui: &mut Ui, page: &mut LibraryPage, view: &View, controls: &dyn Controls) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if view.capture.as_ref().is_some_and(Capture::is_running) {
            capture::running(ui, view, controls);
        } else if button(ui, "Sidechain", "Takes the next sound or mix on Consort's sidechain, up to 8 seconds, and finds what sounds like it") {
            page.captures = true;
            controls.capture();
        }
        if button(ui, "From file", "Finds what sounds like a sound file, or what is in a mix") {
            page.to_ask.open();
        }
        let hint = "Finds what sounds like the instrument that plays";
        if let Some(instrument) = &view.instrument
            && button(ui, "Like this one", hint)
        {
            page.ask(Question::Instrument(instrument.clone()), controls);
        }
        let found = button(ui, "Find", "Finds what fits the words; without words, everything");
        let field = TextEdit::singleline(&mut page.words)
            .id_salt("library words")
            .hint_text("Describe a sound, or type a name: airy strings")
            .align(egui::Align2::LEFT_CENTER);
        let field = ui.add_sized(vec2(ui.available_width(), 28.0), field);
        name_it(&field, "Find by words", egui::Role::TextInput);
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if found || entered {
            let words = page.words.trim().to_owned();
            let question = if words.is_empty() { Question::All } else { Question::Words(words) };
            page.ask(question, controls);
        }
    });
}

fn button(ui: &mut Ui, name: &str, hint: &str) -> bool {
    let button = Button::new(name).min_size(vec2(64.0, 28.0));
    ui.add(button).on_hover_text(hint).clicked()
}

/// Shows what was asked, and among which entries.
pub(super) fn filters(ui: &mut Ui, page: &mut LibraryPage, view: &View, controls: &dyn Controls) {
    let before = page.filter.clone();
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let marked = ui.selectable_label(page.filter.favourites, "Favourites");
        name_it(&marked, "Only favourites", egui::Role::Button);
        if marked.clicked() {
            page.filter.favourites = !page.filter.favourites;
        }
        kinds(ui, &mut page.filter.kind);
        families(ui, &mut page.filter.family);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let shelf = &view.library;
            let text = match &shelf.question {
                _ if shelf.asking => "Listening …".to_owned(),
                None => "Everything".to_owned(),
                Some(question) => question.clone(),
            };
            let text = RichText::new(text).color(theme::TEXT_WEAK);
            ui.add(egui::Label::new(text).truncate());
        });
    });
    if page.filter != before {
        page.ask_again(controls);
    }
}

fn families(ui: &mut Ui, family: &mut Option<Family>) {
    let shown = family.map_or("All families".to_owned(), prompt::title);
    let families = ComboBox::from_id_salt("library family")
        .width(140.0)
        .height(460.0)
        .selected_text(shown)
        .show_ui(ui, |ui| {
            ui.spacing_mut().interact_size.y = 20.0;
            prompt::families(ui, family);
        })
        .response;
    name_it(&families, "Library family", egui::Role::ComboBox);
}

fn kinds(ui: &mut Ui, kind: &mut Option<Kind>) {
    let shown = kind.map_or("From anywhere", Kind::name);
    let kinds = ComboBox::from_id_salt("library kind")
        .width(120.0)
        .selected_text(shown)
        .show_ui(ui, |ui| {
            if spoken::option(ui, kind.is_none(), "From anywhere").clicked() {
                *kind = None;
            }
            for each in Kind::ALL {
                if spoken::option(ui, *kind == Some(each), each.name()).clicked() {
                    *kind = Some(each);
                }
            }
        })
        .response;
    name_it(&kinds, "Where from", egui::Role::ComboBox);
}

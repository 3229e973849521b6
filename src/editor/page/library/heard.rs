//! Which families are heard in the sound or mix that was asked with, and how surely.

use egui::{Button, RichText, Ui};

use super::LibraryPage;
use crate::editor::page::{name_it, prompt};
use crate::editor::{Controls, theme};
use crate::instrument::Family;
use crate::jobs::librarian::{Asked, HEARD, MISSING, Question};
use crate::jobs::{Request, Source};

/// What people ask of a mix: shown also when they aren't heard.
const ROLES: [Family; 4] = [Family::Drum, Family::Bass, Family::SynthLead, Family::Keys];
/// Families shown besides.
const OTHERS: usize = 3;

/// Shows the families, each a button that looks for it alone, and what makes an instrument of it.
pub(super) fn heard(ui: &mut Ui, page: &mut LibraryPage, asked: &Asked, controls: &dyn Controls) {
    let hint = "Makes an instrument of the sound";
    if ui.button("Make one like it").on_hover_text(hint).clicked() {
        controls.make(Request {
            source: Source::Sound(asked.sound.clone()),
            ..Request::default()
        });
    }
    ui.label(RichText::new("Heard:").color(theme::TEXT_WEAK));
    let mut others: Vec<Family> = Family::ALL
        .into_iter()
        .filter(|family| !ROLES.contains(family) && asked.sure(*family) >= HEARD)
        .collect();
    others.sort_by(|a, b| asked.sure(*b).total_cmp(&asked.sure(*a)));
    for family in ROLES.into_iter().chain(others.into_iter().take(OTHERS)) {
        let sure = asked.sure(family);
        let title = match family {
            Family::Drum => "Drums".to_owned(),
            family => prompt::title(family),
        };
        let (text, colour) = match sure {
            HEARD.. => (format!("{title} {:.0} %", sure * 100.0), theme::READY),
            MISSING.. => (format!("{title} {:.0} %", sure * 100.0), theme::TEXT_WEAK),
            _ => (format!("no {}", title.to_lowercase()), theme::TEXT_WEAK),
        };
        let chosen = page.filter.family == Some(family);
        let button = Button::selectable(chosen, RichText::new(&text).color(colour));
        let button = ui.add(button);
        name_it(&button, &text, egui::Role::Button);
        if button.on_hover_text("Finds this one in the mix").clicked() {
            page.filter.family = (!chosen).then_some(family);
            page.ask(Question::Sound(asked.sound.clone()), controls);
        }
    }
}

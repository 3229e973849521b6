//! Where the keyboard is in a page: marked, so that it is seen, and not lost when what had it goes: a menu
//! that closes gives it back to what opened it, and a button that goes to its neighbour.

use egui::{Context, Event, Id, Key, LayerId, Order, Pos2, Rect, Stroke, StrokeKind, Ui};

use crate::editor::theme;

/// A widget that had the keyboard, and where.
#[derive(Clone, Copy)]
struct Had {
    id: Id,
    layer: LayerId,
    at: Pos2,
}

/// Which widgets had the keyboard, from the page's own to that of the foremost menu.
#[derive(Clone, Default)]
struct Trail(Vec<Had>);

/// Marks what has the keyboard, and sees to it that something has. UI thread, at the end of each frame.
pub(super) fn follow(ui: &Ui) {
    let ctx = ui.ctx();
    let at = Id::unique("where the keyboard is");
    let mut trail: Trail = ctx.data(|data| data.get_temp(at)).unwrap_or_default();
    let focused = ctx.memory(|memory| memory.focused());
    match focused.and_then(|id| place(ctx, id)) {
        Some((had, rect)) => {
            // A menu was opened from what had it before; in one and the same it moves about.
            let known = trail.0.iter().position(|known| known.layer == had.layer);
            trail.0.truncate(known.unwrap_or(trail.0.len()));
            trail.0.push(had);
            mark(ctx, rect);
        }
        // It is not there yet; or Tab goes round, by way of nothing.
        None if focused.is_some_and(|id| trail.0.last().is_none_or(|had| had.id != id)) => {}
        None if ctx.input(|input| input.key_pressed(Key::Tab)) => {}
        None => {
            let next = trail.0.last().and_then(|last| next(ctx, &trail, last));
            match next {
                Some(next) => ctx.memory_mut(|memory| memory.request_focus(next)),
                None => trail.0.clear(),
            }
        }
    }
    ctx.data_mut(|data| data.insert_temp(at, trail));
}

/// Who has the keyboard once `last` hasn't.
fn next(ctx: &Context, trail: &Trail, last: &Had) -> Option<Id> {
    // Whoever has taken them.
    let had = |wanted: fn(&Event) -> bool| ctx.input(|input| input.raw.events.iter().any(wanted));
    let clicks = had(|event| matches!(event, Event::PointerButton { .. }));
    let escapes = had(|event| {
        matches!(
            event,
            Event::Key {
                key: Key::Escape,
                pressed: true,
                ..
            }
        )
    });
    if clicks {
        return None;
    }
    if !escapes {
        // It gave the keyboard back to the host.
        if place(ctx, last.id).is_some() {
            return None;
        }
        if let Some(neighbour) = neighbour(ctx, last) {
            return Some(neighbour);
        }
    }
    let mut before = trail.0.iter().rev().skip(1);
    before
        .find(|had| place(ctx, had.id).is_some())
        .map(|had| had.id)
}

/// Where a widget is, if it is there in this frame and can have the keyboard.
fn place(ctx: &Context, id: Id) -> Option<(Had, Rect)> {
    let widget = ctx.viewport(|viewport| viewport.this_pass.widgets.get(id).copied());
    let widget = widget.filter(|widget| widget.enabled && widget.sense.is_focusable())?;
    let had = Had {
        id,
        layer: widget.layer_id,
        at: widget.rect.center(),
    };
    Some((had, widget.interact_rect))
}

/// The nearest widget on the same layer.
fn neighbour(ctx: &Context, had: &Had) -> Option<Id> {
    ctx.viewport(|viewport| {
        let layer = viewport.this_pass.widgets.get_layer(had.layer);
        let able = layer.filter(|widget| widget.enabled && widget.sense.is_focusable());
        let far = |rect: Rect| rect.distance_sq_to_pos(had.at);
        able.min_by(|a, b| far(a.rect).total_cmp(&far(b.rect)))
            .map(|widget| widget.id)
    })
}

/// A frame around what has the keyboard. A field that is edited has its own, and a caret.
fn mark(ctx: &Context, rect: Rect) {
    if ctx.text_edit_focused() {
        return;
    }
    let layer = LayerId::new(Order::Tooltip, Id::unique("mark of the keyboard"));
    let rect = rect.expand(2.0).intersect(ctx.content_rect());
    let painter = ctx.layer_painter(layer);
    for (width, colour) in [(4.0, theme::BACKGROUND), (2.0, theme::FOCUS)] {
        let line = Stroke::new(width, colour);
        painter.rect_stroke(rect, theme::ROUND_SMALL, line, StrokeKind::Inside);
    }
}

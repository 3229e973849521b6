//! Making an instrument.

use std::ops::ControlFlow;

use super::Ticket;
use crate::models::{Error, Made, Models, Request, make_instrument};

/// Makes an instrument, some 0.3 s once the models are in memory. The same request and pack make the same
/// one. Any thread but audio.
///
/// # Errors
/// [`Error::Cancelled`]; otherwise one sentence.
pub fn make(request: &Request, ticket: &mut Ticket<'_>) -> Result<Made, Error> {
    request.check()?;
    make_instrument(
        &mut Models::open()?,
        request,
        &mut |stage, done| match ticket.begin(stage, done) {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        },
    )
}

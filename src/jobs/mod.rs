//! Background work: one generator thread for the process, its queue, progress and cancel.

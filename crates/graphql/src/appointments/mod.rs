//! Appointments: what is free, holds and bookings, and the office's day.

mod attesa;
mod inputs;
mod mutation;
mod payload;
mod query;

pub(crate) use attesa::WaitingMutation;
pub(crate) use mutation::AppointmentMutation;
pub(crate) use query::AppointmentQuery;

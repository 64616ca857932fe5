//! Appointments: what is free, holds and bookings, and the office's day.

mod inputs;
mod mutation;
mod payload;
mod query;

pub(crate) use mutation::AppointmentMutation;
pub(crate) use query::AppointmentQuery;

//! Legal time in Italy: which day it is, and when a day ends.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};

/// Compiled in: the day of a protocol entry must not depend on the files of the machine it runs on.
static ROMA: TimeZone = jiff::tz::get!("Europe/Rome");

/// The date in Italy at an instant: the date of the protocol entry (DPR 445/2000 art. 53 c.1).
pub fn data_locale(ts: Timestamp) -> Date {
    ROMA.to_datetime(ts).date()
}

/// The wall-clock time in Italy at an instant. Not unique in the night in which summer time ends: store the instant.
pub fn ora_locale(ts: Timestamp) -> Time {
    ROMA.to_datetime(ts).time()
}

/// The year of the register an instant belongs to: numbering restarts at midnight in Rome (DPR 445/2000 art. 57).
pub fn anno_di_registrazione(ts: Timestamp) -> i16 {
    data_locale(ts).year()
}

/// First instant of a day in Italy. Days beyond what instants can express give the nearest one.
pub fn inizio_giornata(data: Date) -> Timestamp {
    let nearest = if data.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
    data.to_zoned(ROMA.clone()).map_or(nearest, |zoned| zoned.timestamp())
}

/// The end of a day in Italy, 24:00: the first instant that no longer belongs to it. What is due on a day is late from
/// this instant on. The inverse of [`data_locale`]: `inizio_giornata(d) <= ts < fine_giornata(d)`.
pub fn fine_giornata(data: Date) -> Timestamp {
    data.tomorrow().map_or(Timestamp::MAX, inizio_giornata)
}

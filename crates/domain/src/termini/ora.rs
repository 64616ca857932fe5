//! Legal time in Italy: which day it is, and when a day ends.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::{AmbiguousOffset, TimeZone},
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

/// The instant at which something opens by the clocks of a day. A time that is skipped when summer time begins is the
/// first one after it; of one that comes twice when it ends, the first.
pub fn apertura(data: Date, ora: Time) -> Timestamp {
    istante(data, ora, false)
}

/// The instant at which something closes by the clocks of a day: as [`apertura`], but of a time that comes twice the
/// second.
pub fn chiusura(data: Date, ora: Time) -> Timestamp {
    istante(data, ora, true)
}

fn istante(data: Date, ora: Time, last: bool) -> Timestamp {
    let ambiguous = ROMA.to_ambiguous_timestamp(data.to_datetime(ora));
    let found = match (ambiguous.offset(), last) {
        // Before the gap by its clocks: the next change of the clocks is the gap itself.
        (AmbiguousOffset::Gap { .. }, _) => {
            ambiguous.earlier().map(|before| ROMA.following(before).next().map_or(before, |change| change.timestamp()))
        }
        (AmbiguousOffset::Fold { .. }, true) => ambiguous.later(),
        _ => ambiguous.earlier(),
    };
    found.unwrap_or_else(|_| inizio_giornata(data))
}

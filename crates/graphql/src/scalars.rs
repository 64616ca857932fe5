//! Scalars: positions, instants, days.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use jiff::Timestamp;
use jiff::civil;

/// Place of a fact in the log of the ente.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posizione(pub u64);

/// Place of a fact in the log of the ente: 1 for the first, without holes. A number; as input also its digits as text.
/// Hand the position that a mutation answered to `dopo`, to read what was just written.
#[Scalar]
impl ScalarType for Posizione {
    fn parse(value: Value) -> InputValueResult<Self> {
        let found = match &value {
            Value::Number(number) => number.as_u64(),
            Value::String(text) if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok(),
            _ => None,
        };
        found.map(Self).ok_or_else(|| InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        Value::from(self.0)
    }
}

/// An instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

/// An instant, RFC 3339 with the zone's offset: `2026-03-06T09:30:00Z`. Answers are in UTC; legal days are those of
/// Europe/Rome.
#[Scalar(specified_by_url = "https://scalars.graphql.org/andimarek/date-time")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(InputValueError::custom),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date(pub civil::Date);

/// A day of the calendar in Italy, `2026-03-06`.
#[Scalar]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text.parse().map(Self).map_err(InputValueError::custom),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_a_number_or_its_digits() {
        assert_eq!(Posizione(12).to_value(), Value::from(12));
        for value in [Value::from(12), Value::from("12")] {
            assert_eq!(Posizione::parse(value).unwrap(), Posizione(12));
        }
        for value in [Value::from(-1), Value::from(1.5), Value::from("+1"), Value::from(""), Value::Null] {
            assert!(Posizione::parse(value.clone()).is_err(), "{value}");
        }
    }

    #[test]
    fn instants_and_days_are_iso() {
        let instant = DateTime::parse(Value::from("2026-03-06T10:30:00+01:00")).unwrap();
        assert_eq!(instant.to_value(), Value::from("2026-03-06T09:30:00Z"));
        assert!(DateTime::parse(Value::from("2026-03-06")).is_err());
        let day = Date::parse(Value::from("2026-03-06")).unwrap();
        assert_eq!(day.to_value(), Value::from("2026-03-06"));
        assert!(Date::parse(Value::from("2026-02-30")).is_err());
    }
}

//! Latencies of many requests in little memory, and what is said of them.

use crate::Failure;
use hdrhistogram::Histogram;
use serde::Serialize;
use std::time::Duration;

/// Longest latency that is told apart: a minute.
const LONGEST_US: u64 = 60_000_000;

/// Latencies, microseconds inside, three significant digits.
pub struct Latencies(Histogram<u64>);

impl Latencies {
    /// None yet.
    pub fn new() -> Result<Self, Failure> {
        Ok(Self(Histogram::new_with_bounds(1, LONGEST_US, 3)?))
    }

    /// Adds one; longer than a minute counts as a minute.
    pub fn record(&mut self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(LONGEST_US);
        self.0.saturating_record(micros.clamp(1, LONGEST_US));
    }

    /// Adds those of another.
    pub fn add(&mut self, other: &Self) -> Result<(), Failure> {
        Ok(self.0.add(&other.0)?)
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The figures, over the time in which they were taken.
    pub fn summary(&self, over: Duration) -> Summary {
        let at = |quantile: f64| self.0.value_at_quantile(quantile) as f64 / 1_000.0;
        Summary {
            count: self.count(),
            per_second: self.count() as f64 / over.as_secs_f64(),
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            p999_ms: at(0.999),
            max_ms: self.0.max() as f64 / 1_000.0,
        }
    }
}

/// Throughput and latency of one kind of work.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// How many.
    pub count: u64,
    /// How many a second.
    pub per_second: f64,
    /// Half of them took at most so long.
    pub p50_ms: f64,
    /// 99 of 100 took at most so long.
    pub p99_ms: f64,
    /// 999 of 1000 took at most so long.
    pub p999_ms: f64,
    /// The longest.
    pub max_ms: f64,
}

/// The middle value; 0 of none.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// The medians of each figure over rounds.
pub fn medians(rounds: &[Summary]) -> Summary {
    let of = |figure: fn(&Summary) -> f64| median(rounds.iter().map(figure));
    Summary {
        count: rounds.iter().map(|round| round.count).sum(),
        per_second: of(|s| s.per_second),
        p50_ms: of(|s| s.p50_ms),
        p99_ms: of(|s| s.p99_ms),
        p999_ms: of(|s| s.p999_ms),
        max_ms: of(|s| s.max_ms),
    }
}

/// Rows of figures for people, aligned.
pub struct Table {
    rows: Vec<[String; 7]>,
}

impl Table {
    /// With its heading; `first` names what the rows are.
    pub fn new(first: &str) -> Self {
        let head = [first, "per second", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "count"];
        Self { rows: vec![head.map(str::to_owned)] }
    }

    /// A row.
    pub fn row(&mut self, name: &str, s: &Summary) {
        let ms = |value: f64| format!("{value:.2}");
        let (rate, count) = (format!("{:.0}", s.per_second), s.count.to_string());
        self.rows.push([name.to_owned(), rate, ms(s.p50_ms), ms(s.p99_ms), ms(s.p999_ms), ms(s.max_ms), count]);
    }

    /// On standard output.
    pub fn print(&self) {
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..7).map(width).collect();
        for row in &self.rows {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            println!("  {}", cells.collect::<Vec<_>>().join("  "));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_latencies() {
        let mut latencies = Latencies::new().unwrap();
        (1..=1_000).for_each(|ms| latencies.record(Duration::from_millis(ms)));
        latencies.record(Duration::from_mins(10));
        let s = latencies.summary(Duration::from_secs(10));
        assert_eq!(s.count, 1_001);
        assert!((s.per_second - 100.1).abs() < 1e-9);
        for (figure, wanted) in [(s.p50_ms, 501.0), (s.p99_ms, 991.0), (s.p999_ms, 1_000.0), (s.max_ms, 60_000.0)] {
            assert!((figure - wanted).abs() <= wanted / 500.0, "{figure} is not {wanted}");
        }
    }

    #[test]
    fn the_median_is_the_middle() {
        assert!((median([3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!(median([]).abs() < f64::EPSILON);
    }
}

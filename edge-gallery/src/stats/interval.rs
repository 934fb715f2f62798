//! 95 % intervals: what the figure of a sample says about all requests like these.
//!
//! Every interval takes the requests as independent of each other. Those of one viewer are not quite, so the truth is a
//! little less certain than it says.

/// The quantile of the normal distribution for 95 %.
const Z: f64 = 1.959_964;

/// A figure, and between which bounds it lies. A bound that too few requests tell is missing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    pub value: f64,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl Figure {
    pub fn bounds(&self) -> Option<(f64, f64)> {
        self.low.zip(self.high)
    }

    /// How far this figure is from another one, by the method of variance estimates recovery (Zou and Donner 2008; for
    /// shares, Newcombe 1998).
    pub fn minus(&self, other: &Self) -> Self {
        let value = self.value - other.value;
        let low = self.low.zip(other.high).map(|(low, high)| value - (self.value - low).hypot(high - other.value));
        let high = self.high.zip(other.low).map(|(high, low)| value + (high - self.value).hypot(other.value - low));
        Self { value, low, high }
    }
}

/// A share of `count` requests, by Wilson's interval.
pub fn share(hits: u64, count: u64) -> Option<Figure> {
    if count == 0 {
        return None;
    }
    let (hits, count) = (as_float(hits), as_float(count));
    let value = hits / count;
    let middle = (value + Z * Z / (2.0 * count)) / (1.0 + Z * Z / count);
    let half = Z / (1.0 + Z * Z / count) * (value * (1.0 - value) / count + Z * Z / (4.0 * count * count)).sqrt();
    Some(Figure { value, low: Some((middle - half).max(0.0)), high: Some((middle + half).min(1.0)) })
}

/// A quantile of sorted values, between two of these values (order statistics). `None` if there are no values.
pub fn quantile(sorted: &[f32], of: f64) -> Option<Figure> {
    let last = sorted.len().checked_sub(1)?;
    let count = as_float(sorted.len() as u64);
    let half = Z * (count * of * (1.0 - of)).sqrt();
    let at = |rank: f64| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within the values
        (0.0..count).contains(&rank).then(|| f64::from(sorted[rank as usize]))
    };
    let value = at((count * of).floor()).unwrap_or(f64::from(sorted[last]));
    Some(Figure { value, low: at((count * of - half).floor() - 1.0), high: at((count * of + half).ceil()) })
}

/// The mean of values, from their count, their sum and the sum of their squares.
pub fn mean(count: u64, sum: f64, squares: f64) -> Option<Figure> {
    if count == 0 {
        return None;
    }
    let n = as_float(count);
    let value = sum / n;
    // Below some thirty values, the normal distribution says too much.
    let half = (count >= 30).then(|| Z * ((squares / n - value * value).max(0.0) / (n - 1.0)).sqrt());
    Some(Figure { value, low: half.map(|half| (value - half).max(0.0)), high: half.map(|half| value + half) })
}

/// Events in an amount of time, by Byar's approximation of the exact interval.
pub fn rate(events: u64, time: f64) -> Option<Figure> {
    if time <= 0.0 {
        return None;
    }
    let n = as_float(events);
    let cube = |n: f64, sign: f64| n * (1.0 - 1.0 / (9.0 * n) + sign * Z / (3.0 * n.sqrt())).powi(3);
    let low = if events == 0 { 0.0 } else { cube(n, -1.0).max(0.0) };
    Some(Figure { value: n / time, low: Some(low / time), high: Some(cube(n + 1.0, 1.0) / time) })
}

#[allow(clippy::cast_precision_loss)] // counts are below 2^53
pub fn as_float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: Option<f64>, wanted: f64) -> bool {
        found.is_some_and(|found| (found - wanted).abs() < 0.0005)
    }

    /// Against Newcombe's published example of one share: 15 of 148.
    #[test]
    fn shares() {
        let figure = share(15, 148).unwrap();
        assert!(near(figure.low, 0.0624) && near(figure.high, 0.1605), "{figure:?}");
        assert_eq!(share(0, 0), None);
        assert_eq!(share(0, 10).unwrap().low, Some(0.0));
    }

    /// Newcombe 1998, example (a): 56 of 70 less 48 of 80 is 0.0524 to 0.3339.
    #[test]
    fn differences() {
        let difference = share(56, 70).unwrap().minus(&share(48, 80).unwrap());
        assert!(near(difference.low, 0.0524) && near(difference.high, 0.3339), "{difference:?}");
    }

    #[test]
    fn quantiles() {
        let values: Vec<f32> = (0_u16..1000).map(f32::from).collect();
        let median = quantile(&values, 0.5).unwrap();
        assert_eq!((median.value, median.low, median.high), (500.0, Some(468.0), Some(531.0)));
        let high = quantile(&values, 0.99).unwrap();
        assert!((high.value - 990.0).abs() < 1e-9);
        assert!(high.bounds().is_some());
        // A hundred values do not tell how long the slowest of a hundred takes.
        assert_eq!(quantile(&values[..100], 0.99).unwrap().high, None);
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[7.0], 0.5).unwrap().bounds(), None);
    }

    /// Against the exact interval of 10 events: 4.795 to 18.390.
    #[test]
    fn rates() {
        let figure = rate(10, 1.0).unwrap();
        assert!(
            (figure.low.unwrap() - 4.795).abs() < 0.02 && (figure.high.unwrap() - 18.39).abs() < 0.02,
            "{figure:?}"
        );
        assert_eq!(rate(0, 2.0).unwrap().low, Some(0.0));
        assert_eq!(rate(3, 0.0), None);
    }

    #[test]
    fn means() {
        let figure = mean(100, 1000.0, 100.0 * 104.0).unwrap();
        assert!((figure.low.unwrap() - (10.0 - Z * 2.0 / 99_f64.sqrt())).abs() < 1e-9);
        assert_eq!(mean(5, 5.0, 5.0).unwrap().bounds(), None);
    }
}

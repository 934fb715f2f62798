//! Where a film was taken, as containers write it.

use crate::facts::rounded;

/// `+47.3769+008.5417+408.000/`: latitude, longitude, altitude (ISO 6709, decimal degrees). A position must have both
/// latitude and longitude.
pub fn iso6709(text: &str) -> [Option<f64>; 3] {
    let text = text.split('/').next().unwrap_or_default();
    let starts = text.char_indices().filter(|(_, c)| matches!(c, '+' | '-')).map(|(at, _)| at);
    let starts: Vec<usize> = starts.chain([text.len()]).collect();
    let mut parts = starts.windows(2).map(|pair| text[pair[0]..pair[1]].parse::<f64>().ok().map(rounded));
    let mut next = |limit: f64| parts.next().flatten().filter(|value| value.abs() <= limit);
    match (next(90.0), next(180.0)) {
        (Some(latitude), Some(longitude)) => [Some(latitude), Some(longitude), next(100_000.0)],
        _ => [None; 3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        assert_eq!(iso6709("+47.3769+008.5417/"), [Some(47.3769), Some(8.5417), None]);
        for text in ["", "+47.3769/", "+91+008/", "+a+b/", "é+1"] {
            assert_eq!(iso6709(text), [None; 3], "{text}");
        }
    }
}

//! Signing windows: when URLs and playback tokens are made, and for how long they are good.
//!
//! The signing time is rounded down to a window, so that every instance and every reload writes the same bytes.
//! Browsers and caches can then keep segments, cached playlists agree, and nothing has to be stored for each URL. A
//! URL lives long enough to outlive the film, however late in the window a player gets it.

use crate::session::CLOCK_SKEW_SECONDS;

/// The lengths of windows in seconds, longest first. Each length divides the day, so that a window never spans two
/// signing dates.
const WINDOWS: [u64; 4] = [4 * 3600, 2 * 3600, 3600, 1800];
/// The longest life in seconds, unless a film needs more. The shorter the life, the sooner a leaked URL is useless.
pub const WANTED_LIFE: u64 = 6 * 3600;
/// SigV4's own limit, in seconds: seven days.
const LONGEST_LIFE: u64 = 604_800;
/// How long a browser may keep a playlist or a redirect, in seconds.
pub const BROWSER_MAX_AGE: u64 = 900;
/// How long a URL lives that must not outlive its link, in seconds.
pub const BRIEF_LIFE: u32 = 60;
/// The time that a viewer gets in addition, in seconds, for a pause or a slow start.
const MARGIN: u64 = 300;

/// A signing time, and the times that follow from it. All are in seconds, and points in time count from 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub signed_at: u64,
    pub life: u32,
    /// When the next window begins. URLs and tokens are then made anew.
    pub ends: u64,
}

impl Window {
    /// The window for a film of `duration` seconds at `now`.
    pub fn of(now: u64, duration: f64) -> Self {
        // The cast saturates if the duration is negative or absurd.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let needed = BROWSER_MAX_AGE + MARGIN + CLOCK_SKEW_SECONDS + (duration.ceil() as u64).min(LONGEST_LIFE);
        let [.., shortest] = WINDOWS;
        let window = WINDOWS.into_iter().find(|window| window + needed <= WANTED_LIFE).unwrap_or(shortest);
        let signed_at = now - now % window;
        let life = u32::try_from((window + needed).min(LONGEST_LIFE)).unwrap_or(u32::MAX);
        Self { signed_at, life, ends: signed_at + window }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 86_400;
    /// 29 February 2024, 00:00 UTC.
    const LEAP_DAY: u64 = 1_709_164_800;

    #[test]
    fn what_is_left_always_outlives_the_film() {
        for duration in [0.0, 12.5, 600.0, 3600.0, 6600.0, 4.0 * 3600.0, 12.0 * 3600.0, 6.0 * 86_400.0] {
            for now in (LEAP_DAY - DAY..LEAP_DAY + 2 * DAY).step_by(61) {
                let window = Window::of(now, duration);
                // A store whose clock is ahead sees the URL expire earlier.
                let left = (window.signed_at + u64::from(window.life)).saturating_sub(now + CLOCK_SKEW_SECONDS);
                #[allow(clippy::cast_precision_loss)]
                let enough = left as f64 >= BROWSER_MAX_AGE as f64 + duration + MARGIN as f64;
                assert!(enough, "{duration} s at {now}: {left} s left");
            }
        }
    }

    #[test]
    fn a_leaked_url_is_of_use_for_six_hours_at_most_unless_the_film_needs_more() {
        for (duration, life) in
            [(600.0, 4 * 3600 + 600 + 1800), (2.0 * 3600.0, 2 * 3600 + 7200 + 1800), (5.0 * 3600.0, 19800 + 1800)]
        {
            let window = Window::of(LEAP_DAY, duration);
            assert_eq!(u64::from(window.life), life, "{duration}");
        }
        for minutes in 0..300 {
            assert!(Window::of(LEAP_DAY, f64::from(minutes) * 60.0).life <= 6 * 3600, "{minutes} min");
        }
    }

    #[test]
    fn a_window_never_spans_two_dates_and_ends_where_the_next_begins() {
        for duration in [0.0, 2.0 * 3600.0, 4.0 * 3600.0, 1e18, f64::NAN, -1.0] {
            for now in (LEAP_DAY..LEAP_DAY + DAY).step_by(59) {
                let window = Window::of(now, duration);
                assert!(window.signed_at <= now && now < window.ends);
                assert_eq!(window.signed_at / DAY, (window.ends - 1) / DAY);
                assert_eq!(Window::of(window.ends, duration).signed_at, window.ends);
                assert!((1..=604_800).contains(&window.life));
            }
        }
    }
}

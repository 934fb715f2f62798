//! Checks that return what is wrong instead of panicking, and the list of a topic's cases.

/// Nothing, or the words that say what is wrong.
pub type Outcome = Result<(), String>;

/// Goes on if the condition holds. Otherwise returns the formatted message.
#[macro_export]
macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        // The condition is not negated, because a comparison with NaN is false either way.
        if $condition {
        } else {
            return Err(format!($($message)+));
        }
    };
}

/// Goes on if both values are equal. Otherwise returns the message with the actual and the expected value.
#[macro_export]
macro_rules! ensure_eq {
    ($came:expr, $wanted:expr, $($message:tt)+) => {
        match (&$came, &$wanted) {
            (came, wanted) => if *came != *wanted {
                return Err(format!("{}: came {:?}, wanted {:?}", format_args!($($message)+), came, wanted));
            }
        }
    };
}

/// A topic's `CASES`, from the names of its functions, behind what they need. A function that is left out is dead code,
/// which the compiler reports.
macro_rules! cases {
    ($topic:ident: $(needs $needs:tt: $($name:ident),+ $(,)?);+ $(;)?) => {
        pub(crate) const CASES: &[$crate::Case] = &[$($(
            $crate::Case {
                name: concat!(stringify!($topic), "::", stringify!($name)),
                needs: needs!($needs),
                run: $name,
            }
        ),+),+];
    };
}

/// A list of needs, from their names in brackets.
macro_rules! needs {
    ([$($need:ident),+]) => {
        &[$($crate::Need::$need),+]
    };
}

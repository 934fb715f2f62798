//! Checks that return what is wrong instead of panicking, and the list of a topic's cases.

/// Nothing, or what is wrong.
pub type Outcome = Result<(), String>;

/// Goes on if the condition holds; else returns the message, formatted.
#[macro_export]
macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        // Not negated: a comparison with NaN fails either way.
        if $condition {
        } else {
            return Err(format!($($message)+));
        }
    };
}

/// Goes on if both are equal; else returns the message with what came and what was wanted.
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

/// A topic's `CASES`, from the names of its functions. One that is left out is dead code, which the compiler tells.
macro_rules! cases {
    ($topic:ident: $($name:ident),+ $(,)?) => {
        pub(crate) const CASES: &[$crate::Case] = &[
            $($crate::Case { name: concat!(stringify!($topic), "::", stringify!($name)), run: $name }),+
        ];
    };
}

//! Replacements for what a host may lack, made of what every host has: KV in the bucket ([`KvObjects`]) and SQL over
//! HTTP ([`SqlHttp`]).
//!
//! Adapters use this crate. A service asks its [`Platform`](platform::Platform), and cannot tell whether it gets a
//! replacement.

mod kv;
mod remote;
mod sql;

pub use kv::{KvObjects, MAX_VALUE_BYTES};
pub use remote::Remote;
pub use sql::{Endpoint, MAX_ANSWER_BYTES, SqlHttp};

use platform::config::names::{CATALOGUE, SQL_URL};

/// The configuration of a host that has no SQL of its own: without `CATALOGUE` and `SQL_URL`, `CATALOGUE` reads as
/// `snapshot`.
pub fn without_own_sql(get: impl Fn(&str) -> Option<String>) -> impl Fn(&str) -> Option<String> {
    move |name| {
        let is_set = |name| get(name).is_some_and(|value| !value.trim().is_empty());
        if name == CATALOGUE.text() && !is_set(CATALOGUE.text()) && !is_set(SQL_URL.text()) {
            return Some("snapshot".to_owned());
        }
        get(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_without_sql_reads_the_snapshot_unless_it_is_told_otherwise() {
        let catalogue = |values: &[(&str, &str)]| {
            let find = |name: &str| values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            without_own_sql(find)("CATALOGUE")
        };
        let url = ("SQL_URL", "http://127.0.0.1:8081");
        assert_eq!(catalogue(&[]).as_deref(), Some("snapshot"));
        assert_eq!(catalogue(&[("SQL_URL", " ")]).as_deref(), Some("snapshot"));
        assert_eq!(catalogue(&[url]), None);
        assert_eq!(catalogue(&[("CATALOGUE", "snapshot"), url]).as_deref(), Some("snapshot"));
        assert_eq!(catalogue(&[("CATALOGUE", "sql")]).as_deref(), Some("sql"));
    }
}

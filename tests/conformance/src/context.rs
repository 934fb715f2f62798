//! The facts of a request, and waiting.

use std::time::Duration;

use platform::Platform;

use crate::{At, Outcome, cases, ensure};

cases!(context: clock_is_right, entropy_is_no_constant, plain_http_is_not_https, client_is_the_peer, sleeps_as_long);

/// The time of the driver's clock, in seconds since 1970.
fn drivers_clock<P: Platform>(at: &At<'_, P>) -> Result<u64, String> {
    let text = at.asked.get("x-now").and_then(|value| value.to_str().ok()).ok_or("the driver sent no X-Now")?;
    text.parse().map_err(|error| format!("X-Now: {error}"))
}

async fn clock_is_right<P: Platform>(at: &At<'_, P>) -> Outcome {
    let (ours, drivers) = (at.cx.facts.now, drivers_clock(at)?);
    ensure!(ours.abs_diff(drivers) <= 5, "{ours} is not {drivers}");
    Ok(())
}

async fn entropy_is_no_constant<P: Platform>(at: &At<'_, P>) -> Outcome {
    let mut bytes = at.cx.facts.entropy.to_vec();
    bytes.sort_unstable();
    bytes.dedup();
    // Of 32 random bytes, some 30 differ. The chance of fewer than 16 is one in 10^12.
    ensure!(bytes.len() >= 16, "{} different bytes of 32", bytes.len());
    Ok(())
}

async fn plain_http_is_not_https<P: Platform>(at: &At<'_, P>) -> Outcome {
    ensure!(!at.cx.facts.https, "a request by plain HTTP counts as HTTPS");
    Ok(())
}

/// Some hosts do not know the client.
async fn client_is_the_peer<P: Platform>(at: &At<'_, P>) -> Outcome {
    let client = at.cx.facts.client;
    ensure!(client.is_none_or(|address| address.is_loopback()), "{client:?}");
    Ok(())
}

/// Measured by the upstream's clock, which no host slows down.
async fn sleeps_as_long<P: Platform>(at: &At<'_, P>) -> Outcome {
    let clock = async || -> Result<u128, String> {
        let body = at.read(at.get("/clock")?).await.map_err(|error| error.to_string())?;
        String::from_utf8_lossy(&body).parse().map_err(|error| format!("/clock: {error}"))
    };
    let before = clock().await?;
    at.cx.sleep(Duration::from_millis(300)).await;
    let slept = clock().await? - before;
    ensure!((290..5000).contains(&slept), "{slept} ms, 300 wanted");
    Ok(())
}

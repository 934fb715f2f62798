//! The outcome as JSON, for programs. A figure that nothing tells is null.

use serde_json::{Map, Value, json};

use super::{
    Outcome,
    interval::Figure,
    sample::{Figures, ViewFigures},
};

pub fn of(outcome: &Outcome) -> Value {
    let each = |figures: &std::collections::BTreeMap<String, Figures>| -> Map<String, Value> {
        figures.iter().map(|(name, figures)| (name.clone(), requests(figures))).collect()
    };
    let both = outcome.both.iter().map(|((route, arm), figures)| {
        let mut value = requests(figures);
        value["route"] = route.as_str().into();
        value["arm"] = arm.as_str().into();
        let control = outcome.control.as_ref().filter(|control| *control != arm);
        if let Some(control) = control.and_then(|control| outcome.both.get(&(route.clone(), control.clone()))) {
            value["lessControl"] = less(figures, control);
        }
        value
    });
    let views = |views: &std::collections::BTreeMap<String, ViewFigures>| -> Map<String, Value> {
        views.iter().map(|(name, views)| (name.clone(), view(views))).collect()
    };
    json!({
        "lines": outcome.lines,
        "otherLines": outcome.others,
        "control": outcome.control,
        "all": requests(&outcome.total),
        "services": each(&outcome.services),
        "routes": each(&outcome.routes),
        "arms": each(&outcome.arms),
        "routesOfArms": both.collect::<Vec<_>>(),
        "viewsOfArms": views(&outcome.views),
        "viewsOfPackagings": views(&outcome.packagings),
    })
}

/// A value, and its interval of 95 %.
fn figure(figure: Option<Figure>) -> Value {
    figure.map_or(Value::Null, |figure| json!({ "value": figure.value, "low": figure.low, "high": figure.high }))
}

fn requests(figures: &Figures) -> Value {
    json!({
        "requests": figures.requests,
        "bytes": figures.bytes,
        "bytesEach": figure(figures.bytes_each),
        "cacheHits": figure(figures.hits),
        "p50Ms": figure(figures.p50),
        "p99Ms": figure(figures.p99),
        "cpuMs": figure(figures.cpu),
        "clientErrors": figure(figures.client_errors),
        "serverErrors": figure(figures.server_errors),
    })
}

fn less(figures: &Figures, control: &Figures) -> Value {
    let less = |of: fn(&Figures) -> Option<Figure>| {
        figure(of(figures).zip(of(control)).map(|(figure, control)| figure.minus(&control)))
    };
    json!({
        "bytesEach": less(|figures| figures.bytes_each),
        "cacheHits": less(|figures| figures.hits),
        "p50Ms": less(|figures| figures.p50),
        "p99Ms": less(|figures| figures.p99),
        "cpuMs": less(|figures| figures.cpu),
        "clientErrors": less(|figures| figures.client_errors),
        "serverErrors": less(|figures| figures.server_errors),
    })
}

fn view(views: &ViewFigures) -> Value {
    json!({
        "views": views.views,
        "hours": views.hours,
        "firstFrameP50Ms": figure(views.first_frame_p50),
        "firstFrameP99Ms": figure(views.first_frame_p99),
        "stallsPerHour": figure(views.stalls),
        "stalledSecondsPerHour": views.stalled,
        "switchesPerHour": figure(views.switches),
        "failures": figure(views.failures),
        "failureCodes": views.codes,
    })
}

//! A face for people with curl: what was asked, what is to go wrong, what is true.

use super::{Recipe, lock, table};
use crate::faults::Fault;
use crate::simulator::Simulator;
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::{get, post};
use http::StatusCode;
use serde::Deserialize;
use serde::Serialize;
use std::sync::{Arc, Mutex};
use time::OffsetDateTime;

/// One fault or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Faults {
    Many(Vec<Fault>),
    One(Box<Fault>),
}

pub(super) fn router(simulator: Arc<Mutex<Simulator>>, recipe: Option<Recipe>) -> Router {
    let shared = || Arc::clone(&simulator);
    let (record, read, add, clear, history, users, reset) =
        (shared(), shared(), shared(), shared(), shared(), shared(), shared());
    Router::new()
        .route("/record", get(async move || json(&lock(&record).record)))
        .route(
            "/faults",
            get(async move || json(&lock(&read).faults))
                .post(async move |body: String| match serde_json::from_str::<Faults>(&body) {
                    Ok(faults) => {
                        let mut simulator = lock(&add);
                        match faults {
                            Faults::Many(faults) => simulator.faults.extend(faults),
                            Faults::One(fault) => simulator.faults.push(*fault),
                        }
                        json(&simulator.faults)
                    }
                    Err(_) => text(
                        StatusCode::BAD_REQUEST,
                        "Expected a fault or a list of faults, see the README.\n".to_owned(),
                    ),
                })
                .delete(async move || {
                    lock(&clear).faults.clear();
                    text(StatusCode::OK, "No faults.\n".to_owned())
                }),
        )
        .route(
            "/reset",
            post(async move || {
                let mut simulator = lock(&reset);
                match &recipe {
                    Some(recipe) => *simulator = recipe(),
                    None => {
                        simulator.record.clear();
                        simulator.faults.clear();
                    }
                }
                text(StatusCode::OK, "As at the beginning.\n".to_owned())
            }),
        )
        .route(
            "/world/users",
            get(async move || {
                let mut simulator = lock(&users);
                simulator.world.advance(OffsetDateTime::now_utc());
                text(StatusCode::OK, table::what_to_try(&simulator))
            }),
        )
        .route(
            "/world/history",
            get(async move || {
                let mut simulator = lock(&history);
                simulator.world.advance(OffsetDateTime::now_utc());
                json(&simulator.world.history())
            }),
        )
}

fn json(value: &impl Serialize) -> Response {
    match serde_json::to_string_pretty(value) {
        Ok(body) => answer(StatusCode::OK, "application/json", body + "\n"),
        Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

fn text(status: StatusCode, body: String) -> Response {
    answer(status, "text/plain; charset=utf-8", body)
}

fn answer(status: StatusCode, kind: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert("content-type", http::HeaderValue::from_static(kind));
    response
}

//! Login server and ARM over HTTP/1.1. Connections are driven here and not by axum, because some of them have to break
//! without an answer: hyper closes the socket when the service fails.

use super::lock;
use crate::simulator::Simulator;
use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use time::OffsetDateTime;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// How often an open connection looks whether a fault is waiting that will break one.
const WATCH: Duration = Duration::from_millis(20);

pub(super) async fn serve(listener: TcpListener, origin: String, simulator: Arc<Mutex<Simulator>>) {
    // Connections end with this task.
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    open.spawn(connection(stream, origin.clone(), Arc::clone(&simulator)));
                }
            }
            Some(_) = open.join_next() => {}
        }
    }
}

/// One connection. While a fault is waiting that loses an answer, connections carry one request only, and those that are
/// open already are closed as soon as they are idle: Chromium repeats a request by itself, a DELETE too, when a
/// kept-alive connection breaks before the answer, and the test would count two.
async fn connection(stream: TcpStream, origin: String, simulator: Arc<Mutex<Simulator>>) {
    let single = lock(&simulator).expects_loss();
    let service = service_fn(|request| answer(request, &origin, &simulator));
    let mut served = pin!(
        http1::Builder::new()
            .keep_alive(!single)
            .serve_connection(TokioIo::new(stream), service)
    );
    let mut watch = tokio::time::interval(WATCH);
    let mut closing = single;
    loop {
        tokio::select! {
            _ended = served.as_mut() => return,
            _ = watch.tick(), if !closing => {
                if lock(&simulator).expects_loss() {
                    closing = true;
                    served.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

async fn answer(
    request: Request<Incoming>,
    origin: &str,
    simulator: &Mutex<Simulator>,
) -> Result<Response<Full<Bytes>>, io::Error> {
    let lost = |why: String| io::Error::new(io::ErrorKind::ConnectionReset, why);
    let (mut head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    head.uri = Uri::try_from(format!("{origin}{path}")).map_err(|error| lost(error.to_string()))?;
    let body = body
        .collect()
        .await
        .map_err(|error| lost(error.to_string()))?
        .to_bytes()
        .to_vec();
    let reply = lock(simulator).handle(OffsetDateTime::now_utc(), Request::from_parts(head, body));
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    match reply.result {
        Ok(response) => Ok(response.map(|body| Full::new(Bytes::from(body)))),
        Err(no_answer) => Err(lost(no_answer.why)),
    }
}

//! Answers `/` with five bytes, and forwards a request for any other path to the server at `UPSTREAM` (host and
//! port).

use wasip2::{
    exports::http::incoming_handler::Guest,
    http::{
        outgoing_handler,
        types::{
            ErrorCode, Fields, IncomingRequest, IncomingResponse, OutgoingBody, OutgoingRequest, OutgoingResponse,
            ResponseOutparam, Scheme,
        },
    },
};

/// The most bytes that are spliced at a time.
const PIECE: u64 = 64 * 1024;

struct Baseline;

impl Guest for Baseline {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        match request.path_with_query().as_deref() {
            None | Some("/") => hello(out),
            path => match fetch(path) {
                Ok(answer) => pass(&answer, out),
                Err(code) => ResponseOutparam::set(out, Err(code)),
            },
        }
    }
}

fn hello(out: ResponseOutparam) {
    let response = OutgoingResponse::new(Fields::new());
    let body = response.body();
    ResponseOutparam::set(out, Ok(response));
    let Ok(body) = body else { return };
    if let Ok(output) = body.write() {
        let _ = output.blocking_write_and_flush(b"hello");
    }
    let _ = OutgoingBody::finish(body, None);
}

fn fetch(path: Option<&str>) -> Result<IncomingResponse, ErrorCode> {
    let request = OutgoingRequest::new(Fields::new());
    let refused = |()| ErrorCode::HttpRequestUriInvalid;
    request.set_scheme(Some(&Scheme::Http)).map_err(refused)?;
    request.set_authority(std::env::var("UPSTREAM").ok().as_deref()).map_err(refused)?;
    request.set_path_with_query(path).map_err(refused)?;
    let answer = outgoing_handler::handle(request, None)?;
    answer.subscribe().block();
    answer.get().and_then(Result::ok).unwrap_or(Err(ErrorCode::InternalError(None)))
}

fn pass(answer: &IncomingResponse, out: ResponseOutparam) {
    let response = OutgoingResponse::new(answer.headers().clone());
    let _ = response.set_status_code(answer.status());
    let body = response.body();
    ResponseOutparam::set(out, Ok(response));
    let (Ok(body), Ok(arriving)) = (body, answer.consume()) else { return };
    if let (Ok(output), Ok(input)) = (body.write(), arriving.stream()) {
        // The end of the input, good or bad, is an error too. The length shows how much was sent.
        while output.blocking_splice(&input, PIECE).is_ok() {}
        let _ = output.blocking_flush();
    }
    let _ = OutgoingBody::finish(body, None);
}

wasip2::http::proxy::export!(Baseline);

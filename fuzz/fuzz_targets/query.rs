//! Query parameters: whatever is sent, the answer is values or a 400 that names each parameter.
#![no_main]

use actix_web::FromRequest;
use actix_web::dev::Payload;
use actix_web::http::Uri;
use actix_web::test::TestRequest;
use helhedsplan::web::page::ReferenceQuery;
use helhedsplan::web::query::{NoQuery, ValidQuery, parse_date};
use helhedsplan_fuzz::{lines, refused};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Some(date) = parse_date(text) {
        assert_eq!(date.to_string(), text);
    }
    let address = format!("/?{text}");
    // What is no address never reaches the service.
    if address.parse::<Uri>().is_err() {
        return;
    }
    let request = TestRequest::with_uri(&address).to_http_request();
    match ValidQuery::<ReferenceQuery>::from_request(&request, &mut Payload::None).into_inner() {
        Ok(query) => {
            if let Err(problem) = query.0.window() {
                refused(&problem, lines(text.as_bytes()));
            }
        }
        Err(problem) => refused(&problem, lines(text.as_bytes())),
    }
    let none = ValidQuery::<NoQuery>::from_request(&request, &mut Payload::None).into_inner();
    if let Err(problem) = none {
        refused(&problem, lines(text.as_bytes()));
    }
});

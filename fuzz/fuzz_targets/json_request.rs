//! Inputs of every operation of the ECR API from any bytes: what is valid stays so and can be read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_server::fuzzing::json_request;

fuzz_target!(|input: (u8, &[u8])| {
    let (operation, bytes) = input;
    json_request(usize::from(operation), bytes);
});

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::thread;

use super::*;

/// Serves connections one after the other: reads one request head each time `answers` has another answer for it.
fn serve(answers: Vec<Vec<&'static [u8]>>) -> (SocketAddr, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let mut seen = Vec::new();
        for connection in answers {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream);
            for answer in connection {
                seen.push(read_request(&mut reader));
                reader.get_mut().write_all(answer).unwrap();
            }
        }
        seen
    });
    (address, server)
}

fn read_request(reader: &mut BufReader<TcpStream>) -> String {
    let mut request = String::new();
    let mut length = 0;
    let mut chunked = false;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
        chunked |= line.starts_with("transfer-encoding: chunked");
        request.push_str(&line);
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    request.push_str(&String::from_utf8(body).unwrap());
    while chunked && !request.ends_with("\r\n0\r\n\r\n") {
        reader.read_line(&mut request).unwrap();
    }
    request
}

fn check(answer: &'static [u8], status: u16, body: &str) {
    let (address, server) = serve(vec![vec![answer]]);
    let response = Client::new(address).send(Request::new("GET", "/")).unwrap();
    assert_eq!((response.status, response.text().as_str()), (status, body));
    server.join().unwrap();
}

#[test]
fn bodies_of_every_framing() {
    check(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello");
    check(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n", 200, "hello");
    check(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", 404, "");
    check(b"HTTP/1.0 200 OK\r\n\r\nto the end", 200, "to the end");
    check(b"HTTP/1.1 204 No Content\r\n\r\n", 204, "");
}

#[test]
fn answers_that_are_not_http_are_errors() {
    for answer in [&b"SSH-2.0\r\n\r\n"[..], b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\nnocolon\r\n\r\n"] {
        let (address, server) = serve(vec![vec![answer]]);
        let outcome = Client::new(address).send(Request::new("GET", "/"));
        assert!(matches!(outcome, Err(Error::Protocol(_))), "{outcome:?}");
        server.join().unwrap();
    }
}

#[test]
fn a_truncated_body_is_a_connection_error() {
    let (address, server) = serve(vec![vec![b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"]]);
    assert!(Client::new(address).send(Request::new("GET", "/")).unwrap_err().is_connection());
    server.join().unwrap();
}

#[test]
fn a_connection_is_kept_and_a_stale_one_replaced() {
    let ok: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    let (address, server) = serve(vec![vec![ok, ok], vec![ok]]);
    let mut client = Client::new(address).basic("user", "pass");
    for path in ["/one", "/two", "/three"] {
        assert_eq!(client.send(Request::new("GET", path).header("range", "bytes=0-1")).unwrap().status, 200);
    }
    let seen = server.join().unwrap();
    assert_eq!(
        seen[2],
        format!(
            "GET /three HTTP/1.1\r\nhost: {address}\r\nauthorization: Basic dXNlcjpwYXNz\r\nrange: bytes=0-1\r\n\r\n"
        )
    );
}

#[test]
fn request_bodies_of_every_kind() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("body");
    std::fs::write(&path, "hello").unwrap();
    let file = File::open(&path).unwrap();
    let again = File::open(&path).unwrap();
    let (mut one, mut two) = (&b"hello"[..], &b"hello"[..]);
    let bodies = [
        (Body::Empty, "content-length: 0\r\n\r\n"),
        (Body::Bytes(b"hello"), "content-length: 5\r\n\r\nhello"),
        (Body::Sized { reader: &mut one, length: 5 }, "content-length: 5\r\n\r\nhello"),
        (
            Body::Chunked { reader: &mut two, chunk: 3 },
            "transfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
        ),
        (Body::File { file: &file, length: 5, chunk: None }, "content-length: 5\r\n\r\nhello"),
        (
            Body::File { file: &again, length: 5, chunk: Some(4) },
            "transfer-encoding: chunked\r\n\r\n4\r\nhell\r\n1\r\no\r\n0\r\n\r\n",
        ),
    ];
    for (body, expect) in bodies {
        let (address, server) = serve(vec![vec![b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n"]]);
        let response = Client::new(address).send(Request::new("PATCH", "/x").body(body)).unwrap();
        assert_eq!(response.status, 201);
        assert_eq!(server.join().unwrap(), [format!("PATCH /x HTTP/1.1\r\nhost: {address}\r\n{expect}")]);
    }
}

#[test]
fn an_answer_before_the_end_of_the_request_is_seen() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 413 Too Large\r\nconnection: close\r\ncontent-length: 2\r\n\r\nno").unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut taken = [0; 1 << 14];
        let mut left: usize = 4 << 20;
        while let Ok(read @ 1..) = stream.read(&mut taken) {
            left = left.saturating_sub(read);
            if left == 0 {
                break;
            }
        }
    });
    let body = vec![0; 8 << 20];
    let response = Client::new(address).send(Request::new("PUT", "/").body(Body::Bytes(&body))).unwrap();
    assert_eq!((response.status, response.text().as_str()), (413, "no"));
    server.join().unwrap();
}

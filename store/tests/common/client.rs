//! HTTP/1.1 by hand: the target is sent byte for byte, and nothing of the response is hidden.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

#[must_use]
pub struct Request {
    method: String,
    authority: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

#[derive(Debug)]
pub struct Response {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// A request for `url`, which is `http://authority/target`.
pub fn request(method: &str, url: &str) -> Request {
    let rest = url.strip_prefix("http://").unwrap();
    let (authority, target) = rest.split_at(rest.find('/').unwrap());
    Request { method: method.into(), authority: authority.into(), target: target.into(), headers: vec![], body: vec![] }
}

impl Request {
    pub fn headers(mut self, headers: &[(&str, &str)]) -> Self {
        self.headers.extend(headers.iter().map(|(name, value)| ((*name).into(), (*value).into())));
        self
    }

    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_vec();
        self
    }

    pub fn send(self) -> Response {
        let mut response = vec![];
        self.open().read_to_end(&mut response).unwrap();
        parse(&response)
    }

    /// Sends the request, and leaves the response unread.
    pub fn open(self) -> TcpStream {
        let mut stream = TcpStream::connect(&self.authority).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut head = format!("{} {} HTTP/1.1\r\nhost: {}\r\n", self.method, self.target, self.authority);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if self.method == "PUT" || self.method == "POST" {
            head += &format!("content-length: {}\r\n", self.body.len());
        }
        head += "connection: close\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        // The store may refuse the request before it reads the body.
        let _ = stream.write_all(&self.body);
        stream
    }
}

fn parse(response: &[u8]) -> Response {
    let mut reader = BufReader::new(response);
    let (status, headers) = read_head(&mut reader);
    let mut body = vec![];
    if headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked") {
        let mut line = String::new();
        loop {
            line.clear();
            reader.read_line(&mut line).unwrap();
            let length = u64::from_str_radix(line.trim_end(), 16).unwrap();
            if length == 0 {
                break;
            }
            reader.by_ref().take(length).read_to_end(&mut body).unwrap();
            reader.read_line(&mut line).unwrap();
        }
    } else {
        reader.read_to_end(&mut body).unwrap();
    }
    Response { status, headers, body }
}

/// Reads the status and the headers of a response. The names are in lower case.
pub fn read_head(reader: &mut impl BufRead) -> (u16, Vec<(String, String)>) {
    let mut line = vec![];
    reader.read_until(b'\n', &mut line).unwrap();
    let text = String::from_utf8_lossy(&line).into_owned();
    let status = text.split(' ').nth(1).unwrap_or_else(|| panic!("no status in {text:?}")).parse().unwrap();
    let mut headers = vec![];
    loop {
        line.clear();
        reader.read_until(b'\n', &mut line).unwrap();
        let text = String::from_utf8_lossy(&line);
        let Some((name, value)) = text.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    (status, headers)
}

impl Response {
    /// The only header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(other, _)| other == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} comes twice");
        value
    }

    pub fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }

    /// The text between the first `<name>` and `</name>`.
    pub fn xml(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.text().split_once(&format!("<{name}>"))?;
        Some(rest.split_once(&format!("</{name}>"))?.0)
    }

    /// Asserts the status, and for errors that the body is S3's XML with this code.
    #[track_caller]
    pub fn expect(self, status: u16, code: &str) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        assert_eq!(self.xml("Code"), Some(code));
        assert_eq!(self.header("content-type"), Some("application/xml"));
        self
    }

    #[track_caller]
    pub fn ok(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }
}

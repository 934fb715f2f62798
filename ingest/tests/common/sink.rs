//! A store that accepts everything, checks nothing, remembers the uploads, and fails when a test tells it to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use super::Store;

/// One PUT, as it was received.
#[derive(Clone, Debug)]
pub struct Put {
    /// The path, percent-encoded, with the bucket and without the query.
    pub path: String,
    /// The headers, with names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What to do with a PUT.
pub enum Answer {
    Take,
    Status(u16, &'static str),
    /// Closes the connection without an answer.
    HangUp,
}

type Decide = Box<dyn FnMut(&Put, usize) -> Answer + Send>;

pub struct Sink {
    pub settings: Store,
    state: Arc<Mutex<State>>,
}

struct State {
    puts: Vec<Put>,
    decide: Decide,
    /// The status and body of every GET.
    get: (u16, &'static str),
    /// The status and body of every PUT of the catalogue's snapshot, which `puts` does not list.
    catalogue: (u16, &'static str),
    /// The paths of these PUTs.
    snapshot: Vec<String>,
}

impl Sink {
    /// `decide` gets each PUT, and the number of PUTs before it.
    pub fn new(decide: impl FnMut(&Put, usize) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let settings = Store {
            endpoint: format!("http://{}", listener.local_addr().unwrap()),
            bucket: "media".into(),
            region: "auto".into(),
            access_key_id: "test-key".into(),
            secret_access_key: "test-secret".into(),
        };
        let get = (404, "<Error><Code>NoSuchKey</Code></Error>");
        let state =
            State { puts: Vec::new(), decide: Box::new(decide), get, catalogue: (200, ""), snapshot: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let shared = state.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = shared.clone();
                thread::spawn(move || serve(&stream.unwrap(), &shared));
            }
        });
        Self { settings, state }
    }

    pub fn answer_get(self, status: u16, body: &'static str) -> Self {
        self.state.lock().unwrap().get = (status, body);
        self
    }

    pub fn answer_catalogue(self, status: u16, body: &'static str) -> Self {
        self.state.lock().unwrap().catalogue = (status, body);
        self
    }

    /// The paths of the PUTs of the catalogue's snapshot.
    pub fn snapshot(&self) -> Vec<String> {
        self.state.lock().unwrap().snapshot.clone()
    }

    pub fn puts(&self) -> Vec<Put> {
        self.state.lock().unwrap().puts.clone()
    }
}

/// Serves one connection until it closes.
fn serve(stream: &TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let mut request = lines[0].split(' ');
        let (method, target) = (request.next()?, request.next()?);
        let headers: Vec<_> = lines[1..]
            .iter()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let mut body = vec![0; length.map_or(0, |(_, value)| value.parse().unwrap())];
        reader.read_exact(&mut body).ok()?;
        let of_catalogue = target.starts_with("/media/catalogue/");
        let (status, text) = if method == "PUT" && of_catalogue {
            let mut state = state.lock().unwrap();
            state.snapshot.push(target.split('?').next()?.to_owned());
            state.catalogue
        } else if method == "PUT" {
            let put = Put { path: target.split('?').next()?.to_owned(), headers, body };
            let mut state = state.lock().unwrap();
            let before = state.puts.len();
            let answer = (state.decide)(&put, before);
            state.puts.push(put);
            match answer {
                Answer::Take => (200, ""),
                Answer::Status(status, text) => (status, text),
                Answer::HangUp => return None,
            }
        } else {
            state.lock().unwrap().get
        };
        let mut stream = stream;
        write!(stream, "HTTP/1.1 {status} x\r\ncontent-length: {}\r\n\r\n{text}", text.len()).ok()?;
    }
}

//! A store that accepts everything, checks nothing, remembers the uploads, and fails or lies when a test tells it to.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::Store;

/// One PUT, as it was received.
#[derive(Clone, Debug)]
pub struct Put {
    /// The path, percent-encoded, with the bucket and without the query.
    pub path: String,
    /// The headers, with names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// How many PUTs were under way when this one came, with this one.
    pub at_once: usize,
}

/// What to do with a PUT.
pub enum Answer {
    /// Keeps it, and gives it no tag.
    Take,
    /// Keeps it, and answers with this `ETag`.
    Tag(String),
    /// Says that it took it, and keeps so many of its bytes.
    Keep(usize),
    /// Keeps nothing.
    Status(u16, &'static str),
    /// As `Status`, with a header.
    With(u16, &'static str, &'static str),
    /// Closes the connection without an answer.
    HangUp,
    /// From now on, closes every connection without an answer.
    Gone,
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
    /// The body of every listing, if there is one.
    list: Option<String>,
    /// The status and body of every PUT of the catalogue's objects, which `puts` does not list.
    catalogue: (u16, &'static str),
    /// The paths of these PUTs.
    catalogue_puts: Vec<String>,
    /// The size of what it keeps, by path.
    objects: HashMap<String, usize>,
    under_way: usize,
    pace: Duration,
    /// How many PUTs are still to be cut off in the middle.
    cuts: usize,
    is_gone: bool,
    /// The paths of the HEADs.
    heads: Vec<String>,
    /// The paths of the DELETEs.
    deletes: Vec<String>,
    /// Gets the number of DELETEs so far.
    deleted: Box<dyn FnMut(usize) + Send>,
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
        let state = State {
            puts: Vec::new(),
            decide: Box::new(decide),
            get,
            list: None,
            catalogue: (200, ""),
            catalogue_puts: Vec::new(),
            objects: HashMap::new(),
            under_way: 0,
            pace: Duration::ZERO,
            cuts: 0,
            is_gone: false,
            heads: Vec::new(),
            deletes: Vec::new(),
            deleted: Box::new(|_| {}),
        };
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

    /// Lists these objects, each with the moment at which it was written.
    pub fn answer_list(self, objects: &[(&str, &str)]) -> Self {
        let entry = |(key, written): &(&str, &str)| {
            format!("<Contents><Key>{key}</Key><LastModified>{written}</LastModified><Size>1</Size></Contents>")
        };
        let entries: String = objects.iter().map(entry).collect();
        self.state.lock().unwrap().list = Some(format!("<ListBucketResult>{entries}</ListBucketResult>"));
        self
    }

    pub fn answer_catalogue(self, status: u16, body: &'static str) -> Self {
        self.state.lock().unwrap().catalogue = (status, body);
        self
    }

    /// Each PUT takes so long.
    pub fn pace(self, pace: Duration) -> Self {
        self.state.lock().unwrap().pace = pace;
        self
    }

    /// `tell` gets the number of DELETEs after each.
    pub fn on_delete(&self, tell: impl FnMut(usize) + Send + 'static) {
        self.state.lock().unwrap().deleted = Box::new(tell);
    }

    /// The paths of the DELETEs.
    pub fn deletes(&self) -> Vec<String> {
        self.state.lock().unwrap().deletes.clone()
    }

    /// Hangs up in the middle of the first `count` PUTs, which `puts` does not list.
    pub fn cut(self, count: usize) -> Self {
        self.state.lock().unwrap().cuts = count;
        self
    }

    /// The number of PUTs that are still to be cut.
    pub fn cuts(&self) -> usize {
        self.state.lock().unwrap().cuts
    }

    /// The size of what it keeps under a path.
    pub fn kept(&self, path: &str) -> Option<usize> {
        self.state.lock().unwrap().objects.get(path).copied()
    }

    /// The paths of the HEADs.
    pub fn heads(&self) -> Vec<String> {
        self.state.lock().unwrap().heads.clone()
    }

    /// The paths of the PUTs of the catalogue's objects.
    pub fn catalogue(&self) -> Vec<String> {
        self.state.lock().unwrap().catalogue_puts.clone()
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
        let path = target.split('?').next()?.to_owned();
        let of_catalogue = path.starts_with("/media/catalogue/");
        let mut writer = stream;
        if headers.iter().any(|(name, _)| name == "expect") {
            write!(writer, "HTTP/1.1 100 Continue\r\n\r\n").ok()?;
        }
        if method == "PUT" && !of_catalogue && state.lock().unwrap().cuts > 0 {
            state.lock().unwrap().cuts -= 1;
            let half = body.len() / 2;
            reader.read_exact(&mut body[..half]).ok()?;
            return None;
        }
        reader.read_exact(&mut body).ok()?;
        let pace = if method == "PUT" { arrive(state) } else { Duration::ZERO };
        thread::sleep(pace);
        let mut state = state.lock().unwrap();
        let list = state.list.clone().filter(|_| target.contains("list-type=2")).unwrap_or_default();
        let (status, more, text) = match method {
            "GET" if !list.is_empty() => (200, String::new(), list.as_str()),
            "PUT" if of_catalogue => {
                state.catalogue_puts.push(path.clone());
                state.objects.insert(path, body.len());
                (state.catalogue.0, String::new(), state.catalogue.1)
            }
            "PUT" => {
                let put = Put { path, headers, body, at_once: state.under_way };
                let before = state.puts.len();
                let answer = (state.decide)(&put, before);
                let (path, size) = (put.path.clone(), put.body.len());
                state.puts.push(put);
                state.answer(answer, path, size)?
            }
            "HEAD" => {
                state.heads.push(path.clone());
                match state.objects.get(&path) {
                    Some(size) => (200, format!("content-length: {size}\r\n"), ""),
                    // As S3 does for a key that may not list the bucket.
                    None if state.get.0 == 403 => (403, String::new(), ""),
                    None => (404, "content-length: 0\r\n".to_owned(), ""),
                }
            }
            "DELETE" => {
                state.deletes.push(path);
                let count = state.deletes.len();
                (state.deleted)(count);
                (200, String::new(), "")
            }
            _ => (state.get.0, String::new(), state.get.1),
        };
        if method == "PUT" {
            state.under_way -= 1;
        }
        if state.is_gone {
            return None;
        }
        drop(state);
        let length = if method == "HEAD" { String::new() } else { format!("content-length: {}\r\n", text.len()) };
        // In one piece: the network holds up small pieces.
        writer.write_all(format!("HTTP/1.1 {status} x\r\n{more}{length}\r\n{text}").as_bytes()).ok()?;
    }
}

/// Counts a PUT. Returns how long it takes.
fn arrive(state: &Mutex<State>) -> Duration {
    let mut state = state.lock().unwrap();
    state.under_way += 1;
    state.pace
}

impl State {
    /// The status, a header and the body. `None` if there is no answer.
    fn answer(&mut self, answer: Answer, path: String, size: usize) -> Option<(u16, String, &'static str)> {
        let (kept, answered) = match answer {
            Answer::Take => (Some(size), (200, String::new(), "")),
            Answer::Tag(tag) => (Some(size), (200, format!("etag: {tag}\r\n"), "")),
            Answer::Keep(bytes) => (Some(bytes), (200, String::new(), "")),
            Answer::Status(status, text) => (None, (status, String::new(), text)),
            Answer::With(status, header, text) => (None, (status, format!("{header}\r\n"), text)),
            Answer::HangUp | Answer::Gone => {
                self.is_gone |= matches!(answer, Answer::Gone);
                self.under_way -= 1;
                return None;
            }
        };
        if let Some(kept) = kept {
            self.objects.insert(path, kept);
        }
        Some(answered)
    }
}

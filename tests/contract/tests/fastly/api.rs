//! A server in the place of Fastly's API: it answers what a first deployment asks, and keeps what it was told.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// The names and values of a form or of an object.
pub type Fields = BTreeMap<String, String>;

/// What was created in the account. All services share its stores.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// The services, in the order in which they were created. The first has the id `service-0`.
    pub services: Vec<Service>,
    /// The name of each store by its id, which begins with its kind: `config`, `secret` or `kv`.
    pub stores: BTreeMap<String, String>,
    /// The items of Config Stores, and the secrets of Secret Stores, by the id of the store.
    pub items: BTreeMap<String, Fields>,
    /// Calls that were refused.
    pub refused: BTreeSet<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Service {
    pub fields: Fields,
    pub domains: Vec<String>,
    pub backends: BTreeMap<String, Fields>,
    /// Ids of stores, by the names under which the service knows them.
    pub links: Fields,
    pub package: Vec<u8>,
    pub activated: bool,
}

impl Account {
    /// The values of a store that a service knows by this name.
    pub fn values(&self, service: &Service, name: &str) -> Fields {
        service.links.get(name).and_then(|id| self.items.get(id)).cloned().unwrap_or_default()
    }

    /// The stores of a kind, by their ids.
    fn of_kind(&self, kind: &str) -> Value {
        let stores = self.stores.iter().filter(|(id, _)| id.starts_with(kind));
        stores.map(|(id, name)| json!({ "id": id, "name": name })).collect()
    }
}

impl Service {
    /// The names under which the service knows stores of a kind.
    pub fn linked(&self, kind: &str) -> BTreeSet<&str> {
        let of_kind = self.links.iter().filter(|(_, id)| id.starts_with(kind));
        of_kind.map(|(name, _)| name.as_str()).collect()
    }
}

pub struct Api {
    address: SocketAddr,
    account: Arc<Mutex<Account>>,
}

impl Api {
    /// Listens until the tests end.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let account = Arc::<Mutex<Account>>::default();
        let shared = Arc::clone(&account);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || serve(&client, &shared));
            }
        });
        Ok(Self { address, account })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn account(&self) -> Account {
        lock(&self.account).clone()
    }
}

fn lock(account: &Mutex<Account>) -> MutexGuard<'_, Account> {
    account.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers one request.
fn serve(client: &TcpStream, account: &Mutex<Account>) -> io::Result<()> {
    let mut reader = BufReader::new(client);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    let length = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let mut body = vec![0; length.and_then(|(_, length)| length.trim().parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body)?;
    let mut words = head.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let path = target.split('?').next().unwrap_or_default();
    let mut account = lock(account);
    let answer = answer(method, path, &body, &mut account);
    if answer.is_none() {
        account.refused.insert(format!("{method} {path}"));
    }
    drop(account);
    let refused = || ("409 Conflict", json!({ "msg": "it exists, or is not expected" }));
    let (status, text) = answer.map_or_else(refused, |answer| ("200 OK", answer));
    let text = text.to_string();
    let length = text.len();
    let head = "content-type: application/json\r\nconnection: close";
    write!(&mut &*client, "HTTP/1.1 {status}\r\n{head}\r\ncontent-length: {length}\r\n\r\n{text}")
}

/// Keeps what a call creates, and answers it. `None` for a call that a first deployment does not need, and, as in
/// Fastly's API, for a store or a secret that exists.
fn answer(method: &str, path: &str, body: &[u8], account: &mut Account) -> Option<Value> {
    let fields = fields(body);
    let name = fields.get("name").cloned().unwrap_or_default();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let answer = match (method, parts.as_slice()) {
        ("GET", [.., ".well-known", "openid-configuration"]) => json!({}),
        ("POST", ["service"]) => {
            let id = format!("service-{}", account.services.len());
            account.services.push(Service { fields, ..Service::default() });
            json!({ "id": id, "name": name, "type": "wasm" })
        }
        (_, ["service", id, "version", "1", what]) => {
            let index: usize = id.strip_prefix("service-")?.parse().ok()?;
            of_service(account.services.get_mut(index)?, method, what, fields, body)?
        }
        ("GET", ["resources", "stores", "config"]) => account.of_kind("config"),
        ("GET", ["resources", "stores", kind @ ("kv" | "secret")]) => {
            json!({ "data": account.of_kind(kind), "meta": {} })
        }
        ("GET", ["resources", "stores", _, id]) => json!({ "id": id, "name": account.stores.get(*id)? }),
        ("POST", ["resources", "stores", kind @ ("config" | "kv" | "secret")]) => {
            let id = format!("{kind}-{name}");
            if account.stores.insert(id.clone(), name.clone()).is_some() {
                return None;
            }
            json!({ "id": id, "name": name })
        }
        ("PUT", ["resources", "stores", "config", store, "item", key]) => {
            let value = fields.get("item_value").cloned()?;
            account.items.entry((*store).to_owned()).or_default().insert((*key).to_owned(), value);
            json!({})
        }
        ("POST", ["resources", "stores", "secret", store, "secrets"]) => {
            let secret = String::from_utf8(STANDARD.decode(fields.get("secret")?).ok()?).ok()?;
            if account.items.entry((*store).to_owned()).or_default().insert(name, secret).is_some() {
                return None;
            }
            json!({})
        }
        _ => return None,
    };
    Some(answer)
}

/// A call that concerns the only version of a service.
fn of_service(service: &mut Service, method: &str, what: &str, fields: Fields, body: &[u8]) -> Option<Value> {
    let name = fields.get("name").cloned().unwrap_or_default();
    match (method, what) {
        ("GET", "domain") => return Some(service.domains.iter().map(|name| json!({ "name": name })).collect()),
        ("POST", "domain") => service.domains.push(name),
        ("POST", "backend") => drop(service.backends.insert(name, fields)),
        ("POST", "resource") => drop(service.links.insert(name, fields.get("resource_id").cloned()?)),
        ("PUT", "package") => service.package = part(body)?.to_vec(),
        ("PUT", "activate") => service.activated = true,
        _ => return None,
    }
    Some(json!({}))
}

/// The fields of a form, or of an object of JSON.
fn fields(body: &[u8]) -> Fields {
    serde_json::from_slice(body).unwrap_or_else(|_| url::form_urlencoded::parse(body).into_owned().collect())
}

/// The only file of a form with files.
fn part(body: &[u8]) -> Option<&[u8]> {
    let place = |bytes: &[u8], wanted: &[u8]| bytes.windows(wanted.len()).position(|window| window == wanted);
    let boundary = [b"\r\n".as_slice(), &body[..place(body, b"\r\n")?]].concat();
    let file = &body[place(body, b"\r\n\r\n")? + 4..];
    Some(&file[..place(file, &boundary)?])
}

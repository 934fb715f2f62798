//! The reference implementation: everything is in memory, for tests. It does what the documentation of the traits
//! says.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    future::{Future, poll_fn},
    pin::Pin,
    rc::Rc,
    task::Poll,
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use platform::{Error, Kind, Kv, KvKey, Platform, Row, Sql, Statement, StoreName, Value};
use platform_sqlite::{batch, migrate, query, sql_error};

type Answer = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Error>>>>;

/// Stores in maps, SQL in `SQLite`'s memory, requests answered by a function.
#[derive(Clone)]
pub struct Memory {
    stores: Rc<RefCell<HashMap<(StoreName, KvKey), Bytes>>>,
    database: Rc<RefCell<rusqlite::Connection>>,
    answer: Rc<dyn Fn(Request<Bytes>) -> Answer>,
    /// Reads of keys that begin so fail.
    failing: Rc<Cell<Option<&'static str>>>,
    lets_others_run: bool,
}

impl Memory {
    /// A platform whose requests are answered by `answer`. The catalogue has its schema and no items.
    pub fn new<F>(answer: impl Fn(Request<Bytes>) -> F + 'static) -> Result<Self, Error>
    where
        F: Future<Output = Result<Response<Bytes>, Error>> + 'static,
    {
        let mut database = rusqlite::Connection::open_in_memory().map_err(|error| sql_error("memory.open", error))?;
        migrate(&mut database).map_err(|error| Error::because(Kind::Internal, "memory.schema", error))?;
        Ok(Self {
            stores: Rc::default(),
            database: Rc::new(RefCell::new(database)),
            answer: Rc::new(move |request| Box::pin(answer(request))),
            failing: Rc::default(),
            lets_others_run: false,
        })
    }

    /// The same, where whoever sleeps lets others run meanwhile. Without it, a sleep takes no time.
    #[must_use]
    pub fn with_sleep(self) -> Self {
        Self { lets_others_run: true, ..self }
    }

    /// From now on, reads of KV entries whose keys begin so fail.
    pub fn fail_kv(&self, prefix: &'static str) {
        self.failing.set(Some(prefix));
    }
}

impl Platform for Memory {
    type Kv = MemoryKv;
    type Sql = MemorySql;
    type Body = Bytes;

    fn kv(&self, store: StoreName) -> Result<MemoryKv, Error> {
        Ok(MemoryKv { store, stores: Rc::clone(&self.stores), failing: self.failing.get() })
    }

    fn sql(&self) -> Result<MemorySql, Error> {
        Ok(MemorySql(Rc::clone(&self.database)))
    }

    async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        (self.answer)(request).await
    }

    async fn fetch_all(&self, requests: Vec<Request<Bytes>>) -> Vec<Result<Response<Bytes>, Error>> {
        let sent: Vec<Answer> = requests.into_iter().map(|request| (self.answer)(request)).collect();
        let mut answers = Vec::with_capacity(sent.len());
        for answer in sent {
            answers.push(answer.await);
        }
        answers
    }

    async fn collect(body: Bytes, max: usize) -> Result<Bytes, Error> {
        if body.len() > max {
            return Err(Error::new(Kind::TooLarge, "body.collect"));
        }
        Ok(body)
    }

    fn join(pieces: Vec<Bytes>) -> Bytes {
        pieces.concat().into()
    }

    async fn sleep(&self, _: Duration) {
        let mut is_over = !self.lets_others_run;
        poll_fn(|_| if std::mem::replace(&mut is_over, true) { Poll::Ready(()) } else { Poll::Pending }).await;
    }
}

/// See [`Memory`].
pub struct MemoryKv {
    store: StoreName,
    stores: Rc<RefCell<HashMap<(StoreName, KvKey), Bytes>>>,
    failing: Option<&'static str>,
}

impl Kv for MemoryKv {
    async fn get(&self, key: &KvKey) -> Result<Option<Bytes>, Error> {
        if self.failing.is_some_and(|prefix| key.as_str().starts_with(prefix)) {
            return Err(Error::new(Kind::Unavailable, "kv.get"));
        }
        Ok(self.stores.borrow().get(&(self.store, key.clone())).cloned())
    }

    async fn put(&self, key: &KvKey, value: Bytes, _: Option<Duration>) -> Result<(), Error> {
        self.stores.borrow_mut().insert((self.store, key.clone()), value);
        Ok(())
    }

    async fn delete(&self, key: &KvKey) -> Result<(), Error> {
        self.stores.borrow_mut().remove(&(self.store, key.clone()));
        Ok(())
    }
}

/// See [`Memory`].
pub struct MemorySql(Rc<RefCell<rusqlite::Connection>>);

impl Sql for MemorySql {
    async fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Error> {
        query(&self.0.borrow(), sql, parameters).map_err(|error| sql_error("sql.query", error))
    }

    async fn batch(&self, statements: &[Statement<'_>]) -> Result<Vec<Vec<Row>>, Error> {
        batch(&mut self.0.borrow_mut(), statements).map_err(|error| sql_error("sql.batch", error))
    }
}

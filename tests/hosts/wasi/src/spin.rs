//! The imports of Spin's components beside WASI: key-value stores, SQLite and variables.
//!
//! This is only a stand-in for tests and CI. It has the behaviour that the interfaces promise (the WIT is in
//! spin-sdk: `spin:key-value@3.0.0`, `spin:sqlite@3.1.0`, `spin:variables@3.0.0`), in memory where Spin uses files
//! and clouds. It has only the functions that the components use. A component that uses another function does not
//! start. [`spin02`](crate::spin02) has the interfaces of older versions, on the same state.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::types::{ToSqlOutput, ValueRef};
use wasmtime::{
    AsContextMut,
    component::{Accessor, ComponentType, FutureReader, Lift, Linker, Lower, Resource, ResourceType, StreamReader},
};

/// How long a statement waits for the lock of another.
const PATIENCE: Duration = Duration::from_secs(30);
/// The stores that the manifests give to the components: the first two by `spin.toml`, the last by `spin.02.toml`.
const STORES: [&str; 3] = ["cache_version", "video_cache", "default"];

/// The state behind the imports, which all instances share.
pub struct Spin {
    values: Mutex<HashMap<(u32, String), Vec<u8>>>,
    database: PathBuf,
    connections: Mutex<Connections>,
    /// The variables by name. The names are in lower case.
    variables: HashMap<String, String>,
}

#[derive(Default)]
struct Connections {
    last: u32,
    open: HashMap<u32, Arc<Mutex<rusqlite::Connection>>>,
}

/// A handle that the component holds. Its number is the store's place in [`STORES`].
pub struct KvStore;
/// A handle that the component holds. Its number is the number of the connection.
struct Connection;

#[derive(ComponentType, Lift, Lower)]
#[component(variant)]
pub enum KvError {
    #[component(name = "store-table-full")]
    StoreTableFull,
    #[component(name = "no-such-store")]
    NoSuchStore,
    #[component(name = "access-denied")]
    AccessDenied,
    #[component(name = "other")]
    Other(String),
}

#[derive(ComponentType, Lift, Lower)]
#[component(variant)]
enum SqlError {
    #[component(name = "no-such-database")]
    NoSuchDatabase,
    #[component(name = "access-denied")]
    AccessDenied,
    #[component(name = "invalid-connection")]
    InvalidConnection,
    #[component(name = "database-full")]
    DatabaseFull,
    #[component(name = "io")]
    Io(String),
}

#[derive(ComponentType, Lift, Lower)]
#[component(variant)]
enum SqlValue {
    #[component(name = "integer")]
    Integer(i64),
    #[component(name = "real")]
    Real(f64),
    #[component(name = "text")]
    Text(String),
    #[component(name = "blob")]
    Blob(Vec<u8>),
    #[component(name = "null")]
    Null,
}

#[derive(ComponentType, Lift, Lower)]
#[component(record)]
struct RowResult {
    values: Vec<SqlValue>,
}

#[derive(ComponentType, Lift, Lower)]
#[component(variant)]
pub enum VariableError {
    #[component(name = "invalid-name")]
    InvalidName(String),
    #[component(name = "undefined")]
    Undefined(String),
    #[component(name = "provider")]
    Provider(String),
    #[component(name = "other")]
    Other(String),
}

impl KvStore {
    pub fn open(label: &str) -> Result<Resource<Self>, KvError> {
        let store = STORES.iter().zip(0..).find(|(known, _)| **known == label);
        store.map(|(_, number)| Resource::new_own(number)).ok_or(KvError::NoSuchStore)
    }
}

/// The names of columns, the rows, and whether there was a failure after the rows.
type Streamed = (Vec<String>, StreamReader<RowResult>, FutureReader<Result<(), SqlError>>);

impl Spin {
    pub fn new(database: PathBuf, environment: &[(String, String)]) -> Arc<Self> {
        let variables = environment.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
        Arc::new(Self {
            values: Mutex::default(),
            database,
            connections: Mutex::default(),
            variables: variables.collect(),
        })
    }

    /// The value of a variable.
    pub fn variable(&self, name: String) -> Result<String, VariableError> {
        self.variables.get(&name).cloned().ok_or(VariableError::Undefined(name))
    }

    pub fn value(&self, store: &Resource<KvStore>, key: String) -> Option<Vec<u8>> {
        held(&self.values).get(&(store.rep(), key)).cloned()
    }

    pub fn set(&self, store: &Resource<KvStore>, key: String, value: Vec<u8>) {
        held(&self.values).insert((store.rep(), key), value);
    }

    pub fn delete(&self, store: &Resource<KvStore>, key: String) {
        held(&self.values).remove(&(store.rep(), key));
    }

    pub fn add_to_linker<T: Send + 'static>(self: &Arc<Self>, linker: &mut Linker<T>) -> wasmtime::Result<()> {
        self.add_key_value(linker)?;
        self.add_sqlite(linker)?;
        let spin = Arc::clone(self);
        linker.instance("spin:variables/variables@3.0.0")?.func_wrap_concurrent(
            "get",
            move |_: &Accessor<T>, (name,): (String,)| {
                let value = spin.variable(name);
                Box::pin(async move { Ok((value,)) })
            },
        )
    }

    fn add_key_value<T: Send + 'static>(self: &Arc<Self>, linker: &mut Linker<T>) -> wasmtime::Result<()> {
        let mut instance = linker.instance("spin:key-value/key-value@3.0.0")?;
        instance.resource("store", ResourceType::host::<KvStore>(), |_, _| Ok(()))?;
        instance.func_wrap_concurrent("[static]store.open", |_: &Accessor<T>, (label,): (String,)| {
            let opened = KvStore::open(&label);
            Box::pin(async move { Ok((opened,)) })
        })?;
        let spin = Arc::clone(self);
        instance.func_wrap_concurrent(
            "[method]store.get",
            move |_: &Accessor<T>, (store, key): (Resource<KvStore>, String)| {
                let value = spin.value(&store, key);
                Box::pin(async move { Ok((Ok::<_, KvError>(value),)) })
            },
        )?;
        let spin = Arc::clone(self);
        instance.func_wrap_concurrent(
            "[method]store.set",
            move |_: &Accessor<T>, (store, key, value): (Resource<KvStore>, String, Vec<u8>)| {
                spin.set(&store, key, value);
                Box::pin(async move { Ok((Ok::<(), KvError>(()),)) })
            },
        )?;
        let spin = Arc::clone(self);
        instance.func_wrap_concurrent(
            "[method]store.delete",
            move |_: &Accessor<T>, (store, key): (Resource<KvStore>, String)| {
                spin.delete(&store, key);
                Box::pin(async move { Ok((Ok::<(), KvError>(()),)) })
            },
        )
    }

    fn add_sqlite<T: Send + 'static>(self: &Arc<Self>, linker: &mut Linker<T>) -> wasmtime::Result<()> {
        let mut instance = linker.instance("spin:sqlite/sqlite@3.1.0")?;
        let spin = Arc::clone(self);
        instance.resource("connection", ResourceType::host::<Connection>(), move |_, number| {
            held(&spin.connections).open.remove(&number);
            Ok(())
        })?;
        let spin = Arc::clone(self);
        instance.func_wrap_concurrent(
            "[static]connection.open-async",
            move |_: &Accessor<T>, (name,): (String,)| {
                let opened = spin.connect(&name).map(Resource::<Connection>::new_own);
                Box::pin(async move { Ok((opened,)) })
            },
        )?;
        let spin = Arc::clone(self);
        instance.func_wrap_concurrent(
            "[method]connection.execute-async",
            move |accessor: &Accessor<T>, (connection, sql, values): (Resource<Connection>, String, Vec<SqlValue>)| {
                let executed = spin.execute(connection.rep(), &sql, &values);
                Box::pin(async move {
                    let answer: Result<Streamed, SqlError> = match executed {
                        Ok((columns, rows)) => accessor.with(|store| streamed(store, columns, rows)).map(Ok)?,
                        Err(error) => Err(error),
                    };
                    Ok((answer,))
                })
            },
        )
    }

    fn connect(&self, name: &str) -> Result<u32, SqlError> {
        if name != "default" {
            return Err(SqlError::NoSuchDatabase);
        }
        let opened = rusqlite::Connection::open(&self.database);
        // Several cases write at once, on a machine that is busy with other work too. The usual five seconds were too
        // short.
        let opened = opened.and_then(|connection| connection.busy_timeout(PATIENCE).map(|()| connection));
        let connection = opened.map_err(|error| SqlError::Io(error.to_string()))?;
        let mut connections = held(&self.connections);
        connections.last += 1;
        let number = connections.last;
        connections.open.insert(number, Arc::new(Mutex::new(connection)));
        Ok(number)
    }

    fn execute(&self, number: u32, sql: &str, values: &[SqlValue]) -> Result<(Vec<String>, Vec<RowResult>), SqlError> {
        let connection = held(&self.connections).open.get(&number).cloned().ok_or(SqlError::InvalidConnection)?;
        run(&held(&connection), sql, values).map_err(|error| SqlError::Io(error.to_string()))
    }
}

/// The rows as the component reads them. All rows are there by then, so no failure can follow them.
fn streamed(mut store: impl AsContextMut, columns: Vec<String>, rows: Vec<RowResult>) -> wasmtime::Result<Streamed> {
    let rows = StreamReader::new(&mut store, rows)?;
    let end = FutureReader::new(&mut store, std::future::ready(wasmtime::Result::<Result<(), SqlError>>::Ok(Ok(()))))?;
    Ok((columns, rows, end))
}

fn run(
    connection: &rusqlite::Connection,
    sql: &str,
    values: &[SqlValue],
) -> rusqlite::Result<(Vec<String>, Vec<RowResult>)> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut found = statement.query(rusqlite::params_from_iter(values))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let values = (0..columns.len()).map(|column| Ok(value(row.get_ref(column)?)));
        rows.push(RowResult { values: values.collect::<rusqlite::Result<_>>()? });
    }
    Ok((columns, rows))
}

impl rusqlite::ToSql for SqlValue {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn value(value: ValueRef<'_>) -> SqlValue {
    match value {
        ValueRef::Null => SqlValue::Null,
        ValueRef::Integer(number) => SqlValue::Integer(number),
        ValueRef::Real(number) => SqlValue::Real(number),
        ValueRef::Text(text) => SqlValue::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => SqlValue::Blob(bytes.to_vec()),
    }
}

/// A panic leaves a map of values, which is always whole.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

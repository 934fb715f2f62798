//! `wasi:keyvalue/store@0.2.0-draft`, in memory, for components that import it.
//!
//! As wasmCloud has it: stores by name, shared by all instances. wasmtime's own (`wasmtime-wasi-keyvalue`) has one store without a
//! name, and forgets what was put into it when the component closes it. Only what our components use is here.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use wasmtime::{
    StoreContextMut,
    component::{ComponentType, Lift, Linker, Lower, Resource, ResourceType},
};

/// Our names for stores.
const STORES: [&str; 2] = ["CACHE_VERSION", "VIDEO_CACHE"];

/// How a host lets its components down.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Failing {
    /// It has other stores.
    Missing,
    /// They are not for this component.
    Denied,
    /// What is behind them is down.
    Down,
}

/// Shared by all instances.
pub struct Keyvalue {
    failing: Option<Failing>,
    values: Mutex<HashMap<(u32, String), Vec<u8>>>,
}

type Values<'a> = MutexGuard<'a, HashMap<(u32, String), Vec<u8>>>;

/// A handle of the component's. Its number is the store's place among those that there are.
struct Bucket;

#[derive(ComponentType, Lift, Lower)]
#[component(variant)]
enum KvError {
    #[component(name = "no-such-store")]
    NoSuchStore,
    #[component(name = "access-denied")]
    AccessDenied,
    #[component(name = "other")]
    Other(String),
}

impl Keyvalue {
    pub fn new(failing: Option<Failing>) -> Arc<Self> {
        Arc::new(Self { failing, values: Mutex::default() })
    }

    pub fn add_to_linker<T: 'static>(self: &Arc<Self>, linker: &mut Linker<T>) -> wasmtime::Result<()> {
        let mut instance = linker.instance("wasi:keyvalue/store@0.2.0-draft")?;
        instance.resource("bucket", ResourceType::host::<Bucket>(), |_, _| Ok(()))?;
        let host = Arc::clone(self);
        instance.func_wrap("open", move |_: StoreContextMut<'_, T>, (name,): (String,)| {
            Ok((host.open(&name).map(Resource::<Bucket>::new_own),))
        })?;
        let host = Arc::clone(self);
        instance.func_wrap(
            "[method]bucket.get",
            move |_: StoreContextMut<'_, T>, (bucket, key): (Resource<Bucket>, String)| {
                Ok((host.values(&key).map(|values| values.get(&(bucket.rep(), key)).cloned()),))
            },
        )?;
        let host = Arc::clone(self);
        instance.func_wrap(
            "[method]bucket.set",
            move |_: StoreContextMut<'_, T>, (bucket, key, value): (Resource<Bucket>, String, Vec<u8>)| {
                Ok((host.values(&key).map(|mut values| drop(values.insert((bucket.rep(), key), value))),))
            },
        )?;
        let host = Arc::clone(self);
        instance.func_wrap(
            "[method]bucket.delete",
            move |_: StoreContextMut<'_, T>, (bucket, key): (Resource<Bucket>, String)| {
                Ok((host.values(&key).map(|mut values| drop(values.remove(&(bucket.rep(), key)))),))
            },
        )
    }

    fn open(&self, name: &str) -> Result<u32, KvError> {
        match self.failing {
            Some(Failing::Missing) => Err(KvError::NoSuchStore),
            Some(Failing::Denied) => Err(KvError::AccessDenied),
            Some(Failing::Down) | None => {
                let store = STORES.iter().zip(0..).find(|(known, _)| **known == name);
                store.map(|(_, number)| number).ok_or(KvError::NoSuchStore)
            }
        }
    }

    /// The values, if `key` is one that every store behind wasmCloud takes: NATS is the strictest.
    fn values(&self, key: &str) -> Result<Values<'_>, KvError> {
        let taken = |byte: u8| byte.is_ascii_alphanumeric() || b"-/_=.".contains(&byte);
        match self.failing {
            Some(_) => Err(KvError::Other("nobody answers".to_owned())),
            None if !key.bytes().all(taken) => Err(KvError::Other("invalid key".to_owned())),
            // What a panic left half done is a map of values, and whole.
            None => Ok(self.values.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }
}

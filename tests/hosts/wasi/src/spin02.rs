//! The imports of components for Spin before 4.1, beside WASI 0.2: key-value stores and variables, whose calls block.
//! The WIT is in Spin's repository (`wit/deps/spin@2.0.0`).

use std::sync::Arc;

use wasmtime::{
    StoreContextMut,
    component::{Linker, Resource, ResourceType},
};

use crate::spin::{KvError, KvStore, Spin};

pub fn add_to_linker<T: Send + 'static>(spin: &Arc<Spin>, linker: &mut Linker<T>) -> wasmtime::Result<()> {
    let state = Arc::clone(spin);
    linker
        .instance("fermyon:spin/variables@2.0.0")?
        .func_wrap("get", move |_: StoreContextMut<'_, T>, (name,): (String,)| Ok((state.variable(name),)))?;
    let mut instance = linker.instance("fermyon:spin/key-value@2.0.0")?;
    instance.resource("store", ResourceType::host::<KvStore>(), |_, _| Ok(()))?;
    instance.func_wrap("[static]store.open", |_: StoreContextMut<'_, T>, (label,): (String,)| {
        Ok((KvStore::open(&label),))
    })?;
    let state = Arc::clone(spin);
    instance.func_wrap(
        "[method]store.get",
        move |_: StoreContextMut<'_, T>, (store, key): (Resource<KvStore>, String)| {
            Ok((Ok::<_, KvError>(state.value(&store, key)),))
        },
    )?;
    let state = Arc::clone(spin);
    instance.func_wrap(
        "[method]store.set",
        move |_: StoreContextMut<'_, T>, (store, key, value): (Resource<KvStore>, String, Vec<u8>)| {
            state.set(&store, key, value);
            Ok((Ok::<(), KvError>(()),))
        },
    )?;
    let state = Arc::clone(spin);
    instance.func_wrap(
        "[method]store.delete",
        move |_: StoreContextMut<'_, T>, (store, key): (Resource<KvStore>, String)| {
            state.delete(&store, key);
            Ok((Ok::<(), KvError>(()),))
        },
    )
}

//! Builds the guest for a WASI target and runs it in wasmtime.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use wasmtime::component::{Component, Linker as ComponentLinker, ResourceTable};
use wasmtime::{Config, Engine, Linker, Module, Store};
use wasmtime_wasi::p1::{self, WasiP1Ctx};
use wasmtime_wasi::p2::bindings::sync::Command as CommandWorld;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

const PACKAGE: &str = "bench-sign-guest";
const OUTPUT_LIMIT: usize = 64 * 1024 * 1024;

/// The guest's programs.
#[derive(Clone, Copy)]
pub enum Program {
    /// URLs and playlists, with this project's crates alone.
    Ours,
    /// Presigning, beside other signers.
    Contenders,
}

/// The guest as a WASI 0.1 module, the form that Fastly runs.
pub struct Module1 {
    engine: Engine,
    module: Module,
}

/// The result of a run.
pub struct Ran {
    pub output: String,
    /// The size of its memory in pages of 64 KiB. A memory never shrinks, so this is the most it had.
    pub pages: u64,
}

impl Module1 {
    pub fn build(program: Program) -> Self {
        let engine = engine();
        let module = Module::from_file(&engine, build(program, "wasm32-wasip1")).expect("the guest compiles");
        Self { engine, module }
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        let output = MemoryOutputPipe::new(OUTPUT_LIMIT);
        let mut linker: Linker<WasiP1Ctx> = Linker::new(&self.engine);
        p1::add_to_linker_sync(&mut linker, |context| context).expect("WASI links");
        let mut store = Store::new(&self.engine, context(&output, arguments).build_p1());
        let instance = linker.instantiate(&mut store, &self.module).expect("the guest starts");
        let start = instance.get_typed_func::<(), ()>(&mut store, "_start").expect("a command");
        start.call(&mut store, ()).expect("the guest ends well");
        let memory = instance.get_memory(&mut store, "memory").expect("a memory");
        Ran { output: text(&output), pages: memory.size(&store) }
    }

    /// Runs the guest, and parses the JSON that it prints.
    pub fn figures(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.run(arguments).output).expect("the guest prints JSON")
    }
}

/// The guest as a WASI 0.2 component, the form that Spin and other WASI hosts run.
pub struct Component2 {
    engine: Engine,
    component: Component,
}

impl Component2 {
    pub fn build(program: Program) -> Self {
        let engine = engine();
        let component = Component::from_file(&engine, build(program, "wasm32-wasip2")).expect("the guest compiles");
        Self { engine, component }
    }

    /// Runs the component, and returns its output.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = MemoryOutputPipe::new(OUTPUT_LIMIT);
        let mut linker: ComponentLinker<Host> = ComponentLinker::new(&self.engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker).expect("WASI links");
        let host = Host { wasi: context(&output, arguments).build(), table: ResourceTable::new() };
        let mut store = Store::new(&self.engine, host);
        let command = CommandWorld::instantiate(&mut store, &self.component, &linker).expect("the guest starts");
        command.wasi_cli_run().call_run(&mut store).expect("the guest ends well").expect("the guest succeeds");
        text(&output)
    }
}

struct Host {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

/// Builds a program in the same way as the services (with the workspace's flags for the target, and its `wasm`
/// profile), and returns the file.
fn build(program: Program, target: &str) -> PathBuf {
    let program: &[&str] = match program {
        Program::Ours => &["--bin", "ours", "--no-default-features"],
        Program::Contenders => &["--bin", "contenders"],
    };
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--profile", "wasm", "--package", PACKAGE, "--target", target])
        .args(program)
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "building {PACKAGE} for {target} failed");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .next_back()
        .expect("cargo names the executable")
}

fn engine() -> Engine {
    Engine::new(&Config::new()).expect("this machine runs wasm")
}

fn context(output: &MemoryOutputPipe, arguments: &[&str]) -> WasiCtxBuilder {
    let mut builder = WasiCtxBuilder::new();
    builder.arg(PACKAGE).args(arguments).stdout(output.clone()).inherit_stderr();
    builder
}

fn text(output: &MemoryOutputPipe) -> String {
    String::from_utf8(output.contents().to_vec()).expect("the guest prints text")
}

//! Machines behind a round robin: one bucket with the KV stores in it, one libSQL server.

use std::{
    fs::File,
    net::SocketAddr,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use contract::Target;
use harness::{Failure, Gallery, Operator, Options, Process, RoundRobin, Sqld, WasiHost, command, free_address, hosts};
use tempfile::TempDir;

/// How many machines there are.
pub const MACHINES: usize = 2;

/// What runs on the machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Native,
    Wasi,
}

/// A machine, which can be stopped and started again at the same address.
pub struct Machine {
    kind: Kind,
    pub address: SocketAddr,
    environment: Vec<(String, String)>,
    /// The data folder of the native host, and its log.
    data: TempDir,
    running: Option<Running>,
}

enum Running {
    Native(#[allow(dead_code, reason = "it runs as long as it is held")] Process),
    Wasi(#[allow(dead_code, reason = "it runs as long as it is held")] WasiHost),
}

impl Machine {
    fn new(kind: Kind, environment: &[(String, String)]) -> Result<Self, Failure> {
        let (address, data) = (free_address()?, TempDir::new()?);
        let mut machine = Self { kind, address, environment: environment.to_vec(), data, running: None };
        machine.start()?;
        Ok(machine)
    }

    fn start(&mut self) -> Result<(), Failure> {
        let running = match self.kind {
            Kind::Native => {
                let data = self.data.path();
                let mut command = command("serve")?;
                command.args(["--listen", &self.address.to_string(), "--data"]).arg(data);
                command.envs(self.environment.iter().map(|(name, value)| (name, value)));
                command.stderr(File::create(data.join("stderr"))?);
                let (process, _) = hosts::native(&mut command, &data.join("log"))?;
                Running::Native(process)
            }
            Kind::Wasi => Running::Wasi(WasiHost::start("all-in-one-wasi", &self.environment, None, self.address)?),
        };
        self.running = Some(running);
        Ok(())
    }

    /// SIGTERM, the end, a start. Returns how long the machine was away.
    pub fn restart(&mut self) -> Result<Duration, Failure> {
        let began = Instant::now();
        // A process that is dropped is asked to end, and waited for.
        drop(self.running.take());
        self.start()?;
        Ok(began.elapsed())
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Whether the machine made a `kv.db` of its own.
    pub fn has_kv_file(&self) -> bool {
        self.data.path().join("kv.db").exists()
    }
}

/// The fields are dropped in this order: the machines before what they share.
pub struct Fleet {
    pub robin: RoundRobin,
    machines: Mutex<Vec<Machine>>,
    /// It has the bucket and the library, and serves nobody.
    pub keeper: Gallery,
    _sqld: Sqld,
}

impl Fleet {
    pub fn start(kind: Kind, environment: &[(&str, &str)]) -> Result<Self, Failure> {
        let sqld = Sqld::start(None)?;
        let mut shared = vec![("SQL_URL".to_owned(), sqld.url.clone()), ("GALLERY_KV".to_owned(), "bucket".to_owned())];
        shared.extend(environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let keeper = Gallery::start(&Options { links: true, environment: shared, ..Options::default() })?;
        let mut environment = keeper.environment().to_vec();
        environment.push(("S3_ENDPOINT".to_owned(), keeper.store_url.clone()));
        let machines = (0..MACHINES).map(|_| Machine::new(kind, &environment)).collect::<Result<Vec<_>, _>>()?;
        let robin = RoundRobin::start(machines.iter().map(|machine| machine.address).collect())?;
        Ok(Self { robin, machines: Mutex::new(machines), keeper, _sqld: sqld })
    }

    pub fn operator(&self) -> Operator {
        self.keeper.operator()
    }

    /// The gallery behind the round robin.
    pub fn target(&self) -> Target {
        self.at(&self.robin.url).with_links(&self.keeper.links, self.operator())
    }

    /// The gallery at this URL.
    pub fn at(&self, url: &str) -> Target {
        Target::new(url, url, &self.keeper.store_url, &self.keeper.password)
    }

    /// The machines. Whoever holds them may stop them.
    pub fn machines(&self) -> MutexGuard<'_, Vec<Machine>> {
        self.machines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A fleet that is started by the first case that needs it.
pub struct Lazy(Kind, OnceLock<Result<(Fleet, Target), String>>);

impl Lazy {
    pub const fn new(kind: Kind) -> Self {
        Self(kind, OnceLock::new())
    }

    pub fn running(&self) -> Result<&(Fleet, Target), String> {
        let start = || {
            let fleet = Fleet::start(self.0, &[]).map_err(|failure| failure.to_string())?;
            let target = fleet.target();
            Ok((fleet, target))
        };
        self.1.get_or_init(start).as_ref().map_err(Clone::clone)
    }
}

//! The Fastly CLI with the three manifests: what it builds, and the services as it serves them.

use std::{fs, net::TcpStream, process::Command};

use contract::{Outcome, ensure};
use harness::{Failure, FastlyGallery, Project, wasm};
use libtest_mimic::Trial;

use crate::{
    alone::Library,
    deploy,
    edge::{self, Edge, Running},
};

pub fn trials(library: &Library) -> Vec<Trial> {
    let missing = harness::fastly_cli().err().filter(|_| std::env::var_os("FASTLY_CLI").is_none());
    let packages = Project::ALL.map(|(_, program)| {
        Trial::test(format!("fastly-cli::package::{program}"), move || Ok(a_package_holds_the_program(program)?))
    });
    let served = [("fastly-cli", false), ("fastly-cli-split", true)].map(|(name, split)| {
        let edge = Edge::new(move || Ok(Running::new(FastlyGallery::by_cli(split)?, !split)));
        edge::pass(name, &edge)
    });
    let ends = Trial::test("fastly-cli::ends_with_its_local_server", || Ok(ends_with_its_local_server()?));
    let deployed = deploy::CASES.iter().map(|(name, run)| {
        let library = library.clone();
        Trial::test(format!("fastly-cli::{name}"), move || Ok(run(&library)?))
    });
    let trials = packages.into_iter().chain(served.into_iter().flatten()).chain([ends]).chain(deployed);
    let shown = |trial: Trial| match &missing {
        Some(missing) => trial.with_kind(missing).with_ignored_flag(true),
        None => trial,
    };
    trials.map(shown).collect()
}

/// `fastly compute build` makes a package of the manifest and of exactly the program that its script wrote, and
/// `fastly compute validate` takes the package.
///
/// With a network the CLI would fetch wasm-tools, and note its own version in the program.
fn a_package_holds_the_program(program: &str) -> Outcome {
    let failed = |failure: Failure| failure.to_string();
    let project = Project::new(program, &[]).map_err(failed)?;
    let built = fs::read(wasm(program).map_err(failed)?).map_err(|error| format!("{program}: {error}"))?;
    let said = project.run(&["build"]).map_err(failed)?;
    let read = |name: &str| fs::read(project.path(name)).map_err(|error| format!("{name}: {error}; {said}"));
    ensure!(read("bin/main.wasm")? == built, "bin/main.wasm is another program");
    let package = project.package().map_err(failed)?;
    ensure!(said.contains(&package), "the CLI does not say that it wrote {package}: {said}");
    let mut tar = Command::new("tar");
    let unpacked = tar.current_dir(project.path("")).args(["-xzf", &package]).output();
    let unpacked = unpacked.map_err(|error| format!("tar cannot be started: {error}"))?;
    ensure!(unpacked.status.success(), "{package}: {}", String::from_utf8_lossy(&unpacked.stderr));
    let name = package.trim_start_matches("pkg/").trim_end_matches(".tar.gz");
    ensure!(read(&format!("{name}/bin/main.wasm"))? == built, "{package} holds another program");
    ensure!(read(&format!("{name}/fastly.toml"))? == read(&project.manifest())?, "{package} has another manifest");
    let mut validate = Command::new(harness::fastly_cli()?);
    project.prepare(&mut validate);
    let validated = validate.args(["compute", "validate", "--non-interactive", "--package", &package]).output();
    let validated = validated.map_err(|error| error.to_string())?;
    ensure!(validated.status.success(), "{package}: {}", String::from_utf8_lossy(&validated.stderr));
    Ok(())
}

/// The CLI starts Viceroy. When the CLI is ended, nobody listens any more.
fn ends_with_its_local_server() -> Outcome {
    let gallery = FastlyGallery::by_cli(false).map_err(|failure| failure.to_string())?;
    let address = gallery.url.trim_start_matches("http://").to_owned();
    TcpStream::connect(&address).map_err(|error| format!("{address}: {error}"))?;
    drop(gallery.services);
    ensure!(TcpStream::connect(&address).is_err(), "Viceroy still listens at {address}");
    Ok(())
}

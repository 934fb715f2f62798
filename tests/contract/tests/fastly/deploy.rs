//! A first deployment by the real CLI, as somebody at a terminal makes it: `fastly compute publish` asks what `[setup]`
//! of a manifest names, and gets the answers of the documents. A server in the place of Fastly's API keeps what is
//! created. With that and nothing else, the services then start and answer.

use std::{
    collections::BTreeSet,
    fs,
    io::{Read as _, Write as _},
    process::{Command, Stdio},
};

use contract::{Outcome, Target, cases, ensure, ensure_eq};
use harness::{Failure, Gallery, Local, Project, free_address};
use platform::{
    StoreName,
    config::{
        Name,
        names::{MAX_FETCHES, MAX_SECONDS, R2_BUCKET_NAME, S3_ENDPOINT, VIDEO_ORIGIN, is_secret},
        table::{Reader, SETTINGS, Setting},
    },
};

use crate::{
    alone::{Library, Named},
    api::{Api, Fields, Service},
};

pub const CASES: [Named; 2] = [
    ("a_first_deployment_of_both_services_in_one", a_first_deployment_of_both_services_in_one),
    ("a_first_deployment_of_each_service", a_first_deployment_of_each_service),
];

/// Seconds until a deployment must have ended.
const PATIENCE: &str = "120";
/// Starts a program in a terminal of its own, from which it reads secrets, and passes its dialogue on.
const TERMINAL: &str = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
/// The host of both backends. The CLI looks every host up, and finds this one without a network.
const HOST: &str = "localhost";

/// What a service needs, and what its manifest should therefore make.
struct Wanted {
    program: &'static str,
    readers: &'static [Reader],
    backends: &'static [&'static str],
    kv: &'static [StoreName],
}

const BOTH: Wanted = Wanted {
    program: "all-in-one-fastly",
    readers: &[Reader::Viewer, Reader::Video],
    backends: &["s3"],
    kv: &[StoreName::CacheVersion, StoreName::VideoCache],
};
const FILMS: Wanted = Wanted { program: "video-edge-fastly", readers: &[Reader::Video], ..BOTH };
const VIEWER: Wanted = Wanted {
    program: "viewer-edge-fastly",
    readers: &[Reader::Viewer],
    backends: &["s3", "video"],
    kv: &[StoreName::CacheVersion],
};

fn a_first_deployment_of_both_services_in_one(library: &Library) -> Outcome {
    let (api, gallery) = (start()?, library.gallery()?);
    let (answers, more) = (answers(gallery), [S3_ENDPOINT, MAX_FETCHES, MAX_SECONDS]);
    let said = publish(&BOTH, &api, &answers)?;
    let service = run(&BOTH, &api)?;
    has_what_is_read(&api, &[BOTH], &more, &answers).map_err(|outcome| format!("{outcome}\n{said}"))?;
    answers_like_a_gallery(&service, gallery)
}

/// The films first, because the viewer's manifest asks where they are. One domain then serves both. The services share
/// the stores, which are filled with the first.
fn a_first_deployment_of_each_service(library: &Library) -> Outcome {
    let (api, gallery) = (start()?, library.gallery()?);
    let (mut answers, more) = (answers(gallery), [S3_ENDPOINT, MAX_FETCHES, MAX_SECONDS, VIDEO_ORIGIN]);
    publish(&FILMS, &api, &answers)?;
    let films = run(&FILMS, &api)?;
    answers.insert(VIDEO_ORIGIN.text().to_owned(), films.url.clone());
    let said = publish(&VIEWER, &api, &answers)?;
    let viewer = run(&VIEWER, &api)?;
    has_what_is_read(&api, &[FILMS, VIEWER], &more, &answers).map_err(|outcome| format!("{outcome}\n{said}"))?;
    answers_like_a_gallery(&viewer, gallery)
}

fn start() -> Result<Api, String> {
    Api::start().map_err(|error| format!("the API: {error}"))
}

/// What a person knows who deploys. Everything else has a value in the manifests.
fn answers(gallery: &Gallery) -> Fields {
    let mut answers: Fields = gallery.environment().iter().cloned().collect();
    answers.remove(R2_BUCKET_NAME.text());
    answers.insert(S3_ENDPOINT.text().to_owned(), gallery.store_url.clone());
    answers
}

/// A login, a photo, a thumbnail and a film.
fn answers_like_a_gallery(service: &Local, gallery: &Gallery) -> Outcome {
    let target = Target::new(&service.url, &service.url, &gallery.store_url, &gallery.password);
    for name in ["session::json_login", "files::head", "thumbnails::default_size", "playlists::variant"] {
        let case = cases().into_iter().find(|case| case.name == name).ok_or_else(|| format!("no case {name}"))?;
        (case.run)(&target).map_err(|outcome| format!("{name}: {outcome}"))?;
    }
    Ok(())
}

/// Starts the program of the newest service with the stores to which the service was linked.
fn run(wanted: &Wanted, api: &Api) -> Result<Local, String> {
    let failed = |failure: Failure| failure.to_string();
    let account = api.account();
    let service = account.services.last().ok_or("no service was created")?;
    let config = ["gallery_config", "gallery_secrets"].map(|store| account.values(service, store));
    let config: Vec<_> = config.into_iter().flatten().collect();
    Local::viceroy(wanted.program, &config, free_address().map_err(failed)?).map_err(failed)
}

/// The stores hold what these services require and what the manifests give or ask for beyond that, and nothing else.
fn has_what_is_read(api: &Api, services: &[Wanted], more: &[Name], answers: &Fields) -> Outcome {
    let account = api.account();
    ensure!(account.refused.is_empty(), "refused: {:?}", account.refused);
    let is_read = |setting: &Setting| {
        services.iter().any(|wanted| wanted.readers.iter().any(|reader| setting.is_read_by(*reader)))
    };
    let read = SETTINGS.iter().filter(|setting| is_read(setting));
    let needed = read.filter(|setting| setting.required || more.contains(&setting.name));
    let (secret, plain): (BTreeSet<&str>, BTreeSet<&str>) =
        needed.map(|setting| setting.name.text()).partition(|name| is_secret(name));
    let Some(service) = account.services.last() else { return Err("no service was created".to_owned()) };
    for (store, names) in [("gallery_config", plain), ("gallery_secrets", secret)] {
        let values = account.values(service, store);
        ensure_eq!(values.keys().map(String::as_str).collect::<BTreeSet<_>>(), names, "{store}");
        for (name, value) in &values {
            // The CLI writes this where a manifest has no value and nobody gave an answer.
            ensure!(value != "example", "{store}: {name} has no value");
            ensure!(answers.get(name).is_none_or(|answer| answer == value), "{store}: {name} is not what was answered");
        }
    }
    Ok(())
}

/// The newest service has the backends, the links and the package that are wanted.
fn is_whole(service: &Service, wanted: &Wanted, package: &[u8]) -> Outcome {
    ensure!(service.activated, "the service was not activated");
    ensure!(service.package == package, "another package was uploaded");
    ensure_eq!(service.fields.get("type").map(String::as_str), Some("wasm"), "type of the service");
    ensure_eq!(service.domains.len(), 1, "domains");
    let backends: BTreeSet<&str> = service.backends.keys().map(String::as_str).collect();
    ensure_eq!(backends, wanted.backends.iter().copied().collect::<BTreeSet<_>>(), "backends");
    for (name, backend) in &service.backends {
        for (field, value) in [("address", HOST), ("port", "443"), ("override_host", HOST), ("ssl_sni_hostname", HOST)]
        {
            ensure_eq!(backend.get(field).map(String::as_str), Some(value), "{field} of backend {name}");
        }
    }
    ensure_eq!(service.linked("config"), BTreeSet::from(["gallery_config"]), "Config Stores");
    ensure_eq!(service.linked("secret"), BTreeSet::from(["gallery_secrets"]), "Secret Stores");
    ensure_eq!(service.linked("kv"), wanted.kv.iter().map(|store| store.name()).collect::<BTreeSet<_>>(), "KV Stores");
    Ok(())
}

/// Publishes a service for the first time, checks what was made, and returns what the CLI said.
fn publish(wanted: &Wanted, api: &Api, answers: &Fields) -> Result<String, String> {
    let failed = |failure: Failure| failure.to_string();
    let project = Project::new(wanted.program, &[]).map_err(failed)?;
    let said = talk(&project, api, answers)?;
    let account = api.account();
    let service = account.services.last().ok_or("no service was created")?;
    let read = |name: &str| fs::read(project.path(name)).map_err(|error| format!("{name}: {error}"));
    let package = read(&project.package().map_err(failed)?)?;
    is_whole(service, wanted, &package).map_err(|outcome| format!("{}: {outcome}\n{said}", wanted.program))?;
    let id = format!("service_id = \"service-{}\"", account.services.len() - 1);
    let manifest = String::from_utf8_lossy(&read(&project.manifest())?).into_owned();
    ensure!(manifest.contains(&id), "{} has no {id}", project.manifest());
    Ok(said)
}

/// Runs `fastly compute publish` in a terminal, answers what it asks, and returns what it said.
fn talk(project: &Project, api: &Api, answers: &Fields) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("fastly compute publish: {error}");
    let mut command = Command::new("timeout");
    command.args([PATIENCE, "python3", "-c", TERMINAL]).arg(harness::fastly_cli()?);
    command.args(project.words(&["publish", "--status-check-off"]));
    project.prepare(&mut command);
    command.env("FASTLY_API_ENDPOINT", api.url()).env("FASTLY_ACCOUNT_ENDPOINT", api.url());
    command.env("FASTLY_API_TOKEN", "a token of the test");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut child = command.spawn().map_err(failed)?;
    let (Some(mut input), Some(mut output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("no pipes".to_owned());
    };
    let (mut said, mut from, mut buffer) = (Vec::new(), 0, [0; 4096]);
    // The output ends with the CLI, which `timeout` ends if a question has no answer here.
    loop {
        let length = output.read(&mut buffer).map_err(failed)?;
        if length == 0 {
            break;
        }
        said.extend_from_slice(&buffer[..length]);
        if let Some(answer) = answer(&plain(&said[from..]), answers) {
            from = said.len();
            writeln!(input, "{answer}").map_err(failed)?;
        }
    }
    let status = child.wait().map_err(failed)?;
    let said = plain(&said);
    if status.success() { Ok(said) } else { Err(format!("fastly compute publish: {status}: {said}")) }
}

/// The answer to the question with which the CLI's words end, if they end with one.
fn answer(said: &str, answers: &Fields) -> Option<String> {
    let question = said.rsplit('\n').next().unwrap_or_default();
    let asked_for = |what: &str| {
        let (_, after) = said.rsplit_once(what)?;
        after.split('\'').next()
    };
    if question.ends_with("[y/N] ") {
        return Some("y".to_owned());
    }
    if question.ends_with("(or leave empty to use the existing store): ") {
        return Some(String::new());
    }
    if question == "Value: " {
        return answers.get(asked_for("Create a Secret Store entry called '")?).cloned();
    }
    if !question.ends_with("] ") {
        return None;
    }
    if question.starts_with("Value: [") {
        return Some(answers.get(asked_for("Create a config store key called '")?).cloned().unwrap_or_default());
    }
    if question.starts_with("Hostname or IP address: [") {
        return Some(HOST.to_owned());
    }
    let suggested = ["Service name: [", "Domain: [", "Port: ["].iter().any(|begin| question.starts_with(begin));
    suggested.then(String::new)
}

/// The words without what makes them bold.
fn plain(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said).replace('\r', "");
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let end = part.find(|letter: char| letter.is_ascii_alphabetic()).map_or(part.len(), |end| end + 1);
        text + &part[end..]
    })
}

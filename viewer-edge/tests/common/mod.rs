//! A service with a catalogue and links, in memory.

#![allow(dead_code, reason = "each test program uses a part")]

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use gallery::{
    link::{Flags, Link, LinkId, LinksKey},
    views::{
        Access, INDEX, View,
        build::{About, Known, build},
    },
};
use http::{Response, header};
use platform::{Platform as _, Sql as _, config::Lookup};
use platform_memory::Memory;
use viewer_edge::{Config, ViewerEdge};

pub const PASSWORD: &str = "correct horse battery";
const SECRET: &str = "a secret for tests, of more than thirty-two bytes";
pub const NOW: u64 = 1_750_000_000;

pub fn now<T>(future: impl Future<Output = T>) -> T {
    let Poll::Ready(value) = pin!(future).poll(&mut Context::from_waker(Waker::noop())) else { panic!("it waits") };
    value
}

pub fn service() -> ViewerEdge {
    service_with(&[])
}

/// A service with more in its configuration.
pub fn service_with(more: &[(&str, &str)]) -> ViewerEdge {
    let find = |name: &str| {
        if let Some((_, value)) = more.iter().find(|(known, _)| *known == name) {
            return Some((*value).to_owned());
        }
        let value = match name {
            "GALLERY_PASSWORD" => PASSWORD,
            "AUTH_SECRET" => SECRET,
            "R2_ACCESS_KEY_ID" => "id",
            "R2_SECRET_ACCESS_KEY" => "secret",
            "R2_BUCKET_NAME" => "gallery",
            "S3_ENDPOINT" => "https://store.example",
            _ => return None,
        };
        Some(value.to_owned())
    };
    ViewerEdge::new(Arc::new(Config::load(&Lookup(&find)).unwrap()))
}

/// A link to everything.
pub fn link(token: &str, flags: Flags, password: Option<String>) -> Link {
    let views = vec![View::parse(View::EVERYTHING).unwrap()];
    Link { id: LinkId::of(token).unwrap(), expires: NOW + 1000, views, flags, password }
}

/// Publishes a catalogue with these links. Its rows are in the database already, or come.
pub fn publish(memory: &Memory, links: &[Link]) {
    publish_about(memory, links, About::default());
}

/// Publishes a catalogue with these links, and with what else is said of it.
pub fn publish_about(memory: &Memory, links: &[Link], about: About) {
    let access = Access { epoch: 0, links: LinksKey::derive(SECRET.as_bytes()).seal(links) };
    let about = About { access, ..about };
    let mut built = build(Vec::new(), &about, &Known::default(), deflate::squeeze_each).unwrap();
    let index = built.index.encode().unwrap();
    let parts = built.parts.iter().map(|(name, bytes)| (name.as_str(), bytes.clone()));
    for (name, bytes) in parts.chain([(INDEX, index)]) {
        let sql = "INSERT INTO catalogue_parts (name, bytes) VALUES (?1, ?2)";
        now(memory.sql().unwrap().query(sql, &[name.into(), bytes.into()])).unwrap();
    }
}

/// The cookie that an answer sets.
pub fn cookie(response: &Response<Bytes>) -> String {
    response.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
}

//! The three servers, each with the same files.

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

use contract::{Call, Target, item};
use harness::{Failure, Gallery, Options, Process, free_address};
use tempfile::TempDir;

use crate::{
    files::{MEBIBYTE, THUMBNAIL, write},
    nginx, signed,
};

pub struct Servers {
    nginx: (Process, SocketAddr),
    serve_dir: (Process, SocketAddr),
    gallery: Gallery,
    ours: Target,
    /// The path and query of the thumbnail at the gallery.
    thumbnail: String,
    /// The folder with the files that the other two servers serve.
    _folder: TempDir,
}

/// A server: the URL of its files, and its cookie.
pub struct Server<'a> {
    pub name: &'static str,
    base: String,
    /// `None` if the server needs no login.
    cookie: Option<&'a str>,
    /// The processes that do its work.
    pub processes: Vec<u32>,
    /// The query of a URL, by its path, if the server needs a link.
    link: Option<fn(&str) -> String>,
}

impl Server<'_> {
    pub fn url(&self, file: &str) -> String {
        let url = format!("{}/{file}", self.base);
        let Some(link) = self.link else { return url };
        let path = url.splitn(4, '/').nth(3).unwrap_or_default();
        format!("{url}?{}", link(&format!("/{path}")))
    }

    pub fn get(&self, file: &str) -> Call<'static> {
        let call = Call::new(self.url(file));
        match self.cookie {
            Some(cookie) => call.header("cookie", cookie),
            None => call,
        }
    }

    pub fn cookie(&self) -> Option<&str> {
        self.cookie
    }
}

impl Servers {
    pub fn start() -> Result<Self, Failure> {
        if std::env::var_os("GALLERY_PROGRAM").is_none() {
            return Err("GALLERY_PROGRAM names no release build; run `cargo xtask bench files`".into());
        }
        let folder = tempfile::tempdir()?;
        let files = folder.path().join("files");
        write(&files)?;
        let gallery = Gallery::start(&Options { library: Some(files.clone()), ..Options::default() })?;
        let ours = Target::new(&gallery.url, &gallery.video_url, &gallery.store_url, &gallery.password);
        let thumbnail = item(&ours, MEBIBYTE)?.thumbnails.medium.ok_or("there is no thumbnail")?;
        fs::write(files.join(THUMBNAIL), ours.get(&thumbnail).expect(200)?.body)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let store = gallery.store_url.trim_start_matches("http://");
        let query = signed::presigned(&gallery.store_url, MEBIBYTE, now)?;
        let nginx = nginx::start(folder.path(), &files, store, &query)?;
        Ok(Self { nginx, serve_dir: serve_dir(&files)?, gallery, ours, thumbnail, _folder: folder })
    }

    /// nginx with a link that it checks, and the gallery, both with the thumbnail.
    pub fn thumbnail(&self) -> Result<[(Server<'_>, String); 2], Failure> {
        let nginx = Server { link: Some(signed::query), ..self.nginx("checked", Vec::new()) };
        Ok([(nginx, THUMBNAIL.to_owned()), (self.gallery("")?, self.thumbnail.trim_start_matches('/').to_owned())])
    }

    /// nginx with a link that it checks, in front of the gallery's store, and the gallery, both with the 1 MiB.
    pub fn passed(&self) -> Result<[(Server<'_>, String); 2], Failure> {
        // The store is in the gallery's process, which does nothing else then.
        let nginx = Server { link: Some(signed::query), ..self.nginx("passed", vec![self.gallery.process_id()]) };
        Ok([(nginx, MEBIBYTE.to_owned()), (self.gallery("/api/file")?, MEBIBYTE.to_owned())])
    }

    pub fn thumbnail_length(&self) -> Result<usize, Failure> {
        Ok(self.ours.get(&self.thumbnail).expect(200)?.body.len())
    }

    fn nginx(&self, folder: &str, more: Vec<u32>) -> Server<'_> {
        let (process, address) = &self.nginx;
        let processes = [vec![process.id()], more].concat();
        Server { name: "nginx", base: format!("http://{address}/{folder}"), cookie: None, processes, link: None }
    }

    fn gallery(&self, path: &str) -> Result<Server<'_>, Failure> {
        Ok(Server {
            name: "ours",
            base: format!("{}{path}", self.gallery.url),
            cookie: Some(self.ours.cookie()?),
            processes: vec![self.gallery.process_id()],
            link: None,
        })
    }

    /// The three servers, the gallery last.
    pub fn all(&self) -> Result<[Server<'_>; 3], Failure> {
        let (process, address) = &self.serve_dir;
        let serve_dir = Server {
            name: "tower-http",
            base: format!("http://{address}"),
            cookie: None,
            processes: vec![process.id()],
            link: None,
        };
        let (_, address) = &self.nginx;
        let nginx = Server { base: format!("http://{address}"), ..self.nginx("", Vec::new()) };
        Ok([nginx, serve_dir, self.gallery("/api/file")?])
    }
}

fn serve_dir(files: &Path) -> Result<(Process, SocketAddr), Failure> {
    let address = free_address()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("serve-dir").arg(files).env("LISTEN", address.to_string());
    nginx::listening(&mut command, "serve-dir", address)
}

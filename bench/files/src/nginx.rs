//! nginx, configured as in Debian where this matters: `sendfile`, an access log, one worker per core.

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use harness::{Failure, Process, free_address};

use crate::{files::MEBIBYTE, signed::SECRET};

/// How long a server may take to listen.
const PATIENCE: Duration = Duration::from_secs(10);

/// Starts nginx. It serves the files to anyone, below `/checked/` to whoever has a link, and `/passed/` from the store
/// to whoever has a link. `store` is its address, and `query` the query with which it gives the 1 MiB.
pub fn start(folder: &Path, files: &Path, store: &str, query: &str) -> Result<(Process, SocketAddr), Failure> {
    let address = free_address()?;
    let path = folder.join("nginx.conf");
    let (folder, files) = (folder.display(), files.display());
    // If the master runs as root, its workers run as another user, who may not read the folder.
    let user = if rustix::process::geteuid().is_root() { "user root;" } else { "" };
    let check = format!(
        r#"secure_link $arg_md5,$arg_expires;
            secure_link_md5 "$secure_link_expires$uri {SECRET}";
            if ($secure_link = "") {{ return 403; }}
            if ($secure_link = "0") {{ return 410; }}"#
    );
    let config = format!(
        r#"
daemon off;
{user}
worker_processes auto;
pid "{folder}/nginx.pid";
error_log "{folder}/error.log";
events {{ worker_connections 768; }}
http {{
    sendfile on;
    tcp_nopush on;
    types {{ image/png png; image/jpeg jpg; image/webp webp; }}
    default_type application/octet-stream;
    access_log "{folder}/access.log";
    client_body_temp_path "{folder}/body";
    proxy_temp_path "{folder}/proxy";
    fastcgi_temp_path "{folder}/fastcgi";
    uwsgi_temp_path "{folder}/uwsgi";
    scgi_temp_path "{folder}/scgi";
    upstream store {{ server {store}; keepalive 32; }}
    server {{
        listen {address};
        root "{files}";
        keepalive_requests 1000000;
        location /checked/ {{
            {check}
            alias "{files}/";
        }}
        location = /passed/{MEBIBYTE} {{
            {check}
            set $args "{query}";
            proxy_pass http://store/gallery/{MEBIBYTE};
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host "{store}";
            # With its defaults it writes much of a MiB to a file first.
            proxy_buffer_size 64k;
            proxy_buffers 16 64k;
            proxy_busy_buffers_size 128k;
            proxy_max_temp_file_size 0;
        }}
    }}
}}
"#
    );
    fs::write(&path, config)?;
    let program = std::env::var_os("NGINX_PROGRAM").unwrap_or_else(|| "nginx".into());
    let mut command = Command::new(program);
    command.arg("-e").arg(format!("{folder}/error.log")).arg("-c").arg(path);
    listening(&mut command, "nginx", address)
}

/// Starts a server and waits until it listens.
pub fn listening(command: &mut Command, name: &str, address: SocketAddr) -> Result<(Process, SocketAddr), Failure> {
    command.stdin(Stdio::null());
    let started = std::time::Instant::now();
    let process = Process::listening(command, name, address, Path::new(""), || started.elapsed() > PATIENCE)?;
    Ok((process, address))
}

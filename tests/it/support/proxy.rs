//! A door to a database that can be moved to another one, as an address that follows the primary does.

use std::sync::{Arc, Mutex};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// The door. Closed when dropped.
pub struct Proxy {
    port: u16,
    to: Arc<Mutex<u32>>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Opens a door to a port of this machine.
    pub async fn to(port: u32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let own = listener.local_addr().expect("an address").port();
        let to = Arc::new(Mutex::new(port));
        let task = tokio::spawn(serve(listener, to.clone()));
        Self { port: own, to, task }
    }

    /// Its own port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on it leads to another port; connections that are open stay where they are.
    pub fn lead_to(&self, port: u32) {
        *self.to.lock().expect("nothing panics with the port in hand") = port;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, to: Arc<Mutex<u32>>) {
    // Ends with this task, and so do they.
    let mut connections = JoinSet::new();
    loop {
        let (mut client, _) = listener.accept().await.expect("it listens");
        let port = u16::try_from(*to.lock().expect("nothing panics with the port in hand")).expect("a port");
        connections.spawn(async move {
            // When nobody is there the client sees its connection closed.
            if let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await {
                tokio::io::copy_bidirectional(&mut client, &mut server).await.ok();
            }
        });
        while connections.try_join_next().is_some() {}
    }
}

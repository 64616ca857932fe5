//! One HTTP/1.1 connection: all that a client of the load needs, at little cost to the processor it shares with the server.

use crate::Failure;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use std::time::Duration;
use tokio::net::TcpStream;

/// Longer than any answer may take.
const ANSWER: Duration = Duration::from_secs(30);

/// A server.
#[derive(Debug, Clone)]
pub struct Address {
    authority: String,
    host: HeaderValue,
}

impl Address {
    /// From `http://host:port`.
    ///
    /// # Errors
    /// When it is no such address.
    pub fn parse(url: &str) -> Result<Self, Failure> {
        let uri: Uri = url.parse()?;
        if uri.scheme_str() != Some("http") {
            return Err(format!("{url}: the load speaks plain http://HOST:PORT").into());
        }
        let host = uri.host().ok_or("an address names a host")?;
        let authority = format!("{host}:{}", uri.port_u16().unwrap_or(80));
        Ok(Self { host: HeaderValue::from_str(&authority)?, authority })
    }
}

/// A connection of one client, made again when the server ends it.
pub struct Client {
    address: Address,
    bearer: Option<HeaderValue>,
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Client {
    /// Not connected yet. `token` is that of the person who asks.
    ///
    /// # Errors
    /// When the token cannot be a header.
    pub fn new(address: &Address, token: Option<&str>) -> Result<Self, Failure> {
        let bearer = token.map(|token| HeaderValue::from_str(&format!("Bearer {token}"))).transpose()?;
        Ok(Self { address: address.clone(), bearer, sender: None })
    }

    /// Posts a GraphQL request.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn graphql(&mut self, body: Bytes) -> Result<(StatusCode, Bytes), Failure> {
        let request = Request::builder().method(Method::POST).uri("/graphql");
        self.send(request.header(CONTENT_TYPE, "application/json"), body).await
    }

    /// Gets a page.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn get(&mut self, path: &str) -> Result<(StatusCode, Bytes), Failure> {
        self.send(Request::builder().uri(path), Bytes::new()).await
    }

    async fn send(
        &mut self,
        request: hyper::http::request::Builder,
        body: Bytes,
    ) -> Result<(StatusCode, Bytes), Failure> {
        let mut request = request.header(HOST, self.address.host.clone());
        if let Some(bearer) = &self.bearer {
            request = request.header(AUTHORIZATION, bearer.clone());
        }
        let request = request.body(Full::new(body))?;
        let answered = tokio::time::timeout(ANSWER, self.exchange(request)).await.map_err(Failure::from);
        let answered = answered.and_then(|answer| answer);
        if answered.is_err() {
            self.sender = None;
        }
        answered
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), Failure> {
        let mut sender = match self.sender.take().filter(|sender| !sender.is_closed()) {
            Some(sender) => sender,
            None => connect(&self.address).await?,
        };
        sender.ready().await?;
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        let bytes = answer.into_body().collect().await?.to_bytes();
        self.sender = Some(sender);
        Ok((status, bytes))
    }
}

async fn connect(address: &Address) -> Result<SendRequest<Full<Bytes>>, Failure> {
    let stream = TcpStream::connect(&address.authority).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Its error reaches whoever waits for an answer, too.
    tokio::spawn(async move { drop(connection.await) });
    Ok(sender)
}

//! How often one may ask where nobody signs in and the address is the key: so often a client, and so often a key. Nobody
//! guesses a key of 128 bits; the limit keeps who tries, or a program gone mad, from taking the server's time.

use crate::errore::Errore;
use crate::state::Web;
use axum::Router;
use axum::extract::{ConnectInfo, RawPathParams, Request, State};
use axum::http::HeaderMap;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use lru::LruCache;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Numeric limits. Each has a test.
pub mod limits {
    use std::num::{NonZeroU32, NonZeroUsize};
    use std::time::Duration;

    /// Requests that a client may send at once, before it has to wait: a page and what follows from it, for a whole office
    /// behind one address.
    pub const INSIEME_CLIENTE: NonZeroU32 = NonZeroU32::new(120).expect("not zero");
    /// After which time a client may send one more.
    pub const PASSO_CLIENTE: Duration = Duration::from_millis(500);
    /// Requests that one key opens at once.
    pub const INSIEME_CHIAVE: NonZeroU32 = NonZeroU32::new(60).expect("not zero");
    /// After which time a key opens one more.
    pub const PASSO_CHIAVE: Duration = Duration::from_secs(1);
    /// Clients, and keys, that are remembered; whoever asked longest ago is forgotten first.
    pub const RICORDATI: NonZeroUsize = NonZeroUsize::new(20_000).expect("not zero");
    /// Characters of a key that are looked at: longer ones are none.
    pub const CARATTERI: usize = 256;
}

/// One allowance.
type Misura<C> = RateLimiter<NotKeyed, InMemoryState, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// Allowances by name: never more than are remembered, however many ask.
struct Misure<K: Hash + Eq, C: Clock> {
    quota: Quota,
    clock: C,
    note: Mutex<LruCache<K, Misura<C>>>,
}

impl<K: Hash + Eq, C: Clock + Clone> Misure<K, C> {
    fn new((insieme, passo): (NonZeroU32, Duration), ricordati: NonZeroUsize, clock: C) -> Self {
        let one = Quota::per_second(NonZeroU32::MIN);
        let quota = Quota::with_period(passo).unwrap_or(one).allow_burst(insieme);
        Self { quota, clock, note: Mutex::new(LruCache::new(ricordati)) }
    }

    /// Takes one from the allowance, or says how long to wait.
    fn prendi(&self, key: K) -> Result<(), Duration> {
        let mut note = self.note.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || RateLimiter::direct_with_clock(self.quota, self.clock.clone());
        let found = note.get_or_insert(key, fresh).check();
        found.map_err(|not_before| not_before.wait_time_from(self.clock.now()))
    }
}

/// The limit of some routes.
pub struct Limite<C: Clock = MonotonicClock> {
    clienti: Misure<IpAddr, C>,
    chiavi: Misure<String, C>,
}

impl Default for Limite {
    fn default() -> Self {
        Self::new(MonotonicClock)
    }
}

impl<C: Clock + Clone> Limite<C> {
    fn new(clock: C) -> Self {
        let clienti = (limits::INSIEME_CLIENTE, limits::PASSO_CLIENTE);
        let chiavi = (limits::INSIEME_CHIAVE, limits::PASSO_CHIAVE);
        Self {
            clienti: Misure::new(clienti, limits::RICORDATI, clock.clone()),
            chiavi: Misure::new(chiavi, limits::RICORDATI, clock),
        }
    }

    /// One request of a client with a key, or how long to wait. The client counts first: who has none left does not use up
    /// what others may do with the key.
    fn passa(&self, cliente: Option<IpAddr>, chiave: Option<&str>) -> Result<(), Duration> {
        if let Some(cliente) = cliente {
            self.clienti.prendi(rete(cliente))?;
        }
        match chiave.filter(|chiave| chiave.len() <= limits::CARATTERI) {
            Some(chiave) => self.chiavi.prendi(chiave.to_owned()),
            None => Ok(()),
        }
    }
}

/// What counts as one client: an address of version 4, a network of 64 bits of version 6, which is what one line gets.
fn rete(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) & (u128::MAX << 64))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Whether an address is on this machine or on a network of one's own, where a proxy may stand.
fn vicino(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// Who asks. Behind a proxy that is the last address which the proxy wrote down; what stands before it anybody could have
/// written.
fn cliente(peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let last = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    let said = last.and_then(|list| list.rsplit(',').next()).and_then(|text| text.trim().parse().ok());
    said.filter(|_| vicino(peer)).unwrap_or(peer)
}

async fn controlla(
    State(limite): State<Arc<Limite>>,
    parts: RawPathParams,
    request: Request,
    next: Next,
) -> Result<Response, Errore> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let cliente = peer.map(|peer| cliente(peer, request.headers()));
    let chiave = parts.iter().next().map(|(_, value)| value);
    limite.passa(cliente, chiave).map_err(|riprova_tra| Errore::TroppeRichieste { riprova_tra })?;
    Ok(next.run(request).await)
}

/// The routes with a limit of their own; the first part of their addresses that is not fixed is the key.
pub fn limitate(routes: Router<Web>) -> Router<Web> {
    routes.route_layer(from_fn_with_state(Arc::new(Limite::default()), controlla))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::{StatusCode, header};
    use axum::routing::get;
    use governor::clock::FakeRelativeClock;
    use tower::ServiceExt as _;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn count(limite: &Limite<FakeRelativeClock>, cliente: &str, chiave: impl Fn(u32) -> String) -> u32 {
        let passed = (0..1_000).take_while(|n| limite.passa(Some(ip(cliente)), Some(&chiave(*n))).is_ok());
        u32::try_from(passed.count()).unwrap()
    }

    #[test]
    fn a_client_asks_so_often_and_then_one_at_a_time() {
        let clock = FakeRelativeClock::default();
        let limite = Limite::new(clock.clone());
        let other = |n: u32| n.to_string();
        assert_eq!(count(&limite, "192.0.2.1", other), limits::INSIEME_CLIENTE.get());
        let wait = limite.passa(Some(ip("192.0.2.1")), None).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= limits::PASSO_CLIENTE, "{wait:?}");
        limite.passa(Some(ip("192.0.2.2")), None).unwrap();
        clock.advance(limits::PASSO_CLIENTE);
        assert_eq!(count(&limite, "192.0.2.1", other), 1);
    }

    #[test]
    fn a_key_opens_so_often_whoever_asks() {
        let clock = FakeRelativeClock::default();
        let limite = Limite::new(clock.clone());
        let clients = |n: u32| Some(ip(&format!("198.51.{}.{}", n / 200, n % 200)));
        let opened = (0..1_000).take_while(|n| limite.passa(clients(*n), Some("one")).is_ok()).count();
        assert_eq!(u32::try_from(opened).unwrap(), limits::INSIEME_CHIAVE.get());
        limite.passa(clients(0), Some("other")).unwrap();
        clock.advance(limits::PASSO_CHIAVE);
        limite.passa(clients(0), Some("one")).unwrap();
        limite.passa(clients(0), Some("one")).unwrap_err();
        // What is no key is not remembered.
        let before = limite.chiavi.note.lock().unwrap().len();
        limite.passa(None, Some(&"a".repeat(limits::CARATTERI + 1))).unwrap();
        assert_eq!(limite.chiavi.note.lock().unwrap().len(), before);
    }

    #[test]
    fn no_more_are_remembered_than_the_limit() {
        let misure =
            Misure::new((NonZeroU32::MIN, Duration::from_mins(1)), limits::RICORDATI, FakeRelativeClock::default());
        for n in 0..limits::RICORDATI.get() + 100 {
            misure.prendi(n).unwrap();
        }
        assert_eq!(misure.note.lock().unwrap().len(), limits::RICORDATI.get());
        misure.prendi(limits::RICORDATI.get()).unwrap_err();
    }

    #[test]
    fn one_line_is_one_client_and_only_a_proxy_speaks_for_others() {
        assert_eq!(rete(ip("2001:db8:1:2:3:4:5:6")), rete(ip("2001:db8:1:2::1")));
        assert_ne!(rete(ip("2001:db8:1:2::1")), rete(ip("2001:db8:1:3::1")));
        assert_eq!(rete(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
        let mut headers = HeaderMap::new();
        assert_eq!(cliente(ip("127.0.0.1"), &headers), ip("127.0.0.1"));
        headers.append("x-forwarded-for", "198.51.100.7, 203.0.113.9".parse().unwrap());
        for proxy in ["127.0.0.1", "10.1.2.3", "fd00::1", "::1"] {
            assert_eq!(cliente(ip(proxy), &headers), ip("203.0.113.9"), "{proxy}");
        }
        assert_eq!(cliente(ip("192.0.2.1"), &headers), ip("192.0.2.1"), "anybody can say so");
        headers.append("x-forwarded-for", "nobody".parse().unwrap());
        assert_eq!(cliente(ip("127.0.0.1"), &headers), ip("127.0.0.1"));
    }

    #[tokio::test]
    async fn beyond_it_a_page_says_when_to_come_back() {
        let limite = Arc::new(Limite::default());
        let routes = Router::new()
            .route("/a/{token}", get(|| async { "ok" }))
            .route("/a/{token}/{altro}", get(|| async { "ok" }))
            .route_layer(from_fn_with_state(limite, controlla));
        let ask = |path: &str| {
            let mut request = Request::new(Body::empty());
            *request.uri_mut() = path.parse().unwrap();
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 1))));
            routes.clone().oneshot(request)
        };
        for n in 0..limits::INSIEME_CHIAVE.get() {
            let path = if n % 2 == 0 { "/a/uno" } else { "/a/uno/altro" };
            assert_eq!(ask(path).await.unwrap().status(), StatusCode::OK);
        }
        let refused = ask("/a/uno").await.unwrap();
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        let seconds: u64 = refused.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
        assert!(seconds >= 1);
        assert_eq!(ask("/a/due").await.unwrap().status(), StatusCode::OK);
    }
}

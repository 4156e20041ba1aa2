//! How often somebody may ask: a client by its subject, whoever has no accepted token by address.
//!
//! Each replica counts for itself. Addresses are counted and forgotten, never stored or logged.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;

use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter};
use ipnet::IpNet;

use super::claims::Caller;
use crate::problem::{Problem, ProblemKind};

/// So many attempts a minute of a caller to see what is protected and not its own are entered in the audit log; further ones
/// stand in the access log only, so that nobody fills the audit log who may not do a thing.
pub const REFUSALS_A_MINUTE: u32 = 10;

/// Marks a request that was counted, by client or by address, whatever came of it.
#[derive(Clone, Copy, Debug)]
pub struct Counted;

/// The limits.
pub struct Limits {
    refusals: DefaultKeyedRateLimiter<String>,
    clients: DefaultKeyedRateLimiter<String>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    /// The proxies that are believed.
    proxies: Vec<IpNet>,
}

impl Limits {
    /// Limits of so many requests a minute, and as many at once, for each client and each address, which the proxies in these
    /// networks tell.
    pub fn new(a_client: NonZeroU32, an_address: NonZeroU32, proxies: Vec<IpNet>) -> Self {
        let refusals = NonZeroU32::new(REFUSALS_A_MINUTE).unwrap_or(NonZeroU32::MIN);
        Self {
            refusals: RateLimiter::keyed(Quota::per_minute(refusals)),
            clients: RateLimiter::keyed(Quota::per_minute(a_client)),
            addresses: RateLimiter::keyed(Quota::per_minute(an_address)),
            proxies,
        }
    }

    /// Counts a request of a caller whose token was accepted; 429 where there were too many.
    pub fn admit_client(&self, request: &HttpRequest, caller: &Caller) -> Result<(), Problem> {
        request.extensions_mut().insert(Counted);
        self.clients.check_key(&caller.subject).map_err(|until| {
            too_many(
                &until,
                "The client has asked too often.",
                "Klienten har spurgt for ofte.",
            )
        })
    }

    /// Counts an attempt to see what is protected that came to nothing; whether it is still to be entered in the audit log.
    pub fn admit_refusal(&self, caller: &Caller) -> bool {
        self.refusals.check_key(&caller.subject).is_ok()
    }

    /// By what address a request is counted; none where it came over no network.
    pub fn address(&self, request: &HttpRequest) -> Option<IpAddr> {
        let peer = request.peer_addr()?;
        let forwarded = request.headers().get_all(header::X_FORWARDED_FOR);
        let hops: Vec<&str> = forwarded
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        Some(counted(self.caller(peer.ip(), &hops)))
    }

    /// Counts a request without an accepted token; 429 where there were too many from its address.
    pub fn admit_address(&self, request: &HttpRequest) -> Result<(), Problem> {
        request.extensions_mut().insert(Counted);
        let Some(address) = self.address(request) else {
            return Ok(());
        };
        self.addresses.check_key(&address).map_err(|until| {
            too_many(
                &until,
                "The address has asked too often without an accepted token.",
                "Adressen har spurgt for ofte uden et godtaget token.",
            )
        })
    }

    /// Who asked: the peer, or where that is a trusted proxy whom it heard, and so on. What stands further left may be made up.
    fn caller(&self, peer: IpAddr, hops: &[&str]) -> IpAddr {
        let mut address = peer.to_canonical();
        for hop in hops.iter().rev() {
            if !self.proxies.iter().any(|network| network.contains(&address)) {
                break;
            }
            match read(hop.trim()) {
                Some(heard) => address = heard.to_canonical(),
                None => break,
            }
        }
        address
    }

    /// Forgets those who have not asked for a while.
    pub fn forget_idle(&self) {
        self.refusals.retain_recent();
        self.refusals.shrink_to_fit();
        self.clients.retain_recent();
        self.clients.shrink_to_fit();
        self.addresses.retain_recent();
        self.addresses.shrink_to_fit();
    }
}

/// An address, with or without a port.
fn read(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse::<SocketAddr>().map(|address| address.ip());
    text.parse().or_else(|_| with_port()).ok()
}

/// What is counted together: a site has 2^64 addresses of IPv6.
fn counted(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

fn too_many(until: &NotUntil<<DefaultClock as Clock>::Instant>, en: &'static str, da: &'static str) -> Problem {
    let seconds = until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
    Problem::new(ProblemKind::RateLimited, en, da).retry_after(u32::try_from(seconds).unwrap_or(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        let proxies = vec!["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        Limits::new(NonZeroU32::MIN, NonZeroU32::MIN, proxies)
    }

    #[test]
    fn only_trusted_proxies_are_believed_and_only_as_far_as_they_reach() {
        let limits = limits();
        for (peer, hops, caller) in [
            ("203.0.113.9", vec!["198.51.100.1"], "203.0.113.9"),
            ("10.0.0.1", vec!["198.51.100.1"], "198.51.100.1"),
            (
                "10.0.0.1",
                vec!["1.1.1.1", " 198.51.100.1", " 10.2.3.4"],
                "198.51.100.1",
            ),
            ("::ffff:10.0.0.1", vec!["198.51.100.1:4711"], "198.51.100.1"),
            ("::1", vec!["[2001:db8::1]:80"], "2001:db8::1"),
            ("10.0.0.1", vec!["198.51.100.1", "unknown"], "10.0.0.1"),
            ("10.0.0.1", vec![], "10.0.0.1"),
        ] {
            let (peer, expected): (IpAddr, IpAddr) = (peer.parse().unwrap(), caller.parse().unwrap());
            assert_eq!(limits.caller(peer, &hops), expected, "{peer} {hops:?}");
        }
    }

    #[test]
    fn the_addresses_of_one_site_are_counted_together() {
        let of = |text: &str| counted(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2:ffff::"));
        assert_ne!(of("2001:db8:1:2::"), of("2001:db8:1:3::"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}

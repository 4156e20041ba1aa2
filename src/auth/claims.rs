//! What a token says (RFC 9068), and what of it the service goes by.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::role::{Permission, Role};

/// The claims of an access token (RFC 9068, section 2.2), with the role, organisation and plans of its holder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// Who issued it: the service's public address.
    pub iss: String,
    /// Whom it is for.
    pub aud: String,
    /// The client, or who asked for the token on the command line.
    pub sub: String,
    /// The OAuth client.
    pub client_id: String,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
    /// When it begins, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// The token's own id.
    pub jti: String,
    /// The granted scopes, separated by spaces; none named, none had.
    #[serde(default)]
    pub scope: String,
    /// The role; an unknown one is a valid token that may nothing.
    pub role: String,
    /// The holder's organisation, by code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// The plans it reaches, by code.
    #[serde(default)]
    pub plans: Vec<String>,
}

/// The rows that a caller reaches: the first filter of every query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Which plans.
    pub plans: Plans,
    /// The caller's organisation, where the token names one.
    pub organisation: Option<String>,
}

/// Which plans a caller reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plans {
    /// Those that are open to everyone.
    Public,
    /// Those that the token names.
    Named(Vec<String>),
    /// All: for the operator's command line, never for a token.
    Every,
}

impl Scope {
    /// Whether a plan of this code may be looked up at all.
    pub fn may_reach(&self, plan: &str) -> bool {
        match &self.plans {
            Plans::Public | Plans::Every => true,
            Plans::Named(codes) => codes.iter().any(|code| code == plan),
        }
    }
}

/// By what a caller is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// An access token of a registered client.
    Client,
    /// An access token of the command line, for no registered client.
    Operator,
    /// A read token.
    Read,
    /// A token of a trusted issuer.
    External,
}

/// Who is calling.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The token's subject; `public` without a token.
    pub subject: String,
    /// The OAuth client, if there is an access token; the id of a read token.
    pub client_id: Option<String>,
    /// What kind of token, if there is one.
    pub token: Option<TokenKind>,
    /// The role; none where the token names one that the service does not know.
    pub role: Option<Role>,
    /// What role and scope together allow.
    pub permissions: Vec<Permission>,
    /// The rows it reaches.
    pub scope: Scope,
    /// When the token ends, in seconds since 1970.
    pub expires_at: Option<i64>,
}

impl Caller {
    /// A caller without a token.
    pub fn public() -> Arc<Self> {
        Arc::new(Self {
            subject: "public".to_owned(),
            client_id: None,
            token: None,
            role: Some(Role::Public),
            permissions: Role::Public.permissions().collect(),
            scope: Scope {
                plans: Plans::Public,
                organisation: None,
            },
            expires_at: None,
        })
    }

    /// The holder of a verified token.
    pub fn from_claims(claims: Claims) -> Arc<Self> {
        let role: Option<Role> = claims.role.parse().ok();
        let granted: Vec<&str> = claims.scope.split_whitespace().collect();
        let permissions = role
            .map(|role| {
                role.permissions()
                    .filter(|permission| granted.contains(&permission.scope()))
                    .collect()
            })
            .unwrap_or_default();
        // Registered clients are known by a UUID, which no organisation or role is.
        let token = match claims.client_id.parse::<Uuid>() {
            Ok(_) => TokenKind::Client,
            Err(_) => TokenKind::Operator,
        };
        Arc::new(Self {
            subject: claims.sub,
            client_id: Some(claims.client_id),
            token: Some(token),
            role,
            permissions,
            scope: Scope {
                plans: Plans::Named(claims.plans),
                organisation: claims.org,
            },
            expires_at: Some(claims.exp),
        })
    }

    /// The holder of a read token, which allows of its scopes only those that read.
    pub fn of_read_token(id: Uuid, role: Role, scope: Scope, granted: &str, expires_at: i64) -> Arc<Self> {
        let granted: Vec<&str> = granted.split_whitespace().collect();
        Arc::new(Self {
            subject: id.to_string(),
            client_id: Some(id.to_string()),
            token: Some(TokenKind::Read),
            role: Some(role),
            permissions: role
                .permissions()
                .filter(|permission| permission.reads() && granted.contains(&permission.scope()))
                .collect(),
            scope,
            expires_at: Some(expires_at),
        })
    }

    /// The holder of a token of a trusted issuer. The subject names the issuer, so that it is nobody else's; so does the client.
    pub fn of_external(
        subject: String,
        role: Option<Role>,
        scope: Scope,
        granted: &[String],
        expires_at: i64,
    ) -> Arc<Self> {
        let is_granted = |permission: &Permission| granted.iter().any(|scope| scope == permission.scope());
        Arc::new(Self {
            client_id: Some(subject.clone()),
            subject,
            token: Some(TokenKind::External),
            role,
            permissions: role
                .map(|role| role.permissions().filter(is_granted).collect())
                .unwrap_or_default(),
            scope,
            expires_at: Some(expires_at),
        })
    }

    /// The registered client whose access token it is, by its id.
    pub fn registered_client(&self) -> Option<Uuid> {
        let is_client = self.token == Some(TokenKind::Client);
        self.client_id.as_ref().filter(|_| is_client)?.parse().ok()
    }

    /// Whether the caller came with a token.
    pub fn is_authenticated(&self) -> bool {
        self.client_id.is_some()
    }

    /// Whether role and scope together allow the permission.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(role: &str, scope: &str) -> Claims {
        Claims {
            iss: String::new(),
            aud: String::new(),
            sub: "s".into(),
            client_id: "c".into(),
            iat: 0,
            exp: 0,
            nbf: None,
            jti: String::new(),
            scope: scope.into(),
            role: role.into(),
            org: None,
            plans: vec!["p".into()],
        }
    }

    #[test]
    fn a_scope_narrows_the_role_and_never_widens_it() {
        let caller = Caller::from_claims(claims("board", "measurements:read kendskabsgrad:write nonsense"));
        assert_eq!(caller.permissions, [Permission::ReadMeasurements]);
    }

    #[test]
    fn a_read_token_reads_whatever_it_was_given() {
        let scope = Scope {
            plans: Plans::Named(vec!["p".into()]),
            organisation: None,
        };
        let granted = "measurements:read measurements:write";
        let caller = Caller::of_read_token(Uuid::now_v7(), Role::Secretariat, scope, granted, 0);
        assert_eq!(caller.permissions, [Permission::ReadMeasurements]);
        assert_eq!(caller.registered_client(), None);
    }

    #[test]
    fn a_registered_client_is_known_by_its_id() {
        let mut claims = claims("board", "");
        assert_eq!(Caller::from_claims(claims.clone()).registered_client(), None);
        let id = Uuid::now_v7();
        claims.client_id = id.to_string();
        assert_eq!(Caller::from_claims(claims).registered_client(), Some(id));
    }

    #[test]
    fn no_scope_and_an_unknown_role_allow_nothing() {
        assert!(Caller::from_claims(claims("board", "")).permissions.is_empty());
        let caller = Caller::from_claims(claims("mayor", "measurements:read"));
        assert!(caller.permissions.is_empty());
        assert_eq!(caller.role, None);
    }
}

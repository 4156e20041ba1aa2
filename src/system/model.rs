//! How the service describes itself and its caller.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::role::{Permission, Role};
use crate::auth::{Caller, TokenKind};
use crate::problem::{Language, ProblemKind, Text};

/// Whether the service is there.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`
    #[schema(example = "ok")]
    pub status: &'static str,
}

/// Who is calling, and what they may.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Me)]
pub struct MeView {
    /// The token's subject; `public` without a token.
    #[schema(example = "jobcenter-fredericia")]
    pub subject: String,
    /// The OAuth client, the id of the read token, or issuer and subject of a trusted issuer's token; null without a token.
    #[schema(required)]
    pub client_id: Option<String>,
    /// `client`: an access token of a registered client. `operator`: one of the command line. `read`: a read token.
    /// `external`: a token of a trusted issuer. Null without a token.
    #[schema(required)]
    pub token_kind: Option<TokenKind>,
    /// The role; null where the token names one that the service does not know.
    #[schema(required)]
    pub role: Option<Role>,
    /// The caller's organisation.
    #[schema(required, example = "jobcenter-fredericia")]
    pub organisation: Option<String>,
    /// The scopes that role and token together give.
    #[schema(example = json!(["plan:read", "kendskabsgrad:write"]))]
    pub permissions: Vec<String>,
    /// The scopes that the caller does not have, and why.
    pub hidden: Vec<HiddenView>,
    /// The plans that the caller reaches.
    pub plans: Vec<ReachView>,
    /// When the token ends; null without a token.
    #[schema(required)]
    pub expires_at: Option<DateTime<Utc>>,
}

/// Why a caller does not have a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// The role never has it.
    Role,
    /// The role has it, this token was not given it.
    Token,
}

/// A scope that the caller does not have.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Hidden)]
pub struct HiddenView {
    /// The scope.
    #[schema(example = "kendskabsgrad:write")]
    pub scope: String,
    /// `role`: the role never has it. `token`: the role has it, this token was not given it.
    pub because: Because,
    /// The same for people.
    pub detail: String,
}

/// What of a plan the caller reaches.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Reach)]
pub struct ReachView {
    /// The plan's code.
    #[schema(example = "fredericia-2023-2026")]
    pub plan: String,
    /// The caller's organisation and the units below it: those whose data it may write.
    #[schema(example = json!(["jobcenter-fredericia"]))]
    pub units: Vec<String>,
    /// The areas that these run. Figures of all areas can be read.
    pub areas: Vec<String>,
}

impl MeView {
    /// Describes a caller.
    pub fn new(caller: &Caller, plans: Vec<ReachView>, language: Language) -> Self {
        Self {
            subject: caller.subject.clone(),
            client_id: caller.client_id.clone(),
            token_kind: caller.token,
            role: caller.role,
            organisation: caller.scope.organisation.clone(),
            permissions: caller
                .permissions
                .iter()
                .map(|permission| permission.scope().to_owned())
                .collect(),
            hidden: Permission::ALL
                .iter()
                .filter(|permission| !caller.may(**permission))
                .map(|permission| hidden(caller.role, *permission, language))
                .collect(),
            plans,
            expires_at: caller
                .expires_at
                .and_then(|seconds| DateTime::from_timestamp(seconds, 0)),
        }
    }
}

fn hidden(role: Option<Role>, permission: Permission, language: Language) -> HiddenView {
    let scope = permission.scope().to_owned();
    let has_role = role.is_some_and(|role| role.may(permission));
    let (because, detail) = if has_role {
        (
            Because::Token,
            Text::new(
                "The role has this scope, but this token was not given it.",
                "Rollen har dette scope, men dette token har ikke fået det.",
            ),
        )
    } else if role.is_none() {
        (
            Because::Role,
            Text::new(
                "The token names no role that this service knows or its issuer may give.",
                "Tokenet angiver ingen rolle, som tjenesten kender, eller som udstederen må give.",
            ),
        )
    } else if role == Some(Role::Public) {
        (
            Because::Role,
            Text::new(
                "It needs a token; there was none.",
                "Det kræver et token; der var intet.",
            ),
        )
    } else {
        (
            Because::Role,
            Text::new("The role never has this scope.", "Rollen har aldrig dette scope."),
        )
    };
    HiddenView {
        scope,
        because,
        detail: detail.in_language(language).to_owned(),
    }
}

/// What a problem's `type` means.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ProblemType)]
pub struct ProblemTypeView {
    /// The `type` in problem documents.
    #[schema(example = "/problems/invalid-content")]
    pub r#type: String,
    /// The HTTP status that goes with it.
    #[schema(example = 422)]
    pub status: u16,
    /// A few words.
    #[schema(example = "The content breaks a rule")]
    pub title: String,
    /// What it means and what to do.
    pub explanation: String,
}

impl ProblemTypeView {
    /// The row of one kind.
    pub fn new(kind: ProblemKind, language: Language) -> Self {
        let entry = kind.entry();
        Self {
            r#type: format!("/problems/{}", entry.code),
            status: entry.status.as_u16(),
            title: entry.title.in_language(language).to_owned(),
            explanation: entry.explanation.in_language(language).to_owned(),
        }
    }
}

/// The closed list of problems.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ProblemTypes)]
pub struct ProblemTypesView {
    /// The problems, in the order of their status.
    pub items: Vec<ProblemTypeView>,
}

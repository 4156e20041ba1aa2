//! The closed list of problems: one row a kind.

use actix_web::http::StatusCode;

use super::Text;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident, $code:literal, $status:ident, $title:literal, $title_da:literal, $about:literal, $about_da:literal;)+) => {
        /// The closed list of problems.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ProblemKind { $($(#[$doc])* $kind,)+ }

        impl ProblemKind {
            /// Every kind, in the order of status.
            pub const ALL: &'static [ProblemKind] = &[$(ProblemKind::$kind,)+];

            /// The row of this kind.
            pub fn entry(self) -> Entry {
                match self {
                    $(ProblemKind::$kind => Entry {
                        code: $code,
                        status: StatusCode::$status,
                        title: Text::new($title, $title_da),
                        explanation: Text::new($about, $about_da),
                    },)+
                }
            }
        }
    };
}

/// What the list says of one kind.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The last segment of the problem's `type`: `/problems/{code}`.
    pub code: &'static str,
    /// The HTTP status that goes with it.
    pub status: StatusCode,
    /// A few words, the same for every occurrence.
    pub title: Text,
    /// What it means and what a client should do.
    pub explanation: Text,
}

kinds! {
    /// The body cannot be read at all.
    MalformedBody, "malformed-body", BAD_REQUEST,
        "The body cannot be read", "Indholdet kan ikke læses",
        "The request body is not well-formed JSON or CSV in UTF-8. Correct the syntax and send it again; nothing was stored.",
        "Indholdet er ikke velformet JSON eller CSV i UTF-8. Ret syntaksen og send igen; intet er gemt.";
    /// A query or path parameter is unknown or has no usable value.
    InvalidParameter, "invalid-parameter", BAD_REQUEST,
        "A parameter cannot be used", "En parameter kan ikke bruges",
        "A query parameter is unknown, given twice, or its value has the wrong form. Each is named under errors.",
        "En parameter er ukendt, angivet to gange eller har en forkert form. Hver af dem er nævnt under errors.";
    /// A request header has no usable value.
    InvalidHeader, "invalid-header", BAD_REQUEST,
        "A header cannot be used", "En header kan ikke bruges",
        "A request header has a value that cannot be used. It is named under errors.",
        "En header i forespørgslen har en værdi, der ikke kan bruges. Den er nævnt under errors.";
    /// No token, or one that is not accepted.
    Unauthenticated, "unauthenticated", UNAUTHORIZED,
        "A valid token is needed", "Der kræves et gyldigt token",
        "The operation needs a token in the header Authorization: Bearer …, and there was none or it was not accepted. Get a new token and repeat the request.",
        "Handlingen kræver et token i headeren Authorization: Bearer …, og der var intet, eller det blev ikke godtaget. Hent et nyt token og gentag forespørgslen.";
    /// The token's role or scope does not include the operation.
    Forbidden, "forbidden", FORBIDDEN,
        "The token does not allow this", "Tokenet tillader ikke dette",
        "The token is valid, but its role or scope does not include the operation. GET /v1/me shows what it allows.",
        "Tokenet er gyldigt, men rollen eller scopet omfatter ikke handlingen. GET /v1/me viser, hvad det tillader.";
    /// There is nothing here for this caller.
    NotFound, "not-found", NOT_FOUND,
        "Nothing was found here", "Der er intet her",
        "The path is unknown, or what it names does not exist or is outside what the caller may see.",
        "Stien er ukendt, eller det, den peger på, findes ikke eller ligger uden for det, kalderen må se.";
    /// The path exists, the method does not.
    MethodNotAllowed, "method-not-allowed", METHOD_NOT_ALLOWED,
        "The method is not allowed here", "Metoden kan ikke bruges her",
        "The path exists, but not with this method. The header Allow lists those that do.",
        "Stien findes, men ikke med denne metode. Headeren Allow viser, hvilke der findes.";
    /// None of the accepted media types can be produced.
    NotAcceptable, "not-acceptable", NOT_ACCEPTABLE,
        "No acceptable format", "Intet format kan bruges",
        "The operation produces none of the media types in Accept. Its formats are in the OpenAPI document; ?format= chooses one by name.",
        "Handlingen kan ikke svare i nogen af medietyperne i Accept. Formaterne står i OpenAPI-dokumentet; ?format= vælger et ved navn.";
    /// The body came too slowly.
    RequestTimeout, "request-timeout", REQUEST_TIMEOUT,
        "The request came too slowly", "Forespørgslen kom for langsomt",
        "The body did not come, or came more slowly than the service waits for, and the connection was closed. Nothing was stored; send the request again.",
        "Indholdet kom ikke, eller kom langsommere, end tjenesten venter på, og forbindelsen blev lukket. Intet er gemt; send forespørgslen igen.";
    /// Another revision came between.
    RevisionConflict, "revision-conflict", CONFLICT,
        "Another revision came between", "En anden revision kom imellem",
        "The revision named in replaces_revision is no longer the current one. Fetch the current one, decide again, and send the correction with its number.",
        "Revisionen i replaces_revision er ikke længere den gældende. Hent den gældende, tag stilling igen, og send rettelsen med dens nummer.";
    /// What is to be changed is in a state that does not allow it.
    StateConflict, "state-conflict", CONFLICT,
        "Its state does not allow this", "Dets tilstand tillader ikke dette",
        "What the request is about is in a state that does not allow it; the detail and errors say why. Read it again and decide anew.",
        "Det, som forespørgslen gælder, er i en tilstand, der ikke tillader det; detail og errors siger hvorfor. Læs det igen, og tag stilling på ny.";
    /// A request with this idempotency key has not finished.
    IdempotencyInProgress, "idempotency-in-progress", CONFLICT,
        "The same request is still running", "Samme forespørgsel er stadig i gang",
        "A request with this Idempotency-Key has not finished. Wait as long as Retry-After says and repeat it unchanged.",
        "En forespørgsel med denne Idempotency-Key er ikke færdig. Vent, så længe Retry-After siger, og gentag den uændret.";
    /// What is to be changed is not what the client last saw.
    PreconditionFailed, "precondition-failed", PRECONDITION_FAILED,
        "It has changed meanwhile", "Det er ændret imens",
        "If-Match does not name the current ETag, or If-None-Match: * found something there: somebody was faster. Read it again, decide again, and repeat the request with the new ETag.",
        "If-Match svarer ikke til den gældende ETag, eller If-None-Match: * fandt noget i forvejen: nogen var hurtigere. Læs det igen, tag stilling igen, og gentag forespørgslen med den nye ETag.";
    /// The body is larger than the limit.
    PayloadTooLarge, "payload-too-large", PAYLOAD_TOO_LARGE,
        "The body is too large", "Indholdet er for stort",
        "The request body is larger than the limit, which the detail states in bytes. Nothing was stored.",
        "Indholdet er større end grænsen, som detail angiver i byte. Intet er gemt.";
    /// The body's media type is not one that the operation reads.
    UnsupportedMediaType, "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE,
        "The media type is not supported", "Medietypen understøttes ikke",
        "The operation does not read the body's Content-Type or Content-Encoding. The detail lists what it reads.",
        "Handlingen kan ikke læse indholdets Content-Type eller Content-Encoding. Detail viser, hvad den kan læse.";
    /// The content breaks one or more rules.
    InvalidContent, "invalid-content", UNPROCESSABLE_ENTITY,
        "The content breaks a rule", "Indholdet bryder en regel",
        "The request was read, but what it says breaks one or more rules. All of them are listed under errors, each with its place; nothing was stored.",
        "Forespørgslen kunne læses, men indholdet bryder en eller flere regler. De står alle under errors, hver med sit sted; intet er gemt.";
    /// The idempotency key was used for another body.
    IdempotencyKeyReused, "idempotency-key-reused", UNPROCESSABLE_ENTITY,
        "The idempotency key belongs to another request", "Idempotensnøglen hører til en anden forespørgsel",
        "The Idempotency-Key was used within 24 hours for the same operation with another body. Use a new key for new content.",
        "Nøglen i Idempotency-Key er brugt inden for 24 timer til samme handling med et andet indhold. Brug en ny nøgle til nyt indhold.";
    /// A change must say what it is a change of.
    PreconditionRequired, "precondition-required", PRECONDITION_REQUIRED,
        "A precondition is required", "En betingelse kræves",
        "A change must name what it changes, so that nobody's work is lost: send the ETag of what you read in If-Match; a PUT that makes something new sends If-None-Match: *.",
        "En ændring skal sige, hvad den ændrer, så ingens arbejde går tabt: send den læste ETag i If-Match; en PUT, der opretter noget nyt, sender If-None-Match: *.";
    /// The caller asks too often.
    RateLimited, "rate-limited", TOO_MANY_REQUESTS,
        "Too many requests", "For mange forespørgsler",
        "The caller has sent more requests than it may in this time. Repeat the request after the seconds in Retry-After.",
        "Kalderen har sendt flere forespørgsler, end den må på den tid. Gentag forespørgslen efter det antal sekunder, som Retry-After angiver.";
    /// The service failed.
    Internal, "internal", INTERNAL_SERVER_ERROR,
        "The service failed", "Tjenesten fejlede",
        "Something went wrong that is not the client's fault. Repeat the request, with the same Idempotency-Key if it had one; report the request id in instance if it persists.",
        "Noget gik galt, som ikke er klientens fejl. Gentag forespørgslen, med samme Idempotency-Key hvis den havde en; oplys forespørgslens id i instance, hvis det fortsætter.";
    /// The service cannot answer now.
    Unavailable, "unavailable", SERVICE_UNAVAILABLE,
        "The service cannot answer now", "Tjenesten kan ikke svare nu",
        "The database is busy or cannot be reached. Repeat the request after the seconds in Retry-After.",
        "Databasen er optaget eller kan ikke nås. Gentag forespørgslen efter det antal sekunder, som Retry-After angiver.";
    /// There is no room to store the request.
    InsufficientStorage, "insufficient-storage", INSUFFICIENT_STORAGE,
        "There is no room left", "Der er ikke mere plads",
        "The database has no room to store the request. Nothing was stored; the operator must make room.",
        "Databasen har ikke plads til at gemme forespørgslen. Intet er gemt; driften skal skaffe plads.";
}

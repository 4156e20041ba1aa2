//! Where slices register their operations.

use actix_web::dev::HttpServiceFactory;
use actix_web::web::ServiceConfig;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::OpenApiFactory;

/// A server that is to answer operations, or the document that describes them.
///
/// Every thread of a server registers them all for itself. To describe them takes much more time and memory than that, so
/// it is done once, when somebody asks for the document.
#[allow(missing_debug_implementations, reason = "a server's configuration has none")]
pub enum Registrar<'a> {
    /// Those that a server answers.
    Answered(&'a mut ServiceConfig),
    /// Those that the document describes.
    Described(&'a mut OpenApi),
}

impl Registrar<'_> {
    /// Registers an operation.
    pub fn service(&mut self, operation: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self {
        match self {
            Registrar::Answered(config) => {
                config.service(operation);
            }
            Registrar::Described(document) => {
                let mut schemas = Vec::new();
                operation.schemas(&mut schemas);
                document.components.get_or_insert_default().schemas.extend(schemas);
                document.paths.merge(operation.paths());
            }
        }
        self
    }
}

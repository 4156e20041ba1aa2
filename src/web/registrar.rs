//! Where slices register their operations.

use actix_web::Route;
use actix_web::dev::HttpServiceFactory;
use actix_web::web::{ServiceConfig, resource};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::OpenApiFactory;

/// A server that is to answer operations, or the document that describes them.
///
/// Every thread of a server registers them all for itself. To describe them takes much more time and memory than that, so
/// it is done once, when somebody asks for the document.
#[allow(missing_debug_implementations, reason = "a server's configuration has none")]
pub enum Registrar<'a> {
    /// Those that a server answers.
    Answered(Answered<'a>),
    /// Those that the document describes.
    Described(&'a mut OpenApi),
}

/// The operations of a server, and which of their paths others stand for, too.
#[allow(missing_debug_implementations, reason = "a server's configuration has none")]
pub struct Answered<'a> {
    config: &'a mut ServiceConfig,
    unrouted: fn() -> Route,
    open: Vec<String>,
}

impl Answered<'_> {
    /// Closes the paths that a template would answer for, too.
    ///
    /// `…/meetings/cadence` is one of `…/meetings/{id}`, and OpenAPI has the path without a parameter come first. Routes are
    /// tried by path *and* method, so a method that `cadence` does not have would fall through to the meetings, where the word
    /// would be taken for an id. So whatever is left of the path is answered before the template is: 405.
    fn close(&mut self, template: &str) {
        for path in self.open.extract_if(.., |path| stands_for(template, path)) {
            self.config.service(resource(path).route((self.unrouted)()));
        }
    }

    fn add<O: HttpServiceFactory + utoipa::Path + 'static>(&mut self, operation: O) {
        let path = O::path();
        self.close(&path);
        if !self.open.contains(&path) {
            self.open.push(path);
        }
        self.config.service(operation);
    }
}

/// Whether a template is another path's as well, and says less than that: where they differ it has a parameter and the path a
/// word.
pub fn stands_for(template: &str, path: &str) -> bool {
    let is_parameter = |segment: &str| segment.starts_with('{');
    let (mut ours, mut theirs) = (template.split('/'), path.split('/'));
    template != path
        && ours.clone().count() == theirs.clone().count()
        && ours.all(|our| {
            let their = theirs.next().unwrap_or_default();
            our == their || (is_parameter(our) && our.ends_with('}'))
        })
        && path
            .split('/')
            .zip(template.split('/'))
            .any(|(their, our)| !is_parameter(their) && is_parameter(our))
}

impl<'a> Registrar<'a> {
    /// For a server, which answers `unrouted` where a path has no such method.
    pub fn answered(config: &'a mut ServiceConfig, unrouted: fn() -> Route) -> Self {
        Registrar::Answered(Answered {
            config,
            unrouted,
            open: Vec::new(),
        })
    }

    /// Registers an operation.
    pub fn service<O>(&mut self, operation: O) -> &mut Self
    where
        O: HttpServiceFactory + OpenApiFactory + utoipa::Path + 'static,
    {
        match self {
            Registrar::Answered(answered) => answered.add(operation),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_stands_for_the_words_that_its_parameters_could_be() {
        for (template, path, expected) in [
            ("/meetings/{id}", "/meetings/cadence", true),
            ("/tables/{table}", "/tables/outcomes", true),
            ("/{kind}/x/{id}", "/meetings/x/{id}", true),
            ("/meetings/{id}", "/meetings/{id}", false),
            ("/meetings/{id}", "/meetings/{code}", false),
            ("/meetings/cadence", "/meetings/{id}", false),
            ("/meetings/{id}", "/meetings/cadence/x", false),
            ("/meetings/{id}", "/bodies/cadence", false),
            ("/calendars/{secret}.ics", "/calendars/all.ics", false),
        ] {
            assert_eq!(stands_for(template, path), expected, "{template} {path}");
        }
    }
}

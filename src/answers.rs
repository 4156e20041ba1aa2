//! What is remembered until something is written: answers, so that a series that many pull is read from the database once,
//! and facts that many answers need.

use std::any::Any;
use std::sync::Arc;

use actix_web::web::Bytes;
use moka::sync::Cache;

use crate::db::Generation;

/// How many bytes of answers are remembered.
const ROOM: u64 = 16 << 20;
/// A longer answer is not remembered: it would push out too many others.
const LONGEST: usize = 1 << 20;
/// How many facts are remembered.
const FACTS: u64 = 1000;
/// What an entry needs beside its key and body, about, in bytes.
const OVERHEAD: usize = 256;

/// The body of an answer with its validator, ready to be sent.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The media type.
    pub media_type: &'static str,
    /// The strong validator, without its quotation marks.
    pub tag: String,
    /// The body.
    pub body: Bytes,
}

/// The remembered answers of one process.
///
/// An entry is good only as long as the generation stands where it stood before the entry was read from the database: so
/// none is given out once a later write has been acknowledged by this process, or noticed in another.
#[derive(Clone)]
pub struct Answers {
    entries: Cache<String, Arc<(u64, Rendered)>>,
    facts: Cache<String, (u64, Arc<dyn Any + Send + Sync>)>,
    generation: Generation,
}

impl Answers {
    /// No answers yet.
    pub fn new(generation: Generation) -> Self {
        let size = |key: &String, entry: &Arc<(u64, Rendered)>| {
            u32::try_from(key.len() + entry.1.body.len() + OVERHEAD).unwrap_or(u32::MAX)
        };
        Self {
            entries: Cache::builder().weigher(size).max_capacity(ROOM).build(),
            facts: Cache::new(FACTS),
            generation,
        }
    }

    /// Where the generation stands; to be asked before the database is.
    pub fn generation(&self) -> u64 {
        self.generation.current()
    }

    /// The answer under this key, if it is still good.
    ///
    /// The key holds everything that the answer depends on: path, query, format, and who may see what it shows.
    pub fn get(&self, key: &str) -> Option<Rendered> {
        let entry = self.entries.get(key)?;
        (entry.0 == self.generation.current()).then(|| entry.1.clone())
    }

    /// The fact under this key, if it is still good and of this type.
    pub fn fact<T: Send + Sync + 'static>(&self, key: &str) -> Option<Arc<T>> {
        let (generation, fact) = self.facts.get(key)?;
        (generation == self.generation.current()).then(|| fact.downcast().ok())?
    }

    /// Remembers a fact that was read when the generation stood at `generation`.
    pub fn keep_fact<T: Send + Sync + 'static>(&self, key: String, generation: u64, fact: Arc<T>) {
        self.facts.insert(key, (generation, fact));
    }

    /// Remembers an answer that was read when the generation stood at `generation`.
    pub fn keep(&self, key: String, generation: u64, answer: &Rendered) {
        if answer.body.len() <= LONGEST {
            self.entries.insert(key, Arc::new((generation, answer.clone())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &'static str) -> Rendered {
        Rendered {
            media_type: "text/plain",
            tag: "t".into(),
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    #[test]
    fn an_answer_is_given_out_until_something_is_written() {
        let generation = Generation::default();
        let answers = Answers::new(generation.clone());
        assert!(answers.get("k").is_none());
        answers.keep("k".into(), answers.generation(), &answer("1"));
        assert_eq!(answers.get("k").unwrap().body, "1");
        generation.advance();
        assert!(answers.get("k").is_none());
    }

    #[test]
    fn an_answer_that_was_overtaken_while_it_was_read_is_never_given_out() {
        let generation = Generation::default();
        let answers = Answers::new(generation.clone());
        let before = answers.generation();
        generation.advance();
        answers.keep("k".into(), before, &answer("old"));
        assert!(answers.get("k").is_none());
    }
}
